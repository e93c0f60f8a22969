#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ecsmi/ports/clock.h"
#include "wire/http/exchange.h"
#include "wire/http/message.h"

namespace ecsmi::wire {

// What a client may cost. Times are whole deadlines, never pauses between bytes: a client that sends or takes one byte
// at a time is cut as surely as one that does neither.
struct HttpLimits {
  std::size_t head_bytes_max = 32 * std::size_t{1024};        // request line and headers; more: 431
  std::size_t target_bytes_max = 8 * std::size_t{1024};       // more: 414
  std::size_t headers_max = 100;                              // more: 431
  std::size_t body_bytes_max = 4 * std::size_t{1024} * 1024;  // as sent and again decompressed; more: 413
  std::size_t bodies_bytes_max = std::size_t{256} << 20;      // of all bodies being received; more: 503
  std::size_t connections_max = 4'096;                        // one more: 503
  int head_ms_max = 10'000;   // from a request's first byte to the end of its head; TLS handshake
  int body_ms_max = 30'000;   // from the end of the head to the end of the body
  int idle_ms_max = 75'000;   // between requests
  int write_ms_max = 30'000;  // for each 64 KiB of the answer
  int heartbeat_ms = 15'000;  // between heartbeats of a stream
  int linger_ms_max = 1'000;  // for the client's end after ours
};

struct HttpServerOptions {
  // host:port; host is an IPv4 address, an IPv6 address in brackets, or localhost (127.0.0.1). Port 0 = a free one.
  std::string listen = "127.0.0.1:4566";
  // PEM files; TLS 1.2 or newer when a certificate is named. With a client CA only clients it vouches for get in.
  std::string tls_certificate_path;  // the chain
  std::string tls_key_path;
  std::string tls_client_ca_path;
  HttpLimits limits;
  // For Date; outlives the server. Without one there is no such header, as HTTP asks of servers without a clock.
  const ports::HostClock* clock = nullptr;
  // Default: an empty body.
  HttpFaultShaper shape_fault;
  // Requests that are carried on as they come; default: none.
  HttpRelay relay;
};

// An HTTP/1.1 server on one thread of its own: keep-alive, pipelined requests answered in order, one after the other,
// Expect: 100-continue, chunked and compressed bodies. Memory per connection is bounded by the limits: a head, a body
// and at most 16 KiB read ahead. Thread-safe.
class HttpServer {
 public:
  // Errors: INVALID_ARGUMENT for an address or PEM file that cannot be used, UNAVAILABLE when the address is taken;
  // both name it.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(HttpServerOptions options, HttpHandler handler);
  ~HttpServer();
  // host:port as bound.
  const std::string& address() const { return address_; }
  // Stops accepting, closes idle connections at once, finishes requests under way for at most `grace_ms`, then cuts
  // what is left. Replies that come later are dropped. The handler is not called any more when it returns. Idempotent,
  // one caller at a time, not on the server's thread.
  void Shutdown(int grace_ms);

 private:
  class Rep;
  HttpServer();
  std::unique_ptr<Rep> rep_;
  std::string address_;
};

}  // namespace ecsmi::wire
