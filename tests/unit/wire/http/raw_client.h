#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ecsmi::wire::testing {

// A client that sends what it is told, byte for byte. Every wait ends: what does not come within ten seconds fails the
// test instead of hanging it.
class RawClient {
 public:
  // `address`: host:port as HttpServer gives it.
  explicit RawClient(const std::string& address);
  // Takes a connection that is there.
  explicit RawClient(int fd) : fd_(fd) {}
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  // False when the other side is gone.
  bool Send(std::string_view bytes);
  // Ends the sending side alone.
  void EndSending();
  // Closes at once; with `reset` so that the other side sees a reset.
  void Close(bool reset = false);
  // Up to and with `end`; what came until the end of the connection when it ends first.
  std::string ReadUntil(std::string_view end);
  std::string ReadBytes(std::size_t bytes);
  // One response by its Content-Length; empty when the connection ended.
  std::string ReadResponse();
  // All that comes until the server's end.
  std::string ReadToEnd();

 private:
  bool Fill();
  int fd_ = -1;
  std::string buffer_;
};

// "HTTP/1.1 200 OK" → 200; 0 for what is no response.
int StatusOf(std::string_view response);
std::string BodyOf(std::string_view response);
// Value of a header, by lower-case name; empty when there is none.
std::string HeaderOf(std::string_view response, std::string_view name);

}  // namespace ecsmi::wire::testing
