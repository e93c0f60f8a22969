#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"

// How queues are spelled: names, URLs, ARNs. Queues are regional: a URL names one of the caller's Region.
namespace ecsmi::api {

// 1 to 80 letters, digits, '-', '_' (F68). A name that ends in ".fifo" is refused as a FIFO queue.
absl::Status CheckQueueName(std::string_view name);

// "<the caller's endpoint>/<account>/<name>"; never stored.
std::string QueueUrl(const control::Step& step, const CallContext& context, const model::Queue& queue);
std::string QueueArn(const control::Step& step, const model::Queue& queue);

// The queue a URL names: by its last two path elements, account and name; any host; a bare name too. Errors:
// QueueDoesNotExist (also for another account's), InvalidAddress for what is no URL.
absl::StatusOr<const model::Queue*> ResolveQueue(const control::Step& step, const CallContext& context,
                                                 std::string_view url);
absl::StatusOr<const model::Queue*> FindQueueByName(const control::Step& step, const CallContext& context,
                                                    std::string_view name);

struct QueueArnParts {
  std::string_view region;
  std::string_view account;
  std::string_view name;
};
// "arn:<partition>:sqs:<region>:<account>:<name>"; nullopt when `text` is no such ARN. Views point into it.
std::optional<QueueArnParts> ParseQueueArn(std::string_view text);

}  // namespace ecsmi::api
