#include "ctl/event_stream.h"

#include <cstdio>

#include "ctl/document.h"
#include "ctl/text.h"

namespace ecsmi::ctl {

absl::Status WatchEvents(Client& client, const emu::WatchEventsRequest& request,
                         const std::function<bool(const emu::Event& event)>& take) {
  absl::Status unreadable;
  const absl::Status ended =
      client.Stream(Client::PathOf(request), request.SerializeAsString(), [&](const std::string& bytes) {
        emu::WatchEventsResponse response;
        if (!response.ParseFromString(bytes)) unreadable = Refused("the answer is no WatchEventsResponse");
        for (const emu::Event& event : response.events()) {
          if (!take(event)) return false;
        }
        return unreadable.ok();
      });
  return unreadable.ok() ? ended : unreadable;
}

void PrintEvent(Format format, const emu::Event& event, const std::string& line) {
  switch (format) {
    case Format::kTable:
      std::printf("%s\n", line.c_str());
      break;
    case Format::kJson:
      std::printf("%s\n", Safe(JsonOf(event)).c_str());
      break;
    case Format::kYaml:
      std::printf("---\n%s", LayOut(JsonOf(event), Format::kYaml).c_str());
      break;
  }
  std::fflush(stdout);
}

}  // namespace ecsmi::ctl
