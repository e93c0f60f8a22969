#include "ecsmi/control/engine.h"

#include <algorithm>
#include <map>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "control/committer.h"
#include "control/pool.h"
#include "control/regions.h"
#include "control/timer.h"
#include "control/world.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/base/status.h"

namespace ecsmi::control {
namespace {
absl::Status NotServing() {
  return absl::UnavailableError("the daemon is starting or stopping; try again");
}
}  // namespace

// Members end in reverse order: the timer stops waking, the pool runs out, the committer stores the rest.
struct Engine::Rep {
  Rep(Settings s, ports::Store& st, const ports::Catalog& ca, ports::HostClock& cl)
      : settings(std::move(s)), store(st), catalog(ca), clock(cl), regions(ca, settings.strict_regions) {}

  World* Find(std::string_view account, bool make) {
    base::MutexLock lock(mutex);
    if (!serving) return nullptr;
    if (const auto at = worlds.find(account); at != worlds.end()) return at->second.get();
    if (!make || worlds.size() >= settings.max_worlds) return nullptr;
    return Add(next_number, std::string(account));
  }

  World* Add(ports::WorldNumber number, std::string account) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    next_number = std::max(next_number, number + 1);
    WorldHost host{settings,
                   store,
                   catalog,
                   clock,
                   regions,
                   [this](std::function<void()> job) { pool->Post(std::move(job)); },
                   [this](CommitJob job) { committer->Submit(std::move(job)); },
                   [this](World& world, std::int64_t at) { timer->Set(world.number(), at); }};
    auto world = std::make_unique<World>(std::move(host), number, account);
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
  base::Mutex mutex;
  bool serving ABSL_GUARDED_BY(mutex) = false;
  ports::WorldNumber next_number ABSL_GUARDED_BY(mutex) = 1;
  std::map<std::string, std::unique_ptr<World>, std::less<>> worlds ABSL_GUARDED_BY(mutex);
  std::map<ports::WorldNumber, World*> by_number ABSL_GUARDED_BY(mutex);
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
  rep_->committer = std::make_unique<Committer>(rep_->store);
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
  base::MutexLock lock(rep_->mutex);
  for (const ports::StoredWorld& row : stored) {
    World* world = rep_->Add(row.number, row.account);
    ECSMI_RETURN_IF_ERROR(world->Load());
    world->Wake();
  }
  rep_->serving = true;
  return absl::OkStatus();
}

void Engine::StopWaiting() {
  if (rep_->pool == nullptr) return;
  base::MutexLock lock(rep_->mutex);
  for (const auto& [account, world] : rep_->worlds) {
    world->Post([](World& strand) {
      strand.StopWaiting();
      return true;
    });
  }
}

void Engine::Stop() {
  {
    base::MutexLock lock(rep_->mutex);
    rep_->serving = false;
  }
  if (rep_->timer != nullptr) rep_->timer->Stop();
  StopWaiting();
  // Replies of the last commits run on the pool, commits come from the pool: drain committer, then pool, until both
  // rest.
  if (rep_->pool != nullptr) {
    rep_->pool->Quiesce();
    rep_->committer->Flush();
    rep_->pool->Quiesce();
  }
  rep_->committer.reset();
  rep_->pool.reset();
  rep_->timer.reset();
}

void Engine::Submit(std::string_view account, std::unique_ptr<Command> command) {
  World* world = rep_->Find(account, true);
  if (world == nullptr) return command->Finish(NotServing());
  auto owned = std::make_shared<std::unique_ptr<Command>>(std::move(command));
  world->Post([owned](World& strand) {
    strand.Execute(std::move(*owned));
    return true;
  });
}

void Engine::Advance(std::string_view account, AdvanceOptions options,
                     std::function<void(absl::StatusOr<AdvanceResult>)> done) {
  World* world = rep_->Find(account, true);
  if (world == nullptr) return done(NotServing());
  struct Job {
    AdvanceOptions options;
    std::function<void(absl::StatusOr<AdvanceResult>)> done;
    AdvanceResult result;
    bool began = false;
    model::TimeMs until = 0;
  };
  auto job = std::make_shared<Job>(Job{std::move(options), std::move(done), {}, false, 0});
  world->Post([job](World& strand) {
    if (!job->began) {
      job->began = true;
      if (strand.Clock().mode != ClockMode::kVirtual) {
        job->done(
            absl::FailedPreconditionError("the clock of this world is wall: only a virtual clock can be advanced; call "
                                          "SetClock with mode VIRTUAL first"));
        return true;
      }
      job->until = job->options.by_ms > 0 ? strand.Now() + job->options.by_ms : strand.RunningOf(job->options.until_ms);
      if (job->until < strand.Now()) {
        job->done(absl::InvalidArgumentError("time cannot go back: the wanted moment is before the world's now"));
        return true;
      }
    }
    job->result.cancelled = job->options.cancelled && job->options.cancelled();
    if (!job->result.cancelled && !strand.AdvanceSlice(job->until, job->options.quiesce, job->result)) return false;
    job->result.now_ms = strand.Clock().now_ms;
    strand.WhenDurable([job](absl::Status status) {
      if (!status.ok()) return job->done(std::move(status));
      job->done(std::move(job->result));
    });
    return true;
  });
}

void Engine::SetClock(std::string_view account, ClockMode mode, double speed,
                      std::function<void(absl::StatusOr<ClockView>)> done) {
  World* world = rep_->Find(account, true);
  if (world == nullptr) return done(NotServing());
  world->Post([mode, speed, done = std::move(done)](World& strand) {
    strand.SetClock(mode, speed);
    const ClockView view = strand.Clock();
    strand.WhenDurable([view, done](absl::Status status) {
      if (!status.ok()) return done(std::move(status));
      done(view);
    });
    return true;
  });
}

void Engine::ResetWorld(std::string_view account, std::function<void(absl::Status)> done) {
  World* world = rep_->Find(account, true);
  if (world == nullptr) return done(NotServing());
  world->Post([done = std::move(done)](World& strand) {
    strand.Reset();
    strand.WhenDurable(done);
    return true;
  });
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
