#include <string>

#include "absl/strings/str_cat.h"
#include "api/emulator/emulator.h"
#include "builders/step_fixture.h"

namespace ecsmi::testing {
namespace {

namespace emu = ::ecsmi::emulator::v1;

constexpr char kTypes[] = R"(
    instance_types { name: "small" arch: "x86_64" cpu_units: 2048 memory_mib: 3800 eni_slots: 3 price_microusd_per_hour: 85000 }
    instance_types { name: "big" arch: "X86_64" cpu_units: 8192 memory_mib: 31000 eni_slots: 10 price_microusd_per_hour: 320000 })";

class PlanCapacityTest : public ::testing::Test {
 protected:
  emu::PlanCapacityResponse Plan(const std::string& request) {
    const auto answer = world_.Call(api::CheckPlanCapacity, api::PlanCapacity, request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : emu::PlanCapacityResponse();
  }
  ApiWorld world_;
};

// What is planned for a group, on however many instances.
int TasksOf(const emu::PlanCapacityResponse& plan, const std::string& group) {
  int tasks = 0;
  for (const emu::PlannedInstances& instances : plan.instances()) {
    const auto at = instances.tasks().find(group);
    if (at != instances.tasks().end()) tasks += at->second * instances.count();
  }
  return tasks;
}

TEST_F(PlanCapacityTest, GivenTypesArePackedAtTheirPriceWithoutFee) {
  const emu::PlanCapacityResponse plan =
      Plan(absl::StrCat(kTypes, R"(tasks { group: "web" count: 8 cpu_units: 1024 memory_mib: 2048 eni_slots: 1 })"));
  ASSERT_EQ(plan.instances_size(), 1);  // eight on one big instance: 320,000, four small ones cost 340,000
  EXPECT_EQ(plan.instances(0).type(), "big");
  EXPECT_EQ(plan.instances(0).count(), 1);
  EXPECT_EQ(plan.price_microusd_per_hour(), 320'000);
  EXPECT_EQ(plan.fee_microusd_per_hour(), 0);
  EXPECT_GT(plan.cost_lower_bound_microusd_per_hour(), 0);
  EXPECT_LE(plan.cost_lower_bound_microusd_per_hour(), 320'000);
  EXPECT_EQ(TasksOf(plan, "web"), 8);
}

TEST_F(PlanCapacityTest, ExclusiveTasksAreAloneAndWhatFitsNowhereIsNamed) {
  const emu::PlanCapacityResponse plan = Plan(absl::StrCat(kTypes, R"(
      tasks { group: "solo" count: 2 cpu_units: 512 memory_mib: 512 exclusive: true }
      tasks { group: "arm" count: 3 arch: "arm64" cpu_units: 256 memory_mib: 512 }
      tasks { group: "none" count: 0 cpu_units: 256 })"));
  ASSERT_EQ(plan.instances_size(), 1);
  EXPECT_EQ(plan.instances(0).count(), 2);
  EXPECT_EQ(plan.instances(0).type(), "small");
  EXPECT_EQ(TasksOf(plan, "solo"), 2);
  ASSERT_EQ(plan.unplaced().size(), 1u);
  EXPECT_EQ(plan.unplaced().at("arm").count(), 3);
  EXPECT_EQ(plan.unplaced().at("arm").reason(), "architecture");
}

TEST_F(PlanCapacityTest, TheCatalogueAddsTheFeeAndSaysWhatANewAccountLacks) {
  const emu::PlanCapacityResponse plan = Plan(R"(
      tasks { group: "gpu" count: 4 cpu_units: 4096 memory_mib: 8192 gpus: 1 }
      instance_requirements { v_cpu_count { min: 4 } memory_mib { min: 16384 } accelerator_types: gpu accelerator_count { min: 1 max: 1 } })");
  ASSERT_EQ(plan.instances_size(), 1);
  EXPECT_EQ(plan.instances(0).type(), "g4ad.xlarge");
  EXPECT_EQ(plan.instances(0).count(), 4);
  EXPECT_EQ(plan.fee_microusd_per_hour(), plan.price_microusd_per_hour() * 12 / 100);
  EXPECT_LE(plan.cost_lower_bound_microusd_per_hour(), plan.price_microusd_per_hour() + plan.fee_microusd_per_hour());
  EXPECT_EQ(plan.price_basis(), "us-east-1");
  EXPECT_EQ(plan.considered(), 1'345);
  ASSERT_EQ(plan.new_account_excess_size(), 1);
  EXPECT_EQ(plan.new_account_excess(0).quota_class(), "g-vt");
  EXPECT_EQ(plan.new_account_excess(0).planned_vcpus(), 16);
}

TEST_F(PlanCapacityTest, ATaskDefinitionIsPlannedAsItWouldRunAndNotRegistered) {
  const std::string definition = R"(
      task_definition { family: "worker" requires_compatibilities: MANAGED_INSTANCES network_mode: awsvpc
                        cpu: "1024" memory: "2048" container_definitions { name: "a" image: "b" } }
      count: 6 )";
  const model::Serial next = world_.state().next_serial();
  const emu::PlanCapacityResponse dense = Plan(definition);
  const emu::PlanCapacityResponse spread = Plan(absl::StrCat(definition, "availability_zones: 3"));
  EXPECT_EQ(TasksOf(dense, "worker"), 6);
  EXPECT_EQ(TasksOf(spread, "worker"), 6);
  int instances = 0;
  for (const emu::PlannedInstances& planned : spread.instances()) instances += planned.count();
  EXPECT_GE(instances, 3);  // one for each zone at least
  EXPECT_EQ(world_.state().next_serial(), next);
  EXPECT_EQ(world_.state().FindFamily("us-east-1", "worker"), model::kNoSerial);
}

TEST_F(PlanCapacityTest, BadInputIsRefusedAndChangesNothing) {
  const std::string task = R"(tasks { group: "a" count: 1 cpu_units: 1 } )";
  world_.ExpectRefused(
      api::CheckPlanCapacity, api::PlanCapacity,
      {
          {"", "InvalidParameterException", {"tasks", "task_definition"}},
          {"count: 3", "InvalidParameterException", {"go together"}},
          {absl::StrCat(task, "count: 3"), "InvalidParameterException", {"go together"}},
          {R"(tasks { count: 1 })", "InvalidParameterException", {"tasks[0].group"}},
          {absl::StrCat(task, task), "InvalidParameterException", {"tasks[1].group", "'a'", "twice"}},
          {R"(tasks { group: "a" count: -1 })", "InvalidParameterException", {"tasks[0].count", "-1"}},
          {R"(tasks { group: "a" count: 100001 })", "InvalidParameterException", {"tasks[0].count", "100001"}},
          {R"(tasks { group: "a" count: 60000 } tasks { group: "b" count: 60000 })",
           "InvalidParameterException",
           {"120000", "100000"}},
          {R"(tasks { group: "a" count: 1 memory_mib: -5 })", "InvalidParameterException", {"memory_mib", "-5"}},
          {R"(tasks { group: "a" count: 1 gpus: 40000 })", "InvalidParameterException", {"gpus", "40000"}},
          {R"(tasks { group: "a" count: 1 arch: "mips" })", "InvalidParameterException", {"tasks[0].arch", "mips"}},
          {absl::StrCat(task, "availability_zones: 7"), "InvalidParameterException", {"availability_zones", "7"}},
          {absl::StrCat(task, R"(instance_types { name: "t" arch: "arm64" cpu_units: 1 })"),
           "InvalidParameterException",
           {"instance_types[0].price_microusd_per_hour"}},
          {absl::StrCat(task, R"(instance_types { name: "t" price_microusd_per_hour: 1 })"),
           "InvalidParameterException",
           {"instance_types[0].arch"}},
          {absl::StrCat(task, kTypes, "instance_requirements { v_cpu_count { min: 1 } }"),
           "InvalidParameterException",
           {"instance_requirements", "instance_types"}},
          {absl::StrCat(task, "instance_requirements { spot_max_price_percentage_over_lowest_price: 5 }"),
           "InvalidParameterException",
           {"spotMaxPricePercentageOverLowestPrice"}},
          {R"(count: 1 task_definition { family: "x" })", "ClientException", {}},
      });
}

}  // namespace
}  // namespace ecsmi::testing
