#pragma once

#include <string>
#include <vector>

#include "ecsmi/control/events.h"
#include "ecsmi/emulator/v1/event.pb.h"

namespace ecsmi::api {

// An event, and what filters ask of it; empty where it has none.
struct RenderedEvent {
  emulator::v1::Event event;
  std::string cluster;  // name
  std::string service;  // name
  std::string task;     // id
};

// The events of an occurrence, as AWS would put them on its bus (H50-H55): none, one or two. `scene` holds what it
// refers to; where the log no longer knows that, there is no event. Pure; any thread.
std::vector<RenderedEvent> RenderEvents(const control::Step& scene, const control::Occurrence& it);

}  // namespace ecsmi::api
