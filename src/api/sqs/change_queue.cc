#include "api/check.h"
#include "api/sqs/queue_attributes.h"
#include "api/sqs/queue_names.h"
#include "api/sqs/queues.h"
#include "api/sqs/sqs_errors.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/queues.h"

namespace ecsmi::api {
namespace {
constexpr model::DurationMs kPurgeEveryMs = 60 * model::kSecondMs;  // F78
}  // namespace

absl::Status CheckDeleteQueue(const sqs::v1::DeleteQueueRequest& request) {
  return CheckPresent("QueueUrl", request.queue_url());
}

absl::Status DeleteQueue(control::Step& step, const CallContext& context, const sqs::v1::DeleteQueueRequest& request,
                         sqs::v1::DeleteQueueResponse*) {
  ECSMI_ASSIGN_OR_RETURN(const model::Queue* queue, ResolveQueue(step, context, request.queue_url()));
  control::DeleteQueue(step, queue->serial);
  return absl::OkStatus();
}

absl::Status CheckPurgeQueue(const sqs::v1::PurgeQueueRequest& request) {
  return CheckPresent("QueueUrl", request.queue_url());
}

absl::Status PurgeQueue(control::Step& step, const CallContext& context, const sqs::v1::PurgeQueueRequest& request,
                        sqs::v1::PurgeQueueResponse*) {
  ECSMI_ASSIGN_OR_RETURN(const model::Queue* queue, ResolveQueue(step, context, request.queue_url()));
  if (queue->purged_at != model::kUnset && step.now < queue->purged_at + kPurgeEveryMs) {
    return AwsError(AwsException::kPurgeQueueInProgress,
                    Say("Only one PurgeQueue operation on ", queue->name, " is allowed every 60 seconds."));
  }
  control::TouchQueue(step, queue->serial);
  control::PurgeQueue(step, queue->serial);
  return absl::OkStatus();
}

absl::Status CheckSetQueueAttributes(const sqs::v1::SetQueueAttributesRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckPresent("QueueUrl", request.queue_url()));
  if (request.attributes().empty()) return CheckPresent("Attribute.Name", "");
  return CheckSettableAttributes(request.attributes());
}

absl::Status SetQueueAttributes(control::Step& step, const CallContext& context,
                                const sqs::v1::SetQueueAttributesRequest& request,
                                sqs::v1::SetQueueAttributesResponse*) {
  ECSMI_ASSIGN_OR_RETURN(const model::Queue* queue, ResolveQueue(step, context, request.queue_url()));
  model::Queue wanted = *queue;
  ECSMI_RETURN_IF_ERROR(ApplyAttributes(step, context, request.attributes(), &wanted));
  control::SetRetention(step, queue->serial, wanted.retention_seconds);
  step.state.Update<model::Queue>(queue->serial, [&](model::Queue& row) {
    CopySettings(wanted, &row);
    row.modified_at = step.now;
  });
  control::TouchQueue(step, queue->serial);
  return absl::OkStatus();
}

}  // namespace ecsmi::api
