#include "wire/http/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/error.hpp>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ecsmi/base/check.h"
#include "wire/http/content_coding.h"

namespace ecsmi::wire {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::size_t kReadBytes = 4 * 1024;       // what an idle connection holds; most requests of SDKs fit
constexpr std::size_t kBodyReadBytes = 64 * 1024;  // fewer system calls for large bodies
// Bytes of later requests read while one is answered; also more than any chunk's header or trailer needs.
constexpr std::size_t kReadAheadBytesMax = 16 * 1024;
// Taking this much of an answer earns a slow client another write_ms_max.
constexpr std::size_t kPaceBytes = 64 * 1024;
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::string_view kContinueResponse = "HTTP/1.1 100 Continue\r\n\r\n";

std::string_view View(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

// An answer owed. Destroyed without one it answers for the handler that forgot it.
class OwedAnswer {
 public:
  OwedAnswer(std::shared_ptr<ReturnPath> back, std::weak_ptr<Connection> connection, std::uint64_t number)
      : back_(std::move(back)), connection_(std::move(connection)), number_(number) {}
  OwedAnswer(const OwedAnswer&) = delete;
  OwedAnswer& operator=(const OwedAnswer&) = delete;
  ~OwedAnswer() {
    if (!given_) Give({.status = 500, .headers = {}, .body = {}});
  }
  void Give(HttpResponse response) {
    ECSMI_CHECK(!std::exchange(given_, true));
    // The connection is looked up on the server's thread: nobody else may hold it, were it only to let it go.
    back_->Post([connection = connection_, number = number_, response = std::move(response)]() mutable {
      if (const auto alive = connection.lock()) alive->Answer(number, std::move(response));
    });
  }

 private:
  const std::shared_ptr<ReturnPath> back_;
  const std::weak_ptr<Connection> connection_;
  const std::uint64_t number_;
  bool given_ = false;
};

// The request line is complete: is it HTTP/1.x? Asked before the headers are there, so that who speaks something else
// hears of it at once.
bool SpeaksHttp1(std::string_view line) {
  return line.size() > 9 && line.substr(line.size() - 9, 8) == " HTTP/1.";
}

}  // namespace

Connection::Connection(HttpCore& core, asio::ip::tcp::socket socket)
    : core_(core), socket_(std::move(socket)), timer_(core.io) {
  if (core_.tls.has_value()) {
    tls_ = std::make_unique<asio::ssl::stream<asio::ip::tcp::socket&>>(socket_, *core_.tls);
  }
}

Connection::~Connection() {
  ECSMI_CHECK(phase_ == Phase::kClosed || !core_.connections.contains(this));
}

template <typename Handler>
void Connection::AsyncRead(asio::mutable_buffer into, Handler handler) {
  if (tls_ != nullptr) {
    tls_->async_read_some(into, std::move(handler));
  } else {
    socket_.async_read_some(into, std::move(handler));
  }
}

template <typename Buffers, typename Handler>
void Connection::AsyncWrite(const Buffers& from, Handler handler) {
  if (tls_ != nullptr) {
    tls_->async_write_some(from, std::move(handler));
  } else {
    socket_.async_write_some(from, std::move(handler));
  }
}

void Connection::Start() {
  core_.connections.insert(this);
  ErrorCode error;
  const asio::ip::tcp::endpoint peer = socket_.remote_endpoint(error);
  if (error) return Abort();
  peer_ = peer.address().is_v6() ? absl::StrCat("[", peer.address().to_string(), "]:", peer.port())
                                 : absl::StrCat(peer.address().to_string(), ":", peer.port());
  socket_.set_option(asio::ip::tcp::no_delay(true), error);
  if (error) return Abort();
  if (tls_ == nullptr) {
    phase_ = Phase::kHead;
    SetDeadline(core_.options.limits.idle_ms_max);
    return Read();
  }
  SetDeadline(core_.options.limits.head_ms_max);
  tls_->async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](ErrorCode failed) {
    if (self->phase_ == Phase::kClosed) return;
    if (failed || self->core_.draining) return self->Abort();
    self->phase_ = Phase::kHead;
    self->SetDeadline(self->core_.options.limits.idle_ms_max);
    self->Read();
  });
}

void Connection::Drain() {
  // Nothing was sent that a close could take away.
  if (phase_ == Phase::kHandshake || (phase_ == Phase::kHead && !head_begun_)) return Abort();
  // A stream ends here, unless its source ended it already.
  keep_alive_ = false;
  if (stream_ != nullptr) stream_->Cancel();
}

void Connection::Abort() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  if (abandoned_ != nullptr) abandoned_->store(true);
  EndStream();
  CountBody(0);
  if (exchange_ != nullptr) std::exchange(exchange_, nullptr)->OnGone();
  timer_.cancel();
  ErrorCode ignored;  // closed either way
  socket_.close(ignored);
  core_.connections.erase(this);
  if (core_.draining && core_.connections.empty() && core_.on_empty) core_.on_empty();
}

void Connection::Read() {
  if (reading_ || end_seen_ || phase_ == Phase::kClosed) return;
  std::size_t bytes = kReadBytes;
  if (phase_ == Phase::kBody) {
    if (body_counted_ >= kReadBytes) bytes = kBodyReadBytes;  // it proved to be a large one
  } else if (phase_ == Phase::kRelaying && body_wanted_) {
    bytes = kBodyReadBytes;
  } else if (phase_ == Phase::kAnswering || phase_ == Phase::kWriting || phase_ == Phase::kStreaming ||
             phase_ == Phase::kRelaying) {
    if (in_.size() + bytes > kReadAheadBytesMax) return;
  }
  if (chunk_.size() != bytes) std::string(bytes, '\0').swap(chunk_);
  reading_ = true;
  AsyncRead(asio::buffer(chunk_),
            [self = shared_from_this()](ErrorCode error, std::size_t read) { self->OnRead(error, read); });
}

void Connection::OnRead(ErrorCode error, std::size_t bytes) {
  reading_ = false;
  if (phase_ == Phase::kClosed) return;
  if (error && error != asio::error::eof && error != asio::ssl::error::stream_truncated) return Abort();
  if (error) {
    end_seen_ = true;
    if (abandoned_ != nullptr) abandoned_->store(true);
    if (phase_ == Phase::kLingering || stream_ != nullptr) return Abort();
  }
  if (phase_ == Phase::kLingering) {
    if (tls_ == nullptr) Read();  // TLS waits for the client's end itself
    return;
  }
  const asio::mutable_buffer room = in_.prepare(bytes);
  std::copy_n(chunk_.data(), bytes, static_cast<char*>(room.data()));
  in_.commit(bytes);
  Advance();
}

void Connection::Advance() {
  switch (phase_) {
    case Phase::kHead:
      if (!AdvanceHead()) return;
      [[fallthrough]];
    case Phase::kBody:
      if (AdvanceBody()) Dispatch();
      return;
    case Phase::kAnswering:
    case Phase::kWriting:
    case Phase::kStreaming:
      return Read();
    case Phase::kRelaying:
      return AdvanceRelay();
    case Phase::kHandshake:
    case Phase::kContinue:
    case Phase::kLingering:
    case Phase::kClosed:
      return;
  }
}

// True when a head was read and its body may follow.
bool Connection::AdvanceHead() {
  const HttpLimits& limits = core_.options.limits;
  const auto text = [this] { return std::string_view(static_cast<const char*>(in_.data().data()), in_.size()); };
  if (in_.size() > 0 && !head_begun_) {
    head_begun_ = true;
    SetDeadline(limits.head_ms_max);
  }
  // Old clients send an empty line after a body (RFC 7230, 3.5).
  while (text().substr(0, 2) == "\r\n") in_.consume(2);
  if (in_.size() == 0) {
    if (in_.capacity() > kReadBytes) in_.shrink_to_fit();
    if (end_seen_ || (core_.draining && !head_begun_)) {
      Close();
    } else {
      Read();
    }
    return false;
  }
  const std::size_t end = text().find(kHeadEnd, scanned_ < kHeadEnd.size() ? 0 : scanned_ - kHeadEnd.size());
  if (end != std::string_view::npos && end + kHeadEnd.size() <= limits.head_bytes_max) {
    return OnHead(end + kHeadEnd.size());
  }
  scanned_ = in_.size();
  const std::size_t line_end = text().find("\r\n");
  const bool has_line = line_end != std::string_view::npos;
  if (end != std::string_view::npos || in_.size() >= limits.head_bytes_max) {
    Refuse(has_line ? HttpFault::kHeadTooLarge : HttpFault::kTargetTooLong);
  } else if (end_seen_ || (has_line && !SpeaksHttp1(text().substr(0, line_end))) ||
             !absl::ascii_isalpha(static_cast<unsigned char>(text()[0]))) {
    Refuse(HttpFault::kMalformed);
  } else {
    Read();
  }
  return false;
}

bool Connection::OnHead(std::size_t head_bytes) {
  const HttpLimits& limits = core_.options.limits;
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(head_bytes));
  parser_->body_limit(kBodyUnlimited);  // until it is known who takes the body
  boost::beast::error_code error;
  const std::size_t parsed = parser_->put(asio::buffer(in_.data(), head_bytes), error);
  scanned_ = 0;
  const auto& message = parser_->get();
  request_ = {};
  request_.method = std::string(View(message.method_string()));
  request_.target = std::string(View(message.target()));
  for (const auto& field : message) {
    const std::string_view name = View(field.name_string());
    request_.headers.emplace_back(absl::AsciiStrToLower({name.data(), name.size()}), View(field.value()));
  }
  request_.peer = peer_;
  request_.tls = tls_ != nullptr;
  http_1_0_ = message.version() == 10;
  head_only_ = request_.method == "HEAD";
  if (error || parsed != head_bytes) {
    request_ = {};
    Refuse(HttpFault::kMalformed);
    return false;
  }
  in_.consume(parsed);
  std::optional<HttpFault> fault = FaultOfHead(request_, http_1_0_, limits.headers_max);
  if (!fault.has_value() && request_.target.size() > limits.target_bytes_max) fault = HttpFault::kTargetTooLong;
  if (!fault.has_value() && core_.options.relay) exchange_ = core_.options.relay(request_);
  if (exchange_ == nullptr) {
    parser_->body_limit(limits.body_bytes_max);
    const boost::optional<std::uint64_t> length = parser_->content_length();
    if (!fault.has_value() && length && *length > limits.body_bytes_max) fault = HttpFault::kBodyTooLarge;
  }
  if (fault.has_value()) {
    Refuse(*fault);
    return false;
  }
  keep_alive_ = parser_->keep_alive();
  phase_ = exchange_ == nullptr ? Phase::kBody : Phase::kRelaying;
  SetDeadline(limits.body_ms_max);
  const bool waits = !http_1_0_ && FindHeader(request_.headers, "expect") != nullptr;
  if (!waits || parser_->is_done() || in_.size() > 0) {
    if (exchange_ != nullptr) StartRelay();
    return exchange_ == nullptr && phase_ == Phase::kBody;
  }
  phase_ = Phase::kContinue;
  AsyncWrite(asio::buffer(kContinueResponse), [self = shared_from_this()](ErrorCode failed, std::size_t written) {
    if (self->phase_ == Phase::kClosed) return;
    if (failed || written != kContinueResponse.size()) return self->Abort();
    if (self->exchange_ != nullptr) return self->StartRelay();
    self->phase_ = Phase::kBody;
    self->Advance();
  });
  return false;
}

// True when the body is whole.
bool Connection::AdvanceBody() {
  while (!parser_->is_done() && in_.size() > 0) {
    boost::beast::error_code error;
    const std::size_t parsed = parser_->put(in_.data(), error);
    in_.consume(parsed);
    if (error == http::error::body_limit) {
      Refuse(HttpFault::kBodyTooLarge);
      return false;
    }
    if (error && error != http::error::need_more) {
      Refuse(HttpFault::kMalformed);
      return false;
    }
    if (parsed == 0) break;
  }
  CountBody(parser_->get().body().size());
  if (core_.bodies_bytes > core_.options.limits.bodies_bytes_max) {
    Refuse(HttpFault::kTooBusy);
  } else if (parser_->is_done()) {
    return true;
  } else if (end_seen_ || in_.size() >= kReadAheadBytesMax) {
    Refuse(HttpFault::kMalformed);
  } else {
    Read();
  }
  return false;
}

void Connection::Dispatch() {
  request_.body = std::move(parser_->get().body());
  parser_.reset();
  CountBody(0);
  const std::string* coding = FindHeader(request_.headers, "content-encoding");
  if (coding != nullptr && !request_.body.empty() && ContentCodingOf(*coding) == ContentCoding::kDeflate) {
    absl::StatusOr<std::string> plain = Inflate(request_.body, core_.options.limits.body_bytes_max);
    if (!plain.ok()) {
      request_.body.clear();
      return Refuse(absl::IsResourceExhausted(plain.status()) ? HttpFault::kBodyTooLarge : HttpFault::kMalformed);
    }
    request_.signed_body = std::exchange(request_.body, *std::move(plain));
  }
  abandoned_ = std::make_shared<std::atomic<bool>>(end_seen_);
  request_.abandoned = abandoned_;
  phase_ = Phase::kAnswering;
  deadline_ = Steady::time_point::max();
  auto owed = std::make_unique<OwedAnswer>(core_.back, weak_from_this(), ++number_);
  Read();
  core_.handler(std::exchange(request_, {}),
                [owed = std::move(owed)](HttpResponse response) mutable { owed->Give(std::move(response)); });
}

void Connection::Answer(std::uint64_t number, HttpResponse response) {
  if (phase_ == Phase::kAnswering && number == number_) Write(std::move(response));
}

void Connection::Refuse(HttpFault fault) {
  if (exchange_ != nullptr) std::exchange(exchange_, nullptr)->OnGone();
  parser_.reset();
  CountBody(0);
  keep_alive_ = false;
  HttpResponse response{.status = StatusOf(fault), .headers = {}, .body = {}};
  if (core_.options.shape_fault) response = core_.options.shape_fault(fault, request_);
  Write(std::move(response));
}

void Connection::Write(HttpResponse response) {
  // Over HTTP/1.0 only the connection's end ends a stream.
  keep_alive_ = keep_alive_ && !core_.draining && !(http_1_0_ && response.stream != nullptr);
  out_head_ = ResponseHead(response, keep_alive_, http_1_0_, core_.Date());
  out_body_ = !head_only_ && StatusHasBody(response.status) ? std::move(response.body) : "";
  stream_ = std::move(response.stream);
  heartbeat_ = std::move(response.heartbeat);
  if (stream_ != nullptr && (head_only_ || end_seen_)) EndStream();
  BeginWriting();
}

void Connection::BeginWriting() {
  sent_ = 0;
  paced_ = 0;
  phase_ = Phase::kWriting;
  SetDeadline(core_.options.limits.write_ms_max);
  WriteRest();
}

void Connection::WriteRest() {
  if (sent_ - paced_ >= kPaceBytes) {
    paced_ = sent_;
    SetDeadline(core_.options.limits.write_ms_max);
  }
  const std::size_t of_head = std::min(sent_, out_head_.size());
  const std::array<asio::const_buffer, 2> rest = {asio::buffer(out_head_) + of_head,
                                                  asio::buffer(out_body_) + (sent_ - of_head)};
  AsyncWrite(rest, [self = shared_from_this()](ErrorCode error, std::size_t written) {
    if (self->phase_ == Phase::kClosed) return;
    if (error) return self->Abort();
    self->sent_ += written;
    if (self->sent_ < self->out_head_.size() + self->out_body_.size()) return self->WriteRest();
    self->OnWritten();
  });
}

void Connection::OnWritten() {
  if (phase_ == Phase::kRelaying) return OnRelayedWritten();
  out_head_.clear();
  std::string().swap(out_body_);
  if (stream_ != nullptr) return AskForPiece();
  abandoned_.reset();
  head_only_ = false;
  http_1_0_ = false;
  if (!keep_alive_) return Close();
  phase_ = Phase::kHead;
  head_begun_ = false;
  SetDeadline(core_.options.limits.idle_ms_max);
  Advance();
}

void Connection::Close() {
  if (end_seen_) return Abort();
  phase_ = Phase::kLingering;
  in_.clear();
  SetDeadline(core_.options.limits.linger_ms_max);
  if (tls_ != nullptr) {
    tls_->async_shutdown([self = shared_from_this()](ErrorCode) { self->Abort(); });
    return;
  }
  ErrorCode error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  if (error) return Abort();
  Read();
}

void Connection::SetDeadline(int after_ms) {
  deadline_ = Steady::now() + std::chrono::milliseconds(after_ms);
  if (deadline_ < timer_at_) ArmTimer();
}

// The timer is set again only when it fires or would fire too late: most deadlines never come.
void Connection::ArmTimer() {
  timer_at_ = deadline_;
  timer_.expires_at(timer_at_);
  timer_.async_wait([self = shared_from_this(), generation = ++timer_generation_](ErrorCode error) {
    if (error || generation != self->timer_generation_ || self->phase_ == Phase::kClosed) return;
    self->timer_at_ = Steady::time_point::max();
    if (self->deadline_ == Steady::time_point::max()) return;
    if (Steady::now() < self->deadline_) return self->ArmTimer();
    self->OnDeadline();
  });
}

void Connection::OnDeadline() {
  const bool begun =
      phase_ == Phase::kBody || (phase_ == Phase::kHead && head_begun_) || (phase_ == Phase::kRelaying && !begun_);
  if (phase_ == Phase::kRelaying && !begun_ && !body_wanted_) return SetDeadline(core_.options.limits.body_ms_max);
  if (begun) return Refuse(HttpFault::kTimeout);
  if (phase_ == Phase::kHead) return Close();
  if (phase_ == Phase::kStreaming) return WriteChunk(heartbeat_);
  if (phase_ != Phase::kAnswering) Abort();
}

void Connection::CountBody(std::size_t bytes) {
  core_.bodies_bytes = core_.bodies_bytes - body_counted_ + bytes;
  body_counted_ = bytes;
}

}  // namespace ecsmi::wire
