#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ctl/child.h"
#include "ctl/lists.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"
#include "ecsmi/emulator/v1/dump.pb.h"

namespace ecsmi::ctl {
namespace {

struct Options {
  std::vector<std::string> daemon_flags;
  bool keep = false;
};

// All rows of a world into a file, one JSON object a line.
absl::Status Dump(const Globals& globals, const std::string& path) {
  Client client(globals);
  std::ofstream file(path, std::ios::binary);
  return client.Pages<emu::DumpWorldResponse>(emu::DumpWorldRequest(), [&](const emu::DumpWorldResponse& page) {
    for (const std::string& row : page.rows()) file << row << "\n";
  });
}

// Every world that has something; the files' paths.
std::vector<std::string> DumpAll(Globals globals, const std::string& folder) {
  std::vector<std::string> paths;
  Client client(globals);
  const auto worlds = ListWorlds(client);
  if (!worlds.ok()) return paths;
  for (const emu::WorldSummary& world : *worlds) {
    globals.account = world.account();
    const std::string path = absl::StrCat(folder, "/world-", world.account(), ".jsonl");
    if (Dump(globals, path).ok()) paths.push_back(path);
  }
  return paths;
}

absl::Status Run(Context& context, const Options& options, const std::vector<std::string>& command) {
  if (command.empty()) return WrongUsage("run needs a command: ecsmictl run -- COMMAND [ARGUMENT…]");
  std::string folder = (std::filesystem::temp_directory_path() / "ecsmi-run-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return Refused(absl::StrCat("no folder can be made below ", folder));
  const std::string log = folder + "/ecsmid.log";
  std::vector<std::string> flags = {"--profile=test", "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0"};
  flags.insert(flags.end(), options.daemon_flags.begin(), options.daemon_flags.end());
  const auto remove = [&] {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  };
  absl::StatusOr<DaemonProcess> daemon = DaemonProcess::Start(ProgramFolder() + "/ecsmid", flags, log);
  if (!daemon.ok()) {
    remove();
    return daemon.status();
  }
  // A profile or a session's token of the user's own would win over these keys, or be sent along.
  const Globals& globals = context.globals;
  context.exit_status = RunCommand(command, {{"AWS_ENDPOINT_URL", "http://" + daemon->http()},
                                             {"AWS_ACCESS_KEY_ID", globals.account},
                                             {"AWS_SECRET_ACCESS_KEY", "ecsmi"},
                                             {"AWS_REGION", globals.region},
                                             {"AWS_DEFAULT_REGION", globals.region},
                                             {"ECSMI_ENDPOINT", daemon->grpc()},
                                             {"AWS_SESSION_TOKEN", "", true},
                                             {"AWS_PROFILE", "", true}});
  if (context.exit_status == 0 && !options.keep) {
    daemon->Stop();
    remove();
    return absl::OkStatus();
  }
  Globals own = globals;
  own.endpoint = daemon->grpc();
  const std::vector<std::string> dumps = DumpAll(own, folder);
  daemon->Stop();
  std::fprintf(stderr, "ecsmictl run: %s ended with %d; kept:\n  %s\n", Safe(command[0]).c_str(), context.exit_status,
               log.c_str());
  for (const std::string& path : dumps) std::fprintf(stderr, "  %s\n", path.c_str());
  return absl::OkStatus();
}

}  // namespace

void AddRun(CLI::App& app, Chosen& chosen, const std::vector<std::string>& command) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = AddVerb(app, "run", "Runs a command against a daemon of its own",
                           {"ecsmictl run -- pytest tests/", "ecsmictl run -d --seed=7 -d --latency=none -- make e2e"});
  verb->add_option("-d,--daemon-flag", options->daemon_flags, "A flag for ecsmid; may be repeated")
      ->take_all()
      ->expected(1)
      ->type_name("FLAG");
  verb->add_flag("--keep", options->keep, "Keeps log and rows also when the command succeeds");
  verb->footer(verb->get_footer() + R"(

ecsmictl run [OPTIONS] -- COMMAND [ARGUMENT...]
The daemon is the ecsmid beside this program: in memory, on free ports, its
clock auto. The command gets AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_REGION and ECSMI_ENDPOINT, and every signal sent to
ecsmictl; its exit status becomes ecsmictl's. When it fails, the daemon's log
and the rows of all worlds are kept and named.)");
  OnVerb(*verb, chosen, [options, &command](Context& context) { return Run(context, *options, command); });
}

}  // namespace ecsmi::ctl
