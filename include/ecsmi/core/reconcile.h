#pragma once

#include <array>
#include <cstdint>

#include "ecsmi/model/deployment_tally.h"
#include "ecsmi/model/service.h"

// What a service's pass decides: which tasks to start and to stop so that the desired count is kept and a deployment
// moves within its bounds. Pure functions of counts; control applies them, picking tasks by the tally's stop order.
namespace ecsmi::core {

// Bounds on RUNNING tasks during a deployment (D20): healthy ones never below, RUNNING and pending never above.
struct DeploymentBounds {
  std::int32_t lower = 0;  // ceil(desired × minimumHealthyPercent / 100)
  std::int32_t upper = 0;  // floor(desired × maximumPercent / 100)
};
DeploymentBounds BoundsOf(std::int32_t desired, std::int32_t minimum_healthy_percent, std::int32_t maximum_percent);

// Tasks that do not stop, by class, and how many of them may be stopped (the rest is under protection, C81).
struct TaskCounts {
  std::array<std::int32_t, model::kTaskClasses> count{};
  std::array<std::int32_t, model::kTaskClasses> stoppable{};
  std::int32_t operator[](model::TaskClass of) const { return count[static_cast<std::size_t>(of)]; }
  std::int32_t Total() const {
    std::int32_t total = 0;
    for (std::int32_t n : count) total += n;
    return total;
  }
};

struct ServiceView {
  std::int32_t desired = 0;
  std::int32_t minimum_healthy_percent = 100;
  std::int32_t maximum_percent = 200;
  TaskCounts primary;
  TaskCounts old;               // of all deployments that are being replaced
  std::int32_t moving = 0;      // of the PRIMARY, made to balance zones and not healthy yet (D63)
  bool primary_failed = false;  // a FAILED deployment starts no more tasks (D28)
  bool start_later = false;     // starts are throttled (D45)
  std::int32_t start_room = 0;  // how many more may be PROVISIONING (C44)
};

struct ServicePlan {
  std::int32_t start = 0;  // tasks of the PRIMARY deployment (D32)
  std::array<std::int32_t, model::kTaskClasses> stop_primary{};
  std::array<std::int32_t, model::kTaskClasses> stop_old{};
  bool out_of_room = false;                // fewer started than wished: too many PROVISIONING (C44)
  bool waits_to_start = false;             // starts are wished for but throttled
  bool stuck = false;                      // a deployment can neither start nor stop a task (D23)
  std::int32_t blocked_by_protection = 0;  // tasks that would be stopped if they were not protected (C81)
  // The PRIMARY has its desired count, healthy, and nothing of another deployment is left RUNNING or pending.
  bool settled = false;

  bool IsEmpty() const {
    std::int32_t all = start;
    for (std::int32_t n : stop_primary) all += n;
    for (std::int32_t n : stop_old) all += n;
    return all == 0;
  }
};

// One pass over a service (D20-D32, D60, D61). Applying the plan never brings healthy tasks below the lower bound
// (unless they are already), nor all tasks above the upper bound; a plan that starts and stops nothing while the
// service is not settled waits for a task to start, stop or become healthy, for room, for a retry — or is `stuck`.
// Reads counts only: O(1).
ServicePlan PlanService(const ServiceView& view);

// Failed tasks at which a deployment's circuit breaker trips (D40, D42).
std::int32_t BreakerThreshold(model::ThresholdType type, std::int32_t value, std::int32_t desired);

// How long starts wait after `rounds` consecutive rounds of failed ones (D45): nothing after the first, then ten
// seconds doubling to a quarter of an hour (steps assumed).
model::DurationMs RetryDelay(std::int32_t rounds);

}  // namespace ecsmi::core
