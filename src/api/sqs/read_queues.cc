#include <algorithm>
#include <vector>

#include "api/check.h"
#include "api/sqs/queue_attributes.h"
#include "api/sqs/queue_names.h"
#include "api/sqs/queues.h"
#include "api/sqs/sqs_errors.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/queues.h"

namespace ecsmi::api {
namespace {

constexpr int kPageMax = 1'000;

absl::Status CheckPage(bool given, std::int32_t max_results) {
  return given ? CheckBetween("MaxResults", max_results, 1, kPageMax) : absl::OkStatus();
}

// Pages by serial: the order in which the queues were made.
template <typename Wanted, typename Add>
absl::StatusOr<std::string> PageQueues(const control::Step& step, std::string_view operation, const std::string& token,
                                       std::size_t limit, Wanted&& wanted, Add&& add) {
  model::Serial after = model::kNoSerial;
  if (!token.empty()) {
    const absl::StatusOr<model::Serial> parsed = ParsePageToken(step, operation, token);
    if (!parsed.ok()) return InvalidValue("NextToken", token, "Invalid token");
    after = *parsed;
  }
  std::vector<const model::Queue*> found;
  step.state.table<model::Queue>().ForEach([&](const model::Queue& queue) {
    if (queue.serial > after && !queue.deleted && wanted(queue)) found.push_back(&queue);
  });
  std::ranges::sort(found, {}, [](const model::Queue* queue) { return queue->serial; });
  for (std::size_t i = 0; i < std::min(limit, found.size()); ++i) add(*found[i]);
  return found.size() > limit ? PageToken(step, operation, found[limit - 1]->serial) : std::string();
}

}  // namespace

absl::Status CheckGetQueueAttributes(const sqs::v1::GetQueueAttributesRequest& request) {
  return CheckPresent("QueueUrl", request.queue_url());
}

absl::Status GetQueueAttributes(control::Step& step, const CallContext& context,
                                const sqs::v1::GetQueueAttributesRequest& request,
                                sqs::v1::GetQueueAttributesResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Queue* queue, ResolveQueue(step, context, request.queue_url()));
  control::TouchQueue(step, queue->serial);
  const auto shown = ShowAttributes(step, *queue);
  for (const int name : request.attribute_names()) {
    if (name == sqs::v1::QueueAttributeName::All) {
      for (const auto& [each, value] : shown) (*response->mutable_attributes())[each] = value;
      continue;
    }
    const auto at =
        shown.find(sqs::v1::QueueAttributeName::Value_Name(static_cast<sqs::v1::QueueAttributeName::Value>(name)));
    if (at != shown.end()) (*response->mutable_attributes())[at->first] = at->second;
  }
  // What it counts and how it is set; nothing else of the world.
  step.SawOnly();
  step.Saw(std::max(queue->seq, queue->messages.seq));
  return absl::OkStatus();
}

absl::Status CheckGetQueueUrl(const sqs::v1::GetQueueUrlRequest& request) {
  return CheckPresent("QueueName", request.queue_name());
}

absl::Status GetQueueUrl(control::Step& step, const CallContext& context, const sqs::v1::GetQueueUrlRequest& request,
                         sqs::v1::GetQueueUrlResponse* response) {
  const std::string& owner = request.queue_owner_aws_account_id();
  if (!owner.empty() && owner != step.account) {
    return AwsError(AwsException::kQueueDoesNotExist, "The specified queue does not exist.");
  }
  ECSMI_ASSIGN_OR_RETURN(const model::Queue* queue, FindQueueByName(step, context, request.queue_name()));
  control::TouchQueue(step, queue->serial);
  response->set_queue_url(QueueUrl(step, context, *queue));
  return absl::OkStatus();
}

absl::Status CheckListQueues(const sqs::v1::ListQueuesRequest& request) {
  return CheckPage(request.has_max_results(), request.max_results());
}

absl::Status ListQueues(control::Step& step, const CallContext& context, const sqs::v1::ListQueuesRequest& request,
                        sqs::v1::ListQueuesResponse* response) {
  const std::size_t limit = static_cast<std::size_t>(request.has_max_results() ? request.max_results() : kPageMax);
  const std::string& prefix = request.queue_name_prefix();
  ECSMI_ASSIGN_OR_RETURN(
      const std::string token,
      PageQueues(
          step, "ListQueues", request.next_token(), limit,
          [&](const model::Queue& queue) {
            return queue.region == context.region && queue.name.compare(0, prefix.size(), prefix) == 0;
          },
          [&](const model::Queue& queue) { response->add_queue_urls(QueueUrl(step, context, queue)); }));
  // AWS gives a token only to callers who asked for pages.
  if (!token.empty() && request.has_max_results()) response->set_next_token(token);
  return absl::OkStatus();
}

absl::Status CheckListDeadLetterSourceQueues(const sqs::v1::ListDeadLetterSourceQueuesRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckPresent("QueueUrl", request.queue_url()));
  return CheckPage(request.has_max_results(), request.max_results());
}

absl::Status ListDeadLetterSourceQueues(control::Step& step, const CallContext& context,
                                        const sqs::v1::ListDeadLetterSourceQueuesRequest& request,
                                        sqs::v1::ListDeadLetterSourceQueuesResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Queue* target, ResolveQueue(step, context, request.queue_url()));
  const std::size_t limit = static_cast<std::size_t>(request.has_max_results() ? request.max_results() : kPageMax);
  ECSMI_ASSIGN_OR_RETURN(
      const std::string token,
      PageQueues(
          step, "ListDeadLetterSourceQueues", request.next_token(), limit,
          [&](const model::Queue& queue) { return queue.dead_letter_queue == target->serial; },
          [&](const model::Queue& queue) { response->add_queue_urls(QueueUrl(step, context, queue)); }));
  if (!token.empty() && request.has_max_results()) response->set_next_token(token);
  control::TouchQueue(step, target->serial);
  return absl::OkStatus();
}

}  // namespace ecsmi::api
