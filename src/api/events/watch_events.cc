// WatchEvents: a world's history as messages, filtered.
#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "api/arn.h"
#include "api/check.h"
#include "api/events/render_event.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/base/status.h"
#include "ecsmi/emulator/v1/event.pb.h"

namespace ecsmi::api {
namespace {

namespace emu = ::ecsmi::emulator::v1;

constexpr int kFilterMax = 100;  // entries of each
// A client that is told nothing for that many steps gets a token all the same, lest the one it has falls below what is
// kept.
constexpr model::CommitSeq kSilentStepsMax = 1'000;

// What an event must be about; empty sets let everything pass.
struct Filter {
  std::string region;
  std::set<int> kinds;
  std::set<std::string, std::less<>> clusters;
  std::set<std::string, std::less<>> services;
  std::set<std::string, std::less<>> tasks;

  bool Passes(const RenderedEvent& it) const {
    const auto in = [](const auto& wanted, const auto& value) { return wanted.empty() || wanted.contains(value); };
    return it.event.region() == region && in(kinds, it.event.kind()) && in(clusters, it.cluster) &&
           in(services, it.service) && in(tasks, it.task);
  }
};

// The last part of what is a name, an id, or an ARN of `kind`.
absl::StatusOr<std::string> ShortName(std::string_view field, std::string_view kind, std::string_view text) {
  std::string_view name = text;
  if (const std::optional<EcsArn> arn = ParseEcsArn(text)) {
    if (arn->kind != kind) return InvalidParameter(Say(field, " '", text, "' is not the ARN of a ", kind));
    const std::size_t slash = arn->resource.rfind('/');
    name = slash == std::string_view::npos ? arn->resource : arn->resource.substr(slash + 1);
  }
  if (!IsName(name)) return InvalidParameter(Say(field, " '", text, "' is neither a name nor an ARN of a ", kind));
  return std::string(name);
}

using Names = google::protobuf::RepeatedPtrField<std::string>;
absl::Status ReadNames(std::string_view field, std::string_view kind, const Names& given,
                       std::set<std::string, std::less<>>& names) {
  ECSMI_RETURN_IF_ERROR(CheckCount(field, given.size(), kFilterMax));
  for (int i = 0; i < given.size(); ++i) {
    ECSMI_ASSIGN_OR_RETURN(std::string name, ShortName(Say(field, "[", i, "]"), kind, given[i]));
    names.insert(std::move(name));
  }
  return absl::OkStatus();
}

absl::StatusOr<Filter> ReadFilter(const emu::WatchEventsRequest& request, const std::string& region) {
  // An event of no Region at all would never come.
  if (!IsName(region)) return InvalidParameter(Say("region '", region, "' is not well-formed"));
  Filter filter;
  filter.region = region;
  ECSMI_RETURN_IF_ERROR(CheckCount("kinds", request.kinds_size(), kFilterMax));
  for (const int kind : request.kinds()) filter.kinds.insert(kind);
  ECSMI_RETURN_IF_ERROR(ReadNames("clusters", "cluster", request.clusters(), filter.clusters));
  ECSMI_RETURN_IF_ERROR(ReadNames("services", "service", request.services(), filter.services));
  ECSMI_RETURN_IF_ERROR(ReadNames("tasks", "task", request.tasks(), filter.tasks));
  return filter;
}

// A place that is not in the log any more, or not yet, has an exception of its own.
absl::Status FromWatch(const absl::Status& status) {
  if (!absl::IsOutOfRange(status)) return status;
  return AwsError(AwsException::kTrimmedDataAccess,
                  absl::StrCat("Invalid resumeToken: ", status.message(),
                               "; watch without one, or from OLDEST, and read the present state anew"));
}

class EventStream final : public Stream {
 public:
  EventStream(std::shared_ptr<control::EventWatch> watch, base::Key128 key, Filter filter, bool follow)
      : watch_(std::move(watch)), key_(key), filter_(std::move(filter)), follow_(follow) {}
  ~EventStream() override { watch_->Cancel(); }

  void Next(google::protobuf::Message* response, NextDone done) override {
    if (ends_) return done(Turn::kEnd);
    watch_->Next([this, out = static_cast<emu::WatchEventsResponse*>(response),
                  done = std::move(done)](absl::StatusOr<control::EventBatch> batch) mutable {
      if (!batch.ok()) return done(FromWatch(batch.status()));
      // Nothing for this client: on to the next batch, on another job of the pool.
      if (!Fill(*batch, *out)) return Next(out, std::move(done));
      done(Turn::kMessage);
    });
  }
  void Cancel() override { watch_->Cancel(); }

 private:
  // False when there is nothing to say.
  bool Fill(const control::EventBatch& batch, emu::WatchEventsResponse& out) {
    out.Clear();
    for (const control::Occurrence& it : batch.occurrences) {
      for (RenderedEvent& rendered : RenderEvents(batch.scene->step(), it)) {
        if (!filter_.Passes(rendered)) continue;
        rendered.event.set_resume_token(control::EventToken(key_, it.after));
        *out.add_events() = std::move(rendered.event);
      }
    }
    ends_ = batch.caught_up && !follow_;
    const bool silent = std::exchange(greeted_, true) && out.events_size() == 0 && !ends_ &&
                        batch.next.seq <= token_seq_ + kSilentStepsMax;
    if (silent) return false;
    token_seq_ = batch.next.seq;
    out.set_resume_token(control::EventToken(key_, batch.next));
    return true;
  }

  const std::shared_ptr<control::EventWatch> watch_;
  const base::Key128 key_;
  const Filter filter_;
  const bool follow_;
  // Of whoever is in Next.
  bool greeted_ = false;
  bool ends_ = false;
  model::CommitSeq token_seq_ = 0;
};

absl::StatusOr<std::unique_ptr<Stream>> WatchEvents(control::Engine& engine, const CallContext& context,
                                                    const google::protobuf::Message& message) {
  const auto& request = static_cast<const emu::WatchEventsRequest&>(message);
  ECSMI_ASSIGN_OR_RETURN(Filter filter, ReadFilter(request, context.region));
  const base::Key128 key = control::WorldKey(engine.settings().seed, context.account);
  control::WatchOptions options;
  options.oldest = request.from() == emu::WatchFrom::OLDEST;
  options.follow = !request.has_follow() || request.follow();
  if (request.has_resume_token()) {
    if (request.has_from()) return InvalidParameter("from cannot be given beside resumeToken.");
    options.from = control::ParseEventToken(key, request.resume_token());
    if (!options.from) {
      return InvalidParameter("Invalid token: resumeToken is none that a watch of this world has given out");
    }
  }
  return std::make_unique<EventStream>(engine.WatchEvents(context.account, options), key, std::move(filter),
                                       options.follow);
}

}  // namespace

void RegisterEvents(Registry& registry) {
  registry.AddStream("ecsmi.emulator.v1.EmulatorService", "WatchEvents", WatchEvents);
}

}  // namespace ecsmi::api
