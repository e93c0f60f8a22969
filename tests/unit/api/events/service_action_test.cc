#include "api/events/service_action.h"

#include "gtest/gtest.h"

namespace ecsmi::api {
namespace {

TEST(ServiceActionTest, LinesOfAServiceAreNamedAsTheGuideNamesThem) {
  constexpr struct {
    const char* message;
    const char* type;
    const char* name;
    const char* reason;
  } kTable[] = {
      {"(service web) has reached a steady state.", "INFO", "SERVICE_STEADY_STATE", ""},
      {"(service web) has started 2 tasks: (task a) (task b).", "INFO", "TASKS_STARTED", ""},
      {"(service web) is unable to consistently start tasks successfully.", "WARN", "SERVICE_TASK_START_IMPAIRED", ""},
      {"(service web) was unable to place a task. Reason: VcpuLimitExceeded: too many", "ERROR",
       "SERVICE_TASK_PLACEMENT_FAILURE", "VcpuLimitExceeded: too many"},
      {"(service web) was unable to place tasks in your cluster because the tasks provisioning capacity limit was "
       "exceeded.",
       "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", "the tasks provisioning capacity limit was exceeded."},
      // No event of their own: the deployment has some.
      {"(service web) (deployment ecs-svc/1) deployment completed.", "", "", ""},
      {"(service web) has stopped 1 running tasks: (task a).", "", "", ""},
      {"", "", "", ""},
  };
  for (const auto& row : kTable) {
    const ServiceAction action = ActionOf(row.message);
    EXPECT_EQ(action.type, row.type) << row.message;
    EXPECT_EQ(action.name, row.name) << row.message;
    EXPECT_EQ(action.reason, row.reason) << row.message;
  }
}

}  // namespace
}  // namespace ecsmi::api
