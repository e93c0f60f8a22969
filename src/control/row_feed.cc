#include "control/row_feed.h"

#include <utility>

#include "ecsmi/base/thread_name.h"

namespace ecsmi::control {
namespace {

// Fewer are not worth a thread.
constexpr std::size_t kTakenUpAtOnce = 10'000;
constexpr std::size_t kRowsPerPiece = 2'048;
// As many may wait: bounds memory when decoding is the slower side.
constexpr std::size_t kPiecesMax = 4;

}  // namespace

bool RowFeed::Add(model::TableId table, model::Serial serial, std::string_view bytes) {
  if (++added_ <= kTakenUpAtOnce) {
    status_ = state_.LoadRow(table, serial, bytes);
    return status_.ok();
  }
  filling_.rows.push_back(
      {table, static_cast<std::uint32_t>(bytes.size()), serial, model::State::RowHash(table, serial, bytes)});
  filling_.bytes.append(bytes);
  if (filling_.rows.size() < kRowsPerPiece) return true;
  HandOn();
  base::MutexLock lock(mutex_);
  return taken_up_.ok();
}

absl::Status RowFeed::Finish() {
  if (!filling_.rows.empty()) HandOn();
  Join();
  base::MutexLock lock(mutex_);
  return status_.ok() ? taken_up_ : status_;
}

void RowFeed::HandOn() {
  if (!thread_.joinable()) {
    thread_ = std::thread([this] {
      base::NameThread("ecsmi-load");
      TakeUp();
    });
  }
  base::MutexLock lock(mutex_);
  while (pieces_.size() >= kPiecesMax) changed_.Wait(mutex_);
  pieces_.push_back(std::exchange(filling_, {}));
  if (!empty_.empty()) {
    filling_ = std::move(empty_.back());
    empty_.pop_back();
  }
  changed_.NotifyOne();
}

void RowFeed::TakeUp() {
  Piece piece;
  absl::Status status;
  while (true) {
    {
      base::MutexLock lock(mutex_);
      taken_up_ = status;
      while (pieces_.empty() && !ended_) changed_.Wait(mutex_);
      if (pieces_.empty()) return;
      std::swap(piece, pieces_.front());
      pieces_.front().rows.clear();
      pieces_.front().bytes.clear();
      empty_.push_back(std::move(pieces_.front()));
      pieces_.pop_front();
      changed_.NotifyOne();
    }
    // After an error what still comes is only taken away, so that nobody waits for room.
    std::string_view bytes = piece.bytes;
    for (const Row& row : piece.rows) {
      if (!status.ok()) break;
      status = state_.LoadRow(row.table, row.serial, bytes.substr(0, row.size), row.hash);
      bytes.remove_prefix(row.size);
    }
  }
}

void RowFeed::Join() {
  if (!thread_.joinable()) return;
  {
    base::MutexLock lock(mutex_);
    ended_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

}  // namespace ecsmi::control
