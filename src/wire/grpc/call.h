#pragma once

#include <grpcpp/grpcpp.h>

#include <string_view>

#include "absl/status/status.h"
#include "wire/grpc/identify.h"

namespace ecsmi::wire {

// Dispatches one unary call to the registry, once it is known who calls; UNIMPLEMENTED, naming the operation, when
// nobody registered it. The messages live until the reactor's Finish, which is called exactly once on every path, also
// after a cancel or a deadline: gRPC forgets a call only then.
grpc::ServerUnaryReactor* Dispatch(GrpcDoor& door, grpc::CallbackServerContext* context, const char* service,
                                   const char* method, const google::protobuf::Message& request,
                                   google::protobuf::Message* response);

// Canonical code, message, and google.rpc.ErrorInfo with the exception's name as reason and, as domain, the AWS
// endpoint of `service` ("ecsmi.sqs.v1.SqsService" → "sqs.amazonaws.com"; "ecsmi" for our own). Errors of ours become
// ServerException without their text.
grpc::Status ToGrpcStatus(const absl::Status& status, std::string_view service);

}  // namespace ecsmi::wire
