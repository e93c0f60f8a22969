#include "api/sqs/queue_attributes.h"

#include <algorithm>
#include <array>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "api/check.h"
#include "api/sqs/queue_names.h"
#include "api/sqs/redrive_policy.h"
#include "api/sqs/sqs_errors.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

using model::Queue;

struct NumberAttribute {
  std::string_view name;
  std::int32_t Queue::*member;
  std::int32_t min;
  std::int32_t max;
};
// F60.
constexpr std::array kNumbers = {
    NumberAttribute{"DelaySeconds", &Queue::delay_seconds, 0, 900},
    NumberAttribute{"MaximumMessageSize", &Queue::maximum_message_bytes, 1'024, 1'048'576},
    NumberAttribute{"MessageRetentionPeriod", &Queue::retention_seconds, 60, 1'209'600},
    NumberAttribute{"ReceiveMessageWaitTimeSeconds", &Queue::receive_wait_seconds, 0, 20},
    NumberAttribute{"VisibilityTimeout", &Queue::visibility_timeout_seconds, 0, 43'200},
};
// Stored and echoed; of these RedriveAllowPolicy alone is acted on.
constexpr std::array<std::string_view, 5> kStored = {"KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId", "Policy",
                                                     "RedriveAllowPolicy", "SqsManagedSseEnabled"};
constexpr std::array<std::string_view, 4> kFifo = {"ContentBasedDeduplication", "DeduplicationScope", "FifoQueue",
                                                   "FifoThroughputLimit"};
constexpr char kRedrivePolicy[] = "RedrivePolicy";
constexpr std::size_t kValueMax = 8'192;
constexpr std::int32_t kReusePeriodMin = 60;
constexpr std::int32_t kReusePeriodMax = 86'400;

bool ParseNumber(std::string_view text, std::int32_t min, std::int32_t max, std::int32_t* number) {
  return absl::SimpleAtoi(absl::string_view(text.data(), text.size()), number) && *number >= min && *number <= max;
}

absl::Status BadValue(std::string_view name, std::string_view value, std::string_view rule) {
  return AwsError(AwsException::kInvalidAttributeValue,
                  Say("Invalid value for the parameter ", name, ". '", value, "' must be ", rule, "."));
}

absl::Status CheckStored(std::string_view name, const std::string& value) {
  std::int32_t number = 0;
  if (name == "KmsDataKeyReusePeriodSeconds" && !ParseNumber(value, kReusePeriodMin, kReusePeriodMax, &number)) {
    return BadValue(name, value, Say("a whole number from ", kReusePeriodMin, " to ", kReusePeriodMax));
  }
  if (name == "SqsManagedSseEnabled" && value != "true" && value != "false") {
    return BadValue(name, value, "true or false");
  }
  if (name == "Policy" && !value.empty() && !IsJsonObject(value)) return BadValue(name, value, "a JSON object");
  if (name == "RedriveAllowPolicy") return ParseRedriveAllowPolicy(value).status();
  return absl::OkStatus();
}

absl::Status CheckOne(std::string_view name, const std::string& value) {
  if (value.size() > kValueMax) return BadValue(name, value.substr(0, 40), Say("at most ", kValueMax, " bytes long"));
  for (const NumberAttribute& attribute : kNumbers) {
    if (attribute.name != name) continue;
    std::int32_t number = 0;
    if (ParseNumber(value, attribute.min, attribute.max, &number)) return absl::OkStatus();
    return BadValue(name, value, Say("a whole number from ", attribute.min, " to ", attribute.max));
  }
  if (name == kRedrivePolicy) return ParseRedrivePolicy(value).status();
  if (std::ranges::find(kStored, name) != kStored.end()) return CheckStored(name, value);
  if (std::ranges::find(kFifo, name) != kFifo.end()) {
    return Ours(AwsException::kUnsupportedOperation,
                Say("attribute ", name, " is for FIFO queues, which are not emulated; leave it out"), "fifo-queues");
  }
  return AwsError(AwsException::kInvalidAttributeName, Say("Unknown Attribute ", name, "."));
}

std::string_view StoredValue(const Queue& queue, std::string_view name) {
  for (const model::QueueAttribute& attribute : queue.attributes) {
    if (attribute.name == name) return attribute.value;
  }
  return {};
}

void Store(Queue* queue, std::string_view name, const std::string& value) {
  std::erase_if(queue->attributes, [&](const model::QueueAttribute& attribute) { return attribute.name == name; });
  if (value.empty()) return;
  const auto at = std::ranges::find_if(queue->attributes, [&](const auto& other) { return other.name > name; });
  queue->attributes.insert(at, {std::string(name), value});
}

// F66: a queue of the same account and Region, which lets this one use it.
absl::Status ApplyRedrivePolicy(const control::Step& step, const CallContext& context, const std::string& text,
                                Queue* queue) {
  ECSMI_ASSIGN_OR_RETURN(const std::optional<RedrivePolicy> policy, ParseRedrivePolicy(text));
  queue->redrive_policy = text;
  queue->dead_letter_queue = model::kNoSerial;
  queue->max_receive_count = 0;
  if (!policy) return absl::OkStatus();
  const QueueArnParts arn = *ParseQueueArn(policy->dead_letter_target_arn);
  const bool here = arn.region == context.region && arn.account == step.account;
  const auto* target = here ? step.state.Find<Queue>(step.state.FindQueue(arn.region, arn.name)) : nullptr;
  if (target == nullptr || target->deleted) {
    return InvalidValue(kRedrivePolicy, text, "Dead letter target does not exist.");
  }
  ECSMI_ASSIGN_OR_RETURN(const RedriveAllowPolicy allow,
                         ParseRedriveAllowPolicy(StoredValue(*target, "RedriveAllowPolicy")));
  if (!allow.Allows(QueueArn(step, *queue))) {
    return InvalidValue(kRedrivePolicy, text, "The dead letter target's RedriveAllowPolicy does not allow this queue.");
  }
  queue->dead_letter_queue = target->serial;
  queue->max_receive_count = policy->max_receive_count;
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckSettableAttributes(const AttributeMap& attributes) {
  // In name order, so that of several mistakes always the same one is named.
  const std::map<std::string, std::string> sorted(attributes.begin(), attributes.end());
  for (const auto& [name, value] : sorted) ECSMI_RETURN_IF_ERROR(CheckOne(name, value));
  return absl::OkStatus();
}

absl::Status ApplyAttributes(const control::Step& step, const CallContext& context, const AttributeMap& attributes,
                             Queue* queue) {
  for (const auto& [name, value] : attributes) {
    for (const NumberAttribute& number : kNumbers) {
      if (number.name == name) ParseNumber(value, number.min, number.max, &(queue->*number.member));
    }
    if (std::ranges::find(kStored, name) != kStored.end()) Store(queue, name, value);
    if (name == kRedrivePolicy) ECSMI_RETURN_IF_ERROR(ApplyRedrivePolicy(step, context, value, queue));
  }
  return absl::OkStatus();
}

void CopySettings(const Queue& from, Queue* to) {
  for (const NumberAttribute& number : kNumbers) {
    if (number.member != &Queue::retention_seconds) to->*number.member = from.*number.member;
  }
  to->attributes = from.attributes;
  to->redrive_policy = from.redrive_policy;
  to->dead_letter_queue = from.dead_letter_queue;
  to->max_receive_count = from.max_receive_count;
}

std::map<std::string, std::string> ShowAttributes(const control::Step& step, const Queue& queue) {
  std::map<std::string, std::string> shown;
  for (const NumberAttribute& number : kNumbers) {
    shown[std::string(number.name)] = absl::StrCat(queue.*number.member);
  }
  shown["ApproximateNumberOfMessages"] = absl::StrCat(queue.visible);
  shown["ApproximateNumberOfMessagesNotVisible"] = absl::StrCat(queue.in_flight);
  shown["ApproximateNumberOfMessagesDelayed"] = absl::StrCat(queue.delayed);
  shown["CreatedTimestamp"] = absl::StrCat(step.Shown(queue.created_at) / model::kSecondMs);
  shown["LastModifiedTimestamp"] = absl::StrCat(step.Shown(queue.modified_at) / model::kSecondMs);
  shown["QueueArn"] = QueueArn(step, queue);
  if (!queue.redrive_policy.empty()) shown[kRedrivePolicy] = queue.redrive_policy;
  for (const model::QueueAttribute& attribute : queue.attributes) shown[attribute.name] = attribute.value;
  // AWS encrypts new queues itself unless a key of one's own is named.
  shown.emplace("SqsManagedSseEnabled", shown.contains("KmsMasterKeyId") ? "false" : "true");
  return shown;
}

}  // namespace ecsmi::api
