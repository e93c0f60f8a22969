#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "ecsmi/api/errors.h"

// Texts of SQS that more than one operation needs (moto; F76).
namespace ecsmi::api {

// "Value <value> for parameter <parameter> is invalid. Reason: <reason>"
absl::Status InvalidValue(std::string_view parameter, std::string_view value, std::string_view reason);
// A number that must be within bounds.
absl::Status CheckBetween(std::string_view parameter, std::int64_t value, std::int64_t min, std::int64_t max);
// "The request must contain the parameter <parameter>."
absl::Status CheckPresent(std::string_view parameter, std::string_view value);

}  // namespace ecsmi::api
