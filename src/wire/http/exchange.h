#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "wire/http/message.h"

// Requests whose body is not gathered and whose answer is not whole when it begins: both flow as fast as the slower
// side takes them. Everything here is called on the server's thread.
namespace ecsmi::wire {

// The client's side of an exchange: a connection of the server's.
class HttpPeer {
 public:
  // Asks for the next part of the body, about 64 KiB at most: OnBody comes once for each time. Not again after the
  // last.
  virtual void WantBody() = 0;
  // A whole answer instead of Begin; the exchange is over.
  virtual void Answer(HttpResponse response) = 0;
  // Status and headers of an answer whose body follows part by part; OnSent comes once they are written. `head.body` is
  // empty. `sized`: the headers have the body's Content-Length; else the connection frames it.
  virtual void Begin(HttpResponse head, bool sized) = 0;
  // A part of the body, not empty; OnSent comes once it is written, not before.
  virtual void Send(std::string bytes) = 0;
  // The answer is whole; the exchange is over.
  virtual void End() = 0;
  // The answer cannot be finished: closes so that the client sees it. The exchange is over.
  virtual void Cut() = 0;
  virtual boost::asio::any_io_executor executor() = 0;

 protected:
  ~HttpPeer() = default;
};

// Who carries a request on. Between its Start and its end (Answer, End, Cut or OnGone) it may use the peer, which is
// gone after that.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;
  virtual void Start(HttpPeer& peer) = 0;
  // `last`: the body's end; `bytes` may then be empty.
  virtual void OnBody(std::string bytes, bool last) = 0;
  virtual void OnSent() = 0;
  // The client is gone, or was cut: nothing more will be called.
  virtual void OnGone() = 0;
};

// Asked at the end of each head: who carries this request on; nullptr when it is read whole and goes to the handler.
// Must not block.
using HttpRelay = absl::AnyInvocable<std::shared_ptr<HttpExchange>(const HttpRequest& head)>;

}  // namespace ecsmi::wire
