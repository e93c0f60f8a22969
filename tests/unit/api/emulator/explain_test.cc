#include "ecsmi/control/explain.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "api/emulator/emulator.h"
#include "api/service/services.h"
#include "builders/service_world.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::testing {
namespace {

namespace emu = ::ecsmi::emulator::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

class ExplainTest : public ::testing::Test {
 protected:
  explicit ExplainTest(control::Settings settings = {}) : world_(std::move(settings), 1) {}

  model::Serial Run(model::Serial definition) {
    return world_.Do([&](control::Step& step) {
      return control::CreateTask(step, world_.ATask(world_.cluster, world_.provider, definition));
    });
  }
  emu::ExplainTaskResponse Task(model::Serial task) {
    const auto answer =
        world_.Call(api::CheckExplainTask, api::ExplainTask,
                    absl::StrCat("task: '", model::HexId(world_.key(), model::TableId::kTask, task), "'"));
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : emu::ExplainTaskResponse();
  }
  emu::ExplainInstanceResponse Instance(model::Serial instance) {
    const auto answer =
        world_.Call(api::CheckExplainInstance, api::ExplainInstance,
                    absl::StrCat("container_instance: '", model::Ec2InstanceId(world_.key(), instance), "'"));
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : emu::ExplainInstanceResponse();
  }
  emu::ExplainServiceResponse Service(const std::string& name) {
    const auto answer =
        world_.Call(api::CheckExplainService, api::ExplainService, absl::StrCat("service: '", name, "'"));
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : emu::ExplainServiceResponse();
  }
  const model::Task& Row(model::Serial task) { return world_.state().Get<model::Task>(task); }
  static std::vector<std::string> Codes(const google::protobuf::RepeatedPtrField<emu::ExplainReason>& reasons) {
    std::vector<std::string> codes;
    for (const emu::ExplainReason& reason : reasons) codes.push_back(reason.code());
    return codes;
  }
  void Stop(model::Serial task) { world_.Stop(task); }

  ServiceWorld world_;
};

TEST_F(ExplainTest, ATaskThatWaitsForItsBatchSaysWhenCapacityIsPlanned) {
  const model::Serial task = Run(world_.AddDefinition({256, 512, 0, 1}));
  const emu::ExplainTaskResponse told = Task(task);
  EXPECT_EQ(told.waits().kind(), emu::TaskWait::BATCH_WINDOW);
  EXPECT_EQ(told.waits().tasks_waiting(), 1);
  EXPECT_EQ(api::ToMs(told.waits().until()), world_.state().Get<model::CapacityProvider>(world_.provider).batch_due_at);
  EXPECT_EQ(api::ToMs(told.waits().gives_up_at()), Row(task).due_at);
  EXPECT_THAT(told.summary(), MatchesRegex("[0-9a-f]{8} PROVISIONING 0 s · waits with 1 task in all for capacity to "
                                           "be planned · next: planned in [0-9]+ m?s · given up in 30 min"));
  EXPECT_THAT(Codes(told.reasons()), ElementsAre("BATCH_WINDOW", "NO_ROOM", "GIVEN_UP"));
}

// The line that issue 3 gives as its example.
TEST_F(ExplainTest, ATaskWhoseInstanceComesReadsAsAnOperatorWantsIt) {
  const model::Serial task = Run(world_.AddDefinition({256, 512, 0, 1}));
  while (Row(task).instance == model::kNoSerial ||
         world_.state().Get<model::ContainerInstance>(Row(task).instance).stage != model::InstanceStage::kRegistering) {
    world_.Advance(model::kSecondMs);
  }
  const emu::ExplainTaskResponse told = Task(task);
  EXPECT_EQ(told.placement().cause(), emu::PlacementCause::NEW_INSTANCE);
  EXPECT_THAT(told.summary(),
              MatchesRegex("[0-9a-f]{8} PROVISIONING [0-9]+ s · needs i-[0-9a-f]{17} [a-z0-9]+\\.[a-z0-9]+ "
                           "\\(REGISTERING\\) · next: ACTIVE (in [0-9]+ m?s|now) · then pull [0-9]+ m?s"));
}

// What is foretold is what then happens: the same functions draw it.
TEST_F(ExplainTest, TheMomentsForetoldAreThoseThatCome) {
  model::ContainerBehavior behavior;
  behavior.run_seconds = {model::DistributionKind::kConstant, 30, 0};
  const model::Serial task = Run(world_.AddDefinition({256, 512, 0, 1}, behavior));
  while (Row(task).instance == model::kNoSerial) world_.Advance(100);
  const emu::ExplainTaskResponse told = Task(task);
  std::map<std::string, model::TimeMs> at;
  for (const emu::ExplainStep& step : told.next()) at[step.what()] = api::ToMs(step.at());
  const model::Serial instance = Row(task).instance;
  while (Row(task).status != model::TaskStatus::kStopped) world_.Advance(1'000);
  EXPECT_EQ(at["running"], world_.state().Get<model::ContainerInstance>(instance).running_at);
  EXPECT_EQ(at["ACTIVE"], world_.state().Get<model::ContainerInstance>(instance).registered_at);
  EXPECT_EQ(at["PENDING"], Row(task).pull_started_at);
  EXPECT_EQ(at["ACTIVATING"], Row(task).pull_stopped_at);
  EXPECT_EQ(at["RUNNING"], Row(task).started_at);
  EXPECT_EQ(at["STOPPING"], Row(task).stopping_at);
  EXPECT_EQ(at["STOPPED"], Row(task).stopped_at);
  const emu::ExplainTaskResponse stopped = Task(task);
  EXPECT_EQ(stopped.stop().cause(), emu::TaskStop::CONTAINER_EXITED);
  EXPECT_EQ(stopped.stop().stop_code(), "EssentialContainerExited");
  EXPECT_THAT(stopped.summary(), HasSubstr("EssentialContainerExited: Essential container in task exited"));
}

TEST_F(ExplainTest, ASecondTaskSaysWhyItWentToTheFirstOnesInstance) {
  const model::Serial definition = world_.AddDefinition({256, 512, 0, 1});
  const model::Serial first = Run(definition);
  world_.Advance(3 * model::kMinuteMs);
  ASSERT_EQ(Row(first).status, model::TaskStatus::kRunning);
  const model::Serial second = Run(definition);
  const emu::ExplainTaskResponse told = Task(second);
  EXPECT_EQ(told.placement().cause(), emu::PlacementCause::OCCUPIED_INSTANCE);
  EXPECT_EQ(told.placement().group_tasks_in_zone(), 1);
  EXPECT_EQ(told.placement().zones_without_room(), 0);
  EXPECT_THAT(told.reasons(0).text(), HasSubstr("of those that had room its room was the tightest"));
  EXPECT_EQ(told.placement().ec2_instance_id(), model::Ec2InstanceId(world_.key(), Row(first).instance));
}

TEST_F(ExplainTest, ATaskThatNoTypeHoldsSaysWhatIsAskedAndTheMostThereIs) {
  const model::Serial task = Run(world_.AddDefinition({1'024, 900'000'000, 0, 1}));
  world_.Advance(model::kMinuteMs);
  const emu::ExplainTaskResponse told = Task(task);
  EXPECT_EQ(told.waits().kind(), emu::TaskWait::NO_INSTANCE_TYPE);
  EXPECT_EQ(told.waits().requirement(), "memory");
  EXPECT_EQ(told.waits().asked(), 900'000'000);
  EXPECT_GT(told.waits().most_offered(), 100'000);
  EXPECT_EQ(told.waits().refusal().code(), "UnfulfillableCapacity");
  EXPECT_EQ(told.waits().refusal().requirement(), "memory");
  EXPECT_THAT(told.summary(), HasSubstr("no instance type that is allowed has the memory it asks for: 900000000, and "
                                        "the most is "));
  world_.Advance(31 * model::kMinuteMs);
  EXPECT_EQ(Task(task).stop().cause(), emu::TaskStop::GIVEN_UP);
}

TEST_F(ExplainTest, ATaskWithoutRoomSaysWhatTheInstancesLack) {
  const model::Serial small = Run(world_.AddDefinition({256, 512, 0, 1}));
  world_.Advance(3 * model::kMinuteMs);
  const model::Serial big = Run(world_.AddDefinition({8'192, 512, 0, 1}));
  const emu::ExplainTaskResponse told = Task(big);
  ASSERT_EQ(told.waits().near_misses_size(), 1);
  EXPECT_EQ(told.waits().near_misses(0).ec2_instance_id(), model::Ec2InstanceId(world_.key(), Row(small).instance));
  EXPECT_THAT(told.waits().near_misses(0).lacks(), ElementsAre("cpu"));
  EXPECT_EQ(told.waits().instances_looked_at(), 1);
  EXPECT_THAT(told.reasons(1).text(), HasSubstr(" lacks cpu."));
}

class ExplainQuotaTest : public ExplainTest {
 protected:
  static control::Settings OneSmallInstance() {
    control::Settings settings;
    settings.quotas = {{"standard", 2}};
    return settings;
  }
  ExplainQuotaTest() : ExplainTest(OneSmallInstance()) {}
};

TEST_F(ExplainQuotaTest, ATaskOverQuotaNamesTheClassTheLimitAndWhatIsUsed) {
  const model::Serial definition = world_.AddDefinition({2'048, 1'024, 0, 1});
  Run(definition);
  world_.Advance(model::kMinuteMs);
  const model::Serial second = Run(definition);
  world_.Advance(model::kMinuteMs);
  const emu::ExplainTaskResponse told = Task(second);
  EXPECT_EQ(told.waits().kind(), emu::TaskWait::QUOTA);
  EXPECT_EQ(told.waits().refusal().code(), "VcpuLimitExceeded");
  EXPECT_EQ(told.waits().refusal().quota_class(), "standard");
  EXPECT_EQ(told.waits().refusal().quota_vcpus(), 2);
  EXPECT_EQ(told.waits().refusal().used_vcpus(), 2);
  EXPECT_THAT(told.summary(), HasSubstr("would exceed 2 vCPUs of quota class standard, 2 in use · next: tried again"));
}

TEST_F(ExplainTest, AnInstanceNamesItsPlanAndWhatItCouldHaveBeen) {
  const model::Serial task = Run(world_.AddDefinition({256, 512, 0, 1}));
  world_.Advance(10 * model::kSecondMs);
  const emu::ExplainInstanceResponse told = Instance(Row(task).instance);
  ASSERT_TRUE(told.has_launch());
  const emu::LaunchPlan& plan = told.launch();
  EXPECT_EQ(plan.tasks_waiting(), 1);
  EXPECT_EQ(plan.instances(), 1);
  EXPECT_EQ(plan.nano_usd_per_hour(), told.on_demand_nano_usd_per_hour() + told.fee_nano_usd_per_hour());
  EXPECT_LE(plan.lower_bound_nano_usd_per_hour(), plan.nano_usd_per_hour());
  ASSERT_EQ(plan.classes_size(), 1);
  EXPECT_EQ(plan.classes(0).group(), "family:test");
  EXPECT_EQ(plan.classes(0).meant(), 1);
  EXPECT_EQ(plan.classes(0).waiting(), 1);
  ASSERT_GE(plan.alternatives_size(), 3);
  for (const emu::PlannedAlternative& other : plan.alternatives()) {
    EXPECT_EQ(other.nano_usd_per_hour() < plan.nano_usd_per_hour(), !other.lacks().empty()) << other.instance_type();
  }
  EXPECT_THAT(Codes(told.reasons()), ElementsAre("LAUNCHING", "PLAN", "ALTERNATIVES"));
  EXPECT_THAT(told.reasons(1).text(), StartsWith("It was launched for 1 of the 1 task of family:test; 1 instance "
                                                 "planned for 1 task at $"));
  EXPECT_THAT(told.summary(),
              MatchesRegex("i-[0-9a-f]{17} .* (pending|running|REGISTERING) [0-9]+ m?s · comes for 1 task "
                           "· next: ACTIVE in [0-9]+ s"));
}

TEST_F(ExplainTest, AnInstanceStaysWhileItHoldsTasksAndLeavesWhenItIsIdle) {
  const model::Serial task = Run(world_.AddDefinition({256, 512, 0, 1}));
  world_.Advance(3 * model::kMinuteMs);
  const model::Serial instance = Row(task).instance;
  emu::ExplainInstanceResponse told = Instance(instance);
  EXPECT_EQ(told.reasons(0).code(), "OCCUPIED");
  EXPECT_EQ(told.tasks(), 1);
  EXPECT_FALSE(told.has_leaves_at());
  world_.Stop(task);
  world_.Advance(40 * model::kSecondMs);
  told = Instance(instance);
  EXPECT_EQ(told.reasons(0).code(), "IDLE");
  const model::TimeMs leaves_at = api::ToMs(told.leaves_at());
  EXPECT_EQ(leaves_at, world_.state().Get<model::ContainerInstance>(instance).idle_due_at);
  while (world_.state().Get<model::ContainerInstance>(instance).stage == model::InstanceStage::kActive) {
    world_.Advance(model::kSecondMs);
  }
  EXPECT_EQ(world_.state().Get<model::ContainerInstance>(instance).billing_ended_at, leaves_at);
  told = Instance(instance);
  EXPECT_EQ(told.reasons(0).code(), "LEAVING");
  EXPECT_THAT(told.summary(), HasSubstr("shuts down: Instance was idle."));
}

TEST_F(ExplainTest, AnInstanceThatNeverScalesInSaysSo) {
  world_.state().Update<model::CapacityProvider>(world_.provider,
                                                 [](model::CapacityProvider& row) { row.scale_in_after_seconds = -1; });
  const model::Serial task = Run(world_.AddDefinition({256, 512, 0, 1}));
  world_.Advance(3 * model::kMinuteMs);
  const model::Serial instance = Row(task).instance;
  world_.Stop(task);
  world_.Advance(model::kHourMs);
  EXPECT_EQ(Instance(instance).reasons(0).code(), "IDLE_FOR_EVER");
}

TEST_F(ExplainTest, AServiceSaysWhoSetItsCountAndWhatItWaitsFor) {
  const model::Serial definition = world_.AddServiceDefinition();
  world_.Create("web", definition, 2);
  emu::ExplainServiceResponse told = Service("web");
  EXPECT_EQ(told.desired_count_set_by(), emu::CountSetter::CREATE_SERVICE);
  EXPECT_THAT(Codes(told.waits()), ElementsAre("ROOM"));
  EXPECT_EQ(told.deployments(0).waiting(), 2);
  world_.Advance(30 * model::kSecondMs);
  EXPECT_THAT(Codes(Service("web").waits()), ElementsAre("STARTING"));
  world_.Advance(10 * model::kMinuteMs);
  told = Service("web");
  EXPECT_THAT(Codes(told.waits()), ElementsAre("STEADY"));
  EXPECT_EQ(told.summary(), "web ACTIVE · 2 of 2 running · desired 2 by CreateService · It has what it wants.");
  ASSERT_TRUE(world_.Call(api::CheckUpdateService, api::UpdateService, "service: 'web' desired_count: 1").ok());
  told = Service("web");
  EXPECT_EQ(told.desired_count_set_by(), emu::CountSetter::UPDATE_SERVICE);
  EXPECT_EQ(api::ToMs(told.desired_count_set_at()), world_.now);
  EXPECT_THAT(Codes(told.waits()), ElementsAre("STOPPING"));
  std::vector<model::StopCause> causes;
  world_.state().table<model::Task>().ForEach([&](const model::Task& task) {
    if (task.desired_stopped) causes.push_back(task.stop_cause);
  });
  EXPECT_THAT(causes, ElementsAre(model::StopCause::kScaleIn));
}

TEST_F(ExplainTest, ARollingUpdateSaysWhatKeepsTheOldTasks) {
  const model::Serial definition = world_.AddServiceDefinition();
  const model::Serial service = world_.Create("web", definition, 2);
  world_.Advance(10 * model::kMinuteMs);
  ASSERT_TRUE(
      world_.Call(api::CheckUpdateService, api::UpdateService, "service: 'web' force_new_deployment: true").ok());
  for (int i = 0; i < 120 && Service("web").deployments(0).warming() < 2; ++i) world_.Advance(model::kSecondMs);
  const emu::ExplainServiceResponse told = Service("web");
  ASSERT_EQ(told.deployments_size(), 2);
  EXPECT_EQ(told.lower_bound(), 2);
  EXPECT_EQ(told.upper_bound(), 4);
  EXPECT_THAT(Codes(told.waits()), ElementsAre("WARMING", "OLD_TASKS"));
  world_.Advance(10 * model::kMinuteMs);
  EXPECT_THAT(Codes(Service("web").waits()), ElementsAre("STEADY"));
  int replaced = 0;
  world_.state().table<model::Task>().ForEach([&](const model::Task& task) {
    replaced += task.service == service && task.stop_cause == model::StopCause::kReplaced ? 1 : 0;
  });
  EXPECT_EQ(replaced, 2);
}

TEST_F(ExplainTest, AServiceWhoseStartsFailSaysUntilWhenItWaits) {
  model::ContainerBehavior behavior;
  behavior.fail = model::InjectedFailure::kPull;
  world_.Create("web", world_.AddServiceDefinition(behavior), 1);
  world_.Advance(5 * model::kMinuteMs);
  for (int i = 0; i < 600 && Codes(Service("web").waits()) != std::vector<std::string>{"THROTTLED"}; ++i) {
    world_.Advance(model::kSecondMs);
  }
  const emu::ExplainServiceResponse told = Service("web");
  ASSERT_EQ(Codes(told.waits()), std::vector<std::string>{"THROTTLED"});
  EXPECT_EQ(api::ToMs(told.waits(0).until()),
            world_.state().Get<model::Service>(world_.state().FindService(world_.cluster, "web")).retry_at);
}

TEST_F(ExplainTest, ADeletedServiceSaysSoAndItsTasksSayWhy) {
  const model::Serial service = world_.Create("web", world_.AddServiceDefinition(), 1);
  world_.Advance(5 * model::kMinuteMs);
  ASSERT_TRUE(world_.Call(api::CheckDeleteService, api::DeleteService, "service: 'web' force: true").ok());
  EXPECT_THAT(Codes(Service("web").waits()), ElementsAre("DRAINING"));
  const auto stopping = world_.TasksOf(service, model::TaskStatus::kStopping);
  ASSERT_EQ(stopping.size(), 1u);
  EXPECT_EQ(Task(stopping[0].serial).stop().cause(), emu::TaskStop::SERVICE_DELETED);
  world_.Advance(5 * model::kMinuteMs);
  EXPECT_THAT(Codes(Service("web").waits()), ElementsAre("INACTIVE"));
}

TEST_F(ExplainTest, BadInputIsRefusedAndChangesNothing) {
  const std::string unknown(32, '0');
  world_.ExpectRefused(api::CheckExplainTask, api::ExplainTask,
                       {{"", "InvalidParameterException", {"task"}},
                        {"task: 'x y'", "InvalidParameterException", {}},
                        {absl::StrCat("task: '", unknown, "'"), "InvalidParameterException", {"task was not found"}},
                        {absl::StrCat("cluster: 'gone' task: '", unknown, "'"), "ClusterNotFoundException", {}}});
  world_.ExpectRefused(
      api::CheckExplainInstance, api::ExplainInstance,
      {{"", "InvalidParameterException", {"containerInstance"}},
       {"container_instance: 'i-00000000000000000'", "InvalidParameterException", {"instance was not found"}},
       {absl::StrCat("container_instance: '", unknown, "'"), "InvalidParameterException", {"instance was not found"}},
       {"cluster: 'gone' container_instance: 'i-00000000000000000'", "ClusterNotFoundException", {}}});
  world_.ExpectRefused(api::CheckExplainService, api::ExplainService,
                       {{"", "InvalidParameterException", {"service"}},
                        {"service: 'gone'", "ServiceNotFoundException", {"Service not found"}},
                        {"cluster: 'gone' service: 'web'", "ClusterNotFoundException", {}}});
}

TEST_F(ExplainTest, ExplainingChangesNoRowAndDrawsNoNumber) {
  world_.Create("web", world_.AddServiceDefinition(), 2);
  for (int i = 0; i < 30; ++i) {
    world_.Advance(5 * model::kSecondMs);
    world_.state().TakeChanges(world_.now);
    const model::Serial next = world_.state().next_serial();
    std::vector<model::Serial> tasks;
    world_.state().table<model::Task>().ForEach([&](const model::Task& task) { tasks.push_back(task.serial); });
    for (const model::Serial task : tasks) Task(task);
    std::vector<model::Serial> instances;
    world_.state().table<model::ContainerInstance>().ForEach(
        [&](const model::ContainerInstance& row) { instances.push_back(row.serial); });
    for (const model::Serial instance : instances) Instance(instance);
    Service("web");
    EXPECT_TRUE(world_.state().TakeChanges(world_.now).empty());
    EXPECT_EQ(world_.state().next_serial(), next);
  }
}

}  // namespace
}  // namespace ecsmi::testing
