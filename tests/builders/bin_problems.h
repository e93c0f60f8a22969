#pragma once

#include <initializer_list>
#include <utility>
#include <vector>

#include "core/placement/bin_problem.h"

namespace ecsmi::testing {

// A small packing problem: types as (price, room), kinds as (count, need), each class a group of its own.
struct SmallBins {
  std::vector<core::LaunchableType> types;
  std::vector<core::WaitingClass> waiting;

  SmallBins& Type(model::NanoUsdPerHour price, model::Resources usable) {
    core::LaunchableType type;
    type.ordinal = static_cast<ports::TypeOrdinal>(types.size());
    type.price = price;
    type.usable = usable;
    type.vcpus = usable.cpu_units / 1024;
    type.zones = 1;
    types.push_back(type);
    return *this;
  }
  core::WaitingClass& Tasks(std::int32_t count, model::Resources need) {
    core::WaitingClass waiting_class;
    waiting_class.wanted.need = need;
    waiting_class.group = static_cast<model::Serial>(waiting.size() + 1);
    waiting_class.count = count;
    waiting.push_back(waiting_class);
    return waiting.back();
  }
  // Refers to this.
  core::placement::BinProblem Problem() const {
    std::vector<core::placement::BinClass> classes;
    for (const core::WaitingClass& mine : waiting) classes.push_back({&mine.wanted, mine.group, mine.count});
    return core::placement::BinProblem(classes, types, 0);
  }
};

}  // namespace ecsmi::testing
