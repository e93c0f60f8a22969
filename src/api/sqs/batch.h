#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "api/check.h"
#include "ecsmi/sqs/v1/message_batch.pb.h"

// What the three batch operations share (F77): one reply, in which each entry succeeds or fails for itself.
namespace ecsmi::api {

// An entry's id: 1 to 80 letters, digits, '-', '_'.
bool IsBatchEntryId(std::string_view id);

// 1 to 10 entries with distinct, well-formed ids. `entry_type` is what AWS calls them.
template <typename Entries>
absl::Status CheckBatch(std::string_view entry_type, const Entries& entries) {
  constexpr int kEntriesMax = 10;
  if (entries.empty()) {
    return AwsError(AwsException::kEmptyBatchRequest,
                    Say("There should be at least one ", entry_type, " in the request."));
  }
  if (entries.size() > kEntriesMax) {
    return AwsError(
        AwsException::kTooManyEntriesInBatchRequest,
        Say("Maximum number of entries per request are ", kEntriesMax, ". You have sent ", entries.size(), "."));
  }
  std::set<std::string_view> ids;
  for (const auto& entry : entries) {
    if (!IsBatchEntryId(entry.id())) {
      return AwsError(AwsException::kInvalidBatchEntryId,
                      Say("A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can "
                          "be at most 80 letters long. '",
                          entry.id(), "' is none."));
    }
    if (!ids.insert(entry.id()).second) {
      return AwsError(AwsException::kBatchEntryIdsNotDistinct, Say("Id ", entry.id(), " repeated."));
    }
  }
  return absl::OkStatus();
}

// A failed entry of the reply.
void AddFailure(const std::string& id, const absl::Status& status,
                google::protobuf::RepeatedPtrField<sqs::v1::BatchResultErrorEntry>* failed);

}  // namespace ecsmi::api
