#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "ctl/globals.h"
#include "ctl/verbs/verb.h"

namespace ecsmi::ctl {

// All verbs and flags. Outlives the parsing, and the action that it chose.
class CommandLine {
 public:
  // `behind_dashes`: what stands behind "--", taken off before; outlives this.
  explicit CommandLine(const std::vector<std::string>& behind_dashes);
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  CLI::App& app() { return app_; }
  const GlobalFlags& flags() const { return flags_; }
  const Chosen& chosen() const { return chosen_; }

 private:
  CLI::App app_;
  GlobalFlags flags_;
  Chosen chosen_;
};

}  // namespace ecsmi::ctl
