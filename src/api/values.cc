#include "ecsmi/api/values.h"

#include "absl/strings/str_cat.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/options/v1/options.pb.h"

namespace ecsmi::api {
namespace {

constexpr std::string_view kSqs = "ecsmi.sqs.v1";

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

std::string AwsName(const google::protobuf::EnumValueDescriptor& value) {
  const std::string& own = value.options().GetExtension(options::v1::aws_name);
  return own.empty() ? value.name() : own;
}

absl::Status RefusedValue(std::string_view package, std::string_view message) {
  if (package == kSqs) return AwsError(AwsException::kInvalidParameterValue, message);
  if (package == "ecsmi.cloudwatch.v1") return AwsError(AwsException::kCloudWatchInvalidParameterValue, message);
  if (package == "ecsmi.autoscaling.v1") return AwsError(AwsException::kValidation, message);
  return InvalidParameter(message);
}

absl::Status UnknownEnumValue(std::string_view path, const google::protobuf::EnumDescriptor& type,
                              std::string_view value) {
  std::string allowed;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) absl::StrAppend(&allowed, allowed.empty() ? "" : ", ", AwsName(*type.value(i)));
  }
  // Of account settings AWS names the value first, and clients look for that (clients.md).
  if (type.full_name() == "ecsmi.ecs.v1.SettingName.Value") {
    return InvalidParameter(absl::StrCat(View(value), " should be one of [", allowed, "], as ", View(path)));
  }
  const std::string rule = absl::StrCat(View(path), " should be one of [", allowed, "]");
  const std::string& package = type.file()->package();
  if (package == kSqs) {
    return AwsError(AwsException::kInvalidAttributeName,
                    absl::StrCat("Unknown Attribute ", View(value), ". ", rule, "."));
  }
  return RefusedValue(package, absl::StrCat(rule, "; it is '", View(value), "'"));
}

}  // namespace ecsmi::api
