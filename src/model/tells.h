#pragma once

#include <string>

#include "ecsmi/model/state.h"

// Which changes of a row watchers hear of (H50-H55), and what later events may ask of rows that are gone by then.
namespace ecsmi::model {

// A new row is an event.
template <typename T>
inline constexpr bool kTellsBirth = false;
template <>
inline constexpr bool kTellsBirth<Cluster> = true;
template <>
inline constexpr bool kTellsBirth<CapacityProvider> = true;
template <>
inline constexpr bool kTellsBirth<Service> = true;
template <>
inline constexpr bool kTellsBirth<Deployment> = true;
template <>
inline constexpr bool kTellsBirth<ServiceEvent> = true;
template <>
inline constexpr bool kTellsBirth<Task> = true;
template <>
inline constexpr bool kTellsBirth<ScalingActivity> = true;

// A change of the row is an event. Instances: those that are container instances (E5).
template <typename T>
bool Tells(const T&, const T&) {
  return false;
}
inline bool Tells(const Cluster& before, const Cluster& row) {
  return before.status != row.status;
}
inline bool Tells(const CapacityProvider& before, const CapacityProvider& row) {
  return before.status != row.status || before.update_status != row.update_status;
}
inline bool Tells(const Service& before, const Service& row) {
  return before.status != row.status;
}
inline bool Tells(const Deployment& before, const Deployment& row) {
  return before.rollout != row.rollout;
}
inline bool Tells(const Task& before, const Task& row) {
  return before.status != row.status || before.desired_stopped != row.desired_stopped || before.health != row.health;
}
inline bool IsContainerInstance(const ContainerInstance& row) {
  return row.stage >= InstanceStage::kRegistering;
}
inline bool Tells(const ContainerInstance& before, const ContainerInstance& row) {
  return IsContainerInstance(row) && (before.stage != row.stage || before.agent_connected != row.agent_connected);
}
inline bool Tells(const Alarm& before, const Alarm& row) {
  return before.state != row.state;
}
inline bool Tells(const ScalingActivity& before, const ScalingActivity& row) {
  return before.status != row.status;
}

// Events show the row's bytes as of then. (Of an instance they show InstanceFacts.)
template <typename T>
inline constexpr bool kIsShown = kTellsBirth<T>;
template <>
inline constexpr bool kIsShown<Alarm> = true;

// How a change of a row shows in events that were told of it before: at once, or only from a later step on. (Placing a
// task moves its version in the step that made it; nothing else of it shows then.)
enum class Shows : std::uint8_t { kNot, kLater, kAtOnce };
template <typename T>
Shows ShowsChange(const T&, const T&) {
  return Shows::kAtOnce;
}
inline Shows ShowsChange(const Task& before, const Task& row) {
  if (Tells(before, row) || before.exit_code != row.exit_code ||
      before.execution_stopped_at != row.execution_stopped_at || before.stopped_reason != row.stopped_reason) {
    return Shows::kAtOnce;
  }
  return before.version != row.version ? Shows::kLater : Shows::kNot;
}

// Appends what the event shows beyond the row as it became.
template <typename T>
void AppendExtra(const T&, const T&, std::string&) {}
inline void AppendExtra(const ContainerInstance&, const ContainerInstance& row, std::string& out) {
  EncodeRow(InstanceFacts::Of(row), out);
}
// The state it was in before (previousState).
inline void AppendExtra(const Alarm& before, const Alarm&, std::string& out) {
  EncodeRow(before, out);
}

// Events of other rows name it: its bytes outlive it in the log.
template <typename T>
inline constexpr bool kIsReferredTo = false;
template <>
inline constexpr bool kIsReferredTo<Cluster> = true;
template <>
inline constexpr bool kIsReferredTo<CapacityProvider> = true;
template <>
inline constexpr bool kIsReferredTo<TaskDefinition> = true;
template <>
inline constexpr bool kIsReferredTo<Service> = true;
template <>
inline constexpr bool kIsReferredTo<ContainerInstance> = true;
template <>
inline constexpr bool kIsReferredTo<Subnet> = true;

// Its events show what is in its documents. (A queue's messages have documents too: none of theirs is told.)
template <typename T>
inline constexpr bool kShowsDocuments = false;
template <>
inline constexpr bool kShowsDocuments<Task> = true;
template <>
inline constexpr bool kShowsDocuments<ContainerInstance> = true;
template <>
inline constexpr bool kShowsDocuments<Alarm> = true;

}  // namespace ecsmi::model
