#include <set>
#include <string>
#include <vector>

#include "api/emulator/emulator.h"
#include "builders/step_fixture.h"

namespace ecsmi::api {
namespace {

namespace emu = ::ecsmi::emulator::v1;
using control::Step;
using testing::ApiWorld;
using testing::BadInput;

// `count` instances of one dedicated task each, at work for an hour.
std::vector<model::Serial> RunDedicated(ApiWorld& world, int count) {
  const model::Serial cluster = world.AddCluster("c");
  const model::Serial provider = world.AddProvider(cluster);
  const model::Serial definition = world.AddDefinition({256, 512, 0, 1});
  std::vector<model::Serial> tasks;
  world.Do([&](Step& step) {
    for (int i = 0; i < count; ++i) {
      control::NewTask task = world.ATask(cluster, provider, definition);
      task.dedicated = true;
      tasks.push_back(control::CreateTask(step, task));
    }
    return 0;
  });
  world.Advance(model::kHourMs);
  return tasks;
}

emu::ListUsageResponse List(ApiWorld& world, const std::string& request) {
  auto answer = world.Call(CheckListUsage, ListUsage, request);
  EXPECT_TRUE(answer.ok()) << answer.status();
  return answer.ok() ? *answer : emu::ListUsageResponse();
}

TEST(ListUsage, AnIntervalIsOpenWhileItsInstanceRunsAndEndsWithIt) {
  ApiWorld world;
  const std::vector<model::Serial> tasks = RunDedicated(world, 1);
  const emu::ListUsageResponse open = List(world, "");
  ASSERT_EQ(open.intervals_size(), 1);
  EXPECT_FALSE(open.intervals(0).has_ended_at());
  EXPECT_TRUE(open.intervals(0).dedicated());
  EXPECT_EQ(open.intervals(0).cluster(), "c");
  EXPECT_GT(open.intervals(0).on_demand_nano_usd_per_hour(), 0);
  EXPECT_EQ(open.intervals(0).fee_nano_usd_per_hour() * 25, open.intervals(0).on_demand_nano_usd_per_hour() * 3);  // G3

  world.Do([&](Step& step) {
    control::StopTask(step, tasks[0], model::StopCode::kUserInitiated, "Task stopped by user");
    return 0;
  });
  world.Advance(model::kHourMs);
  const emu::ListUsageResponse closed = List(world, "");
  ASSERT_EQ(closed.intervals_size(), 1);
  EXPECT_TRUE(closed.intervals(0).has_ended_at());
  EXPECT_EQ(closed.intervals(0).ec2_instance_id(), open.intervals(0).ec2_instance_id());
  EXPECT_EQ(closed.intervals(0).started_at().seconds(), open.intervals(0).started_at().seconds());
}

TEST(ListUsage, PagesShowEachIntervalOnceWhateverEndsBetweenThem) {
  ApiWorld world;
  const std::vector<model::Serial> tasks = RunDedicated(world, 7);
  std::set<std::string> seen;
  std::string token;
  int pages = 0;
  do {
    const emu::ListUsageResponse page =
        List(world, token.empty() ? "max_results: 3" : "max_results: 3 next_token: '" + token + "'");
    for (const auto& interval : page.intervals()) EXPECT_TRUE(seen.insert(interval.ec2_instance_id()).second);
    token = page.next_token();
    world.Do([&](Step& step) {
      control::StopTask(step, tasks[static_cast<std::size_t>(pages)], model::StopCode::kUserInitiated, "stop");
      return 0;
    });
    world.Advance(10 * model::kMinuteMs);
  } while (!token.empty() && ++pages < 10);
  EXPECT_EQ(seen.size(), 7u);
  world.context.region = "eu-west-1";
  EXPECT_EQ(List(world, "").intervals_size(), 0);
}

TEST(ListUsage, RefusesBadInput) {
  ApiWorld world;
  const std::vector<BadInput> inputs = {
      {"max_results: 0", "InvalidParameterException", {"maxResults", "0"}},
      {"max_results: 1001", "InvalidParameterException", {"maxResults", "1001"}},
      {"next_token: 'abc'", "InvalidParameterException", {"token"}},
      {"next_token: ''", "InvalidParameterException", {"token"}},
  };
  world.ExpectRefused(CheckListUsage, ListUsage, inputs);
}

}  // namespace
}  // namespace ecsmi::api
