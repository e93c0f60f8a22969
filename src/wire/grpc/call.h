#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <string>

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/engine.h"

namespace ecsmi::wire {

// What all services of the door share. Outlives them.
struct Door {
  const api::Registry& registry;
  control::Engine& engine;
  std::atomic<int> calls{0};  // under way
  std::atomic<std::uint64_t> next_request{1};
};

// Dispatches one unary call to the registry; UNIMPLEMENTED, naming the operation, when nobody registered it. The
// messages live until the reactor's Finish.
grpc::ServerUnaryReactor* Dispatch(Door& door, grpc::CallbackServerContext* context, const char* service,
                                   const char* method, const google::protobuf::Message& request,
                                   google::protobuf::Message* response);

// Canonical code, message, and google.rpc.ErrorInfo with the exception's name as reason. Errors of ours become
// ServerException without their text.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace ecsmi::wire
