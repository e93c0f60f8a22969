#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/control/engine.h"

namespace ecsmi::wire {

// Warnings already logged: a caller that repeats itself a thousand times a second is logged once.
class WarningLog {
 public:
  // True the first time `text` comes, as long as there is room.
  bool IsNew(const std::string& text);

 private:
  base::Mutex mutex_;
  std::set<std::string> seen_ ABSL_GUARDED_BY(mutex_);
};

// What all services of the door share. Outlives them.
struct Door {
  const api::Registry& registry;
  control::Engine& engine;
  const int calls_max;
  std::atomic<int> calls{0};  // under way
  std::atomic<std::uint64_t> next_request{1};
  WarningLog warnings{};
};

// Dispatches one unary call to the registry; UNIMPLEMENTED, naming the operation, when nobody registered it. The
// messages live until the reactor's Finish, which is called exactly once on every path, also after a cancel or a
// deadline: gRPC forgets a call only then.
grpc::ServerUnaryReactor* Dispatch(Door& door, grpc::CallbackServerContext* context, const char* service,
                                   const char* method, const google::protobuf::Message& request,
                                   google::protobuf::Message* response);

// Canonical code, message, and google.rpc.ErrorInfo with the exception's name as reason and, as domain, the AWS
// endpoint of `service` ("ecsmi.sqs.v1.SqsService" → "sqs.amazonaws.com"; "ecsmi" for our own). Errors of ours become
// ServerException without their text.
grpc::Status ToGrpcStatus(const absl::Status& status, std::string_view service);

}  // namespace ecsmi::wire
