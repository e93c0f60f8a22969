#include "absl/strings/str_cat.h"
#include "api/check.h"
#include "api/sqs/batch.h"
#include "api/sqs/messages.h"
#include "api/sqs/queue_names.h"
#include "api/sqs/receipts.h"
#include "api/sqs/sqs_errors.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/queues.h"

namespace ecsmi::api {
namespace {

constexpr std::int32_t kTimeoutMaxSeconds = 43'200;  // F60, and F62: of one receive in all

absl::Status CheckTimeout(bool given, std::int32_t seconds) {
  if (!given) return CheckPresent("VisibilityTimeout", "");
  return CheckBetween("VisibilityTimeout", seconds, 0, kTimeoutMaxSeconds);
}

// F62, F76.
absl::Status Change(control::Step& step, const model::Queue& queue, std::string_view handle, std::int32_t seconds) {
  ECSMI_ASSIGN_OR_RETURN(const Received received, ResolveReceipt(step, queue, handle));
  if (!received.newest || received.message->state != model::MessageState::kInFlight) {
    return AwsError(AwsException::kMessageNotInflight,
                    "The message referred to isn't in flight: it was deleted, became visible again or was received by "
                    "somebody else since.");
  }
  const model::TimeMs hidden_until = step.now + step.OutsideMs(seconds * model::kSecondMs);
  if (hidden_until > received.message->received_at + step.OutsideMs(kTimeoutMaxSeconds * model::kSecondMs)) {
    return InvalidValue("VisibilityTimeout", absl::StrCat(seconds),
                        "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]");
  }
  control::ChangeVisibility(step, received.message->serial, seconds);
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckChangeMessageVisibility(const sqs::v1::ChangeMessageVisibilityRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckPresent("QueueUrl", request.queue_url()));
  ECSMI_RETURN_IF_ERROR(CheckPresent("ReceiptHandle", request.receipt_handle()));
  return CheckTimeout(request.has_visibility_timeout(), request.visibility_timeout());
}

absl::Status ChangeMessageVisibility(control::Step& step, const CallContext& context,
                                     const sqs::v1::ChangeMessageVisibilityRequest& request,
                                     sqs::v1::ChangeMessageVisibilityResponse*) {
  ECSMI_ASSIGN_OR_RETURN(const model::Queue* queue, ResolveQueue(step, context, request.queue_url()));
  ECSMI_RETURN_IF_ERROR(Change(step, *queue, request.receipt_handle(), request.visibility_timeout()));
  control::TouchQueue(step, queue->serial);
  return absl::OkStatus();
}

absl::Status CheckChangeMessageVisibilityBatch(const sqs::v1::ChangeMessageVisibilityBatchRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckPresent("QueueUrl", request.queue_url()));
  return CheckBatch("ChangeMessageVisibilityBatchRequestEntry", request.entries());
}

absl::Status ChangeMessageVisibilityBatch(control::Step& step, const CallContext& context,
                                          const sqs::v1::ChangeMessageVisibilityBatchRequest& request,
                                          sqs::v1::ChangeMessageVisibilityBatchResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Queue* queue, ResolveQueue(step, context, request.queue_url()));
  for (const auto& entry : request.entries()) {
    absl::Status status = CheckTimeout(entry.has_visibility_timeout(), entry.visibility_timeout());
    if (status.ok()) status = Change(step, *queue, entry.receipt_handle(), entry.visibility_timeout());
    if (!status.ok()) {
      AddFailure(entry.id(), status, response->mutable_failed());
    } else {
      response->add_successful()->set_id(entry.id());
    }
  }
  control::TouchQueue(step, queue->serial);
  return absl::OkStatus();
}

}  // namespace ecsmi::api
