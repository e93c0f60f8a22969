#include "absl/strings/str_cat.h"
#include "api/check.h"
#include "api/document_bytes.h"
#include "api/region.h"
#include "api/sqs/queue_attributes.h"
#include "api/sqs/queue_names.h"
#include "api/sqs/queue_tags.h"
#include "api/sqs/queues.h"
#include "api/sqs/sqs_errors.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/queues.h"

namespace ecsmi::api {
namespace {

// F68: the same name is the same queue when what the request says of it is so already (assumed: what it does not say is
// not compared).
absl::Status CheckSame(const control::Step& step, const CallContext& context, const model::Queue& existing,
                       const AttributeMap& attributes) {
  model::Queue wanted = existing;
  ECSMI_RETURN_IF_ERROR(ApplyAttributes(step, context, attributes, &wanted));
  const auto is = ShowAttributes(step, existing);
  for (const auto& [name, value] : ShowAttributes(step, wanted)) {
    const auto at = is.find(name);
    if (at != is.end() && at->second == value) continue;
    return AwsError(
        AwsException::kQueueNameExists,
        Say("A queue already exists with the same name and a different value for attribute ", name, ": ", existing.name,
            " has '", at == is.end() ? std::string() : at->second, "', the request '", value, "'"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCreateQueue(const sqs::v1::CreateQueueRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckPresent("QueueName", request.queue_name()));
  ECSMI_RETURN_IF_ERROR(CheckQueueName(request.queue_name()));
  ECSMI_RETURN_IF_ERROR(CheckSettableAttributes(request.attributes()));
  return CheckQueueTags(request.tags());
}

absl::Status CreateQueue(control::Step& step, const CallContext& context, const sqs::v1::CreateQueueRequest& request,
                         sqs::v1::CreateQueueResponse* response) {
  ECSMI_RETURN_IF_ERROR(CheckRegion(step, context.region));
  const auto* existing = step.state.Find<model::Queue>(step.state.FindQueue(context.region, request.queue_name()));
  if (existing != nullptr && existing->deleted) {
    return AwsError(
        AwsException::kQueueDeletedRecently,
        "You must wait 60 seconds after deleting a queue before you can create another with the same name.");
  }
  if (existing != nullptr) {
    ECSMI_RETURN_IF_ERROR(CheckSame(step, context, *existing, request.attributes()));
    response->set_queue_url(QueueUrl(step, context, *existing));
    return absl::OkStatus();
  }
  model::Queue queue;
  queue.region = context.region;
  queue.name = request.queue_name();
  ECSMI_RETURN_IF_ERROR(ApplyAttributes(step, context, request.attributes(), &queue));
  sqs::v1::ListQueueTagsResponse tags;
  *tags.mutable_tags() = request.tags();
  queue.document = step.state.InternDocument(DocumentBytes(tags));
  response->set_queue_url(QueueUrl(step, context, control::CreateQueue(step, std::move(queue))));
  return absl::OkStatus();
}

}  // namespace ecsmi::api
