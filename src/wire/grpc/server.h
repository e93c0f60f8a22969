#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/engine.h"
#include "wire/call/call.h"

namespace ecsmi::wire {

struct GrpcServerOptions {
  std::string listen = "127.0.0.1:50051";  // host:port, port 0 = a free one
  // Calls under way at once, over all connections; one more is answered ThrottlingException.
  int calls_max = kCallsMax;
  Throttle* throttle = nullptr;  // Door::throttle
};

// The gRPC door: callback server with reflection, health and channelz. Handlers never block; calls end when the engine
// finishes them. Thread-safe.
class GrpcServer {
 public:
  // The engine need not have started: until it has, health says NOT_SERVING and calls are answered UNAVAILABLE. Sets
  // the engine's trouble listener. Errors: UNAVAILABLE when the address cannot be had.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(const GrpcServerOptions& options,
                                                           const api::Registry& registry, control::Engine& engine);
  ~GrpcServer();
  // host:port as bound.
  const std::string& address() const { return address_; }
  // Refuses new calls, ends health watches, lets calls under way finish for at most `grace_ms`, then cancels them and
  // returns when the engine has finished them: it must still run. Idempotent, one caller at a time.
  void Shutdown(int grace_ms);

  struct Rep;

 private:
  GrpcServer() = default;
  std::unique_ptr<Rep> rep_;
  std::string address_;
};

}  // namespace ecsmi::wire
