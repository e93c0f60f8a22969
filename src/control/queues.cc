#include "ecsmi/control/queues.h"

#include <utility>

#include "control/simulation.h"

namespace ecsmi::control {
namespace {

using model::Message;
using model::MessageState;
using model::Queue;

constexpr std::uint32_t kInFlightMax = 120'000;                    // F69
constexpr model::DurationMs kActiveMs = 6 * model::kHourMs;        // F55
constexpr model::DurationMs kActiveGrainMs = model::kMinuteMs;     // metrics are per minute
constexpr model::DurationMs kTombstoneMs = 60 * model::kSecondMs;  // F68

bool IsExhausted(const Queue& queue, const Message& message) {
  return queue.max_receive_count > 0 && message.receive_count - message.receives_before_move >= queue.max_receive_count;
}

// F66: its first send is what retention counts from.
void MoveToDeadLetterQueue(Step& step, model::Serial serial, const Queue& target) {
  step.state.Update<Message>(serial, [&](Message& row) {
    row.dead_letter_source = row.queue;
    row.queue = target.serial;
    row.holder = model::kNoSerial;
    row.receives_before_move = row.receive_count;
    row.expires_at = row.sent_at + target.retention_seconds * model::kSecondMs;
  });
  TouchQueue(step, target.serial);
}

// How long a message is hidden: simulated workers live in world time.
model::DurationMs HoldMs(const Step& step, model::Serial holder, std::int32_t seconds) {
  const model::DurationMs hold = seconds * model::kSecondMs;
  return holder == model::kNoSerial ? step.OutsideMs(hold) : hold;
}

void EraseMessages(Step& step, model::Serial queue) {
  std::vector<model::Serial> messages;
  step.state.ForEachIn<Message>(step.state.Get<Queue>(queue).messages, &Message::in_queue,
                                [&](const Message& row) { messages.push_back(row.serial); });
  for (const model::Serial message : messages) step.state.Erase<Message>(message);
}

}  // namespace

std::uint32_t InFlightMax(const Step& step) {
  return step.settings.limits ? kInFlightMax : std::numeric_limits<std::uint32_t>::max();
}

const Queue& CreateQueue(Step& step, Queue queue) {
  queue.serial = step.state.NewSerial();
  queue.created_at = queue.modified_at = step.now;
  queue.active_until = step.now + kActiveMs;
  const Queue& row = step.state.Insert(std::move(queue));
  RestartIdleWaits(step, row);
  return row;
}

void DeleteQueue(Step& step, model::Serial serial) {
  EraseMessages(step, serial);
  const Queue& row = step.state.Update<Queue>(serial, [&](Queue& queue) {
    queue.deleted = true;
    queue.deleted_at = step.now;
    queue.active_until = model::kUnset;
    queue.due_at = step.now + kTombstoneMs;
  });
  RestartIdleWaits(step, row);
}

void PurgeQueue(Step& step, model::Serial serial) {
  EraseMessages(step, serial);
  step.state.Update<Queue>(serial, [&](Queue& queue) { queue.purged_at = step.now; });
}

void TouchQueue(Step& step, model::Serial serial) {
  if (step.state.Get<Queue>(serial).active_until >= step.now + kActiveMs - kActiveGrainMs) return;
  step.state.Update<Queue>(serial, [&](Queue& queue) { queue.active_until = step.now + kActiveMs; });
}

void SetRetention(Step& step, model::Serial serial, std::int32_t seconds) {
  if (step.state.Get<Queue>(serial).retention_seconds == seconds) return;
  const Queue& queue = step.state.Update<Queue>(serial, [&](Queue& row) { row.retention_seconds = seconds; });
  std::vector<model::Serial> messages;
  step.state.ForEachIn<Message>(queue.messages, &Message::in_queue,
                                [&](const Message& row) { messages.push_back(row.serial); });
  for (const model::Serial message : messages) {
    step.state.Update<Message>(message,
                               [&](Message& row) { row.expires_at = row.sent_at + seconds * model::kSecondMs; });
  }
}

model::Serial SendMessage(Step& step, NewMessage message) {
  Message row;
  row.serial = step.state.NewSerial();
  row.queue = message.queue;
  row.body = std::move(message.body);
  row.document = message.document;
  row.sent_at = step.now;
  row.expires_at = step.now + step.state.Get<Queue>(message.queue).retention_seconds * model::kSecondMs;
  if (message.delay_seconds > 0) {
    row.state = MessageState::kDelayed;
    row.due_at = step.now + message.delay_seconds * model::kSecondMs;
  }
  const model::Serial serial = step.state.Insert(std::move(row)).serial;
  step.state.Update<Queue>(message.queue, [](Queue& queue) { ++queue.messages_sent; });
  TouchQueue(step, message.queue);
  return serial;
}

std::vector<model::Serial> ReceiveMessages(Step& step, const Receive& receive) {
  const Queue& queue = step.state.Get<Queue>(receive.queue);
  const Queue* target = step.state.Find<Queue>(queue.dead_letter_queue);
  if (target != nullptr && target->deleted) target = nullptr;
  const std::uint32_t in_flight_max = InFlightMax(step);
  std::vector<model::Serial> received;
  while (received.size() < receive.count_max && queue.in_flight < in_flight_max) {
    const model::Serial serial = step.state.FirstVisible(receive.queue);
    if (serial == model::kNoSerial) break;
    if (target != nullptr && IsExhausted(queue, step.state.Get<Message>(serial))) {
      MoveToDeadLetterQueue(step, serial, *target);
      continue;
    }
    step.state.Update<Message>(serial, [&](Message& row) {
      row.state = MessageState::kInFlight;
      row.due_at = step.now + HoldMs(step, receive.holder, receive.visibility_seconds);
      if (row.receive_count == 0) row.first_received_at = step.now;
      row.received_at = step.now;
      ++row.receive_count;
      row.holder = receive.holder;
    });
    received.push_back(serial);
  }
  if (!received.empty()) {
    const auto count = static_cast<std::int64_t>(received.size());
    step.state.Update<Queue>(receive.queue, [&](Queue& row) { row.messages_received += count; });
  }
  TouchQueue(step, receive.queue);
  return received;
}

void DeleteMessage(Step& step, model::Serial serial) {
  const model::Serial queue = step.state.Get<Message>(serial).queue;
  step.state.Erase<Message>(serial);
  step.state.Update<Queue>(queue, [](Queue& row) { ++row.messages_deleted; });
}

void ChangeVisibility(Step& step, model::Serial serial, std::int32_t seconds) {
  step.state.Update<Message>(serial, [&](Message& row) {
    if (seconds > 0) {
      row.due_at = step.now + HoldMs(step, row.holder, seconds);
    } else {
      row.state = MessageState::kVisible;
      row.due_at = model::kNever;
    }
  });
}

void FireQueue(Step& step, model::Serial serial) {
  const Queue& queue = step.state.Get<Queue>(serial);
  if (queue.deleted && queue.due_at <= step.now) step.state.Erase<Queue>(serial);
}

void FireMessage(Step& step, model::Serial serial) {
  const Message& message = step.state.Get<Message>(serial);
  if (message.expires_at > step.now && message.due_at > step.now) return;
  TouchQueue(step, message.queue);  // a queue with messages in it is active (F55)
  if (message.expires_at <= step.now) return step.state.Erase<Message>(serial);
  // The receipt stays good until somebody else receives the message (F63): its holder may still delete it.
  step.state.Update<Message>(serial, [](Message& row) {
    row.state = MessageState::kVisible;
    row.due_at = model::kNever;
  });
}

}  // namespace ecsmi::control
