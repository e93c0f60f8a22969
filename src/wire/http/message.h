#pragma once

#include <atomic>
#include <memory>
#include <optional>
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

// One request as the door's clients meant it: the transfer encoding undone, and content encodings gzip and deflate. A
// body with another Content-Encoding is handed on as it came.
struct HttpRequest {
  std::string method;  // "POST"
  std::string target;  // path and query as sent, begins with '/': "/", "/000000000000/orders", "/events?world=a"
  HttpHeaders headers;
  std::string body;
  std::string signed_body;  // the body's bytes as sent (what a signature covers), only where they differ from `body`
  std::string peer;         // "127.0.0.1:51234"
  bool tls = false;
  // Becomes true when nobody waits for the answer any more: the client closed its side, or the server gave up on it.
  // An answer that still comes is written if the connection takes it (a client may have closed its sending side alone)
  // and dropped otherwise. Never null in requests of the server; any thread.
  std::shared_ptr<const std::atomic<bool>> abandoned;
};

// A body that goes on. Its pieces are asked for one by one, each when the one before has been written: a slow client
// costs one piece. Called on the server's thread.
class HttpStream {
 public:
  // nullopt = the end. Called at most once, on any thread; dropped without a call it is the end.
  using PieceDone = absl::AnyInvocable<void(std::optional<std::string>)>;
  virtual ~HttpStream() = default;
  virtual void Next(PieceDone done) = 0;
  // Nobody listens any more: a Next under way ends soon, a later one at once. Idempotent.
  virtual void Cancel() = 0;
};

struct HttpResponse {
  int status = 200;
  HttpHeaders headers;  // without Content-Length, Date and Connection, which the server adds
  std::string body;
  // Instead of a body. Until the next piece comes `heartbeat` is sent from time to time, which shows both sides that
  // the other is there.
  std::shared_ptr<HttpStream> stream = nullptr;
  std::string heartbeat = {};
};

// Answers a request; called at most once, on any thread, and does not block. Dropped without a call it answers 500: a
// client never waits for an answer that nobody owes it.
using HttpReply = absl::AnyInvocable<void(HttpResponse)>;
// What the server does with requests. Called on the server's thread, one request at a time; must not block. The request
// is the handler's.
using HttpHandler = absl::AnyInvocable<void(HttpRequest, HttpReply)>;

// Why the server answers a request itself.
enum class HttpFault {
  kMalformed,           // 400
  kTimeout,             // 408: the head or the body took too long
  kBodyTooLarge,        // 413: as sent, or decompressed
  kTargetTooLong,       // 414
  kExpectationUnknown,  // 417
  kHeadTooLarge,        // 431: bytes, or number of headers
  kTooBusy,             // 503: too many connections, or too much of bodies under way
};
int StatusOf(HttpFault fault);
// Gives the answer its form, so that clients get an error of the kind they parse; the server closes the connection
// after it. `head`: what was understood of the request, without its body; empty when nothing was. Called on the
// server's thread.
using HttpFaultShaper = absl::AnyInvocable<HttpResponse(HttpFault fault, const HttpRequest& head)>;

}  // namespace ecsmi::wire
