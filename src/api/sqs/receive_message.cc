#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "api/check.h"
#include "api/sqs/md5.h"
#include "api/sqs/message_content.h"
#include "api/sqs/messages.h"
#include "api/sqs/queue_names.h"
#include "api/sqs/sqs_errors.h"
#include "ecsmi/base/status.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::api {
namespace {

using sqs::v1::MessageSystemAttributeName;
using sqs::v1::QueueAttributeName;
using sqs::v1::ReceiveMessageRequest;

constexpr std::int32_t kVisibilityMaxSeconds = 43'200;  // F60
constexpr std::int32_t kWaitMaxSeconds = 20;            // F60
constexpr std::int32_t kCountMax = 10;                  // F60

// Whether a system attribute is asked for; AttributeNames is the older way to say so.
bool WantsSystem(const ReceiveMessageRequest& request, MessageSystemAttributeName::Value name) {
  return std::ranges::any_of(request.attribute_names(), [](int each) { return each == QueueAttributeName::All; }) ||
         std::ranges::any_of(request.message_system_attribute_names(),
                             [&](int each) { return each == name || each == MessageSystemAttributeName::All; });
}

// Names as they are, "All" and ".*" for every one, "prefix.*" for those that begin so.
bool WantsAttribute(const ReceiveMessageRequest& request, const std::string& name) {
  return std::ranges::any_of(request.message_attribute_names(), [&](const std::string& wanted) {
    if (wanted == "All" || wanted == name) return true;
    return absl::EndsWith(wanted, ".*") && absl::StartsWith(name, wanted.substr(0, wanted.size() - 2));
  });
}

void FillSystemAttributes(const control::Step& step, const ReceiveMessageRequest& request,
                          const model::Message& message, const sqs::v1::SendMessageRequest& content,
                          sqs::v1::Message* out) {
  const auto fill = [&](MessageSystemAttributeName::Value name, const std::string& value) {
    if (WantsSystem(request, name)) (*out->mutable_attributes())[MessageSystemAttributeName::Value_Name(name)] = value;
  };
  fill(MessageSystemAttributeName::SenderId, step.account);
  fill(MessageSystemAttributeName::SentTimestamp, absl::StrCat(step.Shown(message.sent_at)));
  fill(MessageSystemAttributeName::ApproximateReceiveCount, absl::StrCat(message.receive_count));
  fill(MessageSystemAttributeName::ApproximateFirstReceiveTimestamp,
       absl::StrCat(step.Shown(message.first_received_at)));
  for (const auto& [name, value] : content.message_system_attributes()) {
    fill(MessageSystemAttributeName::AWSTraceHeader, value.string_value());
  }
  if (const auto* source = step.state.Find<model::Queue>(message.dead_letter_source)) {
    fill(MessageSystemAttributeName::DeadLetterQueueSourceArn, QueueArn(step, *source));
  }
}

void FillMessage(const control::Step& step, const ReceiveMessageRequest& request, const model::Message& message,
                 sqs::v1::Message* out) {
  sqs::v1::SendMessageRequest content = ContentOf(step, message);
  out->set_message_id(model::Uuid(step.key, model::TableId::kMessage, message.serial));
  out->set_receipt_handle(model::ReceiptHandle(step.key, message.queue, {message.serial, message.receive_count}));
  out->set_md5_of_body(Md5Hex(content.message_body()));
  FillSystemAttributes(step, request, message, content, out);
  for (auto& [name, value] : *content.mutable_message_attributes()) {
    if (WantsAttribute(request, name)) (*out->mutable_message_attributes())[name] = value;
  }
  if (!out->message_attributes().empty()) {
    out->set_md5_of_message_attributes(Md5OfAttributes(out->message_attributes()));
  }
  out->set_body(std::move(*content.mutable_message_body()));
}

}  // namespace

absl::Status CheckReceiveMessage(const ReceiveMessageRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckPresent("QueueUrl", request.queue_url()));
  if (request.has_max_number_of_messages()) {
    ECSMI_RETURN_IF_ERROR(CheckBetween("MaxNumberOfMessages", request.max_number_of_messages(), 1, kCountMax));
  }
  if (request.has_visibility_timeout()) {
    ECSMI_RETURN_IF_ERROR(CheckBetween("VisibilityTimeout", request.visibility_timeout(), 0, kVisibilityMaxSeconds));
  }
  if (request.has_wait_time_seconds()) {
    ECSMI_RETURN_IF_ERROR(CheckBetween("WaitTimeSeconds", request.wait_time_seconds(), 0, kWaitMaxSeconds));
  }
  for (const int name : request.attribute_names()) {
    if (name == QueueAttributeName::All) continue;
    return AwsError(
        AwsException::kInvalidAttributeName,
        Say("Unknown Attribute ", QueueAttributeName::Value_Name(static_cast<QueueAttributeName::Value>(name)), "."));
  }
  if (request.has_receive_request_attempt_id()) {
    return InvalidValue("ReceiveRequestAttemptId", request.receive_request_attempt_id(),
                        "The request include parameter that is not valid for this queue type");
  }
  return absl::OkStatus();
}

absl::Status ReceiveMessage(control::Step& step, const CallContext& context, const ReceiveMessageRequest& request,
                            sqs::v1::ReceiveMessageResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Queue* queue, ResolveQueue(step, context, request.queue_url()));
  const std::int32_t wait = request.has_wait_time_seconds() ? request.wait_time_seconds() : queue->receive_wait_seconds;
  // F69: a long poll finds nothing then, and waits.
  if (wait == 0 && queue->in_flight >= control::InFlightMax(step)) {
    return AwsError(AwsException::kOverLimit, Say("Too many messages are in flight in queue ", queue->name, ": ",
                                                  queue->in_flight, "; delete received messages first."));
  }
  if (wait > 0 && queue->visible == 0 && !step.may_park) {
    return AwsError(AwsException::kRequestThrottled,
                    "Too many requests wait for messages at once; poll again later or with WaitTimeSeconds 0.");
  }
  const auto received = control::ReceiveMessages(
      step, {.queue = queue->serial,
             .count_max =
                 static_cast<std::size_t>(request.has_max_number_of_messages() ? request.max_number_of_messages() : 1),
             .visibility_seconds =
                 request.has_visibility_timeout() ? request.visibility_timeout() : queue->visibility_timeout_seconds});
  for (const model::Serial serial : received) {
    FillMessage(step, request, step.state.Get<model::Message>(serial), response->add_messages());
  }
  // F67.
  if (received.empty() && wait > 0 && step.may_park) {
    step.park = control::Park{queue->serial, step.now + wait * model::kSecondMs};
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
