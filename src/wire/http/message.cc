#include "wire/http/message.h"

namespace ecsmi::wire {

const std::string* FindHeader(const HttpHeaders& headers, std::string_view name) {
  for (const auto& [its_name, value] : headers) {
    if (its_name == name) return &value;
  }
  return nullptr;
}

int StatusOf(HttpFault fault) {
  switch (fault) {
    case HttpFault::kMalformed:
      return 400;
    case HttpFault::kTimeout:
      return 408;
    case HttpFault::kBodyTooLarge:
      return 413;
    case HttpFault::kTargetTooLong:
      return 414;
    case HttpFault::kExpectationUnknown:
      return 417;
    case HttpFault::kHeadTooLarge:
      return 431;
    case HttpFault::kTooBusy:
      return 503;
  }
  return 500;
}

}  // namespace ecsmi::wire
