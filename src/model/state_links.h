#pragma once

#include <array>

#include "ecsmi/model/state.h"

// What each kind of row refers to and when it is due: the tables behind State's hooks.
namespace ecsmi::model {

// Calls `visit` with every document a row keeps alive.
template <typename T, typename Visit>
void ForEachDocument(const T& row, Visit&& visit) {
  if constexpr (requires { row.document; }) visit(row.document);
  if constexpr (requires { row.stopped_reason; }) visit(row.stopped_reason);
  if constexpr (requires { row.status_reason; }) visit(row.status_reason);
  // A standalone task's group is the document of its name; a service task's is the service itself.
  if constexpr (std::is_same_v<T, Task>) visit(row.service == kNoSerial ? row.group : kNoSerial);
}

// At most two due times per row; kNever where it has none.
template <typename T>
std::array<Due, 2> DuesOf(const T&) {
  return {};
}
inline std::array<Due, 2> DuesOf(const Task& task) {
  // Retention of a stopped task is background; every step of a live one is foreground.
  return {Due{task.due_at, task.status != TaskStatus::kStopped}, Due{}};
}
inline std::array<Due, 2> DuesOf(const ContainerInstance& instance) {
  return {
      Due{instance.due_at, instance.stage != InstanceStage::kActive && instance.stage != InstanceStage::kTerminated},
      Due{instance.idle_due_at, true}};
}
inline std::array<Due, 2> DuesOf(const CapacityProvider& provider) {
  return {Due{provider.status_due_at, true}, Due{provider.batch_due_at, provider.refusal.attempts == 0}};
}
inline std::array<Due, 2> DuesOf(const Service& service) {
  return {Due{service.due_at, true}, Due{}};
}
inline std::array<Due, 2> DuesOf(const Message& message) {
  return {Due{message.due_at, message.holder != kNoSerial || message.state == MessageState::kDelayed},
          Due{message.expires_at, false}};
}
inline std::array<Due, 2> DuesOf(const Queue& queue) {
  return {Due{queue.metric_due_at, false}, Due{queue.due_at, false}};
}
inline std::array<Due, 2> DuesOf(const Alarm& alarm) {
  return {Due{alarm.evaluate_at, !alarm.input_unchanged}, Due{}};
}
inline std::array<Due, 2> DuesOf(const ScalingActivity& activity) {
  return {Due{activity.due_at, false}, Due{}};
}
inline std::array<Due, 2> DuesOf(const Token& token) {
  return {Due{token.due_at, false}, Due{}};
}

// Keys of the name index: kind, then the parts, separated by a byte no name may hold.
template <typename... Parts>
std::string NameKey(char kind, const Parts&... parts) {
  std::string key(1, kind);
  ((key.push_back('\n'), key.append(parts)), ...);
  return key;
}

}  // namespace ecsmi::model
