#include "ecsmi/core/usable_resources.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

// B73 and its three published figures; the extremes of the catalogue and below.
TEST(UsableResources, KeepsMemoryForTheAgent) {
  const struct {
    std::int64_t nominal_mib;
    std::int32_t usable_mib;
  } cases[] = {{16'384, 15'764}, {8'192, 7'818}, {4'096, 3'845}, {33'554'432, 32'547'671},
               {512, 368},       {132, 0},       {100, 0},       {0, 0}};
  for (const auto& c : cases) {
    model::InstanceType type;
    type.memory_mib = c.nominal_mib;
    EXPECT_EQ(UsableResources(type).memory_mib, c.usable_mib) << c.nominal_mib;
  }
}

// B70, B74, B76.
TEST(UsableResources, GivesAllCpuWholeGpusAndTheAwsvpcLimit) {
  model::InstanceType type;
  type.vcpus = 896;
  type.memory_mib = 16'384;
  type.gpu_count = 8;
  type.awsvpc_task_limit = 198;
  const model::Resources usable = UsableResources(type);
  EXPECT_EQ(usable.cpu_units, 896 * 1'024);
  EXPECT_EQ(usable.gpus, 8);
  EXPECT_EQ(usable.eni_slots, 198);
}

TEST(UsableResources, GivesNoGpuForAPartOfOne) {
  model::InstanceType type;
  type.vcpus = 4;
  type.memory_mib = 16'384;
  type.gpu_fraction_milli = 125;
  type.accelerator_count = 1;
  EXPECT_EQ(UsableResources(type).gpus, 0);
}

}  // namespace
}  // namespace ecsmi::core
