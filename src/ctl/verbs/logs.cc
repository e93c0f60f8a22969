#include "absl/strings/str_format.h"
#include "ctl/event_line.h"
#include "ctl/event_stream.h"
#include "ctl/names.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"

namespace ecsmi::ctl {
namespace {

struct Options {
  std::string task;
  std::string cluster;
  bool follow = false;
};

bool IsLast(const emu::Event& event) {
  const auto status = event.detail().fields().find("lastStatus");
  return status != event.detail().fields().end() && status->second.string_value() == "STOPPED";
}

absl::Status Logs(Context& context, const Options& options) {
  ECSMI_ASSIGN_OR_RETURN(const ecs::Task task, FindTask(context.client, options.cluster, options.task));
  emu::WatchEventsRequest request;
  request.set_follow(options.follow);
  request.set_from(emu::WatchFrom::OLDEST);
  request.add_kinds(emu::EventKind::TASK);
  request.add_tasks(task.task_arn());
  return WatchEvents(context.client, request, [&](const emu::Event& event) {
    PrintEvent(context.globals.format, event,
               absl::StrFormat("%-24s  %s", Moment(TimeOf(event.time())), WhatHappened(event)));
    return !IsLast(event);
  });
}

}  // namespace

void AddLogs(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      AddVerb(app, "logs", "A task's life, line by line", {"ecsmictl logs 3f2a", "ecsmictl logs -f 3f2a -c shop"});
  verb->add_option("task", options->task, "Its id or ARN; ids may be cut")->required()->type_name("TASK");
  verb->add_option("-c,--cluster", options->cluster, "Of this cluster; absent: looked for in all");
  verb->add_flag("-f,--follow", options->follow, "Goes on until the task has stopped");
  OnVerb(*verb, chosen, [options](Context& context) { return Logs(context, *options); });
}

}  // namespace ecsmi::ctl
