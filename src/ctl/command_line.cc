#include "ctl/command_line.h"

namespace ecsmi::ctl {
namespace {

constexpr char kFooter[] =
    R"(The world is an account: --world, or the one AWS_ACCESS_KEY_ID stands for, as
for the daemon: twelve digits are the account, world-NAME is the world of that
name, any other key is account 000000000000.

Exit codes:
  0  done
  1  the daemon refused; its exception and message are on standard error
  2  the command line is wrong
  3  no daemon answers at the endpoint
  4  what was waited for did not come in time
Of `run`, the command's own.

Colours only on a terminal, and not when NO_COLOR is set.
`ecsmictl VERB --help` has examples.)";

}  // namespace

CommandLine::CommandLine(const std::vector<std::string>& behind_dashes)
    : app_("ecsmictl: looks into the worlds of an ecsmid, and moves them", "ecsmictl") {
  app_.set_version_flag("--version", std::string("ecsmictl ") + ECSMI_VERSION);
  app_.fallthrough();
  app_.get_formatter()->column_width(24);  // verbs inherit both
  app_.require_subcommand(1);
  app_.add_option("--endpoint", flags_.endpoint, "The daemon's gRPC door; ECSMI_ENDPOINT; 127.0.0.1:50051")
      ->type_name("HOST:PORT");
  app_.add_option("--world", flags_.world, "Account or name of the world; AWS_ACCESS_KEY_ID")->type_name("WORLD");
  app_.add_option("--region", flags_.region, "AWS_REGION, AWS_DEFAULT_REGION; us-east-1")->type_name("REGION");
  app_.add_option("-o,--output", flags_.output, "What to print")
      ->check(CLI::IsMember({"table", "json", "yaml"}))
      ->capture_default_str()
      ->type_name("FORMAT");
  app_.footer(kFooter);
  CLI::App* get = AddVerb(app_, "get", "Lists things of one kind",
                          {"ecsmictl get tasks", "ecsmictl get services -w", "ecsmictl get instances -o yaml"});
  get->require_subcommand(1);
  AddGetClusters(*get, chosen_);
  AddGetServices(*get, chosen_);
  AddGetTasks(*get, chosen_);
  AddGetInstances(*get, chosen_);
  AddGetProviders(*get, chosen_);
  AddGetQueues(*get, chosen_);
  AddGetDefinitions(*get, chosen_);
  AddGetAlarms(*get, chosen_);
  AddGetWorlds(*get, chosen_);
  AddGetInstanceTypes(*get, chosen_);
  AddDescribe(app_, chosen_);
  AddExplain(app_, chosen_);
  AddEvents(app_, chosen_);
  AddLogs(app_, chosen_);
  AddWait(app_, chosen_);
  AddTop(app_, chosen_);
  AddCosts(app_, chosen_);
  AddPlan(app_, chosen_);
  AddClock(app_, chosen_);
  AddAdvance(app_, chosen_);
  AddReset(app_, chosen_);
  AddCall(app_, chosen_);
  AddRun(app_, chosen_, behind_dashes);
  AddCompletion(app_, chosen_);
}

}  // namespace ecsmi::ctl
