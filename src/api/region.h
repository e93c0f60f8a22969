#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ecsmi/control/lifecycle.h"
#include "ecsmi/control/step.h"

namespace ecsmi::api {

// A region things may be created in. Errors: InvalidParameterException with the list, under --regions=strict.
absl::Status CheckRegion(const control::Step& step, std::string_view region);

// Its catalogue and index. Errors: as CheckRegion.
absl::StatusOr<control::RegionView> FindRegion(const control::Step& step, std::string_view region);

}  // namespace ecsmi::api
