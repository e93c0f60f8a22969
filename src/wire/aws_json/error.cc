#include "wire/aws_json/error.h"

#include "absl/strings/str_cat.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/base/check.h"
#include "wire/aws_json/text.h"

namespace ecsmi::wire {

ErrorFace FaceOf(const absl::Status& status) {
  ECSMI_CHECK(!status.ok());
  if (absl::IsUnavailable(status) || absl::IsCancelled(status)) {
    constexpr std::string_view kUnavailable = "ServiceUnavailableException";
    return {kUnavailable, kUnavailable, 503, std::string(status.message()), false};
  }
  const api::ExceptionRow& row = api::ExceptionOf(status);
  const bool ours = row.exception == api::AwsException::kServer;
  return {.name = row.name,
          .query_code = row.query_code.empty() ? row.name : row.query_code,
          .http_status = row.http_status,
          .message = ours ? "An internal error occurred." : std::string(status.message()),
          .sender = row.http_status < 500};
}

HttpResponse ErrorResponse(const ServiceWire* wire, const absl::Status& status) {
  const ServiceWire& as = wire == nullptr ? Services().front() : *wire;
  const ErrorFace face = FaceOf(status);
  HttpResponse response;
  response.status = face.http_status;
  response.headers.emplace_back("content-type", as.content_type);
  if (as.query_compatible) {
    std::string code(face.query_code);
    response.headers.emplace_back("x-amzn-query-error", code.append(face.sender ? ";Sender" : ";Receiver"));
  }
  std::string& body = response.body;
  body.append("{\"__type\":");
  AppendQuoted(face.name, body);
  body.push_back(',');
  AppendQuoted(as.error_message, body);
  body.push_back(':');
  AppendQuoted(face.message, body);
  body.push_back('}');
  return response;
}

}  // namespace ecsmi::wire
