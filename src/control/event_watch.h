#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "control/event_scene.h"
#include "control/world.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/control/events.h"

namespace ecsmi::control {

class LogWatch;

// All watches of an engine, and the wish of those that wait to hear of the next commit. A world that nobody waits for
// pays one load of an atomic per commit. Thread-safe; outlives its watches' use of it, which ends with Stop.
class EventHub {
 public:
  struct Host {
    const Settings& settings;
    ports::Store& store;
    const ports::Catalog& catalog;
    RegionSet& regions;
    std::function<World*(std::string_view account)> find;  // null when there is none
    std::function<void(absl::AnyInvocable<void()>)> post;  // to the pool
  };
  explicit EventHub(Host host) : host_(std::move(host)) {}

  std::shared_ptr<EventWatch> Watch(std::string_view account, const WatchOptions& options);
  // More of that world is durable: those that wait for it read on.
  void Committed(const World& world);
  // Before it every watch ends with UNAVAILABLE.
  void Start();
  // Every watch ends with UNAVAILABLE, those made from now on too.
  void Stop();

 private:
  friend class LogWatch;
  // False when the watch was taken out already.
  bool StopWaiting(LogWatch* watch);
  void Wait(std::shared_ptr<LogWatch> watch);

  const Host host_;
  std::atomic<int> waiting_count_{0};  // raised before a watch looks a last time, read after a commit is told durable
  base::Mutex mutex_;
  std::multimap<std::string, std::shared_ptr<LogWatch>, std::less<>> waiting_ ABSL_GUARDED_BY(mutex_);  // by account
  std::map<LogWatch*, std::weak_ptr<LogWatch>> all_ ABSL_GUARDED_BY(mutex_);
  bool serving_ ABSL_GUARDED_BY(mutex_) = false;
};

// The one kind of watch. What `Next` begins goes on as a chain of jobs, on the pool and, to copy rows, on the world's
// strand; between two of them nothing is under way. Its own members belong to that chain, but for those with a lock.
class LogWatch final : public EventWatch, public std::enable_shared_from_this<LogWatch> {
 public:
  LogWatch(EventHub& hub, std::string account, const WatchOptions& options);
  ~LogWatch() override;
  void Next(Done done) override;
  void Cancel() override { End(absl::CancelledError("the watch was cancelled")); }

 private:
  friend class EventHub;
  // What the chain does when it goes on after a wait.
  enum class Stage { kRead, kSearch };
  struct GoneRow {
    model::CommitSeq seq = 0;  // when it went
    std::string bytes;
  };

  // Posts the chain's next job, when somebody waits for it and none is under way.
  void Go();
  void Post(void (LogWatch::*job)());
  // --- The chain
  void Continue();
  void Read();
  // The log from `position_` on, as far as `durable`, into the batch. An error ends the watch.
  absl::Status ReadSegments(const World& world, model::CommitSeq durable);
  void Take(const model::ChangeSet& changes);
  // On the strand: copies rows.
  void Gather();
  // A stretch of the log ahead is read for what is missing.
  void Search();
  void Keep(const model::ChangeSet& changes);
  void Deliver();
  // Goes on (Continue) when a commit after `seq` is durable.
  void WaitBeyond(model::CommitSeq seq);
  void Finish(absl::StatusOr<EventBatch> result);

  // Any thread.
  void End(absl::Status status);
  model::CommitSeq Durable() const;

  EventHub& hub_;
  const std::string account_;
  const bool follow_;
  bool oldest_;
  EventPosition position_;
  bool greeted_ = false;  // a batch was delivered

  // The batch in the making.
  Stage stage_ = Stage::kRead;
  model::CommitSeq began_at_ = 0;  // its first commit
  EventBatch batch_;
  std::unique_ptr<EventRows> rows_;
  std::vector<RowKey> missing_;
  model::CommitSeq strand_seq_ = 0;             // rows were copied from a state that far
  model::CommitSeq search_from_ = 0;            // the next commit to look into
  std::map<RowKey, std::string> found_beyond_;  // what `gone_` has no room for
  // Rows that went after the batch's commits, as the log says they were, of all commits up to `gone_to_`. Kept from
  // batch to batch, so that one that is far behind reads the log ahead once; bounded.
  std::map<RowKey, GoneRow> gone_;
  std::size_t gone_bytes_ = 0;
  model::CommitSeq gone_to_ = 0;

  base::Mutex mutex_;
  Done done_ ABSL_GUARDED_BY(mutex_);
  bool running_ ABSL_GUARDED_BY(mutex_) = false;  // a job of the chain is under way or posted
  absl::Status ended_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ecsmi::control
