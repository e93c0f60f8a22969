#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/api/values.h"
#include "ecsmi/ecs/v1/placement.pb.h"
#include "ecsmi/ecs/v1/tag.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "google/protobuf/timestamp.pb.h"

// Checks that need no state, shared by all operations, and small helpers around messages. Pure; any thread. `field` is
// the path as AWS spells it ("tags[2].key"); every text names field, value and rule.
namespace ecsmi::api {

namespace pb = ::ecsmi::ecs::v1;

// StrCat that also takes std::string_view (this Abseil's string_view is a type of its own).
namespace check_internal {
inline absl::string_view Piece(std::string_view text) {
  return {text.data(), text.size()};
}
template <typename T>
const T& Piece(const T& value) {
  return value;
}
}  // namespace check_internal
template <typename... Parts>
std::string Say(const Parts&... parts) {
  return absl::StrCat(check_internal::Piece(parts)...);
}

// What every message must keep, whatever its operation: strings are UTF-8 without NUL and at most a mebibyte, lists
// have at most 5,000 entries, enum numbers are known, doubles finite, timestamps and durations in protobuf's range,
// nesting sane, everywhere below `message`.
absl::Status CheckKnownValues(const google::protobuf::Message& message);

// 1..255 letters, digits, '_', '-' (H23).
absl::Status CheckName(std::string_view field, std::string_view value);
absl::Status CheckRequired(std::string_view field, std::string_view value);
absl::Status CheckRange(std::string_view field, std::int64_t value, std::int64_t min, std::int64_t max);
absl::Status CheckCount(std::string_view field, int count, int max);
// Tags (H24): at most `max`, keys unique and not AWS's own, lengths and characters.
using TagList = google::protobuf::RepeatedPtrField<pb::Tag>;
inline constexpr int kTagsMax = 50;
absl::Status CheckTags(const TagList& tags, int max = kTagsMax);
// Keys of tags to be taken away: as they may be put, and not AWS's own.
absl::Status CheckTagKeys(const google::protobuf::RepeatedPtrField<std::string>& keys);
// True when the tags ask for one task per instance (`ecsmi:isolation` = `task`). REQUIRES: CheckTags passed, which also
// refuses other values of that tag.
bool AsksForIsolation(const TagList& tags);

// Shape of a capacity provider strategy (A66, A76): names given and distinct, weights, bases, one base, at most 20.
using StrategyList = google::protobuf::RepeatedPtrField<pb::CapacityProviderStrategyItem>;
absl::Status CheckStrategy(std::string_view field, const StrategyList& items);

// Promise 6: a Spot setting where managed instances run On-Demand only. `instead`: what to set.
absl::Status SpotRefused(std::string_view field, std::string_view instead);
// FARGATE and FARGATE_SPOT: built in, never created (A65).
bool IsFargate(std::string_view provider);

// "subnet-" or "sg-" (`prefix`), then 8 or 17 lower-case letters and digits (A24).
bool IsResourceId(std::string_view id, std::string_view prefix);

// Milliseconds since the Unix epoch, as shown.
google::protobuf::Timestamp ToTimestamp(std::int64_t ms);
// Whole milliseconds, rounded down. REQUIRES: CheckKnownValues passed.
std::int64_t ToMs(const google::protobuf::Timestamp& moment);
std::int64_t ToMs(const google::protobuf::Duration& duration);

}  // namespace ecsmi::api
