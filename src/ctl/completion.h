#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace ecsmi::ctl {

// What may stand for the last of `words` (which may be empty): verbs, flags, or the values a flag or argument has; in
// no case names of a world, so that no daemon is asked. `words` are those after the program's name.
std::vector<std::string> Candidates(const CLI::App& app, const std::vector<std::string>& words);

// A script for "bash" or "zsh" that asks this program, by `__complete -- WORDS`.
std::string CompletionScript(const std::string& shell);

}  // namespace ecsmi::ctl
