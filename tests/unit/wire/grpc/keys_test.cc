// Who may call the gRPC door: keys as bearer metadata and as client certificates.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "builders/engine_fixture.h"
#include "builders/scripted_store.h"
#include "builders/tls_identity.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/ecs/v1/ecs_service.grpc.pb.h"
#include "ecsmi/sqs/v1/sqs_service.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "wire/account/account.h"
#include "wire/grpc/server.h"

namespace ecsmi::wire {
namespace {

namespace ecs = ::ecsmi::ecs::v1;
using testing::MakeTlsIdentity;
using testing::TlsIdentity;

constexpr std::int64_t kNowS = 1'900'000'000;

class HandClock final : public ports::HostClock {
 public:
  model::TimeMs WallMs() const override { return kNowS * 1'000; }
  std::int64_t SteadyMs() const override { return 0; }
};

std::string TextOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class GrpcKeysTest : public ::testing::Test {
 protected:
  void Open(GrpcServerOptions options) {
    api::RegisterAll(registry);
    ASSERT_TRUE(engine.Start().ok());
    options.listen = "localhost:0";
    options.clock = &clock;
    options.seed = 7;
    auto started = GrpcServer::Start(options, registry, *engine);
    ASSERT_TRUE(started.ok()) << started.status();
    door = *std::move(started);
    Connect(grpc::InsecureChannelCredentials());
  }
  void Connect(const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
    channel = grpc::CreateChannel(door->address(), credentials);
  }
  void TearDown() override {
    if (door != nullptr) door->Shutdown(1'000);
    engine->Stop();
  }

  using Metadata = std::vector<std::pair<std::string, std::string>>;
  // CreateCluster with that metadata: the account it landed in, or code and reason.
  std::string Create(const Metadata& metadata) {
    grpc::ClientContext context;
    for (const auto& [name, value] : metadata) context.AddMetadata(name, value);
    ecs::CreateClusterResponse response;
    const grpc::Status status = ecs::EcsService::NewStub(channel)->CreateCluster(&context, {}, &response);
    return Outcome(status, response.cluster().cluster_arn());
  }
  static std::string Outcome(const grpc::Status& status, const std::string& arn) {
    if (status.ok()) return arn.substr(std::string("arn:aws:ecs:us-east-1:").size(), 12);
    std::string reason = "no reason";
    for (const char* name : {"MissingAuthenticationTokenException", "UnrecognizedClientException",
                             "IncompleteSignatureException", "ExpiredTokenException", "AccessDeniedException"}) {
      if (status.error_details().find(name) != std::string::npos) reason = name;
    }
    const char* code = status.error_code() == grpc::StatusCode::UNAUTHENTICATED     ? "UNAUTHENTICATED "
                       : status.error_code() == grpc::StatusCode::PERMISSION_DENIED ? "PERMISSION_DENIED "
                                                                                    : "other ";
    return code + reason;
  }
  static Metadata Bearer(const std::string& key) { return {{"authorization", "Bearer " + key}}; }
  static Metadata And(Metadata metadata, const std::string& name, const std::string& value) {
    metadata.emplace_back(name, value);
    return metadata;
  }

  HandClock clock;
  testing::ScriptedStore store;
  testing::RunningEngine engine{store};
  api::Registry registry;
  std::unique_ptr<GrpcServer> door;
  std::shared_ptr<grpc::Channel> channel;
};

const AuthKeys kKeys = {{"AKIDTEAM", "s3:cret", {"111122223333", "team"}}, {"AKIDALL", "secret", {}}};

TEST_F(GrpcKeysTest, WithoutAFileAKeyOnlySaysWhere) {
  Open({});
  EXPECT_EQ(Create({}), "000000000000");
  EXPECT_EQ(Create(Bearer("444455556666:anything")), "444455556666");
  EXPECT_EQ(Create(Bearer("world-team:anything")), AccountOfWorld("team"));
  EXPECT_EQ(Create(And(Bearer("444455556666:x"), "x-ecsmi-world", "555566667777")), "555566667777");
  EXPECT_EQ(Create({{"authorization", "Basic whatever"}}), "000000000000");
}

TEST_F(GrpcKeysTest, WithAFileAKeyMustBeShownAndRight) {
  Open({.keys = kKeys});
  EXPECT_EQ(Create({}), "UNAUTHENTICATED MissingAuthenticationTokenException");
  EXPECT_EQ(Create({{"authorization", "Basic QUtJRA=="}}), "UNAUTHENTICATED IncompleteSignatureException");
  EXPECT_EQ(Create(Bearer("AKIDALL")), "UNAUTHENTICATED IncompleteSignatureException");
  for (const char* wrong : {"AKIDALL:", "AKIDALL:secreT", "AKIDALL:secret2", "AKIDNOBODY:secret", "AKIDTEAM:secret"}) {
    EXPECT_EQ(Create(Bearer(wrong)), "UNAUTHENTICATED UnrecognizedClientException") << wrong;
  }
  EXPECT_EQ(Create(And(Bearer("AKIDALL:secret"), "x-amz-security-token", "t")),
            "UNAUTHENTICATED UnrecognizedClientException");
  EXPECT_EQ(Create(Bearer("AKIDALL:secret")), "000000000000");
  EXPECT_EQ(Create({{"authorization", "bearer AKIDALL:secret"}}), "000000000000");
  EXPECT_EQ(Create(And(Bearer("AKIDALL:secret"), "x-ecsmi-world", "444455556666")), "444455556666");
}

TEST_F(GrpcKeysTest, AKeyTouchesItsWorldsAlone) {
  Open({.keys = kKeys});
  EXPECT_EQ(Create(Bearer("AKIDTEAM:s3:cret")), "111122223333");
  EXPECT_EQ(Create(And(Bearer("AKIDTEAM:s3:cret"), "x-ecsmi-world", "team")), AccountOfWorld("team"));
  EXPECT_EQ(Create(And(Bearer("AKIDTEAM:s3:cret"), "x-ecsmi-world", "444455556666")),
            "PERMISSION_DENIED AccessDeniedException");
}

TEST_F(GrpcKeysTest, KeysOfAssumeRoleComeWithTheirToken) {
  Open({.keys = kKeys});
  const Credentials credentials(kKeys, 7);
  const auto bearer = [&](const RoleCredentials& role) {
    return And(Bearer(role.access_key_id + ":" + role.secret_access_key), "x-amz-security-token", role.session_token);
  };
  const RoleCredentials role = credentials.ForRole("444455556666", 1, kNowS + 1);
  EXPECT_EQ(Create(bearer(role)), "444455556666");
  EXPECT_EQ(Create(And(bearer(role), "x-ecsmi-world", "111122223333")), "PERMISSION_DENIED AccessDeniedException");
  EXPECT_EQ(Create(bearer(credentials.ForRole("444455556666", 1, kNowS))), "UNAUTHENTICATED ExpiredTokenException");
  EXPECT_EQ(Create(Bearer(role.access_key_id + ":" + role.secret_access_key)),
            "UNAUTHENTICATED UnrecognizedClientException");
}

TEST_F(GrpcKeysTest, OtherServicesAskTooButHealthIsOpen) {
  Open({.keys = kKeys});
  grpc::ClientContext context;
  ::ecsmi::sqs::v1::ListQueuesResponse queues;
  const grpc::Status refused = ::ecsmi::sqs::v1::SqsService::NewStub(channel)->ListQueues(&context, {}, &queues);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_NE(refused.error_details().find("sqs.amazonaws.com"), std::string::npos);
  grpc::ClientContext probe;
  grpc::health::v1::HealthCheckResponse health;
  ASSERT_TRUE(grpc::health::v1::Health::NewStub(channel)->Check(&probe, {}, &health).ok());
  EXPECT_EQ(health.status(), grpc::health::v1::HealthCheckResponse::SERVING);
}

TEST_F(GrpcKeysTest, ACertificatesCommonNameIsTheKey) {
  const TlsIdentity authority = MakeTlsIdentity("grpc_authority", nullptr);
  const TlsIdentity own = MakeTlsIdentity("grpc_server", &authority, "localhost");
  Open({.keys = kKeys,
        .tls_certificate_path = own.certificate_path,
        .tls_key_path = own.key_path,
        .tls_client_ca_path = authority.certificate_path});
  const auto as = [&](const TlsIdentity* who) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = TextOf(authority.certificate_path);
    if (who != nullptr) {
      options.pem_cert_chain = TextOf(who->certificate_path);
      options.pem_private_key = TextOf(who->key_path);
    }
    Connect(grpc::SslCredentials(options));
  };
  const TlsIdentity team = MakeTlsIdentity("AKIDTEAM", &authority);
  as(&team);
  EXPECT_EQ(Create({}), "111122223333");
  EXPECT_EQ(Create({{"x-ecsmi-world", "444455556666"}}), "PERMISSION_DENIED AccessDeniedException");
  EXPECT_EQ(Create(Bearer("AKIDALL:secret")), "000000000000") << "what is said comes before what is shown";
  const TlsIdentity nobody = MakeTlsIdentity("AKIDNOBODY", &authority);
  as(&nobody);
  EXPECT_EQ(Create({}), "UNAUTHENTICATED UnrecognizedClientException");
  const TlsIdentity stranger = MakeTlsIdentity("AKIDALL", nullptr);
  as(&stranger);
  EXPECT_EQ(Create({}), "other no reason") << "no connection";
  as(nullptr);
  EXPECT_EQ(Create(Bearer("AKIDALL:secret")), "other no reason") << "no connection";
}

TEST_F(GrpcKeysTest, TlsWithoutClientCertificatesTakesBearers) {
  const TlsIdentity own = MakeTlsIdentity("grpc_server", nullptr, "localhost");
  Open({.keys = kKeys, .tls_certificate_path = own.certificate_path, .tls_key_path = own.key_path});
  EXPECT_EQ(Create(Bearer("AKIDALL:secret")), "other no reason") << "plain text gets no answer";
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = TextOf(own.certificate_path);
  Connect(grpc::SslCredentials(options));
  EXPECT_EQ(Create(Bearer("AKIDALL:secret")), "000000000000");
  EXPECT_EQ(Create({}), "UNAUTHENTICATED MissingAuthenticationTokenException");
}

TEST(GrpcTls, FilesThatCannotBeReadAreNamed) {
  testing::ScriptedStore store;
  testing::RunningEngine engine(store);
  api::Registry registry;
  const auto started = GrpcServer::Start(
      {.listen = "127.0.0.1:0", .tls_certificate_path = "/nonexistent.pem", .tls_key_path = "/k"}, registry, *engine);
  EXPECT_EQ(started.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(started.status().message().find("the certificate '/nonexistent.pem'"), std::string::npos);
}

}  // namespace
}  // namespace ecsmi::wire
