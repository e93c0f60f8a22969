#include "absl/strings/str_cat.h"
#include "ctl/durations.h"
#include "ctl/lists.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"

namespace ecsmi::ctl {
namespace {

struct Options {
  std::string duration;
  bool until_quiescent = false;
  std::string limit;
};

std::string Now(const google::protobuf::Timestamp& now, std::int64_t items) {
  return absl::StrCat(Moment(TimeOf(now)), " · ", Count(items, "thing"), " happened");
}

absl::Status Rest(Context& context, const Options& options) {
  emu::RunUntilQuiescentRequest request;
  if (!options.limit.empty()) ECSMI_RETURN_IF_ERROR(ReadDuration("--limit", options.limit, request.mutable_limit()));
  ECSMI_ASSIGN_OR_RETURN(const emu::RunUntilQuiescentResponse done,
                         context.client.Call<emu::RunUntilQuiescentResponse>(request, Client::Patience::kEndless));
  const bool rests = done.outcome() == emu::RunUntilQuiescentResponse::QUIESCENT;
  std::string text = absl::StrCat(Now(done.now(), done.items_fired()), rests ? " · at rest" : "", "\n");
  if (!done.last_moved().empty()) absl::StrAppend(&text, "last moved: ", Safe(done.last_moved()), "\n");
  if (done.has_next_due()) {
    absl::StrAppend(&text, "next due: ", Safe(done.next_due()), " at ", Moment(TimeOf(done.next_due_at())), "\n");
  }
  context.Print(text, JsonOf(done));
  if (rests) return absl::OkStatus();
  return TimedOut("the limit came before the world was at rest (--limit)");
}

absl::Status Advance(Context& context, const Options& options) {
  if (options.until_quiescent != options.duration.empty()) {
    return WrongUsage("advance needs a duration or --until-quiescent, one of them");
  }
  if (options.until_quiescent) return Rest(context, options);
  emu::AdvanceClockRequest request;
  ECSMI_RETURN_IF_ERROR(ReadDuration("DURATION", options.duration, request.mutable_by()));
  ECSMI_ASSIGN_OR_RETURN(const emu::AdvanceClockResponse done,
                         context.client.Call<emu::AdvanceClockResponse>(request, Client::Patience::kEndless));
  context.Print(absl::StrCat(Now(done.now(), done.items_fired()), done.quiescent() ? " · at rest" : "", "\n"),
                JsonOf(done));
  return absl::OkStatus();
}

}  // namespace

void AddAdvance(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      AddVerb(app, "advance", "Moves a virtual or auto clock",
              {"ecsmictl advance 90s", "ecsmictl advance 1h30m", "ecsmictl advance --until-quiescent --limit 6h"});
  verb->add_option("duration", options->duration, "World time, such as 90s, 10m, 1h30m, 2d")->type_name("DURATION");
  verb->add_flag("--until-quiescent", options->until_quiescent, "Until nothing is under way");
  verb->add_option("--limit", options->limit, "When --until-quiescent gives up (1h), exit code 4")
      ->type_name("DURATION");
  OnVerb(*verb, chosen, [options](Context& context) { return Advance(context, *options); });
}

}  // namespace ecsmi::ctl
