#include <string>
#include <vector>

#include "builders/scaled_world.h"
#include "gmock/gmock.h"

namespace ecsmi::api {
namespace {

using ::testing::ElementsAre;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

constexpr char kValidation[] = "ValidationException";
// The world begins on Thursday, 1 January 2026, 00:00 UTC.
constexpr char kNoon[] = "schedule: 'cron(0 12 * * ? *)' scalable_target_action {min_capacity: 3 max_capacity: 5} ";

class ScheduledActionTest : public testing::ScaledWorldTest {
 protected:
  static std::string Request(const std::string& more, const std::string& name = "noon") {
    return std::string(testing::kWorkerTarget) + "scheduled_action_name: '" + name + "' " + more;
  }
  void Put(const std::string& more = kNoon, const std::string& name = "noon") {
    Must(CheckPutScheduledAction, PutScheduledAction, Request(more, name));
  }
  aas::DescribeScheduledActionsResponse Describe(const std::string& more = "") {
    return Must(CheckDescribeScheduledActions, DescribeScheduledActions, "service_namespace: ecs " + more);
  }
  std::vector<std::string> Names(const std::string& more = "") {
    std::vector<std::string> names;
    const aas::DescribeScheduledActionsResponse got = Describe(more);
    for (const auto& action : got.scheduled_actions()) names.push_back(action.scheduled_action_name());
    return names;
  }
  std::int32_t Desired() { return world_.state().Get<model::Service>(service_).desired_count; }
  std::vector<aas::ScalingActivity> Activities() {
    const auto got = Must(CheckDescribeScalingActivities, DescribeScalingActivities, "service_namespace: ecs");
    return {got.scaling_activities().begin(), got.scaling_activities().end()};
  }
};

TEST_F(ScheduledActionTest, ReadsBackAndKeepsWhatAnUpdateDoesNotName) {
  Put(std::string(kNoon) + "timezone: 'Asia/Tokyo' start_time {seconds: 1768000000} end_time {seconds: 1769000000}");
  const aas::ScheduledAction action = Describe().scheduled_actions(0);
  EXPECT_THAT(action.scheduled_action_arn(),
              MatchesRegex("arn:aws:autoscaling:us-east-1:[0-9]{12}:scheduledAction:[0-9a-f-]{36}:resource/ecs/service/"
                           "default/worker:scheduledActionName/noon"));
  EXPECT_EQ(action.schedule(), "cron(0 12 * * ? *)");
  EXPECT_EQ(action.timezone(), "Asia/Tokyo");
  EXPECT_EQ(action.start_time().seconds(), 1768000000);
  EXPECT_EQ(action.end_time().seconds(), 1769000000);
  EXPECT_EQ(action.scalable_target_action().min_capacity(), 3);
  Put("scalable_target_action {max_capacity: 9}");
  const aas::ScheduledAction changed = Describe().scheduled_actions(0);
  EXPECT_EQ(changed.schedule(), "cron(0 12 * * ? *)");
  EXPECT_EQ(changed.timezone(), "Asia/Tokyo");
  EXPECT_FALSE(changed.has_start_time());  // times that are not given go
  EXPECT_FALSE(changed.scalable_target_action().has_min_capacity());
  EXPECT_EQ(changed.scalable_target_action().max_capacity(), 9);
  EXPECT_EQ(changed.scheduled_action_arn(), action.scheduled_action_arn());
}

TEST_F(ScheduledActionTest, ActsAtItsMomentWhateverCooldownRuns) {  // F24
  Put();
  world_.Do([&](control::Step& step) {
    step.state.Update<model::ScalableTarget>(
        Target().serial, [&](model::ScalableTarget& row) { row.cooldown_until = step.now + 30 * model::kDayMs; });
    return 0;
  });
  world_.Advance(12 * model::kHourMs - 1);
  EXPECT_EQ(Target().min_capacity, 0);
  world_.Advance(1);
  EXPECT_EQ(Target().min_capacity, 3);
  EXPECT_EQ(Target().max_capacity, 5);
  EXPECT_EQ(Desired(), 3);
  const std::vector<aas::ScalingActivity> activities = Activities();
  ASSERT_THAT(activities, SizeIs(2));  // newest first
  EXPECT_EQ(activities[0].description(), "Setting desired count to 3.");
  EXPECT_EQ(activities[0].cause(), "minimum capacity was set to 3");
  EXPECT_EQ(activities[1].description(), "Setting min capacity to 3 and max capacity to 5");
  EXPECT_EQ(activities[1].cause(), "scheduled action name noon was triggered");
  EXPECT_EQ(activities[1].status_message(), "Successfully set min capacity to 3 and max capacity to 5");
  EXPECT_EQ(activities[1].status_code(), aas::ScalingActivityStatusCode::Successful);
}

TEST_F(ScheduledActionTest, BoundsThatCrossFailAndChangeNothing) {
  Put("schedule: 'rate(1 hour)' scalable_target_action {min_capacity: 11}");
  world_.Advance(model::kHourMs);
  EXPECT_EQ(Target().min_capacity, 0);
  EXPECT_EQ(Activities()[0].status_code(), aas::ScalingActivityStatusCode::Failed);
}

TEST_F(ScheduledActionTest, SuspendedOnesDoNothing) {  // F5
  Put();
  Must(CheckRegisterScalableTarget, RegisterScalableTarget,
       std::string(testing::kWorkerTarget) + "suspended_state {scheduled_scaling_suspended: true}");
  world_.Advance(13 * model::kHourMs);
  EXPECT_EQ(Target().min_capacity, 0);
  EXPECT_THAT(Activities(), SizeIs(0));
}

TEST_F(ScheduledActionTest, StartAndEndBoundTheMoments) {
  // From 2 January 00:00 to 3 January 18:00: two noons.
  Put(std::string(kNoon) + "start_time {seconds: 1767312000} end_time {seconds: 1767463200}");
  world_.Advance(5 * model::kDayMs);
  std::size_t acted = 0;
  for (const auto& activity : Activities()) acted += activity.cause() == "scheduled action name noon was triggered";
  EXPECT_EQ(acted, 2u);
  EXPECT_THAT(Names(), ElementsAre("noon"));  // kept when over (assumed)
}

TEST_F(ScheduledActionTest, ARateCountsFromItsStart) {
  Put("schedule: 'rate(1 day)' scalable_target_action {min_capacity: 1} start_time {seconds: 1767229200}");
  world_.Advance(model::kHourMs - 1);
  EXPECT_EQ(Target().min_capacity, 0);
  world_.Advance(1);
  EXPECT_EQ(Target().min_capacity, 1);
}

TEST_F(ScheduledActionTest, AreListedFilteredAndPaged) {
  for (const char* name : {"a", "b", "c"}) Put(kNoon, name);
  EXPECT_THAT(Names(), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Names("scheduled_action_names: 'b' scheduled_action_names: 'x'"), ElementsAre("b"));
  EXPECT_THAT(Names("resource_id: 'service/default/other'"), SizeIs(0));
  const auto first = Describe("max_results: 2");
  EXPECT_THAT(Names("max_results: 2 next_token: '" + first.next_token() + "'"), ElementsAre("c"));
  Must(CheckDeleteScheduledAction, DeleteScheduledAction, Request("", "b"));
  EXPECT_THAT(Names(), ElementsAre("a", "c"));
  Must(CheckDeregisterScalableTarget, DeregisterScalableTarget, testing::kWorkerTarget);
  EXPECT_THAT(Names(), SizeIs(0));
}

TEST_F(ScheduledActionTest, ATargetHasAtMostTwoHundred) {  // F11
  for (int i = 0; i < 200; ++i) Put(kNoon, "n" + std::to_string(i));
  world_.ExpectRefused(CheckPutScheduledAction, PutScheduledAction,
                       {{Request(kNoon, "one-more"), "LimitExceededException", {"200", "service/default/worker"}}});
}

TEST_F(ScheduledActionTest, RefusesBadInput) {
  const std::string bounds = "scalable_target_action {min_capacity: 1} ";
  world_.ExpectRefused(
      CheckPutScheduledAction, PutScheduledAction,
      {
          {testing::kWorkerTarget, kValidation, {"scheduledActionName", "null"}},
          {Request(kNoon, "a/b"), kValidation, {"'a/b'", "scheduledActionName"}},
          {Request(kNoon, " a"), kValidation, {"' a'"}},
          {Request(kNoon, std::string(257, 'x')), kValidation, {"between 1 and 256"}},
          {Request(bounds), kValidation, {"schedule", "null"}},
          {Request("schedule: 'rate(1 day)'"), kValidation, {"scalableTargetAction", "null"}},
          {Request("schedule: 'rate(1 day)' scalable_target_action {}"), kValidation, {"neither"}},
          {Request("schedule: 'rate(1 day)' scalable_target_action {min_capacity: -1}"), kValidation, {"-1"}},
          {Request("schedule: 'rate(1 day)' scalable_target_action {min_capacity: 3 max_capacity: 2}"),
           kValidation,
           {"Maximum capacity cannot be less"}},
          {Request("schedule: 'every day' " + bounds), kValidation, {"Invalid schedule", "'every day'"}},
          {Request("schedule: 'cron(0 12 * * * *)' " + bounds), kValidation, {"Invalid schedule", "'?'"}},
          {Request("schedule: 'at(2025-01-01T00:00:00)' " + bounds), kValidation, {"no moment to come"}},
          {Request("schedule: 'at(2026-01-05T00:00:00)' end_time {seconds: 1767312000} " + bounds),
           kValidation,
           {"no moment to come between"}},
          {Request(kNoon + std::string("timezone: 'Mars/Olympus'")), kValidation, {"'Mars/Olympus'", "IANA"}},
          {Request(kNoon + std::string("timezone: 'localtime'")), kValidation, {"'localtime'"}},
          {Request(kNoon + std::string("timezone: '/etc/passwd'")), kValidation, {"IANA"}},
          {Request(kNoon + std::string("timezone: ''")), kValidation, {"timezone has 0"}},
          {Request(kNoon + std::string("start_time {seconds: -5}")), kValidation, {"startTime"}},
          {Request(kNoon + std::string("start_time {seconds: 1768000000} end_time {seconds: 1768000000}")),
           kValidation,
           {"endTime must be later"}},
          {"scheduled_action_name: 'x' service_namespace: ecs resource_id: 'service/default/nobody' "
           "scalable_dimension: ecs_service_DesiredCount " +
               std::string(kNoon),
           "ObjectNotFoundException",
           {"No scalable target found"}},
      });
  world_.ExpectRefused(CheckDeleteScheduledAction, DeleteScheduledAction,
                       {{Request("", "nobody"), "ObjectNotFoundException", {"No scheduled action found", "nobody"}}});
  world_.ExpectRefused(
      CheckDescribeScheduledActions, DescribeScheduledActions,
      {{"service_namespace: ecs max_results: 51", kValidation, {"51"}},
       {"service_namespace: ecs scalable_dimension: ecs_service_DesiredCount", kValidation, {"resourceId"}},
       {"service_namespace: ecs next_token: 'x'", "InvalidNextTokenException", {}}});
}

}  // namespace
}  // namespace ecsmi::api
