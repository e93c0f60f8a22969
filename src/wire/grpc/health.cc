#include "wire/grpc/health.h"

#include "absl/strings/str_cat.h"

namespace ecsmi::wire {
namespace {

namespace health = ::grpc::health::v1;
using Status = health::HealthCheckResponse::ServingStatus;

bool IsOurs(const std::string& service) {
  return service.empty() || service.rfind("ecsmi.", 0) == 0;
}

}  // namespace

// One stream. At most one write is under way; what changes meanwhile is told once it is done, the newest status only.
class Health::Watcher final : public grpc::ServerWriteReactor<health::HealthCheckResponse> {
 public:
  Watcher(Health& service, bool known) : service_(service), known_(known) {}

  // `last`: the stream ends after it.
  void Tell(Status status, bool last) {
    base::MutexLock lock(mutex_);
    wanted_ = known_ ? status : health::HealthCheckResponse::SERVICE_UNKNOWN;
    last_ = last_ || last;
    Continue();
  }

  void OnWriteDone(bool ok) override {
    base::MutexLock lock(mutex_);
    writing_ = false;
    if (!ok) last_ = gone_ = true;
    Continue();
  }
  void OnCancel() override {
    base::MutexLock lock(mutex_);
    last_ = gone_ = true;
    Continue();
  }
  void OnDone() override {
    {
      base::MutexLock lock(service_.mutex_);
      service_.watchers_.erase(this);
    }
    delete this;
  }

 private:
  void Continue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || finished_) return;
    if (!gone_ && wanted_ != told_) {
      told_ = wanted_;
      writing_ = true;
      response_.set_status(told_);
      StartWrite(&response_);
    } else if (last_) {
      finished_ = true;
      Finish(gone_ ? grpc::Status::CANCELLED : grpc::Status(grpc::StatusCode::UNAVAILABLE, "the daemon is stopping"));
    }
  }

  Health& service_;
  const bool known_;
  base::Mutex mutex_;
  health::HealthCheckResponse response_;  // belongs to gRPC while writing_
  Status wanted_ ABSL_GUARDED_BY(mutex_) = health::HealthCheckResponse::UNKNOWN;
  Status told_ ABSL_GUARDED_BY(mutex_) = health::HealthCheckResponse::UNKNOWN;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool last_ ABSL_GUARDED_BY(mutex_) = false;
  bool gone_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

Status Health::Now() const {
  return engine_.Trouble().empty() ? health::HealthCheckResponse::SERVING : health::HealthCheckResponse::NOT_SERVING;
}

grpc::ServerUnaryReactor* Health::Check(grpc::CallbackServerContext* context, const health::HealthCheckRequest* request,
                                        health::HealthCheckResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  response->set_status(Now());
  reactor->Finish(IsOurs(request->service())
                      ? grpc::Status::OK
                      : grpc::Status(grpc::StatusCode::NOT_FOUND, absl::StrCat("no service ", request->service())));
  return reactor;
}

grpc::ServerWriteReactor<health::HealthCheckResponse>* Health::Watch(grpc::CallbackServerContext*,
                                                                     const health::HealthCheckRequest* request) {
  // Deletes itself in OnDone.
  auto* watcher = new Watcher(*this, IsOurs(request->service()));
  base::MutexLock lock(mutex_);
  watchers_.insert(watcher);
  watcher->Tell(shut_down_ ? health::HealthCheckResponse::NOT_SERVING : Now(), shut_down_);
  return watcher;
}

void Health::Changed() {
  base::MutexLock lock(mutex_);
  // Asked under the lock, so that of two changes the later one is told last.
  const Status status = Now();
  for (Watcher* watcher : watchers_) watcher->Tell(status, false);
}

void Health::Shutdown() {
  base::MutexLock lock(mutex_);
  shut_down_ = true;
  for (Watcher* watcher : watchers_) watcher->Tell(health::HealthCheckResponse::NOT_SERVING, true);
}

}  // namespace ecsmi::wire
