#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/http/message.h"

namespace ecsmi::wire {

// Who may reach a door that asks for no signature. A web page can make a browser send requests to loopback; what gives
// it away is the Origin header, or a Host that the page's own name server pointed here (DNS rebinding).
struct HostPolicy {
  // Names beside the loopback ones, without port: "ecsmi", "*.test.internal" (any name below, not the name itself), or
  // "*" for all. Case does not matter.
  std::vector<std::string> hosts;
  // Origins that may call: "http://localhost:3000", or "*".
  std::vector<std::string> origins;
};

// Why the request is refused; nothing when it may pass. Always allowed as Host: localhost, 127.0.0.1, [::1],
// *.localhost, localhost.localstack.cloud and names below it (they resolve to 127.0.0.1; fixtures written for
// LocalStack use them), with any port. HTTP/1.0 requests without Host pass: browsers do not send them. Pure.
std::optional<std::string> RefusalOfHost(const HttpHeaders& headers, const HostPolicy& policy);

}  // namespace ecsmi::wire
