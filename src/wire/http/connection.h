#pragma once

#include "wire/http/core.h"
//
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "wire/http/body.h"

namespace ecsmi::wire {

// One client's connection, from its acceptance to its close. One request at a time: the next is parsed when the answer
// before it is written. Bytes are read all the while, as far as the buffer goes, so that a client's leaving is noticed
// while its answer is worked on (this is why there are callbacks here and no coroutine: in Boost 1.74 none can wait for
// two things). Server's thread only. Kept alive by its own pending operations.
class Connection final : public std::enable_shared_from_this<Connection>, private HttpPeer {
 public:
  Connection(HttpCore& core, boost::asio::ip::tcp::socket socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Start();
  // Closes when no request is under way, else after the answer.
  void Drain();
  // Closes at once. Idempotent.
  void Abort();
  // The handler's answer to request `number`; late ones are dropped.
  void Answer(std::uint64_t number, HttpResponse response);

 private:
  enum class Phase {
    kHandshake,
    kHead,
    kContinue,
    kBody,
    kAnswering,
    kWriting,
    kStreaming,
    kRelaying,
    kLingering,
    kClosed
  };
  using Steady = std::chrono::steady_clock;
  using ErrorCode = boost::system::error_code;

  void Read();
  void OnRead(ErrorCode error, std::size_t bytes);
  // As far as the bytes at hand go; then reads more.
  void Advance();
  bool AdvanceHead();
  bool AdvanceBody();
  bool OnHead(std::size_t head_bytes);
  void Dispatch();
  void Refuse(HttpFault fault);
  void Write(HttpResponse response);
  void BeginWriting();
  void WriteRest();
  void OnWritten();
  // --- A body that goes on: written piece by piece; between two of them the phase is kStreaming.
  void AskForPiece();
  void OnPiece(std::uint64_t number, std::optional<std::string> piece);
  void WritePiece(std::optional<std::string> piece);
  void WriteChunk(std::string_view bytes);
  void EndStream();
  // Ends our side and waits a little for the client's: a close with unread bytes would take the answer away from it.
  void Close();

  // A request that `exchange_` carries on (relayed.cc).
  void WantBody() override;
  void Answer(HttpResponse response) override;
  void Begin(HttpResponse head, bool sized) override;
  void Send(std::string bytes) override;
  void End() override;
  void Cut() override;
  boost::asio::any_io_executor executor() override { return socket_.get_executor(); }
  void StartRelay();
  void AdvanceRelay();
  void OnRelayedWritten();

  void SetDeadline(int after_ms);
  void ArmTimer();
  void OnDeadline();
  void CountBody(std::size_t bytes);
  template <typename Handler>
  void AsyncRead(boost::asio::mutable_buffer into, Handler handler);
  template <typename Buffers, typename Handler>
  void AsyncWrite(const Buffers& from, Handler handler);

  HttpCore& core_;
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  boost::asio::steady_timer timer_;
  Steady::time_point deadline_ = Steady::time_point::max();
  Steady::time_point timer_at_ = Steady::time_point::max();  // max: not armed
  std::uint64_t timer_generation_ = 0;

  Phase phase_ = Phase::kHandshake;
  bool reading_ = false;
  bool end_seen_ = false;         // the client sends no more
  std::string chunk_;             // what a read fills; in_ may be parsed while one is pending
  boost::beast::flat_buffer in_;  // read, not yet parsed
  std::size_t scanned_ = 0;       // bytes of in_ known to hold no end of a head
  bool head_begun_ = false;
  std::string peer_;

  // The request under way.
  std::optional<boost::beast::http::request_parser<BodyAsSent>> parser_;
  std::uint64_t number_ = 0;
  HttpRequest request_;
  bool http_1_0_ = false;
  bool keep_alive_ = true;
  bool head_only_ = false;  // HEAD
  std::size_t body_counted_ = 0;
  std::shared_ptr<std::atomic<bool>> abandoned_;

  std::shared_ptr<HttpStream> stream_;
  std::string heartbeat_;
  bool asked_ = false;                                    // for a piece
  std::optional<std::optional<std::string>> came_early_;  // a piece, while a heartbeat was written

  std::shared_ptr<HttpExchange> exchange_;  // while kRelaying
  bool body_wanted_ = false;
  std::size_t body_moved_ = 0;  // bytes of body handed on since the deadline was last put off
  bool begun_ = false;          // the answer
  bool chunked_ = false;
  bool ending_ = false;

  std::string out_head_;
  std::string out_body_;
  std::size_t sent_ = 0;   // of both
  std::size_t paced_ = 0;  // of those, when the deadline was last put off
};

}  // namespace ecsmi::wire
