// ecsmictl: the operators' command. Reads the command line, runs one verb, ends with one of the codes of ctl/exit.h.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "ctl/command_line.h"
#include "ctl/completion.h"
#include "ctl/context.h"

namespace ecsmi::ctl {
namespace {

int Run(std::vector<std::string> words) {
  // What stands behind "--" is a command for `run`, or words to complete: none of our flags are looked for there.
  std::vector<std::string> rest;
  if (const auto dashes = std::find(words.begin(), words.end(), "--"); dashes != words.end()) {
    rest.assign(dashes + 1, words.end());
    words.erase(dashes, words.end());
  }
  CommandLine line(rest);
  if (words == std::vector<std::string>{"__complete"}) {
    for (const std::string& candidate : Candidates(line.app(), rest)) std::printf("%s\n", candidate.c_str());
    return 0;
  }
  try {
    std::reverse(words.begin(), words.end());  // as CLI11 wants it
    line.app().parse(words);
  } catch (const CLI::ParseError& error) {
    return line.app().exit(error) == 0 ? 0 : static_cast<int>(Exit::kUsage);
  }
  if (!rest.empty() && !line.app().got_subcommand("run")) {
    std::fputs("ecsmictl: only `run` takes a command behind --\n", stderr);
    return static_cast<int>(Exit::kUsage);
  }
  Context context(Resolve(line.flags(), [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  }));
  const absl::Status status = line.chosen().action(context);
  if (status.ok()) return context.exit_status;
  std::fprintf(stderr, "ecsmictl: %s\n", std::string(status.message()).c_str());
  return static_cast<int>(ExitOf(status));
}

}  // namespace
}  // namespace ecsmi::ctl

int main(int argc, char** argv) {
  try {
    return ecsmi::ctl::Run({argv + 1, argv + argc});
  } catch (const std::exception& error) {  // none is expected: CLI11's, of a verb declared badly, or no memory
    std::fprintf(stderr, "ecsmictl: %s\n", error.what());
    return 70;  // EX_SOFTWARE
  }
}
