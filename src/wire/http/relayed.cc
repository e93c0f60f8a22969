// A connection whose request an exchange carries on: parts of the body out, parts of the answer in, each asked for when
// the one before is gone.
#include <boost/beast/http/error.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ecsmi/base/check.h"
#include "wire/http/connection.h"

namespace ecsmi::wire {
namespace {

constexpr std::size_t kPartBytesMax = 64 * 1024;  // asked for; what was read at once is handed on at once
constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace

void Connection::StartRelay() {
  phase_ = Phase::kRelaying;
  request_ = {};
  body_wanted_ = begun_ = chunked_ = ending_ = false;
  body_moved_ = 0;
  SetDeadline(core_.options.limits.body_ms_max);
  const std::shared_ptr<HttpExchange> exchange = exchange_;  // outlives what it does in there
  exchange->Start(*this);
}

void Connection::WantBody() {
  ECSMI_CHECK(parser_.has_value() && !body_wanted_);
  body_wanted_ = true;
  if (body_moved_ >= kPartBytesMax || deadline_ == Steady::time_point::max()) {
    body_moved_ = 0;
    SetDeadline(core_.options.limits.body_ms_max);
  }
  AdvanceRelay();
}

// Hands on what was asked for as far as it is there; reads what is missing. Once the body is over it reads on to notice
// the client's leaving.
void Connection::AdvanceRelay() {
  if (!parser_.has_value()) return Read();
  if (!body_wanted_) return;
  std::string& body = parser_->get().body();
  bool stuck = false;
  while (!stuck && !parser_->is_done() && in_.size() > 0 && body.size() < kPartBytesMax) {
    boost::beast::error_code error;
    const std::size_t parsed = parser_->put(in_.data(), error);
    in_.consume(parsed);
    if (error && error != boost::beast::http::error::need_more) {
      return begun_ ? Abort() : Refuse(HttpFault::kMalformed);
    }
    stuck = parsed == 0;
  }
  const bool last = parser_->is_done();
  if (body.empty() && !last) {
    // The client left in the middle, or sends a chunk's head without end.
    if (end_seen_ || in_.size() >= kPartBytesMax) return begun_ ? Abort() : Refuse(HttpFault::kMalformed);
    return Read();
  }
  body_wanted_ = false;
  body_moved_ += body.size();
  std::string bytes = std::exchange(body, {});
  if (last) {
    parser_.reset();
    if (!begun_) deadline_ = Steady::time_point::max();  // from here on the client waits for others
  }
  const std::shared_ptr<HttpExchange> exchange = exchange_;
  exchange->OnBody(std::move(bytes), last);
  if (last && phase_ == Phase::kRelaying) Read();
}

void Connection::Answer(HttpResponse response) {
  ECSMI_CHECK(!begun_);
  exchange_.reset();
  if (parser_.has_value()) keep_alive_ = false;  // what is left of the body is not read
  parser_.reset();
  Write(std::move(response));
}

void Connection::Begin(HttpResponse head, bool sized) {
  ECSMI_CHECK(!begun_);
  begun_ = true;
  const bool has_body = StatusHasBody(head.status) && !head_only_;
  chunked_ = has_body && !sized && !http_1_0_;
  const bool bounded = !has_body || sized || chunked_;
  keep_alive_ = keep_alive_ && !core_.draining && bounded && !parser_.has_value();
  out_head_ = RelayedHead(head, chunked_, keep_alive_, http_1_0_);
  out_body_.clear();
  sent_ = paced_ = 0;
  SetDeadline(core_.options.limits.write_ms_max);
  WriteRest();
}

void Connection::Send(std::string bytes) {
  ECSMI_CHECK(begun_ && !bytes.empty());
  out_head_ = chunked_ ? absl::StrCat(absl::Hex(bytes.size()), "\r\n") : "";
  out_body_ = std::move(bytes);
  if (chunked_) out_body_ += "\r\n";
  sent_ = paced_ = 0;
  SetDeadline(core_.options.limits.write_ms_max);
  WriteRest();
}

void Connection::End() {
  ECSMI_CHECK(begun_);
  exchange_.reset();
  // What the other side did not want to hear of the body is not read: the connection cannot serve another request.
  if (parser_.has_value()) keep_alive_ = false;
  parser_.reset();
  body_wanted_ = false;
  ending_ = true;
  if (!chunked_) return OnRelayedWritten();
  out_head_ = std::string(kLastChunk);
  out_body_.clear();
  sent_ = paced_ = 0;
  SetDeadline(core_.options.limits.write_ms_max);
  WriteRest();
}

void Connection::Cut() {
  exchange_.reset();
  Abort();
}

void Connection::OnRelayedWritten() {
  if (!ending_) {
    out_head_.clear();
    out_body_.clear();
    deadline_ = Steady::time_point::max();
    const std::shared_ptr<HttpExchange> exchange = exchange_;
    return exchange->OnSent();
  }
  phase_ = Phase::kWriting;
  OnWritten();
}

}  // namespace ecsmi::wire
