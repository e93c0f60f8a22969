#include "api/sqs/queue_names.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_split.h"
#include "api/check.h"
#include "ecsmi/api/naming.h"

namespace ecsmi::api {
namespace {

constexpr std::size_t kNameMax = 80;
constexpr std::string_view kFifoSuffix = ".fifo";

absl::Status DoesNotExist() {
  return AwsError(AwsException::kQueueDoesNotExist, "The specified queue does not exist.");
}

}  // namespace

absl::Status CheckQueueName(std::string_view name) {
  if (name.size() > kFifoSuffix.size() && name.substr(name.size() - kFifoSuffix.size()) == kFifoSuffix) {
    return Ours(AwsException::kUnsupportedOperation,
                Say("QueueName ", name, " asks for a FIFO queue, which is not emulated; give a name without .fifo"),
                "fifo-queues");
  }
  if (IsName(name) && name.size() <= kNameMax) return absl::OkStatus();
  return AwsError(AwsException::kInvalidParameterValue,
                  Say("QueueName '", name,
                      "': Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"));
}

std::string QueueUrl(const control::Step& step, const CallContext& context, const model::Queue& queue) {
  return Say(context.endpoint, "/", step.account, "/", queue.name);
}

std::string QueueArn(const control::Step& step, const model::Queue& queue) {
  return Say("arn:", Partition(queue.region), ":sqs:", queue.region, ":", step.account, ":", queue.name);
}

absl::StatusOr<const model::Queue*> FindQueueByName(const control::Step& step, const CallContext& context,
                                                    std::string_view name) {
  const auto* queue = step.state.Find<model::Queue>(step.state.FindQueue(context.region, name));
  if (queue == nullptr || queue->deleted) return DoesNotExist();
  return queue;
}

absl::StatusOr<const model::Queue*> ResolveQueue(const control::Step& step, const CallContext& context,
                                                 std::string_view url) {
  const std::vector<std::string> parts = absl::StrSplit(absl::string_view(url.data(), url.size()), '/');
  if (parts.size() > 1) {
    const std::string& account = parts[parts.size() - 2];
    if (account.empty() || parts.back().empty()) {
      return AwsError(AwsException::kInvalidAddress,
                      Say("The address ", url, " is not valid: a queue URL ends in /<account>/<queue name>."));
    }
    if (account != step.account) return DoesNotExist();
  }
  return FindQueueByName(step, context, parts.back());
}

std::optional<QueueArnParts> ParseQueueArn(std::string_view text) {
  std::vector<std::string_view> parts;
  while (parts.size() < 5) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    parts.push_back(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  const bool ok = parts[0] == "arn" && parts[1].substr(0, 3) == "aws" && parts[2] == "sqs" && !parts[3].empty() &&
                  !parts[4].empty() && !text.empty() && text.find(':') == std::string_view::npos;
  if (!ok) return std::nullopt;
  return QueueArnParts{parts[3], parts[4], text};
}

}  // namespace ecsmi::api
