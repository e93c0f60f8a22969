// AWS Query: a form in, XML out. Older clients of SQS speak it, and everyone who asks STS who they are.
#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/base/status.h"
#include "wire/aws/served_call.h"
#include "wire/aws_query/query.h"
#include "wire/aws_query/sts.h"
#include "wire/aws_query/xml.h"

namespace ecsmi::wire {
namespace {

HttpResponse InXml(const ServedCall& call, const absl::Status& status) {
  if (!status.ok()) return QueryErrorResponse(kSqsNamespace, status, call.request_id());
  return EncodeQuery(call.operation, *call.response, call.request_id());
}

// Clients may post to the queue's own URL and name it nowhere else.
void NameQueue(const AwsCaller& caller, google::protobuf::Message* request) {
  const auto* field = request->GetDescriptor()->FindFieldByName("queue_url");
  if (field == nullptr || caller.path.size() < 2) return;
  const auto* reflection = request->GetReflection();
  if (reflection->HasField(*request, field)) return;
  reflection->SetString(request, field, absl::StrCat(caller.endpoint, caller.path));
}

// "arn:aws:iam::111122223333:role/path/name": account and last name.
absl::StatusOr<std::pair<std::string, std::string>> RoleOf(const std::string& arn) {
  const std::vector<std::string> parts = absl::StrSplit(arn, absl::MaxSplits(':', 5));
  const bool role = parts.size() == 6 && parts[0] == "arn" && parts[2] == "iam" && parts[4].size() == 12 &&
                    parts[4].find_first_not_of("0123456789") == std::string::npos &&
                    absl::StartsWith(parts[5], "role/") && parts[5].back() != '/';
  if (!role) return api::AwsError(api::AwsException::kValidation, absl::StrCat(arn, " is invalid"));
  return std::pair(parts[4], parts[5].substr(parts[5].rfind('/') + 1));
}

absl::StatusOr<HttpResponse> AnswerSts(StsAction action, const AwsCaller& caller, const Credentials& credentials,
                                       std::int64_t now_ms, std::uint64_t session, const Form& form,
                                       const std::string& request_id) {
  if (action == StsAction::kGetCallerIdentity) {
    return GetCallerIdentityResponse({absl::StrCat("AIDA", caller.account, "ECSMI"), caller.account,
                                      absl::StrCat("arn:aws:iam::", caller.account, ":user/ecsmi")},
                                     request_id);
  }
  DecodeNotes notes;
  ECSMI_ASSIGN_OR_RETURN(const AssumeRoleRequest wanted, ParseAssumeRole(form, &notes));
  ECSMI_ASSIGN_OR_RETURN(const auto role, RoleOf(wanted.role_arn));
  const auto& [account, name] = role;
  // A role opens no account that its caller may not touch, nor for longer than the caller's own key is good.
  if (!credentials.MayTouch(caller.access_key_id, account)) {
    return api::AwsError(api::AwsException::kAccessDenied,
                         absl::StrCat("User: ", caller.access_key_id,
                                      " is not authorized to perform: sts:AssumeRole on resource: ", wanted.role_arn));
  }
  std::int64_t expires_at_s = now_ms / 1'000 + wanted.duration_seconds;
  if (caller.key_expires_at_s) expires_at_s = std::min(expires_at_s, *caller.key_expires_at_s);
  const RoleCredentials made = credentials.ForRole(account, session, expires_at_s);
  return AssumeRoleResponse(
      {made.access_key_id, made.secret_access_key, made.session_token, made.expires_at_s * 1'000,
       absl::StrCat("AROA", account, "ECSMI:", wanted.role_session_name),
       absl::StrCat("arn:aws:sts::", account, ":assumed-role/", name, "/", wanted.role_session_name)},
      request_id);
}

}  // namespace

void HandleQuery(Door& calls, const AwsCaller& caller, const Credentials& credentials, const ports::HostClock& clock,
                 HttpRequest request, HttpReply reply) {
  absl::StatusOr<Form> form = ParseForm(request.body.empty() ? caller.query : request.body);
  if (!form.ok()) return reply(QueryErrorResponse(kSqsNamespace, form.status(), ""));
  const absl::StatusOr<QueryCall> found = FindCall(*form);
  if (!found.ok()) {
    absl::Status status = found.status();
    // Another service's action: say whose, and how to reach the real one.
    if (!caller.service.empty() && caller.service != "sqs" && caller.service != "sts") {
      status = api::Ours(
          api::AwsException::kUnknownOperation,
          absl::StrCat("the service '", caller.service,
                       "' is not emulated: point only ECS, SQS, Application Auto Scaling and CloudWatch here, "
                       "with AWS_ENDPOINT_URL_ECS and its like, or start ecsmid with --forward=",
                       caller.service, "=URL, which passes such requests on"),
          "operations");
    }
    return reply(QueryErrorResponse(caller.service == "sts" ? kStsNamespace : kSqsNamespace, status,
                                    absl::StrCat("query-", calls.next_request.fetch_add(1))));
  }
  // A web page can make a browser GET any address, without a word about where that comes from.
  if (request.method != "POST" && found->operation != nullptr && !api::Registry::IsReading(found->operation->method)) {
    return reply(QueryErrorResponse(
        kSqsNamespace,
        api::Ours(api::AwsException::kUnsupportedOperation,
                  absl::StrCat("the action ",
                               absl::string_view(found->operation->method.data(), found->operation->method.size()),
                               " changes something and is taken by POST only"),
                  "http-protocols"),
        absl::StrCat("query-", calls.next_request.fetch_add(1))));
  }
  if (found->operation == nullptr) {
    const std::uint64_t session = calls.next_request.fetch_add(1);
    const std::string id = absl::StrCat("sts-", session);
    auto answer = AnswerSts(found->sts, caller, credentials, clock.WallMs(), session, *form, id);
    return reply(answer.ok() ? *std::move(answer) : QueryErrorResponse(kStsNamespace, answer.status(), id));
  }
  auto made = std::make_unique<ServedCall>(calls, caller, *found->operation, request, std::move(reply), &InXml);
  DecodeNotes notes;
  absl::Status decoded = DecodeQuery(*form, made->request.get(), &notes);
  if (decoded.ok()) NameQueue(caller, made->request.get());
  ServedCall::Serve(std::move(made), std::move(decoded), notes);
}

}  // namespace ecsmi::wire
