#include "ecsmi/model/state.h"
#include "ecsmi/model/task_containers.h"
#include "state_links.h"

// Queues, their messages, and the workers that wait for one.
namespace ecsmi::model {

template <>
void State::Link(Queue& row) {
  Name(NameKey('q', row.region, row.name), row.serial);
  dirty_queues_.insert(row.serial);
}
template <>
void State::Unlink(Queue& row) {
  Unname(NameKey('q', row.region, row.name), row.serial);
  dirty_queues_.erase(row.serial);
  arrivals_.erase(row.serial);
}
template <>
void State::Relink(const Queue& before, Queue& row) {
  // Metrics follow what a queue counts and whether it is active (F55).
  if (before.active_until != row.active_until || before.deleted != row.deleted ||
      before.messages_sent != row.messages_sent || before.messages_received != row.messages_received ||
      before.messages_deleted != row.messages_deleted) {
    dirty_queues_.insert(row.serial);
  }
  if (before.deleted != row.deleted) arrivals_.insert(row.serial);
}

template <>
void State::Link(Message& row) {
  Queue* queue = Mutable<Queue>().Find(row.queue);
  ECSMI_CHECK(queue != nullptr);
  ListAppend(Mutable<Message>(), queue->messages, row, &Message::in_queue);
  CountMessage(row, 1);
}
template <>
void State::Unlink(Message& row) {
  CountMessage(row, -1);
  ListRemove(Mutable<Message>(), Mutable<Queue>().Find(row.queue)->messages, row, &Message::in_queue);
}
template <>
void State::Relink(const Message& before, Message& row) {
  if (before.queue == row.queue && before.state == row.state && before.holder == row.holder) {
    Mutable<Queue>().Find(row.queue)->messages.seq = seq_ + 1;
    return;
  }
  CountMessage(before, -1);
  if (before.queue != row.queue) {
    ListRemove(Mutable<Message>(), Mutable<Queue>().Find(before.queue)->messages, row, &Message::in_queue);
    ListAppend(Mutable<Message>(), Mutable<Queue>().Find(row.queue)->messages, row, &Message::in_queue);
  }
  CountMessage(row, 1);
}

void State::CountMessage(const Message& message, int by) {
  Queue* queue = Mutable<Queue>().Find(message.queue);
  queue->messages.seq = seq_ + 1;
  Count(queue->visible, message.state == MessageState::kVisible, by);
  Count(queue->in_flight, message.state == MessageState::kInFlight, by);
  Count(queue->delayed, message.state == MessageState::kDelayed, by);
  dirty_queues_.insert(queue->serial);
  if (message.state == MessageState::kVisible) {
    if (by > 0) {
      visible_messages_.emplace(message.queue, message.serial);
      arrivals_.insert(queue->serial);
    } else {
      visible_messages_.erase({message.queue, message.serial});
    }
  } else if (by < 0 && queue->visible > 0) {
    arrivals_.insert(queue->serial);  // room among those in flight (F69)
  }
  if (message.holder == kNoSerial) {
    Count(outside_held_, message.state == MessageState::kInFlight, by);
    return;
  }
  if (by > 0) {
    held_messages_.emplace(message.holder, message.serial);
  } else {
    held_messages_.erase({message.holder, message.serial});
  }
}

void State::CountIdleWorker(const Task& task, int by) {
  const TaskDefinition& definition = Get<TaskDefinition>(task.definition);
  const TaskContainers containers(*this, task);
  const int worker = containers.Worker();
  ECSMI_CHECK(worker >= 0);
  const std::string& name = containers[static_cast<std::size_t>(worker)].behavior.queue;
  const std::string key = NameKey('q', definition.region, name);
  if (by > 0) {
    idle_workers_[key].insert(task.serial);
    const auto queue = names_.find(key);
    if (queue != names_.end()) dirty_queues_.insert(queue->second);
    return;
  }
  const auto at = idle_workers_.find(key);
  at->second.erase(task.serial);
  if (at->second.empty()) idle_workers_.erase(at);
}

namespace {
// The second of the first pair that begins with `first`.
Serial FirstOf(const absl::btree_set<std::pair<Serial, Serial>>& pairs, Serial first) {
  const auto at = pairs.lower_bound({first, kNoSerial});
  return at == pairs.end() || at->first != first ? kNoSerial : at->second;
}
}  // namespace

Serial State::FirstVisible(Serial queue) const {
  return FirstOf(visible_messages_, queue);
}

Serial State::FirstIdleWorker(std::string_view region, std::string_view queue_name) const {
  const auto at = idle_workers_.find(NameKey('q', region, queue_name));
  return at == idle_workers_.end() ? kNoSerial : *at->second.begin();
}

std::vector<Serial> State::IdleWorkers(std::string_view region, std::string_view queue_name) const {
  const auto at = idle_workers_.find(NameKey('q', region, queue_name));
  if (at == idle_workers_.end()) return {};
  return {at->second.begin(), at->second.end()};
}

std::vector<Serial> State::MessagesHeldBy(Serial task) const {
  std::vector<Serial> held;
  for (auto at = held_messages_.lower_bound({task, kNoSerial}); at != held_messages_.end() && at->first == task; ++at) {
    held.push_back(at->second);
  }
  return held;
}

}  // namespace ecsmi::model
