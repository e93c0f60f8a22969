#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/model/state.h"

namespace ecsmi::control {

// Rows on their way from the store into a state that is being read back. The first few are taken up as they come;
// a large world's go on to a second thread, piece by piece, so that the disk is read, and rows are hashed, while others
// are decoded. Used by one thread, which leaves the state alone between the first Add and Finish.
class RowFeed {
 public:
  explicit RowFeed(model::State& state) : state_(state) {}
  RowFeed(const RowFeed&) = delete;
  RowFeed& operator=(const RowFeed&) = delete;
  ~RowFeed() { Join(); }

  // False once a row could not be read: no more need come.
  bool Add(model::TableId table, model::Serial serial, std::string_view bytes);
  // Waits until all rows are taken up. The first error, by order of the rows.
  absl::Status Finish();

 private:
  struct Row {
    model::TableId table{};
    std::uint32_t size = 0;  // of its bytes, which follow those of the row before
    model::Serial serial = model::kNoSerial;
    std::uint64_t hash = 0;
  };
  struct Piece {
    std::vector<Row> rows;
    std::string bytes;
  };

  void HandOn();
  void TakeUp();
  void Join();

  model::State& state_;
  std::size_t added_ = 0;
  Piece filling_;
  absl::Status status_;  // of rows taken up by the caller's thread
  std::thread thread_;

  base::Mutex mutex_;
  base::CondVar changed_;
  std::deque<Piece> pieces_ ABSL_GUARDED_BY(mutex_);
  std::vector<Piece> empty_ ABSL_GUARDED_BY(mutex_);  // their memory is used again
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status taken_up_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ecsmi::control
