#include <algorithm>
#include <initializer_list>

#include "ecsmi/core/reconcile.h"

namespace ecsmi::core {
namespace {

using model::TaskClass;

std::size_t Index(TaskClass of) {
  return static_cast<std::size_t>(of);
}

// A deployment's tasks while a plan is made: what is left of each class once the stops so far are applied.
struct Side {
  TaskCounts left;
  std::array<std::int32_t, model::kTaskClasses>& stops;
  std::int32_t blocked = 0;

  std::int32_t operator[](TaskClass of) const { return left[of]; }
  // Stops up to `wanted` tasks, class after class; returns how many.
  std::int32_t Stop(std::int32_t wanted, std::initializer_list<TaskClass> classes) {
    std::int32_t stopped = 0;
    for (TaskClass of : classes) {
      const std::size_t i = Index(of);
      const std::int32_t wished = std::clamp(wanted - stopped, 0, left.count[i]);
      const std::int32_t n = std::min(wished, left.stoppable[i]);
      stops[i] += n;
      left.count[i] -= n;
      left.stoppable[i] -= n;
      stopped += n;
    }
    blocked += std::max(std::min(wanted - stopped, Sum(classes)), 0);
    return stopped;
  }
  std::int32_t Sum(std::initializer_list<TaskClass> classes) const {
    std::int32_t sum = 0;
    for (TaskClass of : classes) sum += left[of];
    return sum;
  }
};

}  // namespace

ServicePlan PlanService(const ServiceView& view) {
  ServicePlan plan;
  Side primary{view.primary, plan.stop_primary};
  Side old{view.old, plan.stop_old};
  const DeploymentBounds bounds = BoundsOf(view.desired, view.minimum_healthy_percent, view.maximum_percent);
  const bool replaces = old.left.Total() > 0 || primary[TaskClass::kUnhealthy] > 0;
  // The percentages count while something is replaced; else the desired count is all there is, beside tasks that are to
  // take the place of others elsewhere.
  const std::int32_t upper = replaces ? std::max(bounds.upper, 0) : view.desired + view.moving;
  const auto total = [&] { return primary.left.Total() + old.left.Total(); };
  // Tasks of the PRIMARY that serve or are going to.
  const auto good = [&] {
    return primary.Sum({TaskClass::kWaiting, TaskClass::kStarting, TaskClass::kWarming, TaskClass::kHealthy});
  };

  // 1. More than desired: scale-in (D60, D61). Tasks that move between zones stand beside those they replace until they
  //    are healthy (D63).
  primary.Stop(good() - view.desired - view.moving,
               {TaskClass::kWaiting, TaskClass::kStarting, TaskClass::kWarming, TaskClass::kHealthy});

  // A FAILED deployment replaces nothing (D28): the desired count is kept by whoever serves, its own tasks going first.
  if (view.primary_failed) {
    for (TaskClass of :
         {TaskClass::kWaiting, TaskClass::kStarting, TaskClass::kUnhealthy, TaskClass::kWarming, TaskClass::kHealthy}) {
      for (Side* side : {&primary, &old}) side->Stop(std::min(total() - view.desired, side->left[of]), {of});
    }
  }

  // 2. What is replaced goes as far as the lower bound allows. Tasks that serve nobody count for no bound and go at
  //    once; of those that run the fresh ones go first, so that the healthy ones stand for the bound.
  if (!view.primary_failed) {
    old.Stop(old.left.Total(), {TaskClass::kWaiting, TaskClass::kStarting, TaskClass::kUnhealthy});
    const std::int32_t serving = primary[TaskClass::kHealthy] + old.Sum({TaskClass::kWarming, TaskClass::kHealthy});
    old.Stop(std::min(serving - bounds.lower, old.Sum({TaskClass::kWarming, TaskClass::kHealthy})),
             {TaskClass::kWarming, TaskClass::kHealthy});
  }
  // 3. An unhealthy task goes when a healthy one has taken its place (D26).
  primary.Stop(std::min(primary[TaskClass::kHealthy] + primary[TaskClass::kUnhealthy] - view.desired,
                        primary[TaskClass::kUnhealthy]),
               {TaskClass::kUnhealthy});
  // 4. Nothing may stand above the upper bound: tasks that serve nobody yet make room.
  primary.Stop(std::min(total() - upper, primary[TaskClass::kUnhealthy]), {TaskClass::kUnhealthy});
  primary.Stop(std::min(total() - upper, primary.Sum({TaskClass::kWaiting, TaskClass::kStarting, TaskClass::kWarming})),
               {TaskClass::kWaiting, TaskClass::kStarting, TaskClass::kWarming});

  // 5. Starts, for the PRIMARY only (D32), as far as the upper bound allows.
  const std::int32_t missing = std::max(view.desired - good(), 0);
  std::int32_t wanted = view.primary_failed ? 0 : std::min(missing, std::max(upper - total(), 0));
  // No room to start a replacement first: unhealthy tasks go one by one (D26).
  const bool in_flight = primary.Sum({TaskClass::kWaiting, TaskClass::kStarting, TaskClass::kWarming}) > 0;
  if (missing > 0 && wanted == 0 && !in_flight && !view.primary_failed &&
      primary.Stop(std::min(primary[TaskClass::kUnhealthy], 1), {TaskClass::kUnhealthy}) > 0) {
    wanted = std::min(missing, std::max(upper - total(), 0));
  }
  plan.waits_to_start = view.start_later && wanted > 0;
  if (!view.start_later) {
    plan.start = std::min(wanted, view.start_room);
    plan.out_of_room = plan.start < wanted;
  }

  // 6. What this pass says about the service.
  plan.blocked_by_protection = primary.blocked + old.blocked;
  if (plan.IsEmpty()) {
    plan.stuck = replaces && !view.primary_failed && !in_flight && wanted == 0 && plan.blocked_by_protection == 0;
    plan.settled = !view.primary_failed && !replaces && primary[TaskClass::kHealthy] == view.desired &&
                   primary.left.Total() == view.desired;
  }
  return plan;
}

}  // namespace ecsmi::core
