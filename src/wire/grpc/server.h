#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/engine.h"
#include "wire/call/call.h"
#include "wire/keys/credentials.h"

namespace ecsmi::wire {

struct GrpcServerOptions {
  std::string listen = "127.0.0.1:50051";  // host:port, port 0 = a free one
  // Calls under way at once, over all connections; one more is answered ThrottlingException.
  int calls_max = kCallsMax;
  Throttle* throttle = nullptr;    // Door::throttle
  CallMetrics* metrics = nullptr;  // Door::metrics
  // Who may call (identify.h); no keys: everybody. `seed` of the secrets that AssumeRole hands out, as at the AWS door.
  AuthKeys keys{};
  std::uint64_t seed = 1;
  const ports::HostClock* clock = nullptr;  // outlives the server; needed with keys
  // PEM files; plain text when no certificate is named. With a client CA only clients it vouches for get in, and the
  // common name of their certificate is their access key id.
  std::string tls_certificate_path{};  // the chain
  std::string tls_key_path{};
  std::string tls_client_ca_path{};
};

// The gRPC door: callback server with reflection, health and channelz. Handlers never block; calls end when the engine
// finishes them. With keys there is no channelz: it would tell anybody who calls what. Thread-safe.
class GrpcServer {
 public:
  // The engine need not have started: until it has, health says NOT_SERVING and calls are answered UNAVAILABLE. Sets
  // the engine's trouble listener. Errors: UNAVAILABLE when the address cannot be had, INVALID_ARGUMENT for a PEM file
  // that cannot be read.
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
