#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ecsmi/control/step.h"

// What commands ask of the engine beyond plain row changes. All run on the strand inside a step; none fails except
// where said. After a command the engine settles: waiting tasks are placed, services reconciled, idle instances timed.
namespace ecsmi::control {

struct NewTask {
  model::Serial cluster = model::kNoSerial;
  model::Serial definition = model::kNoSerial;
  model::Serial provider = model::kNoSerial;
  model::Serial service = model::kNoSerial;
  model::Serial deployment = model::kNoSerial;
  model::Serial group = model::kNoSerial;     // service serial, or document of the group's name
  model::Serial document = model::kNoSerial;  // ecs.v1.Task, cold part
  model::Resources resources;                 // definition and overrides merged, ENI slot included
  // The containers where overrides changed the definition's, in its order; empty = as the definition has them.
  std::span<const model::ContainerSpec> overridden;
  bool all_gpus = false;
  bool dedicated = false;
  bool distinct_instance = false;
  std::uint8_t zone = model::kAnyZone;  // the only one it may run in
};
// Creates a task in PROVISIONING; the settle after the command places it or lets it wait (C62).
model::Serial CreateTask(Step& step, const NewTask& task);

// "ecs-svc/<digits>" (H44); the digits are those of its revision's ARN, by which clients tell which service deployment
// rolls it out.
std::string DeploymentId(const Step& step, const model::Deployment& deployment);
std::string DeploymentId(const Step& step, model::Serial deployment);  // REQUIRES: it is there

// Begins the way to STOPPED: desiredStatus STOPPED, stop code and reason set; a waiting task is STOPPED at once (C69).
// Does nothing to a task that is stopping already. `cause`: which decision of ours it is; kNone = the one that the code
// names. REQUIRES: a cause for kServiceSchedulerInitiated.
void StopTask(Step& step, model::Serial task, model::StopCode code, std::string_view reason,
              model::StopCause cause = model::StopCause::kNone);

// Reserves room on an instance for a task in PROVISIONING; an ACTIVE one begins the task's way to PENDING. REQUIRES:
// the room is there.
void PlaceTask(Step& step, model::Serial task, model::Serial instance);

// ACTIVE → DRAINING: nothing is placed there any more, and services replace the tasks they have there (E30). One that
// is empty leaves as an idle one does; at the latest it is removed after seven days (E31).
void DrainInstance(Step& step, model::Serial instance);
// DRAINING → ACTIVE: it takes tasks again.
void ReactivateInstance(Step& step, model::Serial instance);
// Ends an instance in REGISTERING, ACTIVE or DRAINING at once: its tasks are STOPPED with `task_reason` (E24), then it
// is DEREGISTERING and its EC2 instance shuts down (E23).
void RemoveInstance(Step& step, model::Serial instance, std::string_view reason, std::string_view task_reason);

// How long the task has held its room on a running instance that is paid for: what its share of the cost follows.
model::DurationMs HeldMs(const model::ContainerInstance& instance, const model::Task& task, model::TimeMs now);

// The subnet's row, made in the region's next zone at first mention (design §3). Errors: what Catalog::Region says.
absl::StatusOr<model::Serial> EnsureSubnet(Step& step, std::string_view region, std::string_view subnet_id);

// The region's catalogue and requirement index (kept for the daemon's life). Errors: what Catalog::Region says.
struct RegionView {
  const ports::RegionCatalog* catalog = nullptr;
  const core::RequirementsIndex* requirements = nullptr;
};
absl::StatusOr<RegionView> ViewRegion(const Step& step, std::string_view region);

// Types the provider's requirements (or the default pool) allow in its region.
absl::StatusOr<core::RequirementsMatch> MatchProvider(Step& step, std::string_view region,
                                                      const model::InstanceRequirements* requirements);

// Uniform delay of a stage for a row: PRF(world key, serial, stage, attempt).
model::DurationMs DrawDelay(const Step& step, const StageDelay& delay, model::Serial serial, std::uint64_t stage,
                            std::uint64_t attempt);

}  // namespace ecsmi::control
