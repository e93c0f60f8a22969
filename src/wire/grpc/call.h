#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
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

// The same for a call whose answer is a stream. The next message is asked for when the one before has been taken, so
// that a slow client costs one message. Deletes itself.
template <typename Response>
grpc::ServerWriteReactor<Response>* DispatchStream(GrpcDoor& door, grpc::CallbackServerContext* context,
                                                   const char* service, const char* method,
                                                   const google::protobuf::Message& request);

// Canonical code, message, and google.rpc.ErrorInfo with the exception's name as reason and, as domain, the AWS
// endpoint of `service` ("ecsmi.sqs.v1.SqsService" → "sqs.amazonaws.com"; "ecsmi" for our own). Errors of ours become
// ServerException without their text.
grpc::Status ToGrpcStatus(const absl::Status& status, std::string_view service);

template <typename Response>
class StreamReactor final : public grpc::ServerWriteReactor<Response> {
 public:
  StreamReactor(GrpcDoor& door, grpc::CallbackServerContext* context, const char* service, const char* method)
      : context_(context), service_(service), call_(door, service, method) {
    caller_ = Identify(door, *context, service, &call_.context);
    context->AddInitialMetadata("x-amzn-requestid", call_.context.request_id);
  }
  void Run(const google::protobuf::Message& request) {
    if (!caller_.ok()) return this->Finish(caller_);
    if (absl::Status status = call_.Open(request); !status.ok()) return this->Finish(ToGrpcStatus(status, service_));
    open_.store(true);
    for (const auto& [name, value] : call_.Notes()) context_->AddInitialMetadata(name, value);
    this->StartSendInitialMetadata();
    Pull();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return this->Finish(grpc::Status::CANCELLED);
    Pull();
  }
  // A Next under way ends with CANCELLED, a write under way with !ok: either finishes the call.
  void OnCancel() override {
    if (open_.load()) call_.Cancel();
  }
  void OnDone() override { delete this; }

 private:
  void Pull() {
    call_.Next(&response_, [this](const absl::StatusOr<api::Stream::Turn>& turn) {
      if (!turn.ok()) return this->Finish(ToGrpcStatus(turn.status(), service_));
      if (*turn == api::Stream::Turn::kEnd) return this->Finish(grpc::Status::OK);
      this->StartWrite(&response_);
    });
  }

  grpc::CallbackServerContext* const context_;
  const char* const service_;
  std::atomic<bool> open_{false};
  Response response_;
  StreamCall call_;
  grpc::Status caller_;  // not OK: refused before it began
};

template <typename Response>
grpc::ServerWriteReactor<Response>* DispatchStream(GrpcDoor& door, grpc::CallbackServerContext* context,
                                                   const char* service, const char* method,
                                                   const google::protobuf::Message& request) {
  auto* call = new StreamReactor<Response>(door, context, service, method);
  call->Run(request);
  return call;
}

}  // namespace ecsmi::wire
