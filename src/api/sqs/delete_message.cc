#include "api/check.h"
#include "api/sqs/batch.h"
#include "api/sqs/messages.h"
#include "api/sqs/queue_names.h"
#include "api/sqs/receipts.h"
#include "api/sqs/sqs_errors.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/queues.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::api {
namespace {

// F63: with an older handle nothing happens, and that is no error; nor is a second delete.
absl::Status Delete(control::Step& step, const model::Queue& queue, std::string_view handle) {
  ECSMI_ASSIGN_OR_RETURN(const Received received, ResolveReceipt(step, queue, handle));
  if (received.newest) control::DeleteMessage(step, received.message->serial);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Received> ResolveReceipt(const control::Step& step, const model::Queue& queue, std::string_view handle) {
  const std::optional<model::Receipt> receipt = model::ParseReceiptHandle(step.key, queue.serial, handle);
  if (!receipt) {
    return AwsError(AwsException::kReceiptHandleIsInvalid,
                    Say("The input receipt handle \"", handle, "\" is not a valid receipt handle."));
  }
  Received received;
  received.message = step.state.Find<model::Message>(receipt->message);
  if (received.message != nullptr && received.message->queue != queue.serial) received.message = nullptr;
  received.newest = received.message != nullptr && received.message->receive_count == receipt->receive;
  return received;
}

absl::Status CheckDeleteMessage(const sqs::v1::DeleteMessageRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckPresent("QueueUrl", request.queue_url()));
  return CheckPresent("ReceiptHandle", request.receipt_handle());
}

absl::Status DeleteMessage(control::Step& step, const CallContext& context,
                           const sqs::v1::DeleteMessageRequest& request, sqs::v1::DeleteMessageResponse*) {
  ECSMI_ASSIGN_OR_RETURN(const model::Queue* queue, ResolveQueue(step, context, request.queue_url()));
  ECSMI_RETURN_IF_ERROR(Delete(step, *queue, request.receipt_handle()));
  control::TouchQueue(step, queue->serial);
  return absl::OkStatus();
}

absl::Status CheckDeleteMessageBatch(const sqs::v1::DeleteMessageBatchRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckPresent("QueueUrl", request.queue_url()));
  return CheckBatch("DeleteMessageBatchRequestEntry", request.entries());
}

absl::Status DeleteMessageBatch(control::Step& step, const CallContext& context,
                                const sqs::v1::DeleteMessageBatchRequest& request,
                                sqs::v1::DeleteMessageBatchResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Queue* queue, ResolveQueue(step, context, request.queue_url()));
  for (const auto& entry : request.entries()) {
    if (absl::Status status = Delete(step, *queue, entry.receipt_handle()); !status.ok()) {
      AddFailure(entry.id(), status, response->mutable_failed());
    } else {
      response->add_successful()->set_id(entry.id());
    }
  }
  control::TouchQueue(step, queue->serial);
  return absl::OkStatus();
}

}  // namespace ecsmi::api
