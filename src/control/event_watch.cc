#include "control/event_watch.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/status.h"

namespace ecsmi::control {
namespace {

constexpr std::size_t kOccurrencesMax = 128;  // of a batch
constexpr std::size_t kSegmentsPerRead = 8;   // each up to about a megabyte
constexpr std::size_t kSegmentsPerSearch = 16;
// A watch that finds nothing for its owner still says how far it is, so that it can be resumed from there.
constexpr model::CommitSeq kSilentCommitsMax = 1'000;
constexpr std::size_t kGoneBytesMax = 4 << 20;

std::string_view RowBytes(const model::ChangeSet& changes, const model::Told& told) {
  const auto at = std::lower_bound(
      changes.rows.begin(), changes.rows.end(), told, [](const model::RowChange& row, const model::Told& wanted) {
        return row.table != wanted.table ? row.table < wanted.table : row.serial < wanted.serial;
      });
  if (at == changes.rows.end() || at->table != told.table || at->serial != told.serial || at->erased) return {};
  return changes.BytesOf(*at);
}

absl::Status Stopping() {
  return absl::UnavailableError("the daemon is starting or stopping; watch again, with the newest resume_token");
}

absl::StatusOr<model::ChangeSet> Parse(const ports::Store::LogSegment& segment) {
  model::ChangeSet changes;
  if (model::ParseSegment(segment.bytes, &changes)) return changes;
  return absl::DataLossError(absl::StrCat("change segment ", segment.seq, " cannot be read"));
}

}  // namespace

// --- Hub -------------------------------------------------------------------------------------------------------------

std::shared_ptr<EventWatch> EventHub::Watch(std::string_view account, const WatchOptions& options) {
  auto watch = std::make_shared<LogWatch>(*this, std::string(account), options);
  bool serving = false;
  {
    base::MutexLock lock(mutex_);
    serving = serving_;
    if (serving) all_.emplace(watch.get(), watch);
  }
  if (!serving) watch->End(Stopping());
  return watch;
}

void EventHub::Committed(const World& world) {
  if (waiting_count_.load() == 0) return;
  std::vector<std::shared_ptr<LogWatch>> woken;
  {
    base::MutexLock lock(mutex_);
    const auto [first, last] = waiting_.equal_range(world.account());
    for (auto at = first; at != last; ++at) woken.push_back(std::move(at->second));
    waiting_.erase(first, last);
    waiting_count_ -= static_cast<int>(woken.size());
  }
  for (const auto& watch : woken) watch->Go();
}

void EventHub::Wait(std::shared_ptr<LogWatch> watch) {
  base::MutexLock lock(mutex_);
  ++waiting_count_;
  const std::string& account = watch->account_;
  waiting_.emplace(account, std::move(watch));
}

bool EventHub::StopWaiting(LogWatch* watch) {
  std::shared_ptr<LogWatch> taken;  // let go of outside the lock: it may be the last
  base::MutexLock lock(mutex_);
  const auto [first, last] = waiting_.equal_range(watch->account_);
  const auto at = std::find_if(first, last, [&](const auto& entry) { return entry.second.get() == watch; });
  if (at == last) return false;
  taken = std::move(at->second);
  waiting_.erase(at);
  --waiting_count_;
  return true;
}

void EventHub::Start() {
  base::MutexLock lock(mutex_);
  serving_ = true;
}

void EventHub::Stop() {
  std::vector<std::shared_ptr<LogWatch>> watches;
  {
    base::MutexLock lock(mutex_);
    serving_ = false;
    for (const auto& [raw, weak] : all_) {
      if (auto watch = weak.lock()) watches.push_back(std::move(watch));
    }
  }
  for (const auto& watch : watches) watch->End(Stopping());
}

// --- A watch ---------------------------------------------------------------------------------------------------------

LogWatch::LogWatch(EventHub& hub, std::string account, const WatchOptions& options)
    : hub_(hub),
      account_(std::move(account)),
      follow_(options.follow),
      oldest_(!options.from && options.oldest),
      position_(options.from ? *options.from : EventPosition{.seq = Durable() + 1}) {}

LogWatch::~LogWatch() {
  base::MutexLock lock(hub_.mutex_);
  hub_.all_.erase(this);
}

model::CommitSeq LogWatch::Durable() const {
  const World* world = hub_.host_.find(account_);
  return world == nullptr ? 0 : world->durable_seq();
}

void LogWatch::Next(Done done) {
  absl::Status ended;
  Done refused;
  {
    base::MutexLock lock(mutex_);
    ECSMI_CHECK(!done_);
    ended = ended_;
    (ended.ok() ? done_ : refused) = std::move(done);
  }
  if (!ended.ok()) return refused(ended);
  stage_ = Stage::kRead;
  began_at_ = position_.seq;
  Go();
}

void LogWatch::End(absl::Status status) {
  Done done;
  {
    base::MutexLock lock(mutex_);
    if (!ended_.ok()) return;
    ended_ = status;
    // A chain that is under way finds out itself.
    if (!running_) done.swap(done_);
  }
  hub_.StopWaiting(this);
  if (done) done(std::move(status));
}

void LogWatch::Go() {
  {
    base::MutexLock lock(mutex_);
    if (!done_ || running_) return;
    running_ = true;
  }
  Post(&LogWatch::Continue);
}

void LogWatch::Post(void (LogWatch::*job)()) {
  hub_.host_.post([self = shared_from_this(), job] { (self.get()->*job)(); });
}

void LogWatch::Finish(absl::StatusOr<EventBatch> result) {
  Done done;
  {
    base::MutexLock lock(mutex_);
    if (ended_.ok() && !result.ok()) ended_ = result.status();
    if (!ended_.ok()) result = ended_;
    done.swap(done_);
    running_ = false;
  }
  if (done) done(std::move(result));
}

void LogWatch::WaitBeyond(model::CommitSeq seq) {
  {
    base::MutexLock lock(mutex_);
    running_ = false;
  }
  hub_.Wait(shared_from_this());
  bool ended = false;
  {
    base::MutexLock lock(mutex_);
    ended = !ended_.ok();
  }
  // A commit, or the end, that came before this was in line has woken nobody.
  if ((Durable() > seq || ended) && hub_.StopWaiting(this)) Go();
}

// --- Its chain -------------------------------------------------------------------------------------------------------

void LogWatch::Continue() {
  absl::Status ended;
  {
    base::MutexLock lock(mutex_);
    ended = ended_;
  }
  if (!ended.ok()) return Finish(std::move(ended));
  stage_ == Stage::kRead ? Read() : Search();
}

void LogWatch::Read() {
  batch_ = {};
  found_beyond_.clear();
  const World* world = hub_.host_.find(account_);
  const model::CommitSeq durable = Durable();
  if (position_.seq > durable + 1) {
    return Finish(absl::OutOfRangeError(absl::StrCat("the place to resume from, step ", position_.seq,
                                                     ", is ahead of this world, whose newest step is ", durable)));
  }
  if (position_.seq <= durable || (oldest_ && durable > 0)) {
    if (absl::Status status = ReadSegments(*world, durable); !status.ok()) return Finish(std::move(status));
    if (!batch_.occurrences.empty()) {
      rows_ = std::make_unique<EventRows>(account_, hub_.host_.settings, hub_.host_.catalog, hub_.host_.regions);
      return Gather();
    }
    if (position_.seq > began_at_ + kSilentCommitsMax) return Deliver();
    return Post(&LogWatch::Continue);
  }
  oldest_ = false;
  if (follow_ && greeted_) return WaitBeyond(durable);
  batch_.caught_up = true;
  Deliver();
}

absl::Status LogWatch::ReadSegments(const World& world, model::CommitSeq durable) {
  model::CommitSeq floor = 0;
  ECSMI_ASSIGN_OR_RETURN(const auto segments, hub_.host_.store.ReadLog(world.number(), oldest_ ? 0 : position_.seq,
                                                                       kSegmentsPerRead, &floor));
  if (oldest_ && !segments.empty()) {
    position_ = {.seq = segments.front().seq};
    began_at_ = position_.seq;
  }
  oldest_ = false;
  if (floor > position_.seq) {
    return absl::OutOfRangeError(absl::StrCat("the place to resume from, step ", position_.seq,
                                              ", is older than what is kept: the oldest step is ", floor));
  }
  for (const ports::Store::LogSegment& segment : segments) {
    if (segment.seq > durable) break;
    ECSMI_ASSIGN_OR_RETURN(const model::ChangeSet changes, Parse(segment));
    if (segment.seq != position_.seq) return absl::DataLossError("the history has a gap");
    Take(changes);
    if (position_.seq == segment.seq) break;  // the batch is full
  }
  return absl::OkStatus();
}

void LogWatch::Take(const model::ChangeSet& changes) {
  const model::CommitSeq seq = changes.header.seq;
  for (std::size_t i = position_.index; i < changes.told.size(); ++i) {
    const model::Told& told = changes.told[i];
    if (told.erased) continue;
    if (batch_.occurrences.size() >= kOccurrencesMax) {
      position_.index = static_cast<std::uint32_t>(i);
      return;
    }
    const std::string_view image = told.image_size > 0 ? changes.ImageOf(told) : RowBytes(changes, told);
    batch_.occurrences.push_back({.table = told.table,
                                  .serial = told.serial,
                                  .at = told.at,
                                  .number = changes.told_first + i,
                                  .after = {seq, static_cast<std::uint32_t>(i) + 1},
                                  .image = std::string(image),
                                  .extra = std::string(changes.ExtraOf(told))});
  }
  position_ = {.seq = seq + 1};
}

void LogWatch::Gather() {
  World* world = hub_.host_.find(account_);
  // What went before this batch is of no use to those after it.
  std::erase_if(gone_, [&](const auto& entry) {
    if (entry.second.seq >= began_at_) return false;
    gone_bytes_ -= entry.second.bytes.size();
    return true;
  });
  search_from_ = std::max(gone_to_ + 1, began_at_);
  world->Post(
      [self = shared_from_this()](World& strand) {
        const EventRows::Gone gone = [&](const RowKey& key) -> const std::string* {
          if (const auto at = self->gone_.find(key); at != self->gone_.end()) return &at->second.bytes;
          const auto at = self->found_beyond_.find(key);
          return at == self->found_beyond_.end() ? nullptr : &at->second;
        };
        std::vector<RowKey> before = std::move(self->missing_);
        self->missing_ = self->rows_->Gather(self->batch_.occurrences, strand.state(), strand.shown(), gone);
        self->strand_seq_ = strand.state().newest_seq();
        // Searched for already, all there is: it stays unknown.
        const bool in_vain = self->stage_ == Stage::kSearch && self->missing_ == before;
        self->stage_ = self->missing_.empty() || in_vain ? Stage::kRead : Stage::kSearch;
        self->Post(self->stage_ == Stage::kRead ? &LogWatch::Deliver : &LogWatch::Continue);
        return true;
      },
      /*only_reads=*/true);
}

void LogWatch::Search() {
  const World* world = hub_.host_.find(account_);
  const model::CommitSeq durable = Durable();
  const auto is_known = [&](const RowKey& key) { return gone_.contains(key) || found_beyond_.contains(key); };
  if (std::all_of(missing_.begin(), missing_.end(), is_known)) return Gather();
  if (search_from_ > durable) {
    // The world may have let go of a row in a commit that is not on disk yet.
    return strand_seq_ > durable ? WaitBeyond(durable) : Gather();
  }
  const auto segments = hub_.host_.store.ReadLog(world->number(), search_from_, kSegmentsPerSearch, nullptr);
  if (!segments.ok()) return Finish(segments.status());
  for (const ports::Store::LogSegment& segment : *segments) {
    const absl::StatusOr<model::ChangeSet> changes = Parse(segment);
    if (!changes.ok()) return Finish(changes.status());
    Keep(*changes);
    search_from_ = segment.seq + 1;
  }
  if (segments->empty()) search_from_ = durable + 1;
  Post(&LogWatch::Continue);
}

void LogWatch::Keep(const model::ChangeSet& changes) {
  // Without a gap behind what is kept already, so that all up to `gone_to_` is known.
  const bool fits = gone_bytes_ < kGoneBytesMax && changes.header.seq == std::max(gone_to_ + 1, began_at_);
  for (const model::Told& told : changes.told) {
    if (!told.erased) continue;
    const RowKey key(told.table, told.serial);
    if (fits) {
      gone_bytes_ += told.image_size;
      gone_[key] = {changes.header.seq, std::string(changes.ImageOf(told))};
    } else if (std::binary_search(missing_.begin(), missing_.end(), key)) {
      found_beyond_[key] = std::string(changes.ImageOf(told));
    }
  }
  if (fits) gone_to_ = changes.header.seq;
}

void LogWatch::Deliver() {
  greeted_ = true;
  if (rows_ != nullptr) rows_->FillGaps(missing_);
  missing_.clear();
  batch_.next = position_;
  batch_.scene = std::move(rows_);
  Finish(std::move(batch_));
}

}  // namespace ecsmi::control
