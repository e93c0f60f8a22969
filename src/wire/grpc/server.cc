#include "wire/grpc/server.h"

#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/resource_quota.h>

#include <chrono>
#include <vector>

#include "absl/strings/str_cat.h"
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

}  // namespace

struct GrpcServer::Rep {
  Rep(const api::Registry& registry, control::Engine& its_engine, int calls_max)
      : engine(its_engine), door{registry, its_engine, calls_max}, health(its_engine) {}
  control::Engine& engine;
  Door door;
  Health health;
  std::vector<std::unique_ptr<grpc::Service>> services;
  std::unique_ptr<grpc::Server> server;
};

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(const GrpcServerOptions& options,
                                                              const api::Registry& registry, control::Engine& engine) {
  static const bool plugins = [] {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::channelz::experimental::InitChannelzService();
    return true;
  }();
  static_cast<void>(plugins);
  auto door = std::unique_ptr<GrpcServer>(new GrpcServer());
  door->rep_ = std::make_unique<Rep>(registry, engine, options.calls_max);
  door->rep_->door.throttle = options.throttle;
  door->rep_->services = MakeServices(door->rep_->door);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(), &port);
  // Two daemons on one port would share calls at random.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsMax);
  builder.SetMaxReceiveMessageSize(kMessageBytesMax);
  builder.SetResourceQuota(grpc::ResourceQuota("door").Resize(kBufferBytesMax));
  for (const auto& service : door->rep_->services) builder.RegisterService(service.get());
  builder.RegisterService(&door->rep_->health);
  door->rep_->server = builder.BuildAndStart();
  if (door->rep_->server == nullptr || port == 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", options.listen));
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
