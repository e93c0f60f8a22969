#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "unit/wire/http/raw_client.h"

namespace ecsmi::wire::testing {

// An endpoint that does as the test says, byte for byte.
class RawListener {
 public:
  RawListener() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(listen(fd_, 16), 0);
    socklen_t size = sizeof(address);
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~RawListener() { Close(); }
  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;

  std::string url() const { return absl::StrCat("http://127.0.0.1:", port_); }
  // The next connection; within ten seconds or the test fails.
  RawClient Accept() {
    pollfd ready{fd_, POLLIN, 0};
    EXPECT_EQ(poll(&ready, 1, 10'000), 1) << "nobody connected";
    return RawClient(accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC));
  }
  // From here on connections are refused.
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
  int port_ = 0;
};

}  // namespace ecsmi::wire::testing
