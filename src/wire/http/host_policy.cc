#include "wire/http/host_policy.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace ecsmi::wire {
namespace {

constexpr const char* kLoopbackHosts[] = {
    "localhost", "127.0.0.1", "[::1]", "*.localhost", "localhost.localstack.cloud", "*.localhost.localstack.cloud"};

// "Host" without its port; "[::1]:80" → "[::1]". Nothing for what is no name, with or without port.
std::optional<std::string> NameOf(const std::string& host) {
  const std::size_t after = host.rfind(']') == std::string::npos ? 0 : host.rfind(']');
  const std::size_t colon = std::min(host.find(':', after), host.size());
  const std::string name = absl::AsciiStrToLower(host.substr(0, colon));
  const std::string port = host.substr(std::min(colon + 1, host.size()));
  // What no host has would end up in the QueueUrls that echo it.
  constexpr std::string_view kHostCharacters = "abcdefghijklmnopqrstuvwxyz0123456789.-_:[]";
  if (name.find_first_not_of(kHostCharacters) != std::string::npos) return std::nullopt;
  if (name.empty() || port.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return name;
}

bool Matches(const std::string& name, absl::string_view pattern) {
  if (pattern == "*") return true;
  if (absl::StartsWith(pattern, "*.")) {
    const absl::string_view domain = pattern.substr(1);
    return name.size() > domain.size() && absl::EndsWithIgnoreCase(name, domain);
  }
  return absl::EqualsIgnoreCase(name, pattern);
}

bool MatchesAny(const std::string& name, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const auto& pattern) { return Matches(name, pattern); });
}

}  // namespace

std::optional<std::string> RefusalOfHost(const HttpHeaders& headers, const HostPolicy& policy) {
  for (const auto& [name, value] : headers) {
    if (name == "origin" && !MatchesAny(value, policy.origins)) {
      return absl::StrCat("requests from web pages are refused: Origin '", value, "' is not allowed");
    }
    if (name != "host") continue;
    const std::optional<std::string> host = NameOf(value);
    const bool loopback = host.has_value() && std::any_of(std::begin(kLoopbackHosts), std::end(kLoopbackHosts),
                                                          [&](const char* pattern) { return Matches(*host, pattern); });
    if (!loopback && (!host.has_value() || !MatchesAny(*host, policy.hosts))) {
      return absl::StrCat("Host '", value, "' is not allowed");
    }
  }
  return std::nullopt;
}

}  // namespace ecsmi::wire
