#include "wire/grpc/server.h"

#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/resource_quota.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "ecsmi/base/status.h"
#include "wire/grpc/health.h"
#include "wire/grpc/services.h"

namespace ecsmi::wire {
namespace {

// gRPC's own default, said here because callers meet it: no request of AWS's comes near it (a task definition is at
// most 64 KiB, a batch of messages 256 KiB). What is larger is refused by gRPC with RESOURCE_EXHAUSTED before any code
// of ours, so without an AWS exception.
constexpr int kMessageBytesMax = 4 * 1024 * 1024;
// Calls one connection may have open. gRPC makes further ones wait in the client without a word; far above the bound on
// calls, so that they are answered ThrottlingException instead.
constexpr int kStreamsMax = 1'000'000;
// What all connections' buffers may take: many calls with large messages slow down instead of exhausting the machine.
constexpr std::size_t kBufferBytesMax = std::size_t{512} << 20;

absl::Status ReadPem(const char* what, const std::string& path, std::string* text) {
  std::ifstream file(path, std::ios::binary);
  text->assign(std::istreambuf_iterator<char>(file), {});
  if (file.good() || file.eof()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("cannot read ", what, " '", path, "'"));
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> TransportOf(const GrpcServerOptions& options) {
  if (options.tls_certificate_path.empty()) return grpc::InsecureServerCredentials();
  const bool clients = !options.tls_client_ca_path.empty();
  grpc::SslServerCredentialsOptions tls(clients ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                                : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  grpc::SslServerCredentialsOptions::PemKeyCertPair own;
  ECSMI_RETURN_IF_ERROR(ReadPem("the certificate", options.tls_certificate_path, &own.cert_chain));
  ECSMI_RETURN_IF_ERROR(ReadPem("the key", options.tls_key_path, &own.private_key));
  if (clients) ECSMI_RETURN_IF_ERROR(ReadPem("the client CA", options.tls_client_ca_path, &tls.pem_root_certs));
  tls.pem_key_cert_pairs.push_back(std::move(own));
  return grpc::SslServerCredentials(tls);
}

}  // namespace

struct GrpcServer::Rep {
  Rep(const api::Registry& registry, control::Engine& its_engine, const GrpcServerOptions& options)
      : engine(its_engine),
        door(registry, its_engine, options.calls_max, options.keys, options.seed, options.clock),
        health(its_engine) {
    door.throttle = options.throttle;
    door.metrics = options.metrics;
    door.name = "grpc";
  }
  control::Engine& engine;
  GrpcDoor door;
  Health health;
  std::vector<std::unique_ptr<grpc::Service>> services;
  std::unique_ptr<grpc::Server> server;
};

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(const GrpcServerOptions& options,
                                                              const api::Registry& registry, control::Engine& engine) {
  static const bool reflection = [] {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  static_cast<void>(reflection);
  // Debian builds Abseil with its deadlock detector: each lock of gRPC's (ours are none of Abseil's) feeds a graph of
  // who waits for whom, three per cent of a call.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const bool open = options.keys.empty();
  if (open) {
    static const bool channelz = [] {
      grpc::channelz::experimental::InitChannelzService();
      return true;
    }();
    static_cast<void>(channelz);
  }
  ECSMI_ASSIGN_OR_RETURN(const auto transport, TransportOf(options));
  auto door = std::unique_ptr<GrpcServer>(new GrpcServer());
  door->rep_ = std::make_unique<Rep>(registry, engine, options);
  door->rep_->services = MakeServices(door->rep_->door);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options.listen, transport, &port);
  // Two daemons on one port would share calls at random.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, open ? 1 : 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsMax);
  builder.SetMaxReceiveMessageSize(kMessageBytesMax);
  builder.SetResourceQuota(grpc::ResourceQuota("door").Resize(kBufferBytesMax));
  for (const auto& service : door->rep_->services) builder.RegisterService(service.get());
  builder.RegisterService(&door->rep_->health);
  door->rep_->server = builder.BuildAndStart();
  if (door->rep_->server == nullptr || port == 0) {
    const bool tls = !options.tls_certificate_path.empty();
    return absl::UnavailableError(absl::StrCat(
        "cannot listen on ", options.listen,
        tls ? absl::StrCat(", or not with certificate '", options.tls_certificate_path, "' and its key") : ""));
  }
  engine.OnTroubleChange([rep = door->rep_.get()] { rep->health.Changed(); });
  door->address_ = absl::StrCat(options.listen.substr(0, options.listen.rfind(':')), ":", port);
  return door;
}

GrpcServer::~GrpcServer() {
  Shutdown(0);
}

void GrpcServer::Shutdown(int grace_ms) {
  if (rep_ == nullptr || rep_->server == nullptr) return;
  rep_->engine.OnTroubleChange(nullptr);
  rep_->health.Shutdown();
  rep_->server->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(grace_ms));
  rep_->server.reset();
}

}  // namespace ecsmi::wire
