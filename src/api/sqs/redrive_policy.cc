#include "api/sqs/redrive_policy.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "api/check.h"
#include "api/sqs/queue_names.h"
#include "api/sqs/sqs_errors.h"
#include "ecsmi/base/status.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"

namespace ecsmi::api {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

constexpr int kReceiveCountMax = 1'000;       // F66, assumed
constexpr std::size_t kSourceQueuesMax = 10;  // of RedriveAllowPolicy (SQS guide)

bool ParseObject(std::string_view text, Struct* object) {
  return google::protobuf::util::JsonStringToMessage(std::string(text), object).ok();
}

absl::Status Malformed(std::string_view attribute, std::string_view text, std::string_view rule) {
  return AwsError(AwsException::kInvalidAttributeValue,
                  Say("Invalid value for the parameter ", attribute, ". '", text, "' ", rule));
}

// A member as a whole number, given as number or as text (CloudFormation sends text); nullopt when it is neither.
std::optional<std::int64_t> WholeNumber(const Value& value) {
  std::int64_t number = 0;
  if (value.kind_case() == Value::kStringValue && absl::SimpleAtoi(value.string_value(), &number)) return number;
  if (value.kind_case() != Value::kNumberValue || std::floor(value.number_value()) != value.number_value() ||
      std::abs(value.number_value()) > 1e15) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(value.number_value());
}

}  // namespace

absl::StatusOr<std::optional<RedrivePolicy>> ParseRedrivePolicy(std::string_view text) {
  constexpr char kName[] = "RedrivePolicy";
  if (text.empty()) return std::optional<RedrivePolicy>();
  Struct object;
  if (!ParseObject(text, &object)) return Malformed(kName, text, "is not a JSON object.");
  RedrivePolicy policy;
  for (const auto& [name, value] : object.fields()) {
    if (name == "deadLetterTargetArn") {
      policy.dead_letter_target_arn = value.string_value();
    } else if (name == "maxReceiveCount") {
      const std::optional<std::int64_t> count = WholeNumber(value);
      if (!count) return Malformed(kName, text, "has a maxReceiveCount that is no whole number.");
      if (*count < 1 || *count > kReceiveCountMax) {
        return InvalidValue(kName, text,
                            Say("Invalid value for maxReceiveCount: ", *count, ", valid values are from 1 to ",
                                kReceiveCountMax, " both inclusive."));
      }
      policy.max_receive_count = static_cast<std::int32_t>(*count);
    } else {
      return Malformed(kName, text,
                       Say("has the member ", name, "; there are deadLetterTargetArn and maxReceiveCount only."));
    }
  }
  if (!ParseQueueArn(policy.dead_letter_target_arn)) {
    return Malformed(kName, text, "needs a deadLetterTargetArn that is the ARN of a queue.");
  }
  return std::optional<RedrivePolicy>(std::move(policy));
}

bool RedriveAllowPolicy::Allows(std::string_view source_arn) const {
  return all || std::ranges::find(source_queue_arns, source_arn) != source_queue_arns.end();
}

absl::StatusOr<RedriveAllowPolicy> ParseRedriveAllowPolicy(std::string_view text) {
  constexpr char kName[] = "RedriveAllowPolicy";
  RedriveAllowPolicy policy;
  if (text.empty()) return policy;
  Struct object;
  if (!ParseObject(text, &object)) return Malformed(kName, text, "is not a JSON object.");
  std::string permission;
  for (const auto& [name, value] : object.fields()) {
    if (name == "redrivePermission") {
      permission = value.string_value();
    } else if (name == "sourceQueueArns") {
      for (const Value& arn : value.list_value().values()) policy.source_queue_arns.push_back(arn.string_value());
    } else {
      return Malformed(kName, text,
                       Say("has the member ", name, "; there are redrivePermission and sourceQueueArns only."));
    }
  }
  if (permission != "allowAll" && permission != "denyAll" && permission != "byQueue") {
    return Malformed(kName, text, "needs a redrivePermission that is allowAll, denyAll or byQueue.");
  }
  const bool by_queue = permission == "byQueue";
  if (by_queue != !policy.source_queue_arns.empty() || policy.source_queue_arns.size() > kSourceQueuesMax ||
      !std::ranges::all_of(policy.source_queue_arns, [](const auto& arn) { return ParseQueueArn(arn).has_value(); })) {
    return Malformed(kName, text, "needs 1 to 10 sourceQueueArns, ARNs of queues, with byQueue and only with it.");
  }
  policy.all = permission == "allowAll";
  return policy;
}

bool IsJsonObject(std::string_view text) {
  Struct object;
  return ParseObject(text, &object);
}

}  // namespace ecsmi::api
