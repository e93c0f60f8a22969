#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "wire/call/call.h"
#include "wire/forward/forwarder.h"
#include "wire/http/exchange.h"
#include "wire/http/host_policy.h"
#include "wire/http/message.h"
#include "wire/keys/credentials.h"

namespace ecsmi::wire {

struct AwsDoorOptions {
  HostPolicy hosts;
  std::string public_url;  // what QueueUrls begin with; empty = scheme and Host of the request
  AuthKeys keys;           // empty: any signature, or none, is taken
  std::uint64_t seed = 1;  // of the secrets that AssumeRole hands out
  // What GET /metrics tells beside the worlds. Any thread; empty: there is no such page.
  std::function<std::vector<prometheus::MetricFamily>()> metrics{};
  // Carries requests for other services on; none: they are refused by name. Outlives the door.
  Forwarder* forwarder = nullptr;
};

// Where a request belongs and who sent it, worked out once.
struct AwsCaller {
  std::string account;
  std::string region = "us-east-1";
  std::string service;  // signing name; empty when nobody signed
  std::string access_key_id;
  std::optional<std::int64_t> key_expires_at_s;  // of temporary credentials that were verified
  std::string endpoint;                          // scheme, host and world prefix: what QueueUrls begin with
  std::string path;                              // of the target, without the world prefix and the query
  std::string query;
  std::function<bool(std::string_view account)> may_touch;  // empty = every account
};

// AWS JSON for all services, AWS Query for SQS and STS, and a few pages. Thread-safe; `Handle` may be called on any
// thread and does not block. Outlives its calls, as `calls` does.
class AwsDoor {
 public:
  AwsDoor(Door& calls, const ports::HostClock& clock, AwsDoorOptions options);
  void Handle(HttpRequest request, HttpReply reply);
  // For HttpServerOptions::relay (forwarded.cc): carries on what is signed for a service of --forward. nullptr for all
  // else, and for what Handle would refuse on account of its host, its path or its signature: it then does.
  std::shared_ptr<HttpExchange> Relay(const HttpRequest& head);
  // The form of what the HTTP server refuses itself: an error that SDKs parse.
  static HttpResponse ShapeFault(HttpFault fault, const HttpRequest& head);

 private:
  // The caller, or the answer that refuses it. Pages take a key as the gRPC door does, too: scrapers and browsers sign
  // nothing.
  bool Identify(const HttpRequest& request, AwsCaller* caller, HttpResponse* refusal) const;

  Door& calls_;
  const ports::HostClock& clock_;
  const AwsDoorOptions options_;
  const Credentials credentials_;
};

// A world as paths and parameters name it: twelve digits, or letters, digits, '-', '_' and '.', at most 64.
bool IsWorldName(std::string_view name);

// --- The kinds of requests (json_call.cc, query_call.cc, event_page.cc, metrics_page.cc, pages.cc)
void HandleJson(Door& calls, const AwsCaller& caller, HttpRequest request, HttpReply reply);
void HandleQuery(Door& calls, const AwsCaller& caller, const Credentials& credentials, const ports::HostClock& clock,
                 HttpRequest request, HttpReply reply);
void HandleEvents(Door& calls, AwsCaller caller, const Credentials& credentials, const HttpRequest& request,
                  HttpReply reply);
void HandleMetrics(Door& calls, const AwsCaller& caller, std::vector<prometheus::MetricFamily> families,
                   HttpReply reply);
void HandlePage(Door& calls, const AwsCaller& caller, const HttpRequest& request, HttpReply reply);

// Takes "/w/<name>" off `path`: the name, empty when there is none; nothing when it is no world's name.
std::optional<std::string> TakeWorld(std::string* path);

// {"__type": name, "message": text}: a refusal that is no exception of the API room's.
HttpResponse JsonRefusal(int status, std::string_view name, std::string_view message);

}  // namespace ecsmi::wire
