#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ecsmi/control/step.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace ecsmi::api {

// The provider names a cluster may list (A66, A70-A74): FARGATE, FARGATE_SPOT and ACTIVE managed instances providers of
// its own. `cluster` is kNoSerial for one that is yet to be made. Errors: InvalidParameterException.
absl::StatusOr<std::vector<std::string>> ResolveProviderList(
    const control::Step& step, std::string_view region, model::Serial cluster,
    const google::protobuf::RepeatedPtrField<std::string>& names);

}  // namespace ecsmi::api
