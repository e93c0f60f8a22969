// A connection whose answer goes on: piece by piece, a heartbeat while none comes.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wire/http/connection.h"

namespace ecsmi::wire {
namespace {

// A piece owed by a stream: destroyed without one it is the end.
class OwedPiece {
 public:
  explicit OwedPiece(absl::AnyInvocable<void(std::optional<std::string>)> give) : give_(std::move(give)) {}
  OwedPiece(const OwedPiece&) = delete;
  OwedPiece& operator=(const OwedPiece&) = delete;
  ~OwedPiece() {
    if (give_) give_(std::nullopt);
  }
  void Give(std::optional<std::string> piece) { std::exchange(give_, nullptr)(std::move(piece)); }

 private:
  absl::AnyInvocable<void(std::optional<std::string>)> give_;
};

}  // namespace

void Connection::AskForPiece() {
  phase_ = Phase::kStreaming;
  if (came_early_.has_value()) {
    std::optional<std::string> piece = *std::exchange(came_early_, std::nullopt);
    return WritePiece(std::move(piece));
  }
  SetDeadline(core_.options.limits.heartbeat_ms);
  if (std::exchange(asked_, true)) return;
  auto owed = std::make_unique<OwedPiece>(
      [back = core_.back, connection = weak_from_this(), number = number_](std::optional<std::string> piece) {
        back->Post([connection, number, piece = std::move(piece)]() mutable {
          if (const auto alive = connection.lock()) alive->OnPiece(number, std::move(piece));
        });
      });
  stream_->Next([owed = std::move(owed)](std::optional<std::string> piece) mutable { owed->Give(std::move(piece)); });
}

void Connection::OnPiece(std::uint64_t number, std::optional<std::string> piece) {
  if (phase_ == Phase::kClosed || number != number_ || stream_ == nullptr) return;
  asked_ = false;
  if (phase_ == Phase::kStreaming) return WritePiece(std::move(piece));
  came_early_ = std::move(piece);
}

void Connection::WritePiece(std::optional<std::string> piece) {
  if (piece.has_value()) return WriteChunk(*piece);
  EndStream();
  out_body_ = http_1_0_ ? "" : "0\r\n\r\n";
  if (out_body_.empty()) return OnWritten();
  BeginWriting();
}

void Connection::WriteChunk(std::string_view bytes) {
  // An empty chunk would be the end.
  if (bytes.empty()) return AskForPiece();
  const absl::string_view piece(bytes.data(), bytes.size());
  out_body_ = http_1_0_ ? std::string(bytes) : absl::StrCat(absl::Hex(bytes.size()), "\r\n", piece, "\r\n");
  BeginWriting();
}

void Connection::EndStream() {
  if (stream_ == nullptr) return;
  stream_->Cancel();
  stream_.reset();
  asked_ = false;
  came_early_.reset();
}

}  // namespace ecsmi::wire
