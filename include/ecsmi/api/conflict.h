#pragma once

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace ecsmi::api {

// ConflictException with its `resourceIds` (C64), which travel as the status's payload. ARNs hold no comma.
absl::Status ConflictError(std::string_view message, std::span<const std::string> resource_ids);

// The resource ids of a status made by ConflictError, joined by commas; empty for every other status.
std::string ResourceIdsOf(const absl::Status& status);

}  // namespace ecsmi::api
