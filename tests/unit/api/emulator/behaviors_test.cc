#include <string>
#include <vector>

#include "api/emulator/emulator.h"
#include "api/task/task_view.h"
#include "builders/step_fixture.h"

namespace ecsmi::api {
namespace {

namespace emu = ::ecsmi::emulator::v1;
using control::Step;
using model::TaskStatus;
using testing::ApiWorld;
using testing::Parse;

class Behaviors : public ::testing::Test, public ApiWorld {
 protected:
  Behaviors() {
    cluster_ = AddCluster("c");
    provider_ = AddProvider(cluster_, 1);
    definition_ = AddDefinition({256, 512, 0, 1});
  }
  void Put(const std::string& rule) {
    const auto put = Call(CheckPutBehavior, PutBehavior, "rule {" + rule + "}");
    ASSERT_TRUE(put.ok()) << put.status();
  }
  model::Serial Run() {
    return Do([&](Step& step) { return control::CreateTask(step, ATask(cluster_, provider_, definition_)); });
  }
  const model::Task& Of(model::Serial task) { return state().Get<model::Task>(task); }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    const auto list = Call(CheckListBehaviors, ListBehaviors, "");
    for (const emu::BehaviorRule& rule : list->rules()) names.push_back(rule.name());
    return names;
  }

  model::Serial cluster_ = 0;
  model::Serial provider_ = 0;
  model::Serial definition_ = 0;
};

TEST_F(Behaviors, ANewTaskDoesAsToldAndAnOldOneWhatItWasCreatedWith) {
  const model::Serial before = Run();
  Put("name: 'short' family: 'family-*' behavior {key: 'ecsmi.run-seconds' value: '30'} "
      "behavior {key: 'ecsmi.exit-code' value: '7'}");
  const model::Serial after = Run();
  Advance(10 * model::kMinuteMs);
  EXPECT_EQ(Of(before).status, TaskStatus::kRunning);
  EXPECT_EQ(Of(before).behavior, model::kNoSerial);
  EXPECT_EQ(Of(after).status, TaskStatus::kStopped);
  EXPECT_EQ(Of(after).exit_code, 7);

  // The rule goes, the task created under it does not change.
  const model::Serial third = Run();
  ASSERT_TRUE(Call(CheckDeleteBehaviors, DeleteBehaviors, "names: 'short'").ok());
  Advance(10 * model::kMinuteMs);
  EXPECT_EQ(Of(third).exit_code, 7);
  EXPECT_EQ(Of(Run()).behavior, model::kNoSerial);
}

TEST_F(Behaviors, TasksOfOneBehaviorShareItsDocument) {
  Put("name: 'r' behavior {key: 'ecsmi.cpu-percent' value: 'uniform(5,10)'}");
  EXPECT_EQ(Of(Run()).behavior, Of(Run()).behavior);
}

TEST_F(Behaviors, AnInjectedFailureShowsInTheTasksReason) {
  Put("name: 'r' behavior {key: 'ecsmi.fail' value: 'pull'}");
  const model::Serial task = Run();
  Advance(10 * model::kMinuteMs);
  EXPECT_EQ(Of(task).stop_code, model::StopCode::kTaskFailedToStart);
  EXPECT_THAT(std::string(state().DocumentBytes(Of(task).stopped_reason)),
              ::testing::HasSubstr("CannotPullContainerError"));
}

TEST_F(Behaviors, IsolationGivesTheTaskAnInstanceOfItsOwn) {
  const model::Serial shared = Run();
  Put("name: 'alone' isolation: 'task'");
  const model::Serial alone = Run();
  Advance(10 * model::kMinuteMs);
  EXPECT_FALSE(Of(shared).dedicated);
  EXPECT_TRUE(Of(alone).dedicated);
  EXPECT_NE(Of(alone).instance, Of(shared).instance);
}

TEST_F(Behaviors, ARuleMakesAQueueWorkerOfATaskWhoseDefinitionKnowsNone) {
  model::Queue queue;
  queue.serial = state().NewSerial();
  queue.region = "us-east-1";
  queue.name = "jobs";
  queue.created_at = now;
  state().Insert(queue);
  Put("name: 'worker' behavior {key: 'ecsmi.queue' value: 'jobs'} behavior {key: 'ecsmi.exit-when-empty' value: '3'}");
  const model::Serial task = Run();
  Advance(2 * model::kHourMs);
  // Erased an hour after it stopped; its instance is gone, too.
  EXPECT_EQ(state().Find<model::Task>(task), nullptr);
  const model::Serial second = Run();
  Advance(10 * model::kMinuteMs);
  EXPECT_EQ(Of(second).stop_code, model::StopCode::kEssentialContainerExited);
  EXPECT_EQ(Of(second).exit_code, 0);
  EXPECT_EQ(Of(second).execution_stopped_at - Of(second).started_at, 60 * model::kSecondMs);
}

TEST_F(Behaviors, APutOfTheSameNameReplacesAndIsTheNewest) {
  Put("name: 'a' behavior {key: 'ecsmi.run-seconds' value: '1'}");
  Put("name: 'b' behavior {key: 'ecsmi.run-seconds' value: '2'}");
  Put("name: 'a' family: 'x' behavior {key: 'ecsmi.exit-code' value: '2'}");
  EXPECT_THAT(Names(), ::testing::ElementsAre("b", "a"));
  const auto list = Call(CheckListBehaviors, ListBehaviors, "");
  EXPECT_EQ(list->rules(1).family(), "x");
  EXPECT_EQ(list->rules(1).behavior_size(), 1);
}

TEST_F(Behaviors, AreListedInPagesAndByRegion) {
  for (const char* name : {"a", "b", "c"}) Put(std::string("name: '") + name + "' isolation: 'task'");
  auto page = Call(CheckListBehaviors, ListBehaviors, "max_results: 2");
  ASSERT_EQ(page->rules_size(), 2);
  emu::ListBehaviorsRequest next;
  next.set_next_token(page->next_token());
  page = Call(CheckListBehaviors, ListBehaviors, next);
  ASSERT_EQ(page->rules_size(), 1);
  EXPECT_FALSE(page->has_next_token());
  context.region = "eu-west-1";
  EXPECT_TRUE(Names().empty());
  context.region = "us-east-1";
  ASSERT_TRUE(Call(CheckDeleteBehaviors, DeleteBehaviors, "all: true").ok());
  EXPECT_TRUE(Names().empty());
}

TEST_F(Behaviors, RefuseWhatTheyDoNotUnderstand) {
  ExpectRefused(
      CheckPutBehavior, PutBehavior,
      {{"", "InvalidParameterException", {"rule"}},
       {"rule {isolation: 'task'}", "InvalidParameterException", {"rule.name"}},
       {"rule {name: 'a b' isolation: 'task'}", "InvalidParameterException", {"rule.name", "a b"}},
       {"rule {name: 'a'}", "InvalidParameterException", {"'a'", "sets nothing"}},
       {"rule {name: 'a' isolation: 'host'}", "InvalidParameterException", {"rule.isolation", "host", "task"}},
       {"rule {name: 'a' service: '' isolation: 'task'}", "InvalidParameterException", {"rule.service"}},
       {"rule {name: 'a' image: 'a b' isolation: 'task'}", "InvalidParameterException", {"rule.image", "a b"}},
       {"rule {name: 'a' behavior {key: 'ecsmi.fly' value: '1'}}",
        "InvalidParameterException",
        {"ecsmi.fly", "no such"}},
       {"rule {name: 'a' behavior {key: 'run-seconds' value: '1'}}", "InvalidParameterException", {"run-seconds"}},
       {"rule {name: 'a' behavior {key: 'ecsmi.run-seconds' value: '-1'}}",
        "InvalidParameterException",
        {"ecsmi.run-seconds", "-1"}},
       {"rule {name: 'a' behavior {key: 'ecsmi.run-seconds' value: 'uniform(5,1)'}}",
        "InvalidParameterException",
        {"uniform(5,1)"}},
       {"rule {name: 'a' behavior {key: 'ecsmi.batch' value: '11'}}",
        "InvalidParameterException",
        {"ecsmi.batch", "11"}},
       {"rule {name: 'a' behavior {key: 'ecsmi.fail' value: 'all'}}",
        "InvalidParameterException",
        {"ecsmi.fail", "oom"}}});
  Put("name: 'known' isolation: 'task'");
  ExpectRefused(CheckDeleteBehaviors, DeleteBehaviors,
                {{"", "InvalidParameterException", {"names"}},
                 {"names: 'known' all: true", "InvalidParameterException", {"all"}},
                 {"names: 'known' names: 'known'", "InvalidParameterException", {"names[1]", "known"}},
                 {"names: 'known' names: 'stranger'", "ResourceNotFoundException", {"stranger"}}});
  ExpectRefused(CheckListBehaviors, ListBehaviors,
                {{"max_results: 0", "InvalidParameterException", {"maxResults", "0"}},
                 {"next_token: 'abc'", "InvalidParameterException", {"token"}}});
}

TEST_F(Behaviors, AtMostAHundredRulesStandInARegion) {
  for (int i = 0; i < 100; ++i) Put("name: 'r" + std::to_string(i) + "' isolation: 'task'");
  Put("name: 'r7' isolation: 'task'");
  ExpectRefused(CheckPutBehavior, PutBehavior,
                {{"rule {name: 'one-more' isolation: 'task'}", "LimitExceededException", {"one-more", "100"}}});
}

}  // namespace
}  // namespace ecsmi::api
