#pragma once

#include <grpcpp/grpcpp.h>

#include <set>
#include <string>

#include "ecsmi/base/lock.h"
#include "ecsmi/control/engine.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace ecsmi::wire {

// grpc.health.v1 of the daemon: SERVING while the store is open, the worlds are loaded and no failed commit waits to be
// settled. All services of ours have the daemon's health. Thread-safe.
class Health final : public grpc::health::v1::Health::CallbackService {
 public:
  explicit Health(control::Engine& engine) : engine_(engine) {}

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const grpc::health::v1::HealthCheckRequest* request,
                                  grpc::health::v1::HealthCheckResponse* response) override;
  // The status now and at each change; SERVICE_UNKNOWN, and no end, for a service that is none of ours (the protocol
  // asks for both).
  grpc::ServerWriteReactor<grpc::health::v1::HealthCheckResponse>* Watch(
      grpc::CallbackServerContext* context, const grpc::health::v1::HealthCheckRequest* request) override;

  // The engine's Trouble() began or ended: tells all watchers.
  void Changed();
  // Tells all watchers NOT_SERVING and ends their streams; later ones end at once.
  void Shutdown();

 private:
  class Watcher;
  grpc::health::v1::HealthCheckResponse::ServingStatus Now() const;

  control::Engine& engine_;
  base::Mutex mutex_;
  std::set<Watcher*> watchers_ ABSL_GUARDED_BY(mutex_);
  bool shut_down_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace ecsmi::wire
