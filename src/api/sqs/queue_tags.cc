#include "api/sqs/queue_tags.h"

#include <map>
#include <utility>

#include "api/check.h"
#include "api/document_bytes.h"
#include "api/sqs/queue_names.h"
#include "api/sqs/queues.h"
#include "api/sqs/sqs_errors.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/queues.h"

namespace ecsmi::api {
namespace {

using sqs::v1::ListQueueTagsResponse;

// A queue's document.
ListQueueTagsResponse TagsOf(const control::Step& step, const model::Queue& queue) {
  ListQueueTagsResponse tags;
  tags.ParseFromString(std::string(step.state.DocumentBytes(queue.document)));
  return tags;
}

void StoreTags(control::Step& step, model::Serial queue, const ListQueueTagsResponse& tags) {
  const model::Serial document = step.state.InternDocument(DocumentBytes(tags));
  step.state.Update<model::Queue>(queue, [&](model::Queue& row) { row.document = document; });
  control::TouchQueue(step, queue);
}

}  // namespace

absl::Status CheckQueueTags(const google::protobuf::Map<std::string, std::string>& tags) {
  // The rules are those of all services; the exception's name is SQS's.
  TagList list;
  for (const auto& [key, value] : std::map<std::string, std::string>(tags.begin(), tags.end())) {
    pb::Tag* tag = list.Add();
    tag->set_key(key);
    tag->set_value(value);
  }
  absl::Status status = CheckTags(list);
  if (status.ok()) return status;
  return AwsError(AwsException::kInvalidParameterValue, std::string(status.message()));
}

absl::Status CheckTagQueue(const sqs::v1::TagQueueRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckPresent("QueueUrl", request.queue_url()));
  if (request.tags().empty()) return CheckPresent("Tags", "");
  return CheckQueueTags(request.tags());
}

absl::Status TagQueue(control::Step& step, const CallContext& context, const sqs::v1::TagQueueRequest& request,
                      sqs::v1::TagQueueResponse*) {
  ECSMI_ASSIGN_OR_RETURN(const model::Queue* queue, ResolveQueue(step, context, request.queue_url()));
  ListQueueTagsResponse tags = TagsOf(step, *queue);
  for (const auto& [key, value] : request.tags()) (*tags.mutable_tags())[key] = value;
  ECSMI_RETURN_IF_ERROR(CheckQueueTags(tags.tags()));
  StoreTags(step, queue->serial, tags);
  return absl::OkStatus();
}

absl::Status CheckUntagQueue(const sqs::v1::UntagQueueRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckPresent("QueueUrl", request.queue_url()));
  return request.tag_keys().empty() ? CheckPresent("TagKeys", "") : absl::OkStatus();
}

absl::Status UntagQueue(control::Step& step, const CallContext& context, const sqs::v1::UntagQueueRequest& request,
                        sqs::v1::UntagQueueResponse*) {
  ECSMI_ASSIGN_OR_RETURN(const model::Queue* queue, ResolveQueue(step, context, request.queue_url()));
  ListQueueTagsResponse tags = TagsOf(step, *queue);
  for (const std::string& key : request.tag_keys()) tags.mutable_tags()->erase(key);
  StoreTags(step, queue->serial, tags);
  return absl::OkStatus();
}

absl::Status CheckListQueueTags(const sqs::v1::ListQueueTagsRequest& request) {
  return CheckPresent("QueueUrl", request.queue_url());
}

absl::Status ListQueueTags(control::Step& step, const CallContext& context,
                           const sqs::v1::ListQueueTagsRequest& request, ListQueueTagsResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Queue* queue, ResolveQueue(step, context, request.queue_url()));
  *response = TagsOf(step, *queue);
  control::TouchQueue(step, queue->serial);
  return absl::OkStatus();
}

}  // namespace ecsmi::api
