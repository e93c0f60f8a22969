#include "ecsmi/api/conflict.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_join.h"
#include "absl/types/optional.h"
#include "ecsmi/api/errors.h"

namespace ecsmi::api {
namespace {

// The payload's type. Never leaves the process under this name.
constexpr char kPayload[] = "ecsmi/resource-ids";

}  // namespace

absl::Status ConflictError(std::string_view message, std::span<const std::string> resource_ids) {
  absl::Status status = AwsError(AwsException::kConflict, message);
  status.SetPayload(kPayload, absl::Cord(absl::StrJoin(resource_ids, ",")));
  return status;
}

std::string ResourceIdsOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayload);
  return payload ? std::string(*payload) : std::string();
}

}  // namespace ecsmi::api
