#include "absl/strings/str_cat.h"
#include "ecsmi/api/errors.h"
#include "wire/aws_json/text.h"
#include "wire/aws_query/query.h"

namespace ecsmi::wire {
namespace {

constexpr std::string_view kSqsVersion = "2012-11-05";
constexpr std::string_view kStsVersion = "2011-06-15";

}  // namespace

absl::StatusOr<QueryCall> FindCall(const Form& form) {
  const std::string* action = FindField(form, "Action");
  if (action == nullptr || action->empty()) {
    return api::AwsError(api::AwsException::kMissingParameter, "The request must contain the parameter Action.");
  }
  const std::string* version = FindField(form, "Version");
  const auto speaks = [&](std::string_view own) { return version == nullptr || *version == own; };
  if (speaks(kStsVersion)) {
    if (*action == "GetCallerIdentity") return QueryCall{nullptr, StsAction::kGetCallerIdentity};
    if (*action == "AssumeRole") return QueryCall{nullptr, StsAction::kAssumeRole};
  }
  if (speaks(kSqsVersion)) {
    if (const Operation* operation = FindOperation(AwsService::kSqs, *action); operation != nullptr) {
      return QueryCall{operation, {}};
    }
  }
  return api::AwsError(
      api::AwsException::kUnknownOperation,
      absl::StrCat("Could not find operation ", Excerpt(*action), " for version ",
                   version == nullptr ? "(none given)" : Excerpt(*version),
                   ": the query protocol is spoken here for SQS 2012-11-05 and for GetCallerIdentity and AssumeRole of "
                   "STS 2011-06-15, everything else in AWS JSON"));
}

}  // namespace ecsmi::wire
