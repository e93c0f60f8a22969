#include "wire/forward/carried.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/http/error.hpp>
#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace ecsmi::wire {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::uint32_t kHeadBytesMax = 64 * 1024;
constexpr std::size_t kHeadersMax = 500;

// What concerns one connection and not the next (RFC 7230, 6.1). Expect has been answered by the server.
constexpr std::array kOfOneConnection = {"connection", "keep-alive", "proxy-connection",  "te",
                                         "trailer",    "upgrade",    "transfer-encoding", "expect"};

// Names in lower case that Connection adds to them.
std::vector<std::string> NamedByConnection(const HttpHeaders& headers) {
  std::vector<std::string> names;
  for (const auto& [name, value] : headers) {
    if (name != "connection") continue;
    for (const absl::string_view part : absl::StrSplit(value, ',')) {
      names.push_back(absl::AsciiStrToLower(absl::StripAsciiWhitespace(part)));
    }
  }
  return names;
}

// Those that go on, in their order.
HttpHeaders GoOn(const HttpHeaders& headers) {
  const std::vector<std::string> named = NamedByConnection(headers);
  HttpHeaders on;
  for (const auto& header : headers) {
    const auto is = [&](const auto& name) { return header.first == name; };
    // Content-Length frames the body; no Connection can take it away.
    const bool framing = is("content-length") || is("host");
    const bool stays = std::any_of(kOfOneConnection.begin(), kOfOneConnection.end(), is) ||
                       (!framing && std::any_of(named.begin(), named.end(), is));
    if (!stays) on.push_back(header);
  }
  return on;
}

std::string HexOf(EVP_MD_CTX* digest) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(digest, bytes.data(), &size);
  return absl::BytesToHexString({reinterpret_cast<const char*>(bytes.data()), size});
}

}  // namespace

Carried::Carried(CarriedRequest request, std::string via, ForwardLimits limits, asio::ssl::context& tls)
    : request_(std::move(request)), via_(std::move(via)), limits_(limits), tls_context_(tls) {
  chunked_ = FindHeader(request_.head.headers, "transfer-encoding") != nullptr;
  if (request_.refusal) {
    digest_.reset(EVP_MD_CTX_new());
    EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr);
  }
}

void Carried::Start(HttpPeer& peer) {
  peer_ = &peer;
  resolver_.emplace(peer.executor());
  socket_.emplace(peer.executor());
  timer_.emplace(peer.executor());
  SetDeadline(limits_.connect_ms_max, "cannot be reached in time");
  resolver_->async_resolve(request_.endpoint.host, request_.endpoint.port,
                           [self = shared_from_this()](ErrorCode error, const Tcp::resolver::results_type& found) {
                             self->OnResolved(error, found);
                           });
}

void Carried::OnResolved(ErrorCode error, const Tcp::resolver::results_type& found) {
  if (peer_ == nullptr) return;
  if (error) return Fail(502, absl::StrCat("cannot be found: ", error.message()));
  asio::async_connect(*socket_, found, [self = shared_from_this()](ErrorCode failed, const Tcp::endpoint&) {
    self->OnConnected(failed);
  });
}

void Carried::OnConnected(ErrorCode error) {
  if (peer_ == nullptr) return;
  if (error) return Fail(502, absl::StrCat("cannot be reached: ", error.message()));
  ErrorCode ignored;  // slower without it, no more
  socket_->set_option(Tcp::no_delay(true), ignored);
  request_.endpoint.tls ? ShakeHands() : OnReady();
}

void Carried::ShakeHands() {
  const std::string& host = request_.endpoint.host;
  tls_ = std::make_unique<asio::ssl::stream<Tcp::socket&>>(*socket_, tls_context_);
  ErrorCode is_name;
  asio::ip::make_address(host, is_name);
  // What the macro SSL_set_tlsext_host_name does, without its C cast.
  if (is_name) {
    SSL_ctrl(tls_->native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(host.c_str()));
  }
  tls_->set_verify_callback(asio::ssl::host_name_verification(host));
  tls_->async_handshake(asio::ssl::stream_base::client, [self = shared_from_this()](ErrorCode error) {
    if (self->peer_ == nullptr) return;
    if (error) return self->Fail(502, absl::StrCat("is not trusted: ", error.message()));
    self->OnReady();
  });
}

void Carried::OnReady() {
  parser_.emplace();
  parser_->header_limit(kHeadBytesMax);
  parser_->body_limit(kBodyUnlimited);
  parser_->skip(request_.head.method == "HEAD");
  Read();
  WantBody();
}

std::string Carried::Head() const {
  std::string head = absl::StrCat(request_.head.method, " ", request_.target, " HTTP/1.1\r\n");
  for (const auto& [name, value] : GoOn(request_.head.headers)) absl::StrAppend(&head, name, ": ", value, "\r\n");
  if (chunked_) absl::StrAppend(&head, "transfer-encoding: chunked\r\n");
  return absl::StrCat(head, "via: ", via_, "\r\nconnection: close\r\n\r\n");
}

// The head goes with the body's first part: without a body the head alone would make the request whole, and it may
// still be refused here.
void Carried::OnBody(std::string bytes, bool last) {
  if (digest_ != nullptr) {
    EVP_DigestUpdate(digest_.get(), bytes.data(), bytes.size());
    if (last) {
      if (std::optional<HttpResponse> refusal = request_.refusal(HexOf(digest_.get()))) {
        const bool begun = begun_;
        HttpPeer& peer = Leave();
        return begun ? peer.Cut() : peer.Answer(*std::move(refusal));
      }
    }
  }
  out_ = head_sent_ ? "" : Head();
  head_sent_ = true;
  if (chunked_ && !bytes.empty()) {
    absl::StrAppend(&out_, absl::Hex(bytes.size()), "\r\n", bytes, "\r\n");
  } else {
    out_ += bytes;
  }
  if (chunked_ && last) out_ += "0\r\n\r\n";
  request_over_ = last;
  sent_ = 0;
  if (!begun_) SetDeadline(limits_.take_ms_max, "takes no more of the request");
  if (out_.empty()) return OnPartTaken();
  WriteRest();
}

void Carried::WriteRest() {
  const auto written = [self = shared_from_this()](ErrorCode error, std::size_t bytes) {
    if (self->peer_ == nullptr) return;
    // An endpoint that takes no more has said why, or will be found gone by the read under way.
    if (error) {
      self->request_over_ = true;
      return;
    }
    self->sent_ += bytes;
    self->sent_ < self->out_.size() ? self->WriteRest() : self->OnPartTaken();
  };
  const auto rest = asio::buffer(out_) + sent_;
  tls_ != nullptr ? tls_->async_write_some(rest, written) : socket_->async_write_some(rest, written);
}

void Carried::OnPartTaken() {
  out_.clear();
  if (begun_) return;  // it answered early and wants no more
  if (request_over_) return SetDeadline(limits_.answer_ms_max, "does not answer");
  WantBody();
}

// While the client takes its time the server's own limits hold.
void Carried::WantBody() {
  ++timer_generation_;
  peer_->WantBody();
}

void Carried::Read() {
  if (reading_ || end_seen_) return;
  reading_ = true;
  chunk_.resize(kReadBytes);
  const auto read = [self = shared_from_this()](ErrorCode error, std::size_t bytes) { self->OnRead(error, bytes); };
  tls_ != nullptr ? tls_->async_read_some(asio::buffer(chunk_), read)
                  : socket_->async_read_some(asio::buffer(chunk_), read);
}

void Carried::OnRead(ErrorCode error, std::size_t bytes) {
  reading_ = false;
  if (peer_ == nullptr) return;
  const asio::mutable_buffer room = in_.prepare(bytes);
  std::copy_n(chunk_.data(), bytes, static_cast<char*>(room.data()));
  in_.commit(bytes);
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
    end_seen_ = true;
  } else if (error) {
    return Fail(502, absl::StrCat("broke off: ", error.message()));
  }
  Advance();
}

void Carried::Advance() {
  if (sending_) return;
  bool stuck = false;
  while (!stuck && !parser_->is_done() && in_.size() > 0) {
    ErrorCode error;
    const std::size_t parsed = parser_->put(in_.data(), error);
    in_.consume(parsed);
    if (error && error != http::error::need_more) {
      return Fail(502, absl::StrCat("answers with what is not HTTP/1.1: ", error.message()));
    }
    stuck = parsed == 0;
    if (parser_->is_header_done() && !begun_) {
      if (parser_->get().result_int() >= 200) break;
      // An interim answer; the real one follows.
      parser_.emplace();
      parser_->header_limit(kHeadBytesMax);
      parser_->body_limit(kBodyUnlimited);
      parser_->skip(request_.head.method == "HEAD");
    }
  }
  if (end_seen_ && !parser_->is_done() && (in_.size() == 0 || stuck)) {
    ErrorCode error;
    if (parser_->got_some()) parser_->put_eof(error);
    if (error || !parser_->is_done()) return Fail(502, "closed the connection before its answer was whole");
  }
  if (!parser_->is_header_done()) return Read();
  if (!begun_) return BeginAnswer();
  if (std::string& body = parser_->get().body(); !body.empty()) {
    sending_ = true;
    ++timer_generation_;
    return peer_->Send(std::exchange(body, {}));
  }
  if (parser_->is_done()) return Leave().End();
  Read();
}

void Carried::BeginAnswer() {
  const auto& message = parser_->get();
  HttpResponse head;
  head.status = static_cast<int>(message.result_int());
  for (const auto& field : message) {
    const auto name = field.name_string();
    const auto value = field.value();
    head.headers.emplace_back(absl::AsciiStrToLower({name.data(), name.size()}),
                              std::string(value.data(), value.size()));
  }
  if (head.headers.size() > kHeadersMax) return Fail(502, "answers with too many headers");
  const bool sized = FindHeader(head.headers, "content-length") != nullptr && !parser_->chunked();
  head.headers = GoOn(head.headers);
  begun_ = true;
  sending_ = true;
  ++timer_generation_;
  peer_->Begin(std::move(head), sized);
}

void Carried::OnSent() {
  sending_ = false;
  SetDeadline(limits_.answer_ms_max, "stopped in the middle of its answer");
  Advance();
}

void Carried::Fail(int status, const std::string& why) {
  const bool begun = begun_;
  HttpPeer& peer = Leave();
  if (begun) return peer.Cut();
  peer.Answer(request_.fault(status, absl::StrCat(request_.endpoint.url, " ", why)));
}

HttpPeer& Carried::Leave() {
  HttpPeer* peer = std::exchange(peer_, nullptr);
  resolver_->cancel();
  timer_->cancel();
  ErrorCode ignored;  // closed either way
  socket_->close(ignored);
  return *peer;
}

void Carried::SetDeadline(int after_ms, const char* what) {
  timer_->expires_after(std::chrono::milliseconds(after_ms));
  timer_->async_wait([self = shared_from_this(), what, generation = ++timer_generation_](ErrorCode cancelled) {
    if (cancelled || self->peer_ == nullptr || generation != self->timer_generation_) return;
    self->Fail(504, what);
  });
}

}  // namespace ecsmi::wire
