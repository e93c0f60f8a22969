#include "wire/http/head.h"

#include <boost/beast/http/status.hpp>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace ecsmi::wire {
namespace {

std::size_t CountHeader(const HttpHeaders& headers, std::string_view name) {
  std::size_t count = 0;
  for (const auto& [its_name, value] : headers) count += its_name == name ? 1U : 0U;
  return count;
}

std::string StatusAndHeaders(const HttpResponse& response) {
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status));
  std::string head =
      absl::StrCat("HTTP/1.1 ", response.status, " ", absl::string_view(reason.data(), reason.size()), "\r\n");
  for (const auto& [name, value] : response.headers) {
    absl::StrAppend(&head, name, ": ");
    for (const char c : value) head.push_back(static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? ' ' : c);
    absl::StrAppend(&head, "\r\n");
  }
  return head;
}

// The headers' end.
std::string Connecting(std::string head, bool keep_alive, bool http_1_0) {
  if (!keep_alive) {
    absl::StrAppend(&head, "connection: close\r\n");
  } else if (http_1_0) {
    absl::StrAppend(&head, "connection: keep-alive\r\n");
  }
  return absl::StrCat(head, "\r\n");
}

}  // namespace

std::optional<HttpFault> FaultOfHead(const HttpRequest& head, bool http_1_0, std::size_t headers_max) {
  if (head.headers.size() > headers_max) return HttpFault::kHeadTooLarge;
  if (head.target.empty() || head.target[0] != '/') return HttpFault::kMalformed;
  const std::size_t hosts = CountHeader(head.headers, "host");
  if (hosts > 1 || (hosts == 0 && !http_1_0)) return HttpFault::kMalformed;
  const std::size_t lengths = CountHeader(head.headers, "content-length");
  const std::size_t transfers = CountHeader(head.headers, "transfer-encoding");
  if (lengths + transfers > 1) return HttpFault::kMalformed;
  if (transfers == 1) {
    // HTTP/1.0 knows no transfer codings: who passed this on and who sent it may disagree where it ends.
    if (http_1_0) return HttpFault::kMalformed;
    if (!absl::EqualsIgnoreCase(*FindHeader(head.headers, "transfer-encoding"), "chunked")) {
      return HttpFault::kMalformed;
    }
  }
  if (lengths == 1) {
    // The parser takes a list of equal lengths; nobody sends one for a good reason.
    const std::string& length = *FindHeader(head.headers, "content-length");
    if (length.find_first_not_of("0123456789") != std::string::npos) return HttpFault::kMalformed;
  }
  if (const std::string* expect = FindHeader(head.headers, "expect"); expect != nullptr && !http_1_0) {
    if (!absl::EqualsIgnoreCase(*expect, "100-continue")) return HttpFault::kExpectationUnknown;
  }
  return std::nullopt;
}

bool StatusHasBody(int status) {
  return status >= 200 && status != 204 && status != 304;
}

std::string ResponseHead(const HttpResponse& response, bool keep_alive, bool http_1_0, const std::string& date) {
  std::string head = StatusAndHeaders(response);
  if (response.stream != nullptr) {
    if (!http_1_0) absl::StrAppend(&head, "transfer-encoding: chunked\r\n");
  } else if (StatusHasBody(response.status)) {
    absl::StrAppend(&head, "content-length: ", response.body.size(), "\r\n");
  }
  if (!date.empty()) absl::StrAppend(&head, "date: ", date, "\r\n");
  return Connecting(std::move(head), keep_alive, http_1_0);
}

std::string RelayedHead(const HttpResponse& response, bool chunked, bool keep_alive, bool http_1_0) {
  std::string head = StatusAndHeaders(response);
  if (chunked) absl::StrAppend(&head, "transfer-encoding: chunked\r\n");
  return Connecting(std::move(head), keep_alive, http_1_0);
}

std::string HttpDate(std::int64_t unix_seconds) {
  return absl::FormatTime("%a, %d %b %E4Y %H:%M:%S GMT", absl::FromUnixSeconds(unix_seconds), absl::UTCTimeZone());
}

}  // namespace ecsmi::wire
