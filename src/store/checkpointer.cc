#include "store/checkpointer.h"

#include <chrono>
#include <utility>

#include "ecsmi/base/thread_name.h"
#include "store/wal_pregrow.h"

namespace ecsmi::store {
namespace {

// This long without a commit counts as a moment in which nobody waits for one.
constexpr std::chrono::milliseconds kQuiet{20};

constexpr int kRoundsMax = 4;
constexpr int kLittleFrames = 250;

}  // namespace

Checkpointer::Checkpointer(Connection connection, Gate& gate, const Options& options)
    : connection_(std::move(connection)), gate_(gate), options_(options), thread_([this] {
        base::NameThread("ecsmi-ckpt");
        Run();
      }) {}

Checkpointer::~Checkpointer() {
  Stop();
}

void Checkpointer::NoteCommit(int frames) {
  commits_.fetch_add(1);
  frames_.store(frames);
  if (frames < wake_at_frames_.load()) return;
  const base::MutexLock lock(mutex_);
  changed_.NotifyOne();
}

void Checkpointer::Stop() {
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  if (thread_.joinable()) thread_.join();
}

absl::Status Checkpointer::failure() {
  const base::MutexLock lock(mutex_);
  return failure_;
}

void Checkpointer::Fail(const absl::Status& status) {
  if (status.code() != absl::StatusCode::kDataLoss) return;
  const base::MutexLock lock(mutex_);
  if (failure_.ok()) failure_ = status;
  failed_.store(true, std::memory_order_release);
}

void Checkpointer::Run() {
  int work_at_frames = options_.pregrow ? kFirstWorkFrames : options_.copy_frames;
  while (true) {
    {
      const base::MutexLock lock(mutex_);
      // Announced before the count is read: a commit either sees the mark and notifies, or is seen here.
      wake_at_frames_ = work_at_frames;
      while (!stopping_ && (failed() || frames_ < work_at_frames)) changed_.Wait(mutex_);
      wake_at_frames_ = std::numeric_limits<int>::max();
      if (stopping_) return;
    }
    if (options_.pregrow && !grown_) {
      grown_ = true;
      Fail(PregrowLog(
          connection_, gate_, [](const void* self) { return static_cast<const Checkpointer*>(self)->stopping_.load(); },
          this));
    } else {
      WorkOnce();
    }
    // With a reader's old snapshot in the way, or the disk full, the log stays; it is tried again when it has grown by
    // as much once more.
    work_at_frames = frames_ < options_.copy_frames ? options_.copy_frames : frames_ + options_.copy_frames;
  }
}

void Checkpointer::WorkOnce() {
  Copy();
  WaitForQuiet();
  if (stopping_ || failed()) return;
  // What came meanwhile, and what came during that, until little is left for the moment in which commits wait. Against
  // a writer as fast as this copies it stops trying.
  for (int round = 0; round < kRoundsMax && !stopping_ && !failed(); ++round) {
    const int before = frames_;
    Copy();
    if (frames_ - before < kLittleFrames) break;
  }
  const GateLock gate(gate_);
  if (Copy()) frames_ = 0;
}

void Checkpointer::WaitForQuiet() {
  const base::MutexLock lock(mutex_);
  wake_at_frames_ = options_.force_frames;
  while (!stopping_ && frames_ < options_.force_frames) {
    const std::uint64_t before = commits_;
    const auto deadline = std::chrono::steady_clock::now() + kQuiet;
    while (!stopping_ && frames_ < options_.force_frames && changed_.WaitUntil(mutex_, deadline)) {
    }
    if (commits_ == before) break;
  }
  wake_at_frames_ = std::numeric_limits<int>::max();
}

bool Checkpointer::Copy() {
  int in_log = 0;
  int copied = 0;
  const int result = sqlite3_wal_checkpoint_v2(connection_.raw(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &copied);
  if (result != SQLITE_OK) Fail(connection_.ErrorOf(result, "moving the log into the database"));
  return result == SQLITE_OK && in_log == copied;
}

}  // namespace ecsmi::store
