#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ecsmi/control/step.h"
#include "ecsmi/core/placement.h"
#include "ecsmi/core/reconcile.h"
#include "ecsmi/core/scaling.h"
#include "ecsmi/model/decision.h"

// Why things stand as they do, for whoever asks (design: promise 4). What was decided is read from where it was kept
// with the decision; what is yet to come, or is waited for, is asked of the very functions that will decide it. All run
// on the strand inside a step, change no row and draw no number.
namespace ecsmi::control {

// "PROVISIONING" … "STOPPED".
std::string_view NameOf(model::TaskStatus status);
// EC2's words until there is a container instance, then ECS's, then EC2's again: "pending", "running", "REGISTERING",
// "ACTIVE", "DRAINING", "DEREGISTERING", "terminated".
std::string_view NameOf(model::InstanceStage stage);

// --- What comes next, if nothing else happens ------------------------------------------------------------------------

struct InstanceMove {
  model::InstanceStage stage = model::InstanceStage::kTerminated;
  model::TimeMs at = model::kNever;
};
// The stages an instance passes by itself: to ACTIVE, or to its end when it is idle, drains or is on the way there.
std::vector<InstanceMove> MovesAhead(const Step& step, const model::ContainerInstance& instance);

struct TaskMoveAhead {
  model::TaskStatus status = model::TaskStatus::kStopped;
  model::TimeMs at = model::kNever;
  model::StopCode stop_code = model::StopCode::kNone;  // when it will stop for that …
  std::string reason = {};                             // … and why
};
// The statuses a task with room passes by itself: to RUNNING and, when its containers end, to STOPPED. Empty for one
// that waits for room.
std::vector<TaskMoveAhead> MovesAhead(const Step& step, const model::Task& task);

// --- Waiting for room ------------------------------------------------------------------------------------------------

enum class WaitsFor : std::uint8_t {
  kBatch = 1,           // more demand may come (B63)
  kNextPass = 2,        // a pass that goes on a moment later
  kQuota = 3,           // a launch was refused: VcpuLimitExceeded
  kNoInstanceType = 4,  // no type that its provider allows has what it asks for
};
struct Wait {
  WaitsFor what = WaitsFor::kBatch;
  model::TimeMs until = model::kNever;  // when capacity is planned next
  std::string requirement;              // of kNoInstanceType: core::UnmetRequirement's word …
  std::optional<std::int64_t> asked;    // … where it is a number, what is asked …
  std::int64_t most_offered = 0;        // … and the most that a type has, and which (the cheapest of several)
  std::string most_offered_by;
  std::size_t tasks_waiting = 0;   // for the provider
  std::vector<core::Miss> misses;  // instances that lack least
  std::uint32_t instances = 0;     // of the provider, all of which were looked at
};
inline constexpr std::size_t kMissesTold = 5;
// REQUIRES: task.Waits(). Cost: types and the provider's instances.
Wait WaitOf(Step& step, const model::Task& task);

// --- Services --------------------------------------------------------------------------------------------------------

struct ServiceOutlook {
  core::ServiceView view;
  core::ServicePlan plan;  // of a pass now: empty, but for a service that its pass has not seen yet
  core::DeploymentBounds bounds;
  model::TimeMs healthy_at = model::kNever;      // the next task counts as healthy
  model::TimeMs unprotected_at = model::kNever;  // the next protection ends
  model::TimeMs baked_at = model::kNever;        // the alarms of its service deployment are watched until then
};
// REQUIRES: it is ACTIVE and has a deployment.
ServiceOutlook OutlookOf(Step& step, const model::Service& service);

struct ScalingOutlook {
  core::Hold hold = core::Hold::kNoStep;       // kNone: it would act now
  std::optional<model::ScalingDecision> step;  // of the policy that wins; absent when nothing fired
  struct Reading {
    model::Serial alarm = model::kNoSerial;
    model::Serial policy = model::kNoSerial;
    std::vector<double> datapoints;  // real ones an evaluation now would decide by, oldest first
  };
  std::vector<Reading> readings;  // by policy, then alarm
};
ScalingOutlook OutlookOf(const Step& step, const model::ScalableTarget& target);

}  // namespace ecsmi::control
