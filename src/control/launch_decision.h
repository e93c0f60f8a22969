#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ecsmi/control/step.h"
#include "ecsmi/core/placement.h"
#include "ecsmi/model/decision.h"

// Why instances are launched, put into words for whoever asks later. Pure; strand only.
namespace ecsmi::control {

// One round of planning for a provider's waiting tasks.
struct LaunchRound {
  std::span<model::WaitingClass* const> groups;  // a group per waiting class
  std::span<const core::WaitingClass> waiting;
  std::span<const core::LaunchableType> types;  // planned with, core::InPriceOrder
  const core::NewCapacityPlan& plan;
  std::size_t launches = 0;  // of the plan's instances, the first so many are launched
  std::span<const model::LaunchDecision::ShutOut> shut_out;
};

// How many other types are told of an instance: next in price, and just below it.
inline constexpr std::size_t kDearerTold = 3;
inline constexpr std::size_t kCheaperTold = 2;

struct ToldLaunches {
  model::LaunchDecision decision;
  std::vector<std::uint32_t> bins;  // per launch, which of the decision's bins it is
};
// Cost: launches × classes, and bins × types. REQUIRES: something is launched.
ToldLaunches TellLaunches(const Step& step, const ports::RegionCatalog& region, const LaunchRound& round);

}  // namespace ecsmi::control
