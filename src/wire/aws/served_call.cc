#include "wire/aws/served_call.h"

#include <utility>

namespace ecsmi::wire {

ServedCall::ServedCall(Door& calls, const AwsCaller& caller, const Operation& its_operation, const HttpRequest& http,
                       HttpReply reply, Shape shape)
    : operation(its_operation),
      request(operation.request->New()),
      response(operation.response->New()),
      strict_(calls.engine.settings().strict),
      shape_(shape),
      call_(calls, operation.service, operation.method),
      reply_(std::move(reply)) {
  call_.context.account = caller.account;
  call_.context.region = caller.region;
  call_.context.endpoint = caller.endpoint;
  call_.context.may_touch = caller.may_touch;
  call_.context.abandoned = [gone = http.abandoned] { return gone != nullptr && gone->load(); };
}

void ServedCall::Serve(std::unique_ptr<ServedCall> made, absl::Status decoded, const DecodeNotes& notes) {
  if (decoded.ok() && made->strict_) decoded = notes.Refusal();
  if (!decoded.ok()) {
    made->call_.Fail(decoded);
    return made->Answer(decoded);
  }
  ServedCall& it = *made;
  it.call_.context.notes->warnings = notes.Warnings();
  it.call_.Start(*it.request, it.response.get(), [owned = made.release()](const absl::Status& status) {
    const std::unique_ptr<ServedCall> ended(owned);
    ended->Answer(status);
  });
}

void ServedCall::Answer(const absl::Status& status) {
  HttpResponse answer = shape_(*this, status);
  answer.headers.emplace_back("x-amzn-requestid", request_id());
  for (auto& note : call_.Notes()) answer.headers.push_back(std::move(note));
  reply_(std::move(answer));
}

}  // namespace ecsmi::wire
