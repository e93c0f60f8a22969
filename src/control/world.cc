#include "control/world.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "control/row_feed.h"
#include "control/simulation.h"
#include "ecsmi/base/log.h"
#include "ecsmi/base/status.h"

namespace ecsmi::control {
namespace {

constexpr std::int64_t kSliceMs = 1;
constexpr std::uint64_t kItemsPerSlice = 512;
// Handed over at the latest with this many changed rows, so that the disk has work while the slice goes on.
constexpr std::size_t kRowsPerCommit = 512;
constexpr model::TimeMs kVirtualEpochMs = 1'767'225'600'000;  // 2026-01-01T00:00:00Z

auto FinishOf(std::unique_ptr<Command> command) {
  return [command = std::move(command)](absl::Status status) { command->Finish(std::move(status)); };
}

}  // namespace

base::Key128 WorldKey(std::uint64_t seed, std::string_view account) {
  return base::KeyedHash128Bytes({0x6563736d69776f72ULL, seed}, account);
}

model::TimeMs FirstMoment(const Settings& settings, const ports::HostClock& clock) {
  if (settings.epoch_ms != 0) return settings.epoch_ms;
  return settings.clock == ClockMode::kVirtual ? kVirtualEpochMs : clock.WallMs();
}

World::World(WorldHost host, ports::WorldNumber number, std::string account)
    : host_(std::move(host)),
      number_(number),
      account_(std::move(account)),
      key_(WorldKey(host_.settings.seed, account_)) {
  Begin();
}

void World::Begin() {
  NewState();
  Anchor(FirstMoment(host_.settings, host_.clock));
  work_now_ = Now();
}

void World::NewState() {
  jump_until_ = model::kUnset;
  own_ = {};
  lease_seq_ = 0;
  own_.mode = host_.settings.clock;
  own_.speed = host_.settings.speed;
  state_ = std::make_unique<model::State>();
  placement_ = std::make_unique<core::PlacementIndex>(
      [this](model::Serial provider, std::string_view type_name) -> core::PlacementIndex::TypeFacts {
        core::PlacementIndex::TypeFacts facts;
        const auto& row = state_->Get<model::CapacityProvider>(provider);
        const absl::StatusOr<RegionView> view = host_.regions.View(row.region);
        if (!view.ok()) return facts;
        facts.ordinal = view->requirements->OrdinalOf(type_name);
        if (facts.ordinal != core::TypeSet::kNone) {
          facts.architecture = view->catalog->types[facts.ordinal].type->architecture;
        }
        return facts;
      });
  state_->SetPlacementListener(placement_.get());
}

// --- Time
// --------------------------------------------------------------------------------------------------------------

void World::Anchor(model::TimeMs running) {
  base_running_ms_ = running;
  base_steady_ms_ = host_.clock.SteadyMs();
  PublishClock();
}

model::TimeMs World::Hand::At(std::int64_t steady_now_ms) const {
  if (mode == ClockMode::kVirtual) return running_ms;
  const double passed = static_cast<double>(steady_now_ms - steady_ms) * speed;
  return running_ms + static_cast<model::TimeMs>(std::floor(passed));
}

World::Hand World::ClockHand() const {
  return {own_.mode, own_.speed, base_running_ms_, base_steady_ms_,
          own_.shown.empty() ? 0 : own_.shown.back().offset_ms};
}

void World::PublishClock() {
  base::MutexLock lock(mutex_);
  hand_ = ClockHand();
}

model::TimeMs World::Now() const {
  return ClockHand().At(host_.clock.SteadyMs());
}

void World::MoveTo(model::TimeMs running) {
  if (running > Now()) Anchor(running);
}

model::TimeMs World::RunningOf(model::TimeMs shown) const {
  return shown - (own_.shown.empty() ? 0 : own_.shown.back().offset_ms);
}

ClockView World::Clock() const {
  return {own_.mode, own_.speed, ShownTime(own_.shown, Now())};
}

void World::SetClock(ClockMode mode, double speed) {
  Anchor(Now());
  own_.mode = mode;
  own_.speed = speed;
  jump_until_ = mode == ClockMode::kAuto ? Now() + host_.settings.auto_limit_ms : model::kUnset;
  PublishClock();
  HandOver(/*even_if_empty=*/true);
}

void World::ArmTimer() {
  std::int64_t wake_at = waiting_.FirstSteadyDeadline();
  model::DueItem item;
  if (own_.mode != ClockMode::kVirtual) {
    model::TimeMs next = waiting_.FirstDeadline();
    if (state_->PeekDue(&item)) next = std::min(next, item.at);
    if (next != model::kNever) {
      const double wait = static_cast<double>(next - base_running_ms_) / own_.speed;
      wake_at = std::min(wake_at, base_steady_ms_ + static_cast<std::int64_t>(std::ceil(std::max(wait, 0.0))));
    }
  }
  host_.wake_at(*this, wake_at);
}

// --- Strand
// --------------------------------------------------------------------------------------------------------------

void World::Post(Work work, bool only_reads) {
  {
    base::MutexLock lock(mutex_);
    work_.Push(std::move(work), only_reads);
    if (scheduled_ || parked_ || blocked_) return;
    scheduled_ = true;
  }
  host_.post([this] { Drain(); });
}

bool World::SliceOver() const {
  return host_.clock.SteadyMs() - slice_began_ms_ >= kSliceMs;
}

void World::Drain() {
  slice_began_ms_ = host_.clock.SteadyMs();
  const std::size_t rows_max = RunWork();
  HandOver(false);
  ArmTimer();
  {
    base::MutexLock lock(mutex_);
    const bool nothing = work_.empty() && !reload_;
    const bool rests = !nothing && !reload_ && undurable_rows_.load() > rows_max;
    if (blocked_ || nothing || rests) {
      parked_ = rests && !blocked_;
      parked_rows_ = rows_max;
      scheduled_ = false;
      return;
    }
  }
  host_.post([this] { Drain(); });
}

std::size_t World::RunWork() {
  const std::size_t commands_max = host_.settings.parked_rows_commands;
  while (true) {
    Work work;
    bool reload = false;
    {
      base::MutexLock lock(mutex_);
      if (blocked_) return commands_max;
      reload = std::exchange(reload_, false);
      if (!reload) {
        if (work_.empty() || undurable_rows_.load() > commands_max) return commands_max;
        work = work_.Pop();
      }
    }
    if (reload) {
      Reload();
      continue;
    }
    // Whoever comes after a command sees the world at rest.
    if (!Jump()) {
      base::MutexLock lock(mutex_);
      work_.GiveBack(std::move(work));
      return host_.settings.parked_rows_planner;
    }
    const bool standing = own_.mode == ClockMode::kVirtual;
    const model::TimeMs now = Now();
    work_now_ = now;
    const bool due_done = standing || FireDue(now, nullptr, nullptr);
    // A standing world's deadlines pass when it is advanced; here only those in wall time.
    if (due_done) EndWaits(standing ? model::kUnset : now + 1);
    const bool done = due_done && work(*this);
    // An idle disk gets what there is; a busy one, what has gathered meanwhile.
    if (const std::size_t rows = state_->ChangedRows(); rows >= kRowsPerCommit || (rows > 0 && host_.disk_idle())) {
      HandOver(false);
    }
    if (!done) {
      base::MutexLock lock(mutex_);
      work_.GiveBack(std::move(work));
      return host_.settings.parked_rows_planner;
    }
    if (!Jump()) {
      // The rest of it is work of its own, so that it goes on when no command comes.
      base::MutexLock lock(mutex_);
      work_.GiveBack([](World&) { return true; });
      return host_.settings.parked_rows_planner;
    }
    if (SliceOver()) return commands_max;
  }
}

void World::Reload() {
  const model::TimeMs now = Now();
  const bool running = own_.mode != ClockMode::kVirtual;
  Begin();
  {
    base::MutexLock lock(mutex_);
    undurable_rows_.store(0);
    state_generation_ = generation_.load();
  }
  // The rows on disk are the truth now; what memory held beyond them was answered with an error.
  const absl::Status status = Load(/*at_start=*/false);
  if (!status.ok()) {
    // Memory without a truth to compare it with may answer nobody.
    base::Die(absl::StrCat("world ", account_, " cannot be read back after a failed commit: ", status.ToString()));
  }
  // A wall clock goes on although its rows went back.
  if (running && own_.mode != ClockMode::kVirtual) MoveTo(now);
  WakeWaiting(Now());
}

Step World::MakeStep(model::TimeMs now) {
  state_->told().BeginStep(now);
  return Step{*state_,       now,         account_,  key_,       host_.settings, host_.catalog,
              host_.regions, *placement_, own_.mode, own_.speed, own_.shown};
}

bool World::FireDue(model::TimeMs now, std::uint64_t* fired, std::string* last) {
  model::DueItem item;
  for (std::uint64_t count = 0; state_->PeekDue(&item) && item.at <= now; ++count) {
    if (count >= kItemsPerSlice || (count > 0 && SliceOver())) return false;
    state_->PopDue(item);
    Step step = MakeStep(item.at);
    Fire(step, item);
    Settle(step);
    WakeWaiting(item.at);
    if (fired != nullptr) ++*fired;
    if (last != nullptr) *last = Describe(step, item);
  }
  return true;
}

void World::Execute(std::unique_ptr<Command> command) {
  // The moment up to which all that is due has fired.
  const model::TimeMs now = work_now_;
  Run({.command = std::move(command)}, now);
  if (own_.mode == ClockMode::kAuto) jump_until_ = now + host_.settings.auto_limit_ms;
}

bool World::Run(WaitingCommand waiting, model::TimeMs now) {
  if (waiting.command->ReadsCommit()) HandOver(false);
  Step step = MakeStep(now);
  step.may_park = waiting.turn != 0 || waiting_.HasRoom();
  absl::Status status = waiting.command->Run(step);
  const bool fresh = waiting.turn == 0;
  const auto settle = [&] {
    Settle(step);
    if (fresh) WakeWaiting(now);
    // With no latency the world's answer to the command is due at once.
    while (fresh && !FireDue(now, nullptr, nullptr)) {
    }
  };
  if (status.ok() && step.park && may_wait_) {
    if (fresh) {
      waiting.row = step.park->row;
      waiting.deadline = step.park->deadline;
      waiting.steady_deadline_ms = host_.clock.SteadyMs() + (waiting.deadline - now);
    }
    waiting_.Add(std::move(waiting));
    settle();
    return false;
  }
  if (status.ok()) settle();
  Answer(std::max(step.WaitSeq(), LeaseFor(now)), std::move(status), FinishOf(std::move(waiting.command)));
  return true;
}

void World::HandOver(bool even_if_empty) {
  model::ChangeSet changes = state_->TakeChanges(Now(), even_if_empty);
  if (changes.empty() && !even_if_empty) return;
  own_.told = state_->told().first();
  ExtendLease(changes.header.seq);
  base::ByteWriter writer(changes.header.settings);
  model::EncodeValue(writer, own_);
  undurable_rows_ += changes.rows.size();
  host_.commit({this, state_generation_, std::move(changes)});
}

bool World::AdvanceSlice(model::TimeMs until, bool quiesce, AdvanceResult& result) {
  const bool finished = FireAhead(until, quiesce, /*pauses=*/false, result);
  HandOver(finished);
  // What the advance began comes to rest like what a command begins.
  if (finished && own_.mode == ClockMode::kAuto) jump_until_ = Now() + host_.settings.auto_limit_ms;
  return finished;
}

bool World::FireAhead(model::TimeMs until, bool quiesce, bool pauses, AdvanceResult& result) {
  if (undurable_rows_.load() > host_.settings.parked_rows_planner) return false;  // Drain parks
  model::DueItem item;
  bool finished = false;
  for (std::uint64_t count = 0; count < kItemsPerSlice && (count == 0 || !SliceOver()); ++count) {
    if (pauses && IsHeld()) break;
    model::DueItem foreground;
    if (quiesce && !state_->PeekForegroundDue(&foreground)) {
      result.quiescent = true;
      finished = true;
      break;
    }
    if (!state_->PeekDue(&item) || item.at > until) {
      if (!quiesce || state_->PeekForegroundDue(&foreground)) MoveTo(until);
      result.quiescent = !state_->PeekForegroundDue(&foreground);
      finished = true;
      break;
    }
    state_->PopDue(item);
    MoveTo(item.at);
    const model::TimeMs now = own_.mode == ClockMode::kVirtual ? base_running_ms_ : item.at;
    Step step = MakeStep(now);
    Fire(step, item);
    Settle(step);
    WakeWaiting(now);
    ++result.items_fired;
    result.last_moved = Describe(step, item);
  }
  PublishClock();
  if (finished) {
    EndWaits(Now() + 1);
    result.now_ms = ShownTime(own_.shown, Now());
    if (state_->PeekDue(&item)) {
      result.next_due = Describe(MakeStep(Now()), item);
      result.next_due_ms = ShownTime(own_.shown, item.at);
    }
  }
  return finished;
}

bool World::IsHeld() const {
  return state_->outside_held() > 0 && !host_.settings.world_waits;
}

bool World::Jump() {
  // A daemon that stops goes nowhere any more. While a message is held outside the jump waits: it goes on when the
  // message is deleted or back in its queue.
  if (jump_until_ == model::kUnset || !may_wait_ || IsHeld()) return true;
  const model::TimeMs before = base_running_ms_;
  AdvanceResult result;
  const bool finished = FireAhead(std::max(jump_until_, Now()), /*quiesce=*/true, /*pauses=*/true, result);
  HandOver(/*even_if_empty=*/base_running_ms_ != before);  // time that was seen is kept
  if (finished) jump_until_ = model::kUnset;
  return finished || IsHeld();
}

void World::Reset() {
  // Everything goes, row by row, so that disk and memory agree; the clock and the counters stay.
  state_->EraseAll();
  HandOver(true);
  while (std::optional<WaitingCommand> waiting = waiting_.TakeAny()) End(std::move(*waiting));
}

// --- Waiting commands
// ----------------------------------------------------------------------------------------------------

void World::End(WaitingCommand waiting) {
  WhenDurable(FinishOf(std::move(waiting.command)));
}

void World::WakeWaiting(model::TimeMs now) {
  absl::btree_set<model::Serial>& arrivals = state_->arrivals();
  if (waiting_.empty()) return arrivals.clear();
  EndWaits(now);
  while (!arrivals.empty()) {
    const model::Serial row = *arrivals.begin();
    arrivals.erase(arrivals.begin());
    // All that wait for a row wait for the same: once one found nothing, the others need not look.
    while (std::optional<WaitingCommand> waiting = waiting_.TakeFirst(row)) {
      if (!Run(std::move(*waiting), now)) break;
    }
  }
}

void World::EndWaits(model::TimeMs world_before) {
  if (waiting_.empty()) return;
  const std::int64_t steady_ms = host_.clock.SteadyMs();
  while (std::optional<WaitingCommand> waiting = waiting_.TakeEnded(world_before, steady_ms)) End(std::move(*waiting));
}

void World::StopWaiting() {
  may_wait_ = false;
  while (std::optional<WaitingCommand> waiting = waiting_.TakeAny()) End(std::move(*waiting));
}

bool World::Idle() {
  base::MutexLock lock(mutex_);
  return !scheduled_ && !parked_ && !blocked_ && work_.empty() && waiters_.empty();
}

absl::Status World::Load(bool at_start) {
  absl::StatusOr<ports::StoredWorld> stored = host_.store.ReadWorld(number_);
  if (absl::IsNotFound(stored.status())) return absl::OkStatus();
  ECSMI_RETURN_IF_ERROR(stored.status());
  RowFeed feed(*state_);
  const absl::Status read =
      host_.store.LoadWorld(number_, [&](model::TableId table, model::Serial serial, std::string_view bytes) {
        return feed.Add(table, serial, bytes);
      });
  // A row that cannot be read says more than that the reading was stopped for it.
  ECSMI_RETURN_IF_ERROR(feed.Finish());
  ECSMI_RETURN_IF_ERROR(read);
  ECSMI_RETURN_IF_ERROR(state_->FinishLoad(stored->header));
  base::ByteReader reader(stored->header.settings);
  model::DecodeValue(reader, own_);
  if (!reader.ok()) return absl::DataLossError(absl::StrCat("settings of world ", account_, " cannot be read"));
  state_->told().SetFirst(own_.told);
  // Downtime is suspended: running time goes on where it stood, shown time follows the host from here on.
  const model::TimeMs running = stored->header.now_ms;
  if (at_start && own_.mode != ClockMode::kVirtual) {
    const model::DurationMs ahead = ShownAheadAfterDowntime(running);
    if (ahead > (own_.shown.empty() ? 0 : own_.shown.back().offset_ms)) own_.shown.push_back({running, ahead});
    own_.lease_ms = running;  // what it allowed is counted in now
    base::MutexLock lock(mutex_);
    leased_ms_ = running;
  }
  Anchor(running);
  durable_seq_.store(stored->header.seq);
  // What was dirty when the process ended is looked at again; a settled world yields nothing.
  Step step = MakeStep(running);
  Settle(step);
  HandOver(false);
  if (own_.mode == ClockMode::kAuto) jump_until_ = Now() + host_.settings.auto_limit_ms;
  return absl::OkStatus();
}

}  // namespace ecsmi::control
