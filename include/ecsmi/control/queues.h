#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "ecsmi/control/step.h"

// What happens to queues and their messages; shared by commands and simulated workers. All run on the strand inside a
// step and never fail: callers have validated.
namespace ecsmi::control {

// How many messages of a queue may be in flight (F69); without --limits, any number.
std::uint32_t InFlightMax(const Step& step);

// Takes a row filled by the caller into the tables; workers that wait for its name begin to poll it.
const model::Queue& CreateQueue(Step& step, model::Queue queue);
// The messages go at once; the name stays taken for 60 s (F68).
void DeleteQueue(Step& step, model::Serial queue);
// Every message goes, those in flight too (F78). Cost: the messages there are.
void PurgeQueue(Step& step, model::Serial queue);
// A call was made on the queue: its metrics are emitted for six hours (F55). Kept to the minute, so that calls that
// change nothing else rarely write a row.
void TouchQueue(Step& step, model::Serial queue);
// Messages live that long from their first send, those already there too.
void SetRetention(Step& step, model::Serial queue, std::int32_t seconds);

struct NewMessage {
  model::Serial queue = model::kNoSerial;
  std::string body;
  model::Serial document = model::kNoSerial;
  std::int32_t delay_seconds = 0;
};
model::Serial SendMessage(Step& step, NewMessage message);

struct Receive {
  model::Serial queue = model::kNoSerial;
  std::size_t count_max = 1;
  std::int32_t visibility_seconds = 30;
  model::Serial holder = model::kNoSerial;  // the simulated worker's task
};
// Up to `count_max` visible messages, those sent first before the others (lowest serial), now in flight. One that was
// received as often as the redrive policy allows moves to the dead-letter queue instead (F66).
std::vector<model::Serial> ReceiveMessages(Step& step, const Receive& receive);
void DeleteMessage(Step& step, model::Serial message);
// The message is hidden for that long from now; 0 = visible at once (F62). REQUIRES: it is in flight.
void ChangeVisibility(Step& step, model::Serial message, std::int32_t seconds);

}  // namespace ecsmi::control
