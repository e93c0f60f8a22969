#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "ctl/client.h"
#include "ctl/document.h"
#include "ctl/globals.h"
#include "ctl/terminal.h"

namespace ecsmi::ctl {

// What a verb works with. Nothing is connected before the first call.
struct Context {
  explicit Context(Globals its_globals) : globals(its_globals), client(std::move(its_globals)) {}
  const Globals globals;
  Client client;
  const Screen screen = LookAtScreen();
  int exit_status = 0;  // what the process ends with when the verb succeeded: of `run`, its command's

  // To standard output: `text` when tables are wanted, else `json` laid out.
  void Print(const std::string& text, const std::string& json) const;
};

// A verb, once its flags are read.
using Action = std::function<absl::Status(Context&)>;

}  // namespace ecsmi::ctl
