#include "ecsmi/control/engine.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "control/committer.h"
#include "control/event_watch.h"
#include "control/pool.h"
#include "control/regions.h"
#include "control/timer.h"
#include "control/world.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/base/log.h"
#include "ecsmi/base/status.h"

namespace ecsmi::control {
namespace {

absl::Status NotServing() {
  return absl::UnavailableError("the daemon is starting or stopping; try again");
}

// A clock on its way, over many slices.
struct Journey {
  bool quiesce = false;
  std::function<bool()> cancelled;
  std::function<void(absl::StatusOr<AdvanceResult>)> done;
  AdvanceResult result;
  model::TimeMs until = 0;  // running
  std::uint64_t generation = 0;
};

absl::Status CheckMoment(const World& strand, model::TimeMs until) {
  if (until < strand.Now()) {
    return absl::InvalidArgumentError("time cannot go back: the wanted moment is before the world's now");
  }
  if (until - strand.Now() > Engine::kAdvanceMaxMs) {
    return absl::InvalidArgumentError(
        "the wanted moment is more than ten years ahead; a clock moves at most ten years at once");
  }
  return absl::OkStatus();
}

void FinishWith(World& strand, const std::shared_ptr<Journey>& journey, absl::Status status) {
  strand.WhenDurable([journey, status = std::move(status)](absl::Status durable) {
    if (!durable.ok()) return journey->done(std::move(durable));
    if (!status.ok()) return journey->done(status);
    journey->done(std::move(journey->result));
  });
}

}  // namespace

// Members end in reverse order: the timer stops waking, the pool runs out, the committer stores the rest.
struct Engine::Rep {
  Rep(Settings s, ports::Store& st, const ports::Catalog& ca, ports::HostClock& cl)
      : settings(std::move(s)),
        store(st),
        catalog(ca),
        clock(cl),
        regions(ca, settings.strict_regions),
        events({settings, store, catalog, regions, [this](std::string_view account) { return Find(account); },
                [this](Pool::Job job) { pool->Post(std::move(job)); }}) {}

  World* Find(std::string_view account) {
    base::MutexLock lock(mutex);
    const auto at = worlds.find(account);
    return at == worlds.end() ? nullptr : at->second.get();
  }

  // Puts work into the world of `account`; takes it only if OK. When there is none it is made, or, for work that only
  // reads, one is made that nobody keeps. Under the lock, so that Stop either sees the work or turns it away.
  absl::Status Post(std::string_view account, World::Work&& work, bool only_reads = false) {
    base::MutexLock lock(mutex);
    if (!serving) return NotServing();
    const auto at = worlds.find(account);
    World* world = at == worlds.end() ? nullptr : at->second.get();
    if (world == nullptr && only_reads) {
      pool->Post([this, name = std::string(account), work = std::move(work)]() mutable {
        World empty(Host([](const CommitJob&) { base::Die("a command that only reads has changed a row"); }), 0, name);
        empty.StopWaiting();
        work(empty);
      });
      return absl::OkStatus();
    }
    if (world == nullptr) {
      if (worlds.size() >= settings.max_worlds) {
        return absl::ResourceExhaustedError(
            absl::StrCat("there are ", worlds.size(), " worlds, as many as --max-worlds allows"));
      }
      world = Add(next_number, std::string(account));
    }
    world->Post(std::move(work), only_reads);
    return absl::OkStatus();
  }

  // One slice of a journey; true when it is over.
  bool Travel(World& strand, const std::shared_ptr<Journey>& journey) {
    if (journey->generation != strand.state_generation()) {
      FinishWith(strand, journey, absl::InternalError("the change could not be written and was undone"));
      return true;
    }
    if (stopping.load()) {
      FinishWith(strand, journey, absl::UnavailableError("the daemon is stopping; the clock stands where it came to"));
      return true;
    }
    journey->result.cancelled = journey->cancelled && journey->cancelled();
    if (!journey->result.cancelled && !strand.AdvanceSlice(journey->until, journey->quiesce, journey->result)) {
      return false;
    }
    journey->result.now_ms = strand.Clock().now_ms;
    FinishWith(strand, journey, absl::OkStatus());
    return true;
  }

  bool AllIdle() {
    base::MutexLock lock(mutex);
    return std::all_of(worlds.begin(), worlds.end(), [](const auto& entry) { return entry.second->Idle(); });
  }

  void TroubleChanged() {
    base::MutexLock lock(listener_mutex);
    if (listener) listener();
  }

  WorldHost Host(std::function<void(CommitJob)> commit) {
    return {settings,
            store,
            catalog,
            clock,
            regions,
            [this](Pool::Job job) { pool->Post(std::move(job)); },
            std::move(commit),
            [this] { return committer->Idle(); },
            [this](World& world, std::int64_t at) { timer->Set(world.number(), at); },
            [this](World& world) { events.Committed(world); }};
  }

  World* Add(ports::WorldNumber number, std::string account) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    next_number = std::max(next_number, number + 1);
    auto world =
        std::make_unique<World>(Host([this](CommitJob job) { committer->Submit(std::move(job)); }), number, account);
    World* made = world.get();
    by_number[number] = made;
    worlds.emplace(std::move(account), std::move(world));
    return made;
  }

  const Settings settings;
  ports::Store& store;
  const ports::Catalog& catalog;
  ports::HostClock& clock;
  RegionSet regions;
  base::Mutex listener_mutex;  // before `mutex`
  std::function<void()> listener ABSL_GUARDED_BY(listener_mutex);
  std::atomic<bool> stopping{false};
  mutable base::Mutex mutex;
  bool serving ABSL_GUARDED_BY(mutex) = false;
  ports::WorldNumber next_number ABSL_GUARDED_BY(mutex) = 1;
  std::map<std::string, std::unique_ptr<World>, std::less<>> worlds ABSL_GUARDED_BY(mutex);
  std::map<ports::WorldNumber, World*> by_number ABSL_GUARDED_BY(mutex);
  EventHub events;
  std::unique_ptr<Committer> committer;
  std::unique_ptr<Pool> pool;
  std::unique_ptr<Timer> timer;
};

Engine::Engine(Settings settings, ports::Store& store, const ports::Catalog& catalog, ports::HostClock& clock)
    : rep_(std::make_unique<Rep>(std::move(settings), store, catalog, clock)) {}

Engine::~Engine() {
  Stop();
}

absl::Status Engine::Start() {
  rep_->committer = std::make_unique<Committer>(rep_->store, [rep = rep_.get()] { rep->TroubleChanged(); });
  rep_->pool = std::make_unique<Pool>(std::max(2u, std::thread::hardware_concurrency()));
  rep_->timer = std::make_unique<Timer>(rep_->clock, [rep = rep_.get()](std::uint64_t number) {
    World* world = nullptr;
    {
      base::MutexLock lock(rep->mutex);
      const auto at = rep->by_number.find(static_cast<ports::WorldNumber>(number));
      if (at != rep->by_number.end()) world = at->second;
    }
    if (world != nullptr) world->Wake();
  });
  ECSMI_ASSIGN_OR_RETURN(const std::vector<ports::StoredWorld> stored, rep_->store.ListWorlds());
  {
    base::MutexLock lock(rep_->mutex);
    for (const ports::StoredWorld& row : stored) {
      World* world = rep_->Add(row.number, row.account);
      ECSMI_RETURN_IF_ERROR(world->Load(/*at_start=*/true));
    }
    for (const auto& [account, world] : rep_->worlds) world->Wake();
    rep_->serving = true;
  }
  rep_->events.Start();
  rep_->TroubleChanged();
  return absl::OkStatus();
}

void Engine::StopWaiting() {
  if (rep_->pool == nullptr) return;
  rep_->events.Stop();
  base::MutexLock lock(rep_->mutex);
  for (const auto& [account, world] : rep_->worlds) {
    world->Post([](World& strand) {
      strand.StopWaiting();
      return true;
    });
  }
}

void Engine::Stop() {
  bool served = false;
  {
    base::MutexLock lock(rep_->mutex);
    served = std::exchange(rep_->serving, false);
  }
  rep_->stopping.store(true);
  if (served) rep_->TroubleChanged();
  if (rep_->timer != nullptr) rep_->timer->Stop();
  if (rep_->pool == nullptr) return;
  StopWaiting();
  if (served) {
    base::MutexLock lock(rep_->mutex);
    for (const auto& [account, world] : rep_->worlds) {
      world->Post([](World& strand) {
        strand.KeepTime();
        return true;
      });
    }
  }
  // Commits come from the pool, replies and unparked strands from commits: round and round until all rests.
  do {
    rep_->pool->Quiesce();
    rep_->committer->Flush();
    rep_->pool->Quiesce();
  } while (!rep_->AllIdle());
  // What came to rest last may have left rows or answers on their way.
  rep_->pool->Quiesce();
  rep_->committer->Flush();
  rep_->pool->Quiesce();
}

void Engine::Submit(std::string_view account, std::unique_ptr<Command> command) {
  Command& refused = *command;
  const bool only_reads = command->OnlyReads();
  World::Work work = [command = std::move(command)](World& strand) mutable {
    strand.Execute(std::move(command));
    return true;
  };
  if (const absl::Status posted = rep_->Post(account, std::move(work), only_reads); !posted.ok())
    refused.Finish(posted);
}

void Engine::Advance(std::string_view account, AdvanceOptions options,
                     std::function<void(absl::StatusOr<AdvanceResult>)> done) {
  auto journey = std::make_shared<Journey>();
  journey->quiesce = options.quiesce;
  journey->cancelled = std::move(options.cancelled);
  journey->done = std::move(done);
  const auto begin = [by = options.by_ms, to = options.until_ms](World& strand, Journey& j) {
    j.generation = strand.state_generation();
    if (strand.Clock().mode == ClockMode::kWall) {
      return absl::FailedPreconditionError(
          "the clock of this world is wall: only a virtual or auto clock can be advanced; call SetClock with mode "
          "VIRTUAL or AUTO first");
    }
    j.until = by > 0 ? strand.Now() + by : strand.RunningOf(to);
    return CheckMoment(strand, j.until);
  };
  const absl::Status posted =
      rep_->Post(account, [rep = rep_.get(), journey, begin, began = false](World& strand) mutable {
        if (!std::exchange(began, true)) {
          if (absl::Status status = begin(strand, *journey); !status.ok()) {
            FinishWith(strand, journey, std::move(status));
            return true;
          }
        }
        return rep->Travel(strand, journey);
      });
  if (!posted.ok()) journey->done(posted);
}

void Engine::SetClock(std::string_view account, ClockChange change,
                      std::function<void(absl::StatusOr<ClockView>)> done) {
  auto journey = std::make_shared<Journey>();
  auto view = std::make_shared<ClockView>();
  journey->cancelled = std::move(change.cancelled);
  journey->done = [view, done = std::move(done)](absl::StatusOr<AdvanceResult> result) {
    if (!result.ok()) return done(result.status());
    view->now_ms = result->now_ms;
    done(*view);
  };
  const auto begin = [change, view](World& strand, Journey& j) {
    j.generation = strand.state_generation();
    const ClockView now = strand.Clock();
    const ClockMode mode = change.mode.value_or(now.mode);
    j.until = strand.Now();
    if (change.now_ms) {
      if (mode == ClockMode::kWall) {
        return absl::FailedPreconditionError("now can be set on a virtual or auto clock only");
      }
      j.until = strand.RunningOf(*change.now_ms);
      ECSMI_RETURN_IF_ERROR(CheckMoment(strand, j.until));
    }
    strand.SetClock(mode, change.speed.value_or(now.speed));
    *view = strand.Clock();
    return absl::OkStatus();
  };
  const bool moves = change.now_ms.has_value();
  const absl::Status posted =
      rep_->Post(account, [rep = rep_.get(), journey, begin, moves, began = false](World& strand) mutable {
        if (!std::exchange(began, true)) {
          if (absl::Status status = begin(strand, *journey); !status.ok()) {
            FinishWith(strand, journey, std::move(status));
            return true;
          }
        }
        if (moves) return rep->Travel(strand, journey);
        journey->result.now_ms = strand.Clock().now_ms;
        FinishWith(strand, journey, absl::OkStatus());
        return true;
      });
  if (!posted.ok()) journey->done(posted);
}

void Engine::ResetWorld(std::string_view account, std::function<void(absl::Status)> done) {
  auto shared = std::make_shared<std::function<void(absl::Status)>>(std::move(done));
  const absl::Status posted = rep_->Post(account, [shared](World& strand) {
    strand.Reset();
    strand.WhenDurable(*shared);
    return true;
  });
  if (!posted.ok()) (*shared)(posted);
}

std::shared_ptr<EventWatch> Engine::WatchEvents(std::string_view account, const WatchOptions& options) {
  return rep_->events.Watch(account, options);
}

void Engine::OnTroubleChange(std::function<void()> listener) {
  base::MutexLock lock(rep_->listener_mutex);
  rep_->listener = std::move(listener);
}

std::vector<std::string> Engine::Accounts(std::string_view after, std::size_t max) const {
  std::vector<std::string> accounts;
  base::MutexLock lock(rep_->mutex);
  for (auto at = rep_->worlds.upper_bound(after); at != rep_->worlds.end() && accounts.size() < max; ++at) {
    accounts.push_back(at->first);
  }
  return accounts;
}

model::TimeMs Engine::ShownNow(std::string_view account) const {
  base::MutexLock lock(rep_->mutex);
  const auto at = rep_->worlds.find(account);
  return at == rep_->worlds.end() ? FirstMoment(rep_->settings, rep_->clock) : at->second->ShownNow();
}

const Settings& Engine::settings() const {
  return rep_->settings;
}

std::string Engine::Trouble() const {
  {
    base::MutexLock lock(rep_->mutex);
    if (!rep_->serving) return "not serving";
  }
  return rep_->committer == nullptr ? "not serving" : rep_->committer->Trouble();
}

}  // namespace ecsmi::control
