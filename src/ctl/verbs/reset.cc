#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "ctl/lists.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"
#include "ecsmi/emulator/v1/world.pb.h"

namespace ecsmi::ctl {
namespace {

absl::Status Reset(Context& context, bool yes) {
  if (!yes && isatty(STDIN_FILENO) != 0) {
    std::fprintf(stderr, "Empty %s? All it holds is lost. [y/N] ", WorldName(context.globals).c_str());
    std::string answer;
    std::getline(std::cin, answer);
    if (answer != "y" && answer != "Y" && answer != "yes") return Refused("nothing was changed");
  }
  ECSMI_ASSIGN_OR_RETURN(const emu::ResetWorldResponse done,
                         context.client.Call<emu::ResetWorldResponse>(emu::ResetWorldRequest()));
  context.Print(absl::StrCat("account ", context.globals.account, " is empty, in all Regions\n"), JsonOf(done));
  return absl::OkStatus();
}

}  // namespace

void AddReset(CLI::App& app, Chosen& chosen) {
  auto yes = std::make_shared<bool>(false);
  CLI::App* verb = AddVerb(app, "reset", "Empties the world; its clock goes on",
                           {"ecsmictl reset", "ecsmictl --world 111122223333 reset --yes"});
  verb->add_flag("-y,--yes", *yes, "Does not ask; nor does it without a terminal");
  OnVerb(*verb, chosen, [yes](Context& context) { return Reset(context, *yes); });
}

}  // namespace ecsmi::ctl
