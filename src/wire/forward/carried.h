#pragma once

#include <openssl/evp.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <memory>
#include <optional>
#include <string>

#include "wire/forward/forwarder.h"
#include "wire/http/body.h"

namespace ecsmi::wire {

// One request on its way to an endpoint and its answer on the way back. The answer is read while the request is still
// being sent, as an endpoint may refuse it early. Kept alive by its own pending operations; silent once it has ended.
class Carried final : public HttpExchange, public std::enable_shared_from_this<Carried> {
 public:
  // `tls` outlives it.
  Carried(CarriedRequest request, std::string via, ForwardLimits limits, boost::asio::ssl::context& tls);
  void Start(HttpPeer& peer) override;
  void OnBody(std::string bytes, bool last) override;
  void OnSent() override;
  void OnGone() override { Leave(); }

 private:
  using ErrorCode = boost::system::error_code;
  using Tcp = boost::asio::ip::tcp;

  void OnResolved(ErrorCode error, const Tcp::resolver::results_type& found);
  void OnConnected(ErrorCode error);
  void ShakeHands();
  void OnReady();
  std::string Head() const;
  void WriteRest();
  void OnPartTaken();
  void WantBody();
  void Read();
  void OnRead(ErrorCode error, std::size_t bytes);
  // The answer's bytes at hand, as far as the client takes them.
  void Advance();
  void BeginAnswer();

  // Ends with an answer of the door's, or by cutting the client when the endpoint's has begun.
  void Fail(int status, const std::string& why);
  // Ends: gives the peer back and lets the endpoint go.
  HttpPeer& Leave();
  void SetDeadline(int after_ms, const char* what);

  CarriedRequest request_;
  const std::string via_;
  const ForwardLimits limits_;
  boost::asio::ssl::context& tls_context_;
  HttpPeer* peer_ = nullptr;  // nullptr: it has ended

  std::optional<Tcp::resolver> resolver_;
  std::optional<Tcp::socket> socket_;
  std::unique_ptr<boost::asio::ssl::stream<Tcp::socket&>> tls_;
  std::optional<boost::asio::steady_timer> timer_;
  std::uint64_t timer_generation_ = 0;

  struct DigestDeleter {
    void operator()(EVP_MD_CTX* digest) const { EVP_MD_CTX_free(digest); }
  };
  std::unique_ptr<EVP_MD_CTX, DigestDeleter> digest_;  // of the body so far, when someone asks for it
  bool head_sent_ = false;
  bool chunked_ = false;
  bool request_over_ = false;  // all of it is with the endpoint, or it wants no more
  std::string out_;
  std::size_t sent_ = 0;

  bool reading_ = false;
  bool end_seen_ = false;  // the endpoint sends no more
  bool begun_ = false;     // the answer
  bool sending_ = false;   // a part of it is with the client
  std::string chunk_;
  boost::beast::flat_buffer in_;
  std::optional<boost::beast::http::response_parser<BodyAsSent>> parser_;
};

}  // namespace ecsmi::wire
