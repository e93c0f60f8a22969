#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"

namespace ecsmi::wire {

// Names in lower case, values as sent; a name may come more than once, in the order of arrival.
using HttpHeaders = std::vector<std::pair<std::string, std::string>>;
// The first value of that (lower-case) name; nullptr when there is none.
const std::string* FindHeader(const HttpHeaders& headers, std::string_view name);

// One request as the door's clients meant it: transfer and content encodings undone.
struct HttpRequest {
  std::string method;  // "POST"
  std::string target;  // path and query as sent: "/", "/000000000000/orders", "/events?world=a"
  HttpHeaders headers;
  std::string body;
  std::string signed_body;  // the body's bytes as sent (what a signature covers), only where they differ from `body`
  std::string peer;         // "127.0.0.1:51234"
  bool tls = false;
};

struct HttpResponse {
  int status = 200;
  HttpHeaders headers;  // without Content-Length, Date and Connection, which the server adds
  std::string body;
};

// Answers a request; called exactly once, on any thread, and does not block.
using HttpReply = absl::AnyInvocable<void(HttpResponse)>;
// What the server does with requests. Called on the server's threads; must not block. The request is the handler's.
using HttpHandler = absl::AnyInvocable<void(HttpRequest, HttpReply)>;

}  // namespace ecsmi::wire
