#pragma once

#include <algorithm>
#include <array>
#include <tuple>

#include "ecsmi/model/state.h"

// What each kind of row refers to and when it is due: the tables behind State's hooks.
namespace ecsmi::model {

// Calls `visit` with every document a row keeps alive.
template <typename T, typename Visit>
void ForEachDocument(const T& row, Visit&& visit) {
  if constexpr (requires { row.document; }) visit(row.document);
  if constexpr (requires { row.stopped_reason; }) visit(row.stopped_reason);
  if constexpr (requires { row.status_reason; }) visit(row.status_reason);
  if constexpr (requires { row.task_document; }) visit(row.task_document);
  if constexpr (requires { row.instance_document; }) visit(row.instance_document);
  if constexpr (requires { row.decision; }) visit(row.decision);
  if constexpr (requires { row.count_decision; }) visit(row.count_decision);
  // A standalone task's group is the document of its name; a service task's is the service itself.
  if constexpr (std::is_same_v<T, Task>) {
    visit(row.service == kNoSerial ? row.group : kNoSerial);
    visit(row.behavior);
  }
}

// The same as values, kNoSerial where the row has fewer.
template <typename T>
std::array<Serial, 4> DocumentsOf(const T& row) {
  std::array<Serial, 4> documents{};
  std::size_t count = 0;
  ForEachDocument(row, [&](Serial document) { documents[count++] = document; });
  return documents;
}

// A row's few due times; kNever where it has none.
template <typename T>
std::array<Due, 2> DuesOf(const T&) {
  return {};
}
inline std::array<Due, 2> DuesOf(const Task& task) {
  // Retention of a stopped task is background; every step of a live one is foreground.
  return {Due{task.due_at, task.status != TaskStatus::kStopped}, Due{task.worker_due_at, true}};
}
inline std::array<Due, 2> DuesOf(const ContainerInstance& instance) {
  // A draining one is due at its last day.
  const bool under_way = instance.stage != InstanceStage::kActive && instance.stage != InstanceStage::kDraining &&
                         instance.stage != InstanceStage::kTerminated;
  return {Due{instance.due_at, under_way}, Due{instance.idle_due_at, true}};
}
inline std::array<Due, 2> DuesOf(const CapacityProvider& provider) {
  return {Due{provider.status_due_at, true}, Due{provider.batch_due_at, provider.refusal.attempts == 0}};
}
inline std::array<Due, 3> DuesOf(const Service& service) {
  return {Due{service.due_at, true}, Due{service.background_due_at, false}, Due{service.metric_due_at, false}};
}
inline std::array<Due, 2> DuesOf(const ServiceDeployment& row) {
  return {Due{row.due_at, false}, Due{}};
}
inline std::array<Due, 2> DuesOf(const Message& message) {
  return {Due{message.due_at, message.holder != kNoSerial || message.state == MessageState::kDelayed},
          Due{message.expires_at, false}};
}
inline std::array<Due, 2> DuesOf(const Queue& queue) {
  return {Due{queue.metric_due_at, false}, Due{queue.due_at, false}};
}
inline std::array<Due, 2> DuesOf(const Metric& metric) {
  return {Due{metric.due_at, false}, Due{}};
}
inline std::array<Due, 2> DuesOf(const Alarm& alarm) {
  return {Due{alarm.evaluate_at, !alarm.input_unchanged}, Due{}};
}
inline std::array<Due, 2> DuesOf(const ScheduledAction& action) {
  return {Due{action.due_at, false}, Due{}};
}
inline std::array<Due, 2> DuesOf(const ScalingActivity& activity) {
  return {Due{activity.due_at, false}, Due{}};
}
inline std::array<Due, 2> DuesOf(const Token& token) {
  return {Due{token.due_at, false}, Due{}};
}

// Whether it has one at all.
template <typename T>
bool HasDue(const T& row) {
  return std::ranges::any_of(DuesOf(row), [](const Due& due) { return due.at != kNever; });
}

// Calls `visit.template operator()<T>()` for the table's record type; false for a number no table has.
template <typename Visit, typename... Ts>
bool Dispatch(TableId table, Visit&& visit, std::tuple<Table<Ts>...>*) {
  return ((Ts::kTable == table ? (visit.template operator()<Ts>(), true) : false) || ...);
}

// Adds `by` to a counter when the row `is` counted.
inline void Count(std::uint32_t& counter, bool is, int by) {
  if (is) counter = static_cast<std::uint32_t>(static_cast<std::int64_t>(counter) + by);
}

inline std::string SerialText(Serial serial) {
  return std::to_string(serial);
}

// Keys of the name index: kind, then the parts, separated by a byte no name may hold.
template <typename... Parts>
std::string NameKey(char kind, const Parts&... parts) {
  std::string key(1, kind);
  ((key.push_back('\n'), key.append(parts)), ...);
  return key;
}

// How a kind of row hangs together with the others; by default it does not. Defined in links_*.cc, a concern a file.
//   Link: into lists, counts and name indexes.   Unlink: out again, with the values it was linked with.
//   Relink: after a change, `before` being the row as it was.
template <typename T>
void State::Link(T&) {}
template <typename T>
void State::Unlink(T&) {}
template <typename T>
void State::Relink(const T&, T&) {}
template <>
void State::Link(Document& row);
template <>
void State::Unlink(Document& row);
template <>
void State::Link(Cluster& row);
template <>
void State::Unlink(Cluster& row);
template <>
void State::Link(CapacityProvider& row);
template <>
void State::Unlink(CapacityProvider& row);
template <>
void State::Relink(const CapacityProvider& before, CapacityProvider& row);
template <>
void State::Link(Subnet& row);
template <>
void State::Unlink(Subnet& row);
template <>
void State::Link(Family& row);
template <>
void State::Unlink(Family& row);
template <>
void State::Link(TaskDefinition& row);
template <>
void State::Unlink(TaskDefinition& row);
template <>
void State::Relink(const TaskDefinition& before, TaskDefinition& row);
template <>
void State::Link(Service& row);
template <>
void State::Unlink(Service& row);
template <>
void State::Relink(const Service& before, Service& row);
template <>
void State::Link(Deployment& row);
template <>
void State::Unlink(Deployment& row);
template <>
void State::Relink(const Deployment& before, Deployment& row);
template <>
void State::Link(ServiceEvent& row);
template <>
void State::Unlink(ServiceEvent& row);
template <>
void State::Link(ServiceRevision& row);
template <>
void State::Unlink(ServiceRevision& row);
template <>
void State::Link(ServiceDeployment& row);
template <>
void State::Unlink(ServiceDeployment& row);
template <>
void State::Relink(const ServiceDeployment& before, ServiceDeployment& row);
template <>
void State::Link(ContainerInstance& row);
template <>
void State::Unlink(ContainerInstance& row);
template <>
void State::Relink(const ContainerInstance& before, ContainerInstance& row);
template <>
void State::Link(Task& row);
template <>
void State::Unlink(Task& row);
template <>
void State::Relink(const Task& before, Task& row);
template <>
void State::Link(Queue& row);
template <>
void State::Unlink(Queue& row);
template <>
void State::Relink(const Queue& before, Queue& row);
template <>
void State::Link(Message& row);
template <>
void State::Unlink(Message& row);
template <>
void State::Relink(const Message& before, Message& row);
template <>
void State::Link(Metric& row);
template <>
void State::Unlink(Metric& row);
template <>
void State::Relink(const Metric& before, Metric& row);
template <>
void State::Link(Alarm& row);
template <>
void State::Unlink(Alarm& row);
template <>
void State::Relink(const Alarm& before, Alarm& row);
template <>
void State::Link(ScalableTarget& row);
template <>
void State::Unlink(ScalableTarget& row);
template <>
void State::Relink(const ScalableTarget& before, ScalableTarget& row);
template <>
void State::Link(ScalingPolicy& row);
template <>
void State::Unlink(ScalingPolicy& row);
template <>
void State::Relink(const ScalingPolicy& before, ScalingPolicy& row);
template <>
void State::Link(ScheduledAction& row);
template <>
void State::Unlink(ScheduledAction& row);
template <>
void State::Link(UsageShare& row);
template <>
void State::Unlink(UsageShare& row);
template <>
void State::Link(AccountSetting& row);
template <>
void State::Unlink(AccountSetting& row);
template <>
void State::Link(Token& row);
template <>
void State::Unlink(Token& row);

}  // namespace ecsmi::model
