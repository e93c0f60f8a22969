#include "wire/aws/door.h"

#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "wire/account/account.h"
#include "wire/aws_json/text.h"
#include "wire/sigv4/canonical.h"

namespace ecsmi::wire {
namespace {

constexpr std::string_view kWorldPrefix = "/w/";
constexpr char kForm[] = "application/x-www-form-urlencoded";

bool IsForm(const HttpRequest& request) {
  const std::string* type = FindHeader(request.headers, "content-type");
  return type != nullptr && absl::StartsWithIgnoreCase(*type, kForm);
}

// Who a signature that nobody verifies says to be, although some part of it is missing: hand-written headers name no
// more than Credential=KEY/DATE/REGION/SERVICE/aws4_request.
void ReadCredential(const HttpHeaders& headers, std::string* key_id, AwsCaller* caller) {
  constexpr std::string_view kCredential = "Credential=";
  const std::string* header = FindHeader(headers, "authorization");
  const std::size_t at = header == nullptr ? std::string::npos : header->find(kCredential);
  if (at == std::string::npos) return;
  const std::size_t begin = at + kCredential.size();
  const std::string text = header->substr(begin, header->find_first_of(", ", begin) - begin);
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  *key_id = parts[0];
  if (parts.size() < 4) return;
  if (!parts[2].empty()) caller->region = parts[2];
  caller->service = parts[3];
}

int StatusOfSignature(SignatureFault fault) {
  return fault == SignatureFault::kIncompleteSignature ? 400 : 403;
}

}  // namespace

bool IsWorldName(std::string_view name) {
  if (name.empty() || name.size() > 64) return false;
  for (const char c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_' && c != '.') return false;
  }
  return true;
}

std::optional<std::string> TakeWorld(std::string* path) {
  const std::string_view whole = *path;
  if (!whole.starts_with(kWorldPrefix)) return "";
  const std::string_view rest = whole.substr(kWorldPrefix.size());
  const std::size_t slash = rest.find('/');
  std::string world(rest.substr(0, slash));
  if (!IsWorldName(world)) return std::nullopt;
  *path = slash == std::string_view::npos ? "/" : std::string(rest.substr(slash));
  return world;
}

HttpResponse JsonRefusal(int status, std::string_view name, std::string_view message) {
  HttpResponse response;
  response.status = status;
  response.headers = {{"content-type", "application/x-amz-json-1.1"}};
  response.body = "{\"__type\":";
  AppendQuoted(name, response.body);
  response.body += ",\"message\":";
  AppendQuoted(message, response.body);
  response.body += "}";
  return response;
}

AwsDoor::AwsDoor(Door& calls, const ports::HostClock& clock, AwsDoorOptions options)
    : calls_(calls), clock_(clock), options_(std::move(options)), credentials_(options_.keys, options_.seed) {}

HttpResponse AwsDoor::ShapeFault(HttpFault fault, const HttpRequest&) {
  switch (fault) {
    case HttpFault::kMalformed:
      return JsonRefusal(400, "SerializationException", "the request is not HTTP/1.1");
    case HttpFault::kTimeout:
      return JsonRefusal(408, "RequestTimeoutException", "the request took too long to arrive");
    case HttpFault::kBodyTooLarge:
      return JsonRefusal(413, "RequestEntityTooLargeException", "the request's body is longer than 4 MiB");
    case HttpFault::kTargetTooLong:
      return JsonRefusal(414, "ValidationException", "the request's path and query are longer than 8 KiB");
    case HttpFault::kExpectationUnknown:
      return JsonRefusal(417, "ValidationException", "of Expect only 100-continue is known");
    case HttpFault::kHeadTooLarge:
      return JsonRefusal(431, "ValidationException", "the request's headers are longer than 32 KiB, or more than 100");
    case HttpFault::kTooBusy:
      break;
  }
  return JsonRefusal(503, "ServiceUnavailableException", "too many connections, or too many bodies under way");
}

bool AwsDoor::Identify(const HttpRequest& request, AwsCaller* caller, HttpResponse* refusal) const {
  const bool query = IsForm(request);
  const auto refuse = [&](int status, std::string_view name, std::string_view message) {
    *refusal = JsonRefusal(status, name, message);
    return false;
  };
  caller->path = std::string(PathOf(request.target));
  caller->query = std::string(QueryOf(request.target));
  const std::optional<std::string> world = TakeWorld(&caller->path);
  if (!world) {
    return refuse(400, "ValidationException",
                  absl::StrCat("the path '", caller->path,
                               "' must name a world of 1 to 64 letters, digits, '-', '_' or '.' (/w/<world>/…)"));
  }
  const std::string prefix = world->empty() ? "" : absl::StrCat("/w/", *world);
  const SignedMessage message{request.method, request.target, request.headers,
                              request.signed_body.empty() ? request.body : request.signed_body};
  std::string key_id;
  auto parsed = ParseSignature(message);
  const std::string* header = FindHeader(request.headers, "authorization");
  std::optional<BearerKey> bearer;
  if (header != nullptr && request.method == "GET") bearer = ParseBearer(*header);
  if (bearer) {
    key_id = bearer->access_key_id;
    if (credentials_.required()) {
      const std::string* token = FindHeader(request.headers, "x-amz-security-token");
      const auto fault = credentials_.CheckSecret(key_id, bearer->secret_access_key, token == nullptr ? "" : *token,
                                                  clock_.WallMs() / 1'000);
      if (fault) {
        return refuse(StatusOfSignature(fault->fault), ErrorNameOf(fault->fault, SignatureProtocol::kJson),
                      fault->message);
      }
    }
  } else if (auto* signature = std::get_if<RequestSignature>(&parsed)) {
    key_id = signature->access_key_id;
    caller->region = signature->region;
    caller->service = signature->service;
    if (credentials_.required()) {
      const std::optional<SigningKey> key = credentials_.Find(key_id, signature->security_token);
      std::optional<SignatureRefusal> fault = UnrecognizedClient();
      if (key) fault = VerifySignature(message, *signature, *key, clock_.WallMs() / 1'000);
      if (key) caller->key_expires_at_s = key->expires_at_s;
      if (fault) {
        return refuse(StatusOfSignature(fault->fault),
                      ErrorNameOf(fault->fault, query ? SignatureProtocol::kQuery : SignatureProtocol::kJson),
                      fault->message);
      }
    }
  } else if (credentials_.required()) {
    const auto& fault = std::get<SignatureRefusal>(parsed);
    return refuse(StatusOfSignature(fault.fault),
                  ErrorNameOf(fault.fault, query ? SignatureProtocol::kQuery : SignatureProtocol::kJson),
                  fault.message);
  } else {
    ReadCredential(request.headers, &key_id, caller);
  }
  caller->access_key_id = key_id;
  caller->account = world->empty() ? credentials_.AccountOf(key_id) : AccountOfWorld(*world);
  if (!credentials_.MayTouch(key_id, caller->account)) {
    return refuse(403, "AccessDeniedException",
                  absl::StrCat("the key ", key_id, " may not touch account ", caller->account));
  }
  if (credentials_.required()) {
    caller->may_touch = [this, key_id](std::string_view account) { return credentials_.MayTouch(key_id, account); };
  }
  if (!options_.public_url.empty()) {
    caller->endpoint = absl::StrCat(options_.public_url, prefix);
  } else {
    const std::string* host = FindHeader(request.headers, "host");
    caller->endpoint =
        absl::StrCat(request.tls ? "https://" : "http://", host == nullptr ? "127.0.0.1" : *host, prefix);
  }
  return true;
}

void AwsDoor::Handle(HttpRequest request, HttpReply reply) {
  // Probes of containers and load balancers sign nothing and name whatever host they like; there is nothing to learn.
  if (request.method != "POST" && PathOf(request.target) == "/healthz") {
    AwsCaller probe;
    probe.path = "/healthz";
    return HandlePage(calls_, probe, request, std::move(reply));
  }
  if (const auto foreign = RefusalOfHost(request.headers, options_.hosts)) {
    return reply(JsonRefusal(403, "AccessDeniedException", *foreign));
  }
  AwsCaller caller;
  HttpResponse refusal;
  if (!Identify(request, &caller, &refusal)) return reply(std::move(refusal));
  if (FindHeader(request.headers, "x-amz-target") != nullptr) {
    return HandleJson(calls_, caller, std::move(request), std::move(reply));
  }
  if (IsForm(request) || absl::StrContains(caller.query, "Action=")) {
    return HandleQuery(calls_, caller, credentials_, clock_, std::move(request), std::move(reply));
  }
  if (caller.path == "/metrics" && options_.metrics && request.method != "POST") {
    return HandleMetrics(calls_, caller, options_.metrics(), std::move(reply));
  }
  if (caller.path == "/events") {
    return HandleEvents(calls_, std::move(caller), credentials_, request, std::move(reply));
  }
  HandlePage(calls_, caller, request, std::move(reply));
}

}  // namespace ecsmi::wire
