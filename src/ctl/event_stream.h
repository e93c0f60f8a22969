#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "ctl/client.h"
#include "ctl/contract.h"
#include "ctl/globals.h"
#include "ecsmi/emulator/v1/event.pb.h"

namespace ecsmi::ctl {

// `take` gets each event, until it returns false or the watch ends.
absl::Status WatchEvents(Client& client, const emu::WatchEventsRequest& request,
                         const std::function<bool(const emu::Event& event)>& take);

// To standard output, at once: `line`, or as kJson the event on one line, so that a pipe gets it as it happens, or as
// kYaml a document.
void PrintEvent(Format format, const emu::Event& event, const std::string& line);

}  // namespace ecsmi::ctl
