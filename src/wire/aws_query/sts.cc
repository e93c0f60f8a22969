#include "wire/aws_query/sts.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/base/status.h"
#include "wire/aws_json/text.h"
#include "wire/aws_query/xml.h"

namespace ecsmi::wire {
namespace {

// Limits of the STS API's reference.
constexpr std::size_t kRoleArnMin = 20;
constexpr std::size_t kRoleArnMax = 2'048;
constexpr std::size_t kSessionNameMin = 2;
constexpr std::size_t kSessionNameMax = 64;
constexpr std::int32_t kDurationMin = 900;
constexpr std::int32_t kDurationMax = 43'200;

// `value`: as given, quoted; "null" when absent.
absl::Status Violated(std::string_view field, const std::string* value, std::string_view constraint) {
  const std::string shown = value == nullptr ? "null" : absl::StrCat("'", Excerpt(*value), "'");
  return api::AwsError(
      api::AwsException::kValidation,
      absl::StrCat("1 validation error detected: Value ", shown, " at '", absl::string_view(field.data(), field.size()),
                   "' failed to satisfy constraint: ", absl::string_view(constraint.data(), constraint.size())));
}

absl::Status CheckLength(std::string_view field, const std::string* value, std::size_t min, std::size_t max) {
  if (value == nullptr) return Violated(field, value, "Member must not be null");
  if (value->size() < min) {
    return Violated(field, value, absl::StrCat("Member must have length greater than or equal to ", min));
  }
  if (value->size() > max) {
    return Violated(field, value, absl::StrCat("Member must have length less than or equal to ", max));
  }
  return absl::OkStatus();
}

bool IsSessionName(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_+=,.@-").find(c) != std::string_view::npos;
  });
}

bool ActsOn(std::string_view name) {
  return name == "Action" || name == "Version" || name == "RoleArn" || name == "RoleSessionName" ||
         name == "DurationSeconds" || name.substr(0, 6) == "X-Amz-";
}

}  // namespace

HttpResponse GetCallerIdentityResponse(const CallerIdentity& identity, std::string_view request_id) {
  std::string result;
  AppendElement("Arn", identity.arn, result);
  AppendElement("UserId", identity.user_id, result);
  AppendElement("Account", identity.account, result);
  return QueryResponse(kStsNamespace, "GetCallerIdentity", true, result, request_id);
}

absl::StatusOr<AssumeRoleRequest> ParseAssumeRole(const Form& form, DecodeNotes* notes) {
  const std::string* role = FindField(form, "RoleArn");
  ECSMI_RETURN_IF_ERROR(CheckLength("roleArn", role, kRoleArnMin, kRoleArnMax));
  const std::string* session = FindField(form, "RoleSessionName");
  ECSMI_RETURN_IF_ERROR(CheckLength("roleSessionName", session, kSessionNameMin, kSessionNameMax));
  if (!IsSessionName(*session)) {
    return Violated("roleSessionName", session, "Member must satisfy regular expression pattern: [\\w+=,.@-]*");
  }
  AssumeRoleRequest request{.role_arn = *role, .role_session_name = *session};
  if (const std::string* duration = FindField(form, "DurationSeconds"); duration != nullptr) {
    const std::optional<std::int32_t> seconds = ReadInt32(*duration);
    if (!seconds || *seconds < kDurationMin) {
      return Violated("durationSeconds", duration,
                      absl::StrCat("Member must have value greater than or equal to ", kDurationMin));
    }
    if (*seconds > kDurationMax) {
      return Violated("durationSeconds", duration,
                      absl::StrCat("Member must have value less than or equal to ", kDurationMax));
    }
    request.duration_seconds = *seconds;
  }
  for (const auto& [name, value] : form) {
    if (!ActsOn(name)) notes->Ignore(Excerpt(name), "is not acted on");
  }
  return request;
}

HttpResponse AssumeRoleResponse(const AssumedRole& role, std::string_view request_id) {
  std::string result = "<AssumedRoleUser>";
  AppendElement("AssumedRoleId", role.assumed_role_id, result);
  AppendElement("Arn", role.arn, result);
  result.append("</AssumedRoleUser><Credentials>");
  AppendElement("AccessKeyId", role.access_key_id, result);
  AppendElement("SecretAccessKey", role.secret_access_key, result);
  AppendElement("SessionToken", role.session_token, result);
  AppendElement("Expiration",
                absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMillis(role.expiration_ms), absl::UTCTimeZone()),
                result);
  result.append("</Credentials>");
  return QueryResponse(kStsNamespace, "AssumeRole", true, result, request_id);
}

}  // namespace ecsmi::wire
