// AWS JSON: X-Amz-Target names the operation, the body is its input.
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ecsmi/api/errors.h"
#include "wire/aws/served_call.h"
#include "wire/aws_json/error.h"

namespace ecsmi::wire {
namespace {

HttpResponse InJson(const ServedCall& call, const absl::Status& status) {
  if (!status.ok()) return ErrorResponse(call.operation.wire, status);
  HttpResponse answer;
  answer.headers = {{"content-type", std::string(call.operation.wire->content_type)}};
  answer.body = Encode(*call.response);
  return answer;
}

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
                   "AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING and AWS_ENDPOINT_URL_CLOUDWATCH, or start ecsmid with "
                   "--forward=SERVICE=URL, which passes a service's requests on"),
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
  auto made = std::make_unique<ServedCall>(calls, caller, *operation, request, std::move(reply), &InJson);
  DecodeNotes notes;
  absl::Status decoded = Decode(request.body, made->request.get(), &notes);
  ServedCall::Serve(std::move(made), std::move(decoded), notes);
}

}  // namespace ecsmi::wire
