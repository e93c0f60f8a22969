#include "ctl/completion.h"

#include <cstdio>

#include "ctl/verbs/verb.h"

namespace ecsmi::ctl {

void AddCompletion(CLI::App& app, Chosen& chosen) {
  auto shell = std::make_shared<std::string>();
  CLI::App* verb =
      AddVerb(app, "completion", "Prints what makes a shell complete verbs and flags",
              {"source <(ecsmictl completion bash)", "ecsmictl completion zsh > \"${fpath[1]}/_ecsmictl\""});
  verb->add_option("shell", *shell)->required()->check(CLI::IsMember({"bash", "zsh"}))->type_name("SHELL");
  OnVerb(*verb, chosen, [shell](Context&) {
    std::fputs(CompletionScript(*shell).c_str(), stdout);
    return absl::OkStatus();
  });
}

}  // namespace ecsmi::ctl
