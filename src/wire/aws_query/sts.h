#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "wire/aws_json/codec.h"
#include "wire/aws_query/form.h"
#include "wire/http/message.h"

// The two calls of STS that tools make before they touch ECS: what they ask, and the answers' form. What the answers
// say is the caller's business. Pure; any thread.
namespace ecsmi::wire {

struct CallerIdentity {
  std::string user_id;
  std::string account;  // 12 digits
  std::string arn;
};
HttpResponse GetCallerIdentityResponse(const CallerIdentity& identity, std::string_view request_id);

struct AssumeRoleRequest {
  std::string role_arn;
  std::string role_session_name;
  std::int32_t duration_seconds = 3'600;
};
// What else AWS takes (policies, tags, MFA) is noted: nothing here acts on it. Errors, in AWS's words and by its rules:
// ValidationException (query code ValidationError) for a role ARN shorter than 20 characters or longer than 2,048, a
// session name that is not 2 to 64 of [\w+=,.@-], a duration outside 900..43,200 seconds.
absl::StatusOr<AssumeRoleRequest> ParseAssumeRole(const Form& form, DecodeNotes* notes);

struct AssumedRole {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;
  std::int64_t expiration_ms = 0;  // since the Unix epoch; shown as "2026-01-01T01:00:00Z"
  std::string assumed_role_id;     // "AROA…:session"
  std::string arn;                 // "arn:aws:sts::111122223333:assumed-role/name/session"
};
HttpResponse AssumeRoleResponse(const AssumedRole& role, std::string_view request_id);

}  // namespace ecsmi::wire
