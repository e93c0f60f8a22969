#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "wire/aws_json/operations.h"
#include "wire/http/message.h"

namespace ecsmi::wire {

// A failed call of `service` (its full name in the contract) as its clients see it, whatever the protocol (H2; errors.h
// has the table). What is our own fault says
// no more than that; the text stays in the log.
struct ErrorFace {
  std::string_view name;        // "QueueDoesNotExist": the SDKs' class
  std::string_view query_code;  // "AWS.SimpleQueueService.NonExistentQueue": the older name, or the same one
  int http_status = 500;
  std::string message;
  bool sender = false;  // the caller's fault
};
// REQUIRES: an error. An engine that is stopping, or a call given up, is ServiceUnavailableException with 503, which
// the SDKs try again.
ErrorFace FaceOf(const absl::Status& status, std::string_view service);

// The answer of AWS's JSON protocols to a call that failed: {"__type": …, "message": …}, with the header
// x-amzn-query-error for the services whose clients still know the older codes. `wire` is nullptr where no service was
// recognised: then as ECS would.
HttpResponse ErrorResponse(const ServiceWire* wire, const absl::Status& status);

}  // namespace ecsmi::wire
