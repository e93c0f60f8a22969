#pragma once

#include <compare>
#include <cstdint>
#include <tuple>

#include "ecsmi/model/codec.h"

namespace ecsmi::model {

// What a task takes from, and an instance offers to, placement. CPU in ECS units (1,024 = one vCPU), memory in MiB,
// GPUs in whole devices, ENI slots as awsvpc interfaces (trunked where the type can).
struct Resources {
  std::int32_t cpu_units = 0;
  std::int32_t memory_mib = 0;
  std::int16_t gpus = 0;
  std::int16_t eni_slots = 0;

  friend auto operator<=>(const Resources&, const Resources&) = default;
  bool Contains(const Resources& need) const {
    return cpu_units >= need.cpu_units && memory_mib >= need.memory_mib && gpus >= need.gpus &&
           eni_slots >= need.eni_slots;
  }
  Resources& operator+=(const Resources& other) {
    cpu_units += other.cpu_units;
    memory_mib += other.memory_mib;
    gpus = static_cast<std::int16_t>(gpus + other.gpus);
    eni_slots = static_cast<std::int16_t>(eni_slots + other.eni_slots);
    return *this;
  }
  Resources& operator-=(const Resources& other) {
    cpu_units -= other.cpu_units;
    memory_mib -= other.memory_mib;
    gpus = static_cast<std::int16_t>(gpus - other.gpus);
    eni_slots = static_cast<std::int16_t>(eni_slots - other.eni_slots);
    return *this;
  }
  static constexpr auto Fields() {
    return std::tuple(F("cpu_units", &Resources::cpu_units), F("memory_mib", &Resources::memory_mib),
                      F("gpus", &Resources::gpus), F("eni_slots", &Resources::eni_slots));
  }
};

}  // namespace ecsmi::model
