#include "unit/wire/http/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace ecsmi::wire::testing {
namespace {

constexpr int kPatienceMs = 10'000;

}  // namespace

RawClient::RawClient(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  const auto port = htons(static_cast<std::uint16_t>(std::atoi(address.c_str() + colon + 1)));
  const bool v6 = address[0] == '[';
  fd_ = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = port;
  six.sin6_addr = in6addr_loopback;
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_port = port;
  four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* where = v6 ? reinterpret_cast<const sockaddr*>(&six) : reinterpret_cast<const sockaddr*>(&four);
  if (connect(fd_, where, v6 ? sizeof(six) : sizeof(four)) != 0) {
    close(fd_);
    fd_ = -1;
  }
}

RawClient::~RawClient() {
  Close();
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}

bool RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    pollfd ready{fd_, POLLOUT, 0};
    if (poll(&ready, 1, kPatienceMs) <= 0) return false;
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::EndSending() {
  shutdown(fd_, SHUT_WR);
}

void RawClient::Close(bool reset) {
  if (fd_ < 0) return;
  if (reset) {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  }
  close(std::exchange(fd_, -1));
}

bool RawClient::Fill() {
  pollfd ready{fd_, POLLIN, 0};
  const int events = poll(&ready, 1, kPatienceMs);
  if (events == 0) ADD_FAILURE() << "nothing came; so far: " << buffer_;
  if (events <= 0) return false;
  char bytes[64 * 1024];
  const ssize_t got = recv(fd_, bytes, sizeof(bytes), 0);
  if (got <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(got));
  return true;
}

std::string RawClient::ReadUntil(std::string_view end) {
  std::size_t at = 0;
  while ((at = buffer_.find(end)) == std::string::npos) {
    if (!Fill()) return std::exchange(buffer_, {});
  }
  return ReadBytes(at + end.size());
}

std::string RawClient::ReadBytes(std::size_t bytes) {
  while (buffer_.size() < bytes) {
    if (!Fill()) return std::exchange(buffer_, {});
  }
  std::string read = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  return read;
}

std::string RawClient::ReadResponse() {
  const std::string head = ReadUntil("\r\n\r\n");
  const std::string length = HeaderOf(head, "content-length");
  return head + (length.empty() ? "" : ReadBytes(static_cast<std::size_t>(std::atol(length.c_str()))));
}

std::string RawClient::ReadToEnd() {
  while (Fill()) {
  }
  return std::exchange(buffer_, {});
}

int StatusOf(std::string_view response) {
  if (response.substr(0, 9) != "HTTP/1.1 ") return 0;
  return std::atoi(std::string(response.substr(9, 3)).c_str());
}

std::string BodyOf(std::string_view response) {
  const std::size_t end = response.find("\r\n\r\n");
  return end == std::string_view::npos ? "" : std::string(response.substr(end + 4));
}

std::string HeaderOf(std::string_view response, std::string_view name) {
  const std::string_view head = response.substr(0, response.find("\r\n\r\n"));
  const std::string key = absl::StrCat("\r\n", std::string(name), ": ");
  const std::size_t at = head.find(key);
  if (at == std::string_view::npos) return "";
  const std::string_view rest = head.substr(at + key.size());
  return std::string(rest.substr(0, rest.find("\r\n")));
}

}  // namespace ecsmi::wire::testing
