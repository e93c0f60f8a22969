// The server behind TLS: certificates made for the test, OpenSSL as client.
#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "builders/tls_identity.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/wire/http/server_fixture.h"

namespace ecsmi::wire::testing {
namespace {

using ecsmi::testing::Deleter;
using ecsmi::testing::MakeTlsIdentity;
using ecsmi::testing::TlsIdentity;
using ::testing::HasSubstr;

class TlsTest : public HttpServerTest {
 protected:
  HttpServerOptions Options() const {
    HttpServerOptions options;
    options.tls_certificate_path = own.certificate_path;
    options.tls_key_path = own.key_path;
    return options;
  }

  // One request over a new connection; what came back, empty when there was no agreement.
  std::string Ask(const std::string& bytes, const TlsIdentity* who = nullptr, int version_max = 0) {
    std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>> context(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_security_level(context.get(), 0);  // so that old versions are refused by the server, not by us
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    if (version_max != 0) SSL_CTX_set_max_proto_version(context.get(), version_max);
    SSL_CTX_load_verify_locations(context.get(), own.certificate_path.c_str(), nullptr);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    if (who != nullptr) {
      SSL_CTX_use_certificate_file(context.get(), who->certificate_path.c_str(), SSL_FILETYPE_PEM);
      SSL_CTX_use_PrivateKey_file(context.get(), who->key_path.c_str(), SSL_FILETYPE_PEM);
    }
    RawClient raw = Connect();
    std::unique_ptr<SSL, Deleter<SSL_free>> tls(SSL_new(context.get()));
    SSL_set_fd(tls.get(), raw.fd());
    if (SSL_connect(tls.get()) != 1) return "";
    version = SSL_get_version(tls.get());
    if (SSL_write(tls.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0) return "";
    std::string all;
    char part[16'384];
    int got = 0;
    while ((got = SSL_read(tls.get(), part, sizeof(part))) > 0) all.append(part, static_cast<std::size_t>(got));
    ended_properly = SSL_get_error(tls.get(), got) == SSL_ERROR_ZERO_RETURN;
    return all;
  }

  const TlsIdentity authority = MakeTlsIdentity("authority", nullptr);
  const TlsIdentity own = MakeTlsIdentity("server", nullptr);
  const TlsIdentity client = MakeTlsIdentity("client", &authority);
  const TlsIdentity stranger = MakeTlsIdentity("stranger", nullptr);
  std::string version;
  bool ended_properly = false;
};

const char kAskAndClose[] = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

TEST_F(TlsTest, AnswersAndEndsAsTlsAsks) {
  Open(Options());
  EXPECT_EQ(BodyOf(Ask(kAskAndClose)), "GET / ");
  EXPECT_EQ(version, "TLSv1.3");
  EXPECT_TRUE(ended_properly);
  EXPECT_EQ(BodyOf(Ask(kAskAndClose, nullptr, TLS1_2_VERSION)), "GET / ");
  EXPECT_EQ(version, "TLSv1.2");
}

TEST_F(TlsTest, PipelinedAndLargeAnswersComeWhole) {
  Open(Options());
  const std::string answers = Ask(std::string("GET /large HTTP/1.1\r\nHost: a\r\n\r\n") + kAskAndClose);
  EXPECT_GT(answers.size(), 8'000'000U);
  EXPECT_THAT(answers.substr(answers.size() - 10), HasSubstr("GET / "));
}

TEST_F(TlsTest, OldVersionsAndPlainTextGetNoAnswer) {
  Open(Options());
  EXPECT_EQ(Ask(kAskAndClose, nullptr, TLS1_1_VERSION), "");
  RawClient plain = Connect();
  plain.Send(kAskAndClose);
  EXPECT_EQ(StatusOf(plain.ReadToEnd()), 0);
}

TEST_F(TlsTest, WithAClientAuthorityOnlyItsClientsGetIn) {
  HttpServerOptions options = Options();
  options.tls_client_ca_path = authority.certificate_path;
  Open(std::move(options));
  EXPECT_EQ(Ask(kAskAndClose), "");
  EXPECT_EQ(Ask(kAskAndClose, &stranger), "");
  EXPECT_EQ(BodyOf(Ask(kAskAndClose, &client)), "GET / ");
}

TEST_F(TlsTest, FilesThatCannotBeUsedAreNamed) {
  const auto refuse = [](const HttpServerOptions& in, const std::string& what) {
    HttpServerOptions options;
    options.listen = "127.0.0.1:0";
    options.tls_certificate_path = in.tls_certificate_path;
    options.tls_key_path = in.tls_key_path;
    options.tls_client_ca_path = in.tls_client_ca_path;
    const auto started = HttpServer::Start(std::move(options), [](HttpRequest, HttpReply) {});
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(started.status().message()), HasSubstr(what));
  };
  HttpServerOptions options = Options();
  options.tls_certificate_path = "/nonexistent.pem";
  refuse(options, "cannot use the certificate '/nonexistent.pem'");
  options = Options();
  options.tls_key_path = client.key_path;
  refuse(options, "cannot use the key");
  options = Options();
  options.tls_client_ca_path = own.key_path;
  refuse(options, "cannot use the client CA");
  options = HttpServerOptions();
  options.tls_key_path = own.key_path;
  refuse(options, "needs a certificate");
}

TEST_F(TlsTest, ClientsThatNeverShakeHandsAreCut) {
  HttpServerOptions options = Options();
  options.limits.head_ms_max = 20;
  Open(std::move(options));
  RawClient silent = Connect();
  EXPECT_EQ(silent.ReadToEnd(), "");
}

}  // namespace
}  // namespace ecsmi::wire::testing
