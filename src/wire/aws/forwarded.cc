// Requests for services that are not emulated, where --forward names an endpoint for them. The signature's scope says
// which service is meant; with a key file the signature has to hold, as for any other request, before its last byte is
// passed on.
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "wire/aws/door.h"
#include "wire/aws_query/xml.h"
#include "wire/sigv4/canonical.h"

namespace ecsmi::wire {
namespace {

constexpr char kRefusalCode[] = "ServiceUnavailable";

// Of a credential's scope: KEY/DATE/REGION/SERVICE/aws4_request, and without a Region where a signature is good for
// many (AWS4-ECDSA-P256-SHA256). Keys may contain slashes.
std::string ServiceOfCredential(const std::string& credential) {
  const std::vector<std::string> parts = absl::StrSplit(credential, '/');
  return parts.size() < 4 || parts.back() != "aws4_request" ? "" : parts[parts.size() - 2];
}

// By the Authorization header, or by the query of a presigned request; empty when neither says.
std::string SignedService(const HttpRequest& head) {
  if (const std::string* header = FindHeader(head.headers, "authorization")) {
    constexpr std::string_view kCredential = "Credential=";
    const std::size_t at = header->find(kCredential);
    if (at == std::string::npos) return "";
    const std::size_t begin = at + kCredential.size();
    return ServiceOfCredential(header->substr(begin, header->find_first_of(", ", begin) - begin));
  }
  for (const auto& [name, value] : QueryParameters(QueryOf(head.target))) {
    if (name == "X-Amz-Credential") return ServiceOfCredential(value);
  }
  return "";
}

// A refusal in the form that the service's clients parse.
HttpResponse ShapeOf(const std::string& service, bool form, int status, const std::string& message) {
  std::string error;
  AppendElement("Code", kRefusalCode, error);
  AppendElement("Message", message, error);
  HttpResponse response{.status = status, .headers = {{"content-type", "text/xml"}}, .body = {}};
  if (service == "s3") {
    response.body = absl::StrCat("<Error>", error, "</Error>");
  } else if (service == "ec2") {
    response.body = absl::StrCat("<Response><Errors><Error>", error, "</Error></Errors></Response>");
  } else if (form) {
    response.body = absl::StrCat("<ErrorResponse><Error><Type>Receiver</Type>", error, "</Error></ErrorResponse>");
  } else {
    return JsonRefusal(status, absl::StrCat(kRefusalCode, "Exception"), message);
  }
  return response;
}

// Refuses without asking anybody.
class Refused final : public HttpExchange {
 public:
  explicit Refused(HttpResponse response) : response_(std::move(response)) {}
  void Start(HttpPeer& peer) override { peer.Answer(std::move(response_)); }
  void OnBody(std::string, bool) override {}
  void OnSent() override {}
  void OnGone() override {}

 private:
  HttpResponse response_;
};

}  // namespace

std::shared_ptr<HttpExchange> AwsDoor::Relay(const HttpRequest& head) {
  if (options_.forwarder == nullptr || options_.forwarder->table().empty() ||
      RefusalOfHost(head.headers, options_.hosts))
    return nullptr;
  const std::string service = SignedService(head);
  const Endpoint* endpoint = options_.forwarder->Find(service);
  std::string path(PathOf(head.target));
  if (endpoint == nullptr || !TakeWorld(&path)) return nullptr;
  const std::string* type = FindHeader(head.headers, "content-type");
  const bool form = type != nullptr && absl::StartsWithIgnoreCase(*type, "application/x-www-form-urlencoded");
  if (options_.forwarder->IsLoop(head.headers)) {
    return std::make_shared<Refused>(
        ShapeOf(service, form, 508, absl::StrCat("what --forward passes on to ", endpoint->url, " comes back here")));
  }
  CarriedRequest request;
  request.head = head;
  request.target = absl::StrCat(path, head.target.substr(PathOf(head.target).size()));
  request.endpoint = *endpoint;
  request.fault = [service, form](int status, const std::string& why) {
    return ShapeOf(service, form, status,
                   absl::StrCat("the endpoint that --forward names for the service '", service, "', ", why));
  };
  if (credentials_.required()) {
    auto parsed = ParseSignature({head.method, head.target, head.headers, ""});
    auto* signature = std::get_if<RequestSignature>(&parsed);
    if (signature == nullptr) return nullptr;
    std::optional<SigningKey> key = credentials_.Find(signature->access_key_id, signature->security_token);
    if (!key) return nullptr;
    const auto refusal = [this, head, form, signature = *signature,
                          key = *std::move(key)](const std::string& body_sha256) -> std::optional<HttpResponse> {
      const SignedMessage message{head.method, head.target, head.headers, "", body_sha256};
      const auto fault = VerifySignature(message, signature, key, clock_.WallMs() / 1'000);
      if (!fault) return std::nullopt;
      return JsonRefusal(fault->fault == SignatureFault::kIncompleteSignature ? 400 : 403,
                         ErrorNameOf(fault->fault, form ? SignatureProtocol::kQuery : SignatureProtocol::kJson),
                         fault->message);
    };
    // Where the client states what the body's hash will be, the signature is judged at once.
    const std::string* stated = FindHeader(head.headers, "x-amz-content-sha256");
    if (stated != nullptr && refusal(*stated)) return nullptr;
    request.refusal = refusal;
  }
  return options_.forwarder->Carry(std::move(request));
}

}  // namespace ecsmi::wire
