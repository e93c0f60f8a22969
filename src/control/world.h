#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "control/regions.h"
#include "control/waiting_commands.h"
#include "control/work_queue.h"
#include "ecsmi/base/keyed_hash.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/control/command.h"
#include "ecsmi/control/engine.h"
#include "ecsmi/control/events.h"
#include "ecsmi/core/placement.h"
#include "ecsmi/model/state.h"
#include "ecsmi/ports/store.h"

namespace ecsmi::control {

class World;

// What some steps changed, on its way to disk. `generation`: of the state they were made in; once the world was read
// back, what an older state still hands over is dropped.
struct CommitJob {
  World* world = nullptr;
  std::uint64_t generation = 0;
  model::ChangeSet changes;
};

// What a world needs of its surroundings. All members outlive it; the functions are thread-safe.
struct WorldHost {
  const Settings& settings;
  ports::Store& store;
  const ports::Catalog& catalog;
  ports::HostClock& clock;
  RegionSet& regions;
  std::function<void(absl::AnyInvocable<void()>)> post;            // to the pool
  std::function<void(CommitJob)> commit;                           // to the committer
  std::function<bool()> disk_idle;                                 // the committer would write at once
  std::function<void(World&, std::int64_t at_steady_ms)> wake_at;  // by the timer
  std::function<void(World&)> committed;                           // more is durable
};

// When a world that is made now begins, running and shown.
model::TimeMs FirstMoment(const Settings& settings, const ports::HostClock& clock);

// One account: a strand with its own tables and clock. Work runs one item at a time on the pool, in the order it was
// posted, in slices of about a millisecond. Replies leave when what they saw is durable.
class World {
 public:
  World(WorldHost host, ports::WorldNumber number, std::string account);

  ports::WorldNumber number() const { return number_; }
  const std::string& account() const { return account_; }

  // A piece of work on the strand (see WorkQueue). Any thread.
  using Work = WorkQueue<World>::Work;
  void Post(Work work, bool only_reads = false);
  void Wake() {
    Post([](World&) { return true; });
  }  // looks at what is due

  // Strand only.
  void Execute(std::unique_ptr<Command> command);
  // Commands that wait are answered as they are; from then on none waits.
  void StopWaiting();
  ClockView Clock() const;
  void SetClock(ClockMode mode, double speed);
  // How often this world has been read back from disk: work in several slices that sees it change was undone midway.
  std::uint64_t state_generation() const { return state_generation_; }
  // Fires what is due up to `until`, at most one slice. True when nothing is left to fire before `until`, or no
  // foreground item is when `quiesce`. Virtual and auto clocks.
  bool AdvanceSlice(model::TimeMs until, bool quiesce, AdvanceResult& result);
  model::TimeMs Now() const;
  model::TimeMs RunningOf(model::TimeMs shown) const;
  void Reset();
  // Calls `done` when all this world has done so far is durable (or failed).
  using Finish = absl::AnyInvocable<void(absl::Status)>;
  void WhenDurable(Finish done);
  // Reads the stored world. `at_start`: the daemon was down, so shown time jumps to the host's; else time goes on.
  absl::Status Load(bool at_start);

  // Strand only: what its rows and times are, for who shows them.
  const model::State& state() const { return *state_; }
  const std::vector<ShownSegment>& shown() const { return own_.shown; }

  // Any thread. The newest commit on disk.
  model::CommitSeq durable_seq() const { return durable_seq_.load(); }
  // Any thread. Shown time; of a virtual world that is being advanced, as of its newest slice.
  model::TimeMs ShownNow();
  // Any thread. No work waits or runs, and no answer waits.
  bool Idle();
  // Strand only, before the daemon stops: hands the time over as it is, so that the world goes on from there.
  void KeepTime();

  // Committer only.
  void Committed(model::CommitSeq seq, std::size_t rows);
  void CommitFailed();    // no answer leaves, no work runs until …
  void FailureSettled();  // … the failed batch is known to be gone: waiters get an error, the state is read back
  std::uint64_t generation() const { return generation_.load(); }

 private:
  struct Waiter {
    model::CommitSeq seq = 0;
    absl::Status status;
    Finish finish;
  };
  static void FinishAll(std::vector<Waiter>& waiters);
  // Where running time stood at a moment of the host's steady clock, and how it goes on from there.
  struct Hand {
    ClockMode mode = ClockMode::kWall;
    double speed = 1.0;
    model::TimeMs running_ms = 0;
    std::int64_t steady_ms = 0;
    model::DurationMs shown_ahead_ms = 0;
    model::TimeMs At(std::int64_t steady_now_ms) const;
  };
  // What a world keeps beside its rows.
  struct WorldSettings {
    ClockMode mode = ClockMode::kWall;
    double speed = 1.0;
    std::vector<ShownSegment> shown;
    std::uint64_t told = 0;                  // things told to watchers so far (model::ToldLog)
    model::TimeMs lease_ms = model::kUnset;  // running time beyond which no answer goes without another commit
    static constexpr auto Fields() {
      return std::tuple(model::F("mode", &WorldSettings::mode), model::F("speed", &WorldSettings::speed),
                        model::F("shown", &WorldSettings::shown), model::F("told", &WorldSettings::told),
                        model::F("lease", &WorldSettings::lease_ms));
    }
  };

  // Runs work until there is none or the slice is over, then hands over what it changed in one piece: the steps of a
  // slice share a commit, and a row that several of them changed is written once.
  void Drain();
  // How many undurable rows the strand may leave behind before it rests; more work then waits for the committer.
  std::size_t RunWork();
  Step MakeStep(model::TimeMs now);
  // Runs a command that is new, or that waited. False when it waits (again).
  bool Run(WaitingCommand command, model::TimeMs now);
  // Ends a step at `now`: waiting commands for which something arrived are run.
  void WakeWaiting(model::TimeMs now);
  // Answers a waiting command as it is.
  void End(WaitingCommand waiting);
  // Those whose deadline lies before `world_before`, or whose wall deadline has come, are answered as they are.
  void EndWaits(model::TimeMs world_before);
  // Fires items due at or before `now`, each at its own instant. False when the slice ended first.
  // --- The time lease (world_time.cc): what a daemon that was killed may have shown
  bool NeedsLease() const;
  // The commit after which the running time `now` may be shown; 0 when it may be at once.
  model::CommitSeq LeaseFor(model::TimeMs now);
  // Extends the lease, by the commit `seq` that is handed over, when little is left of it.
  void ExtendLease(model::CommitSeq seq);
  // How far shown time goes ahead of running time from here on, after the daemon was down.
  model::DurationMs ShownAheadAfterDowntime(model::TimeMs running) const;

  bool FireDue(model::TimeMs now, std::uint64_t* fired, std::string* last);
  void HandOver(bool even_if_empty);
  void Answer(model::CommitSeq seq, absl::Status status, Finish finish);
  void Begin();  // an empty world at its first moment
  void NewState();
  void Reload();
  void Anchor(model::TimeMs running);
  // The clock goes ahead to `running`, never back.
  void MoveTo(model::TimeMs running);
  // AdvanceSlice, but for handing over. `pauses`: it stops where an outside client comes to hold a message.
  bool FireAhead(model::TimeMs until, bool quiesce, bool pauses, AdvanceResult& result);
  bool IsHeld() const;
  // An auto clock's jump after a command, one slice of it; true when there is none to make now.
  bool Jump();
  void ArmTimer();
  Hand ClockHand() const;
  void PublishClock();
  bool SliceOver() const;

  const WorldHost host_;
  const ports::WorldNumber number_;
  const std::string account_;
  const base::Key128 key_;

  // Strand only.
  std::unique_ptr<core::PlacementIndex> placement_;
  std::unique_ptr<model::State> state_;
  WorldSettings own_;
  WaitingCommands waiting_;
  bool may_wait_ = true;
  model::TimeMs work_now_ = 0;                // when the work under way began: what was due then has fired
  model::TimeMs jump_until_ = model::kUnset;  // an auto clock has yet to run until then, or until nothing is under way
  model::TimeMs base_running_ms_ = 0;
  std::int64_t base_steady_ms_ = 0;
  std::int64_t slice_began_ms_ = 0;
  model::CommitSeq lease_seq_ = 0;  // the commit that carries own_.lease_ms; 0: it is on disk
  bool time_kept_ = false;          // the daemon stops: leases end with the moment they are given
  std::uint64_t state_generation_ = 1;

  std::atomic<model::CommitSeq> durable_seq_{0};
  std::atomic<std::size_t> undurable_rows_{0};  // of this generation
  std::atomic<std::uint64_t> generation_{1};  // raised when a failed commit is settled; the state follows at its reload

  base::Mutex mutex_;
  WorkQueue<World> work_ ABSL_GUARDED_BY(mutex_);
  bool scheduled_ ABSL_GUARDED_BY(mutex_) = false;
  bool parked_ ABSL_GUARDED_BY(mutex_) = false;
  std::size_t parked_rows_ ABSL_GUARDED_BY(mutex_) = 0;  // goes on when no more than these are undurable
  bool blocked_ ABSL_GUARDED_BY(mutex_) = false;
  bool reload_ ABSL_GUARDED_BY(mutex_) = false;
  Hand hand_ ABSL_GUARDED_BY(mutex_);  // the strand's clock for other threads
  // Running time up to which other threads may show it: the newest durable lease, and one on its way.
  model::TimeMs leased_ms_ ABSL_GUARDED_BY(mutex_) = model::kNever;
  model::TimeMs next_lease_ms_ ABSL_GUARDED_BY(mutex_) = model::kUnset;
  model::CommitSeq next_lease_seq_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<Waiter> waiters_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ecsmi::control
