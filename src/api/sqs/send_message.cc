#include <string>

#include "api/check.h"
#include "api/sqs/batch.h"
#include "api/sqs/md5.h"
#include "api/sqs/message_content.h"
#include "api/sqs/messages.h"
#include "api/sqs/queue_names.h"
#include "api/sqs/sqs_errors.h"
#include "ecsmi/base/status.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::api {
namespace {

using sqs::v1::SendMessageRequest;

constexpr std::size_t kBatchBytesMax = 1'048'576;  // F77

absl::Status CheckSize(const model::Queue& queue, const SendMessageRequest& message) {
  if (std::cmp_less_equal(ContentBytes(message), queue.maximum_message_bytes)) return absl::OkStatus();
  return AwsError(AwsException::kInvalidParameterValue,
                  Say("One or more parameters are invalid. Reason: Message must be shorter than ",
                      queue.maximum_message_bytes, " bytes."));
}

// Sends a checked message and fills the members that single and batch replies share.
template <typename Reply>
void Send(control::Step& step, const model::Queue& queue, const SendMessageRequest& message, Reply* reply) {
  control::NewMessage kept = KeepContent(step, message);
  kept.queue = queue.serial;
  kept.delay_seconds = message.has_delay_seconds() ? message.delay_seconds() : queue.delay_seconds;
  const model::Serial serial = control::SendMessage(step, std::move(kept));
  reply->set_message_id(model::Uuid(step.key, model::TableId::kMessage, serial));
  reply->set_md5_of_message_body(Md5Hex(message.message_body()));
  if (!message.message_attributes().empty()) {
    reply->set_md5_of_message_attributes(Md5OfAttributes(message.message_attributes()));
  }
  if (!message.message_system_attributes().empty()) {
    reply->set_md5_of_message_system_attributes(Md5OfAttributes(message.message_system_attributes()));
  }
}

SendMessageRequest ToMessage(const sqs::v1::SendMessageBatchRequestEntry& entry) {
  SendMessageRequest message;
  message.set_message_body(entry.message_body());
  if (entry.has_delay_seconds()) message.set_delay_seconds(entry.delay_seconds());
  *message.mutable_message_attributes() = entry.message_attributes();
  *message.mutable_message_system_attributes() = entry.message_system_attributes();
  if (entry.has_message_deduplication_id()) message.set_message_deduplication_id(entry.message_deduplication_id());
  if (entry.has_message_group_id()) message.set_message_group_id(entry.message_group_id());
  return message;
}

}  // namespace

absl::Status CheckSendMessage(const SendMessageRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckPresent("QueueUrl", request.queue_url()));
  return CheckContent(request);
}

absl::Status SendMessage(control::Step& step, const CallContext& context, const SendMessageRequest& request,
                         sqs::v1::SendMessageResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Queue* queue, ResolveQueue(step, context, request.queue_url()));
  ECSMI_RETURN_IF_ERROR(CheckSize(*queue, request));
  Send(step, *queue, request, response);
  return absl::OkStatus();
}

absl::Status CheckSendMessageBatch(const sqs::v1::SendMessageBatchRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckPresent("QueueUrl", request.queue_url()));
  ECSMI_RETURN_IF_ERROR(CheckBatch("SendMessageBatchRequestEntry", request.entries()));
  std::size_t bytes = 0;
  for (const auto& entry : request.entries()) bytes += ContentBytes(ToMessage(entry));
  if (bytes <= kBatchBytesMax) return absl::OkStatus();
  return AwsError(AwsException::kBatchRequestTooLong, Say("Batch requests cannot be longer than ", kBatchBytesMax,
                                                          " bytes. You have sent ", bytes, " bytes."));
}

absl::Status SendMessageBatch(control::Step& step, const CallContext& context,
                              const sqs::v1::SendMessageBatchRequest& request,
                              sqs::v1::SendMessageBatchResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Queue* queue, ResolveQueue(step, context, request.queue_url()));
  for (const auto& entry : request.entries()) {
    const SendMessageRequest message = ToMessage(entry);
    absl::Status status = CheckContent(message);
    if (status.ok()) status = CheckSize(*queue, message);
    if (!status.ok()) {
      AddFailure(entry.id(), status, response->mutable_failed());
      continue;
    }
    sqs::v1::SendMessageBatchResultEntry* sent = response->add_successful();
    sent->set_id(entry.id());
    Send(step, *queue, message, sent);
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
