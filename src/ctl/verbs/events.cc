#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "ctl/event_line.h"
#include "ctl/event_stream.h"
#include "ctl/names.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"

namespace ecsmi::ctl {
namespace {

struct Options {
  bool follow = false;
  std::string from;
  std::string resume;
  std::vector<std::string> kinds;
  std::vector<std::string> clusters;
  std::vector<std::string> services;
  std::vector<std::string> tasks;
};

const std::vector<std::string>& Kinds() {
  static const auto* const kinds = new std::vector<std::string>{
      "task",    "container-instance", "service-action", "deployment", "alarm", "scaling-activity",
      "cluster", "capacity-provider",  "service"};
  return *kinds;
}

absl::Status Events(Context& context, const Options& options) {
  emu::WatchEventsRequest request;
  request.set_follow(options.follow);
  if (!options.resume.empty()) {
    if (!options.from.empty()) return WrongUsage("--resume and --from are two beginnings; give one");
    request.set_resume_token(options.resume);
  } else {
    // Without -f there is nothing to see from now on.
    const bool now = options.from.empty() ? options.follow : options.from == "now";
    request.set_from(now ? emu::WatchFrom::NOW : emu::WatchFrom::OLDEST);
  }
  for (const std::string& kind : options.kinds) {
    emu::EventKind::Value value = emu::EventKind::UNSPECIFIED;
    emu::EventKind::Value_Parse(absl::StrReplaceAll(absl::AsciiStrToUpper(kind), {{"-", "_"}}), &value);
    request.add_kinds(value);
  }
  for (const std::string& cluster : options.clusters) request.add_clusters(cluster);
  for (const std::string& service : options.services) request.add_services(service);
  for (const std::string& task : options.tasks) {
    ECSMI_ASSIGN_OR_RETURN(const ecs::Task found, FindTask(context.client, "", task));
    request.add_tasks(found.task_arn());
  }
  return WatchEvents(context.client, request, [&](const emu::Event& event) {
    PrintEvent(context.globals.format, event, EventLine(event));
    return true;
  });
}

}  // namespace

void AddEvents(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = AddVerb(app, "events", "What happened, and with -f what happens",
                           {"ecsmictl events", "ecsmictl events -f -c shop --kind task",
                            "ecsmictl events -f -o json | jq -r .detail.stoppedReason"});
  verb->add_flag("-f,--follow", options->follow, "Goes on with what happens next");
  verb->add_option("--from", options->from, "Where to begin; with -f now, else oldest")
      ->check(CLI::IsMember({"now", "oldest"}))
      ->type_name("FROM");
  verb->add_option("--resume", options->resume, "Behind the event with this resumeToken")->type_name("TOKEN");
  verb->add_option("-k,--kind", options->kinds, OneOf(Kinds()))
      ->check(CLI::IsMember(Kinds()).description(""))
      ->expected(1)
      ->take_all()
      ->type_name("KIND");
  verb->add_option("-c,--cluster", options->clusters, "Of these clusters")->expected(1)->take_all()->type_name("NAME");
  verb->add_option("-s,--service", options->services, "Of these services")->expected(1)->take_all()->type_name("NAME");
  verb->add_option("-t,--task", options->tasks, "Of these tasks")->expected(1)->take_all()->type_name("ID");
  OnVerb(*verb, chosen, [options](Context& context) { return Events(context, *options); });
}

}  // namespace ecsmi::ctl
