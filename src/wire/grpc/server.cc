#include "wire/grpc/server.h"

#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <vector>

#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "wire/grpc/services.h"

namespace ecsmi::wire {
namespace {

namespace health = ::grpc::health::v1;
constexpr int kMessageBytesMax = 4 * 1024 * 1024;
constexpr int kStreamsMax = 10'000;  // calls one connection may have open; a lower limit would stall clients silently

// SERVING while the engine serves and no failed commit waits to be settled.
class Health final : public health::Health::CallbackService {
 public:
  explicit Health(control::Engine& engine) : engine_(engine) {}

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context, const health::HealthCheckRequest* request,
                                  health::HealthCheckResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const std::string& service = request->service();
    const bool known = service.empty() || service.rfind("ecsmi.", 0) == 0;
    response->set_status(engine_.Trouble().empty() ? health::HealthCheckResponse::SERVING
                                                   : health::HealthCheckResponse::NOT_SERVING);
    reactor->Finish(known ? grpc::Status::OK
                          : grpc::Status(grpc::StatusCode::NOT_FOUND, absl::StrCat("no service ", service)));
    return reactor;
  }

 private:
  control::Engine& engine_;
};

}  // namespace

struct GrpcServer::Rep {
  Rep(const api::Registry& registry, control::Engine& engine) : door{registry, engine}, health(engine) {}
  Door door;
  Health health;
  std::vector<std::unique_ptr<grpc::Service>> services;
  std::unique_ptr<grpc::Server> server;
};

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(const std::string& listen, const api::Registry& registry,
                                                              control::Engine& engine) {
  static const bool plugins = [] {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::channelz::experimental::InitChannelzService();
    return true;
  }();
  static_cast<void>(plugins);
  auto door = std::unique_ptr<GrpcServer>(new GrpcServer());
  door->rep_ = std::make_unique<Rep>(registry, engine);
  door->rep_->services = MakeServices(door->rep_->door);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(listen, grpc::InsecureServerCredentials(), &port);
  // Two daemons on one port would share calls at random.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsMax);
  builder.SetMaxReceiveMessageSize(kMessageBytesMax);
  for (const auto& service : door->rep_->services) builder.RegisterService(service.get());
  builder.RegisterService(&door->rep_->health);
  door->rep_->server = builder.BuildAndStart();
  if (door->rep_->server == nullptr || port == 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", listen));
  }
  door->address_ = absl::StrCat(listen.substr(0, listen.rfind(':')), ":", port);
  return door;
}

GrpcServer::~GrpcServer() {
  Shutdown(0);
}

void GrpcServer::Shutdown(int grace_ms) {
  if (rep_ == nullptr || rep_->server == nullptr) return;
  rep_->server->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(grace_ms));
  rep_->server.reset();
}

}  // namespace ecsmi::wire
