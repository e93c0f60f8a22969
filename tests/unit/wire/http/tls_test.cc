// The server behind TLS: certificates made for the test, OpenSSL as client.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/wire/http/server_fixture.h"

namespace ecsmi::wire::testing {
namespace {

using ::testing::HasSubstr;

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* handle) const {
    Free(handle);
  }
};
using Pkey = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;

struct Identity {
  Pkey key;
  Certificate certificate;
  std::string certificate_path;
  std::string key_path;
};

// Signed by `issuer`, or by itself.
Identity MakeIdentity(const std::string& name, const Identity* issuer) {
  Identity made;
  made.key.reset(EVP_EC_gen("P-256"));
  made.certificate.reset(X509_new());
  X509* certificate = made.certificate.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), issuer == nullptr ? 1 : 2);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3'600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3'600);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate, issuer == nullptr ? subject : X509_get_subject_name(issuer->certificate.get()));
  if (issuer == nullptr) {
    X509_EXTENSION* authority = X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
    X509_add_ext(certificate, authority, -1);
    X509_EXTENSION_free(authority);
  }
  X509_sign(certificate, issuer == nullptr ? made.key.get() : issuer->key.get(), EVP_sha256());
  const std::string base = absl::StrCat(::testing::TempDir(), "/ecsmi_tls_", getpid(), "_", name);
  made.certificate_path = base + ".pem";
  made.key_path = base + ".key";
  std::unique_ptr<FILE, Deleter<fclose>> file(fopen(made.certificate_path.c_str(), "w"));
  PEM_write_X509(file.get(), certificate);
  file.reset(fopen(made.key_path.c_str(), "w"));
  PEM_write_PrivateKey(file.get(), made.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return made;
}

class TlsTest : public HttpServerTest {
 protected:
  HttpServerOptions Options() const {
    HttpServerOptions options;
    options.tls_certificate_path = own.certificate_path;
    options.tls_key_path = own.key_path;
    return options;
  }
  ~TlsTest() override {
    for (const Identity* identity : {&authority, &own, &client, &stranger}) {
      unlink(identity->certificate_path.c_str());
      unlink(identity->key_path.c_str());
    }
  }

  // One request over a new connection; what came back, empty when there was no agreement.
  std::string Ask(const std::string& bytes, const Identity* who = nullptr, int version_max = 0) {
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

  const Identity authority = MakeIdentity("authority", nullptr);
  const Identity own = MakeIdentity("server", nullptr);
  const Identity client = MakeIdentity("client", &authority);
  const Identity stranger = MakeIdentity("stranger", nullptr);
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
