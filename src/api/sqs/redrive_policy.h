#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

// The two JSON documents about dead-letter queues (F66). Pure; any thread.
namespace ecsmi::api {

struct RedrivePolicy {
  std::string dead_letter_target_arn;
  std::int32_t max_receive_count = 10;
};
// nullopt for the empty text, which takes the policy away. Errors: InvalidAttributeValue for what is no such document,
// InvalidParameterValue for a count out of range.
absl::StatusOr<std::optional<RedrivePolicy>> ParseRedrivePolicy(std::string_view text);

// Who may use a queue as dead-letter queue; without a policy everybody.
struct RedriveAllowPolicy {
  bool all = true;
  std::vector<std::string> source_queue_arns;  // unless all
  bool Allows(std::string_view source_arn) const;
};
absl::StatusOr<RedriveAllowPolicy> ParseRedriveAllowPolicy(std::string_view text);

// Whether `text` is a JSON object: all that is asked of a Policy, which is stored and echoed.
bool IsJsonObject(std::string_view text);

}  // namespace ecsmi::api
