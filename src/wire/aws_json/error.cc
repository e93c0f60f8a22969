#include "wire/aws_json/error.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ecsmi/api/conflict.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/base/check.h"
#include "wire/aws_json/text.h"

namespace ecsmi::wire {

ErrorFace FaceOf(const absl::Status& status, std::string_view service) {
  ECSMI_CHECK(!status.ok());
  if (absl::IsUnavailable(status) || absl::IsCancelled(status)) {
    constexpr std::string_view kUnavailable = "ServiceUnavailableException";
    return {kUnavailable, kUnavailable, 503, std::string(status.message()), false};
  }
  const api::ExceptionRow& row = api::ExceptionOf(status, service);
  const bool ours = api::ExceptionOf(status).exception == api::AwsException::kServer;
  return {.name = row.name,
          .query_code = row.query_code.empty() ? row.name : row.query_code,
          .http_status = row.http_status,
          .message = ours ? "An internal error occurred." : std::string(status.message()),
          .sender = row.http_status < 500};
}

HttpResponse ErrorResponse(const ServiceWire* wire, const absl::Status& status) {
  const ServiceWire& as = wire == nullptr ? Services().front() : *wire;
  const ErrorFace face = FaceOf(status, as.full_name);
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
  if (const std::string ids = api::ResourceIdsOf(status); !ids.empty()) {
    body.append(",\"resourceIds\":[");
    for (std::size_t at = 0; at <= ids.size();) {
      const std::size_t end = std::min(ids.find(',', at), ids.size());
      if (at > 0) body.push_back(',');
      AppendQuoted(std::string_view(ids).substr(at, end - at), body);
      at = end + 1;
    }
    body.push_back(']');
  }
  body.push_back('}');
  return response;
}

}  // namespace ecsmi::wire
