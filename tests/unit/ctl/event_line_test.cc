#include "ctl/event_line.h"

#include <gtest/gtest.h>

#include "google/protobuf/util/json_util.h"

namespace ecsmi::ctl {
namespace {

emu::Event AnEvent(emu::EventKind::Value kind, const std::string& resource, const std::string& detail) {
  emu::Event event;
  event.set_kind(kind);
  event.mutable_time()->set_seconds(1'767'225'637);
  event.add_resources("arn:aws:ecs:us-east-1:000000000000:" + resource);
  const auto read = google::protobuf::util::JsonStringToMessage(detail, event.mutable_detail());
  EXPECT_TRUE(read.ok()) << read.ToString();
  return event;
}

TEST(EventLine, SaysWhenWhatAndWhy) {
  using Kind = emu::EventKind;
  const struct {
    emu::Event event;
    std::string line;
  } cases[] = {
      {AnEvent(Kind::TASK, "task/shop/3f2a1b0c77889900", R"({"lastStatus": "PENDING", "desiredStatus": "RUNNING"})"),
       "2026-01-01T00:00:37Z      task        shop/3f2a1b0c  PENDING"},
      {AnEvent(Kind::TASK, "task/shop/3f2a1b0c77889900",
               R"({"lastStatus": "RUNNING", "desiredStatus": "STOPPED", "healthStatus": "UNHEALTHY",
                   "stoppedReason": "enough"})"),
       "2026-01-01T00:00:37Z      task        shop/3f2a1b0c  RUNNING, shall stop, UNHEALTHY: enough"},
      {AnEvent(Kind::TASK, "task/shop/3f2a1b0c77889900",
               R"({"lastStatus": "STOPPED", "desiredStatus": "STOPPED", "stoppedReason": "Essential container exited",
                   "containers": [{"name": "a", "exitCode": 137, "reason": "OutOfMemoryError"}, {"name": "b"}]})"),
       "2026-01-01T00:00:37Z      task        shop/3f2a1b0c  STOPPED: Essential container exited · a exit 137 · "
       "OutOfMemoryError"},
      {AnEvent(Kind::TASK, "task/shop/3f2a1b0c77889900",
               R"({"lastStatus": "STOPPING", "desiredStatus": "STOPPED", "stoppedReason": "enough"})"),
       "2026-01-01T00:00:37Z      task        shop/3f2a1b0c  STOPPING: enough"},
      {AnEvent(Kind::CONTAINER_INSTANCE, "container-instance/shop/99aa",
               R"({"status": "REGISTERING", "ec2InstanceId": "i-0ab1234567890", "runningTasksCount": 2,
                   "attributes": [{"name": "ecs.instance-type", "value": "m7g.large"}]})"),
       "2026-01-01T00:00:37Z      instance    shop/i-0ab12345  REGISTERING m7g.large, 2 tasks"},
      {AnEvent(Kind::SERVICE_ACTION, "service/shop/web",
               R"({"eventName": "SERVICE_DESIRED_COUNT_UPDATED", "reason": "alarm jobs"})"),
       "2026-01-01T00:00:37Z      service     shop/web  SERVICE_DESIRED_COUNT_UPDATED: alarm jobs"},
      {AnEvent(Kind::DEPLOYMENT, "service/shop/web",
               R"({"eventName": "SERVICE_DEPLOYMENT_COMPLETED", "reason": "ECS deployment x completed."})"),
       "2026-01-01T00:00:37Z      deployment  shop/web  SERVICE_DEPLOYMENT_COMPLETED: ECS deployment x completed."},
      {AnEvent(Kind::ALARM, "alarm:jobs",
               R"({"state": {"value": "ALARM", "reason": "Threshold Crossed"}, "previousState": {"value": "OK"}})"),
       "2026-01-01T00:00:37Z      alarm       jobs  ALARM, was OK: Threshold Crossed"},
      {AnEvent(Kind::SCALING_ACTIVITY, "service/shop/web",
               R"({"statusCode": "Successful", "description": "Setting desired count to 3."})"),
       "2026-01-01T00:00:37Z      scaling     shop/web  Successful: Setting desired count to 3."},
      {AnEvent(Kind::SERVICE, "service/shop/web", R"({"status": "ACTIVE", "desiredCount": 3})"),
       "2026-01-01T00:00:37Z      service     shop/web  ACTIVE, 3 wanted"},
      {AnEvent(Kind::CAPACITY_PROVIDER, "capacity-provider/mi",
               R"({"status": "ACTIVE", "updateStatus": "CREATE_COMPLETE"})"),
       "2026-01-01T00:00:37Z      provider    mi  ACTIVE CREATE_COMPLETE"},
      {AnEvent(Kind::CLUSTER, "cluster/shop", R"({"status": "INACTIVE"})"),
       "2026-01-01T00:00:37Z      cluster     shop  INACTIVE"},
  };
  for (const auto& [event, line] : cases) EXPECT_EQ(EventLine(event), line);
}

TEST(EventLine, TakesWhatANewerDaemonSendsAndMakesItSafe) {
  emu::Event event = AnEvent(emu::EventKind::UNSPECIFIED, "x/y\033[2J", R"({"status": "a\nb"})");
  EXPECT_EQ(EventLine(event), "2026-01-01T00:00:37Z      event       y\\x1b[2J  a\\nb");
  event.clear_resources();
  event.clear_detail();
  EXPECT_EQ(EventLine(event), "2026-01-01T00:00:37Z      event         ");
}

}  // namespace
}  // namespace ecsmi::ctl
