#include "api/sqs/sqs_errors.h"

#include "absl/strings/str_cat.h"
#include "api/check.h"

namespace ecsmi::api {

absl::Status InvalidValue(std::string_view parameter, std::string_view value, std::string_view reason) {
  return AwsError(AwsException::kInvalidParameterValue,
                  Say("Value ", value, " for parameter ", parameter, " is invalid. Reason: ", reason));
}

absl::Status CheckBetween(std::string_view parameter, std::int64_t value, std::int64_t min, std::int64_t max) {
  if (value >= min && value <= max) return absl::OkStatus();
  return InvalidValue(parameter, absl::StrCat(value),
                      absl::StrCat("Must be between ", min, " and ", max, ", if provided."));
}

absl::Status CheckPresent(std::string_view parameter, std::string_view value) {
  if (!value.empty()) return absl::OkStatus();
  return AwsError(AwsException::kMissingParameter, Say("The request must contain the parameter ", parameter, "."));
}

}  // namespace ecsmi::api
