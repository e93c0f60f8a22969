#include "wire/forward/endpoint.h"

#include <array>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace ecsmi::wire {
namespace {

// Signing names of what answers here; "cloudwatch" is what many call the second last.
constexpr std::array kOwn = {"application-autoscaling", "cloudwatch", "ecs", "ecsmi", "monitoring", "sqs", "sts"};

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

absl::Status CheckService(absl::string_view service) {
  const auto refuse = [&](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat("'", service, "' ", why));
  };
  for (const char* own : kOwn) {
    if (service == own) return refuse("is answered here and cannot be passed on: leave it out");
  }
  bool plain = !service.empty();
  for (const char c : service) {
    plain = plain && (absl::ascii_islower(static_cast<unsigned char>(c)) ||
                      absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-');
  }
  if (!plain)
    return refuse("is no signing name (lower-case letters, digits and '-', such as s3, logs, secretsmanager)");
  return absl::OkStatus();
}

bool IsLoopbackName(const std::string& host) {
  for (const char* name : {"localhost", "localhost.localstack.cloud"}) {
    if (host == name || absl::EndsWith(host, absl::StrCat(".", name))) return true;
  }
  return host == "::1" || host == "0.0.0.0" || host == "::" || absl::StartsWith(host, "127.");
}

absl::Status AddRule(absl::string_view rule, ForwardTable* table) {
  const std::size_t equals = rule.find('=');
  if (equals == absl::string_view::npos) {
    return absl::InvalidArgumentError(absl::StrCat("'", rule, "' is not SERVICE,…=URL"));
  }
  auto endpoint = ParseEndpoint(std::string(rule.substr(equals + 1)));
  if (!endpoint.ok()) return endpoint.status();
  for (const absl::string_view service : absl::StrSplit(rule.substr(0, equals), ',')) {
    if (absl::Status status = CheckService(service); !status.ok()) return status;
    if (!table->emplace(service, *endpoint).second) {
      return absl::InvalidArgumentError(absl::StrCat("'", service, "' is given twice"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Endpoint> ParseEndpoint(std::string_view url) {
  const auto refuse = [&](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat("the URL '", View(url), "' ", why));
  };
  Endpoint endpoint;
  endpoint.url = std::string(url);
  absl::string_view rest = View(url);
  if (absl::ConsumePrefix(&rest, "https://")) {
    endpoint.tls = true;
  } else if (!absl::ConsumePrefix(&rest, "http://")) {
    return refuse("begins with neither http:// nor https://");
  }
  absl::ConsumeSuffix(&rest, "/");
  if (rest.find_first_of("/?#@ ") != absl::string_view::npos) {
    return refuse("has more than scheme, host and port: paths are those of the requests");
  }
  const std::size_t bracket = rest.rfind(']');
  const std::size_t colon = rest.rfind(':');
  const bool has_port = colon != absl::string_view::npos && (bracket == absl::string_view::npos || colon > bracket);
  absl::string_view host = has_port ? rest.substr(0, colon) : rest;
  if (absl::ConsumePrefix(&host, "[") != absl::ConsumeSuffix(&host, "]")) return refuse("has half a pair of brackets");
  if (host.empty()) return refuse("names no host");
  endpoint.host = absl::AsciiStrToLower(host);
  endpoint.port = has_port ? std::string(rest.substr(colon + 1)) : endpoint.tls ? "443" : "80";
  int port = 0;
  if (!absl::SimpleAtoi(endpoint.port, &port) || port < 1 || port > 65'535) {
    return refuse("has a port that is no number from 1 to 65535");
  }
  endpoint.port = absl::StrCat(port);
  for (const char* domain : {".amazonaws.com", ".amazonaws.com.cn", ".api.aws"}) {
    if (absl::EndsWith(endpoint.host, domain)) {
      return refuse(
          "is AWS's own, which refuses requests that were signed for another Host: to reach AWS, point only the "
          "emulated "
          "services here, with AWS_ENDPOINT_URL_ECS and its like");
    }
  }
  return endpoint;
}

absl::Status AddForwards(std::string_view rules, ForwardTable* table) {
  for (const absl::string_view rule : absl::StrSplit(View(rules), absl::ByAnyChar("; \t\n"), absl::SkipEmpty())) {
    if (absl::Status status = AddRule(rule, table); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status RefuseOwnAddress(const ForwardTable& table, std::string_view bound_address) {
  const std::size_t colon = bound_address.rfind(':');
  const std::string port(bound_address.substr(colon + 1));
  std::string host(bound_address.substr(0, colon));
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  for (const auto& [service, endpoint] : table) {
    const bool same = endpoint.host == host || (IsLoopbackName(endpoint.host) && IsLoopbackName(host));
    if (endpoint.port != port || !same) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("'", service, "' would be passed on to ", endpoint.url, ", which is this daemon"));
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::wire
