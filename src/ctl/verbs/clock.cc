#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "ctl/lists.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"

namespace ecsmi::ctl {
namespace {

struct Options {
  std::string mode;
  double speed = 0;
};

std::string Tell(const emu::Clock& clock) {
  const bool speeds = clock.mode() != emu::ClockMode::VIRTUAL;
  return absl::StrCat(absl::AsciiStrToLower(emu::ClockMode::Value_Name(clock.mode())), " · ",
                      Moment(TimeOf(clock.now())), speeds ? absl::StrCat(" · speed ", clock.speed()) : "");
}

absl::Status Clock(Context& context, const Options& options) {
  if (options.mode.empty() && options.speed == 0) {
    ECSMI_ASSIGN_OR_RETURN(const emu::GetClockResponse got, GetClock(context.client));
    context.Print(absl::StrCat(Tell(got.clock()), got.quiescent() ? " · at rest" : " · under way", "\n"), JsonOf(got));
    return absl::OkStatus();
  }
  emu::SetClockRequest request;
  if (!options.mode.empty()) {
    emu::ClockMode::Value mode = emu::ClockMode::UNSPECIFIED;
    emu::ClockMode::Value_Parse(absl::AsciiStrToUpper(options.mode), &mode);
    request.set_mode(mode);
  }
  if (options.speed != 0) request.set_speed(options.speed);
  ECSMI_ASSIGN_OR_RETURN(const emu::SetClockResponse set, context.client.Call<emu::SetClockResponse>(request));
  context.Print(absl::StrCat(Tell(set.clock()), "\n"), JsonOf(set));
  return absl::OkStatus();
}

}  // namespace

void AddClock(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = AddVerb(app, "clock", "Shows the world's clock, or changes how time passes",
                           {"ecsmictl clock", "ecsmictl clock virtual", "ecsmictl clock wall --speed 60"});
  verb->add_option("mode", options->mode, "wall, virtual or auto")
      ->check(CLI::IsMember({"wall", "virtual", "auto"}, CLI::ignore_case))
      ->type_name("MODE");
  verb->add_option("--speed", options->speed, "World seconds per second of the host")->check(CLI::PositiveNumber);
  OnVerb(*verb, chosen, [options](Context& context) { return Clock(context, *options); });
}

}  // namespace ecsmi::ctl
