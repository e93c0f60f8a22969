// AWS JSON: X-Amz-Target names the operation, the body is its input.
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ecsmi/api/errors.h"
#include "wire/aws/door.h"
#include "wire/aws_json/codec.h"
#include "wire/aws_json/error.h"
#include "wire/aws_json/operations.h"

namespace ecsmi::wire {
namespace {

// A call and all that lives as long as it.
struct JsonCall {
  JsonCall(Door& calls, const Operation& operation_of_it)
      : operation(operation_of_it),
        request(operation.request->New()),
        response(operation.response->New()),
        call(calls, operation.service, operation.method) {}
  const Operation& operation;
  const std::unique_ptr<google::protobuf::Message> request;
  const std::unique_ptr<google::protobuf::Message> response;
  Call call;
  HttpReply reply;

  void Answer(const absl::Status& status) {
    HttpResponse answer;
    if (status.ok()) {
      answer.headers = {{"content-type", std::string(operation.wire->content_type)}};
      answer.body = Encode(*response);
    } else {
      answer = ErrorResponse(operation.wire, status);
    }
    answer.headers.emplace_back("x-amzn-requestid", call.context.request_id);
    for (auto& note : call.Notes()) answer.headers.push_back(std::move(note));
    reply(std::move(answer));
  }
};

absl::Status UnknownTarget(const std::string& target, const ServiceWire* wire) {
  if (wire != nullptr) {
    return api::Ours(api::AwsException::kUnknownOperation,
                     absl::StrCat("operation ", target, " is none that this service has"), "operations");
  }
  return api::Ours(
      api::AwsException::kUnknownOperation,
      absl::StrCat("the service of ", target,
                   " is not emulated: ECS, SQS, Application Auto Scaling and CloudWatch are. Point those alone "
                   "here with AWS_ENDPOINT_URL_ECS, AWS_ENDPOINT_URL_SQS, "
                   "AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING and AWS_ENDPOINT_URL_CLOUDWATCH"),
      "operations");
}

}  // namespace

void HandleJson(Door& calls, const AwsCaller& caller, HttpRequest request, HttpReply reply) {
  const std::string target = *FindHeader(request.headers, "x-amz-target");
  const Operation* operation = FindTarget(target);
  if (operation == nullptr) {
    const ServiceWire* wire = FindServiceOfTarget(target);
    return reply(ErrorResponse(wire, UnknownTarget(target, wire)));
  }
  auto made = std::make_unique<JsonCall>(calls, *operation);
  JsonCall& it = *made;
  it.reply = std::move(reply);
  it.call.context.account = caller.account;
  it.call.context.region = caller.region;
  it.call.context.endpoint = caller.endpoint;
  it.call.context.abandoned = [gone = request.abandoned] { return gone != nullptr && gone->load(); };
  DecodeNotes notes;
  absl::Status status = Decode(request.body, it.request.get(), &notes);
  if (status.ok() && calls.engine.settings().strict) status = notes.Refusal();
  if (!status.ok()) {
    it.call.Fail(status);
    return it.Answer(status);
  }
  it.call.context.notes->warnings = notes.Warnings();
  // The call owns itself until it is answered.
  it.call.Start(*it.request, it.response.get(), [owned = made.release()](const absl::Status& result) {
    const std::unique_ptr<JsonCall> ended(owned);
    ended->Answer(result);
  });
}

}  // namespace ecsmi::wire
