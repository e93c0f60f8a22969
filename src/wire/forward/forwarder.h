#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "wire/forward/endpoint.h"
#include "wire/http/exchange.h"

namespace ecsmi::wire {

// How long an endpoint may take.
struct ForwardLimits {
  int connect_ms_max = 10'000;  // name, connection and TLS handshake
  int take_ms_max = 30'000;     // for each part of a request's body
  // From the end of the request to the answer's first byte, and between any two parts of it: above the minute that
  // AWS's longest polls take.
  int answer_ms_max = 90'000;
};

// A request that is to be carried on.
struct CarriedRequest {
  HttpRequest head;    // as the client sent it; its body is with the peer
  std::string target;  // path and query that the endpoint sees
  Endpoint endpoint;
  // The answer when the endpoint is at fault: `status` 502 or 504; `why` names the endpoint and what happened.
  absl::AnyInvocable<HttpResponse(int status, const std::string& why)> fault;
  // Asked with the body's SHA-256 (hex) before its end is passed on: what refuses the request after all. Empty: nothing
  // does.
  absl::AnyInvocable<std::optional<HttpResponse>(const std::string& body_sha256)> refusal;
};

// Carries requests to endpoints: each over a connection of its own, over TLS with the endpoint's certificate checked
// against the system's authorities (or those of SSL_CERT_FILE) and its host. Methods, targets, bodies and headers pass
// as they are, but for those that concern one connection (Connection, Transfer-Encoding, Expect …) and a Via added; so
// does Host, which clients sign. Belongs to the HTTP server's thread; `options` of a server may hold it.
class Forwarder {
 public:
  // `instance` tells this daemon from all others.
  Forwarder(ForwardTable table, std::string instance, ForwardLimits limits = {});
  const ForwardTable& table() const { return table_; }
  // nullptr when requests of that service are not passed on.
  const Endpoint* Find(std::string_view service) const;
  // A request that this daemon passed on has come back.
  bool IsLoop(const HttpHeaders& headers) const;
  std::shared_ptr<HttpExchange> Carry(CarriedRequest request);

 private:
  const ForwardTable table_;
  const std::string via_;
  const ForwardLimits limits_;
  boost::asio::ssl::context tls_;
};

}  // namespace ecsmi::wire
