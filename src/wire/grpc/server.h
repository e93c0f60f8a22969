#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/engine.h"

namespace ecsmi::wire {

// The gRPC door: callback server with reflection, health and channelz. Handlers never block; calls end when the engine
// finishes them. Thread-safe.
class GrpcServer {
 public:
  // `listen`: host:port, port 0 = a free one. Errors: UNAVAILABLE when the address cannot be had.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(const std::string& listen, const api::Registry& registry,
                                                           control::Engine& engine);
  ~GrpcServer();
  // host:port as bound.
  const std::string& address() const { return address_; }
  // Refuses new calls, lets those under way finish for at most `grace_ms`, then cancels them. The engine must still
  // run.
  void Shutdown(int grace_ms);

  struct Rep;

 private:
  GrpcServer() = default;
  std::unique_ptr<Rep> rep_;
  std::string address_;
};

}  // namespace ecsmi::wire
