// Lists by page: a page costs what it shows, wherever it begins (promise 3).
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "api/task/tasks.h"
#include "builders/task_requests.h"
#include "ecsmi/api/naming.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::api {
namespace {

using testing::TaskWorld;

class Pages : public ::testing::Test {
 protected:
  // Stopped tasks, which no pass looks at.
  void AddTasks(int count) {
    const auto made = world_.Do([&](control::Step& step) {
      for (int i = 0; i < count; ++i) {
        model::Task task;
        task.serial = step.state.NewSerial();
        task.cluster = world_.cluster;
        task.definition = world_.definition;
        task.status = model::TaskStatus::kStopped;
        task.desired_stopped = true;
        serials_.push_back(task.serial);
        step.state.Insert(task);
      }
      return absl::OkStatus();
    });
    ASSERT_TRUE(made.ok());
  }
  pb::ListTasksResponse List(const std::string& rest, const std::string& token = "") {
    const auto listed =
        world_.Call(CheckListTasks, ListTasks,
                    "desired_status: STOPPED " + rest + (token.empty() ? "" : " next_token: '" + token + "'"));
    EXPECT_TRUE(listed.ok()) << listed.status();
    return listed.ok() ? *listed : pb::ListTasksResponse();
  }
  std::string ArnOf(std::size_t index) {
    std::string arn;
    EXPECT_TRUE(world_
                    .Do([&](control::Step& step) {
                      arn = TaskArn(step, step.state.Get<model::Task>(serials_[index]));
                      return absl::OkStatus();
                    })
                    .ok());
    return arn;
  }
  // Rows that a walk for `want` rows behind the one at `index` looks at.
  int Visited(std::size_t index, int want) {
    const model::Cluster& cluster = world_.state().Get<model::Cluster>(world_.cluster);
    int visited = 0;
    world_.state().ForEachAfter<model::Task>(
        serials_[index], cluster.tasks, &model::Task::in_cluster,
        [&](const model::Task& task) { return task.cluster == cluster.serial; },
        [&](const model::Task&) { return ++visited < want; });
    return visited;
  }

  TaskWorld world_;
  std::vector<model::Serial> serials_;
};

TEST_F(Pages, ShowEveryTaskOnceInTheOrderTheyWereMade) {
  AddTasks(25);
  std::vector<std::string> seen;
  std::string token;
  std::vector<int> sizes;
  do {
    const pb::ListTasksResponse page = List("max_results: 10", token);
    seen.insert(seen.end(), page.task_arns().begin(), page.task_arns().end());
    sizes.push_back(page.task_arns_size());
    token = page.next_token();
  } while (!token.empty());
  EXPECT_THAT(sizes, ::testing::ElementsAre(10, 10, 5));
  ASSERT_EQ(seen.size(), serials_.size());
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], ArnOf(i)) << i;
  // A page that ends with the last task says so.
  EXPECT_FALSE(List("max_results: 25").has_next_token());
}

TEST_F(Pages, GoOnAlthoughTheTaskTheyEndedWithIsGone) {
  AddTasks(25);
  const std::string token = List("max_results: 10").next_token();
  world_.state().Erase<model::Task>(serials_[9]);
  const pb::ListTasksResponse page = List("max_results: 10", token);
  ASSERT_EQ(page.task_arns_size(), 10);
  EXPECT_EQ(page.task_arns(0), ArnOf(10));
}

// A token is bound to the operation, not to the cluster: what it names may stand in another list.
TEST_F(Pages, OfAnotherClusterStayInTheirOwnList) {
  AddTasks(5);
  const std::string token = List("max_results: 2").next_token();
  const auto other = world_.Do([](control::Step& step) {
    model::Cluster cluster;
    cluster.serial = step.state.NewSerial();
    cluster.region = "us-east-1";
    cluster.name = "other";
    step.state.Insert(cluster);
    return absl::OkStatus();
  });
  ASSERT_TRUE(other.ok());
  const auto listed =
      world_.Call(CheckListTasks, ListTasks, "cluster: 'other' desired_status: STOPPED next_token: '" + token + "'");
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->task_arns_size(), 0);
}

TEST_F(Pages, CostWhatTheyShowWhereverTheyBegin) {
  AddTasks(100'000);
  EXPECT_EQ(Visited(0, 11), 11);
  EXPECT_EQ(Visited(99'000, 11), 11);
  const auto took = [&](const std::string& token) {
    auto best = std::chrono::nanoseconds::max();
    for (int i = 0; i < 20; ++i) {
      const auto began = std::chrono::steady_clock::now();
      EXPECT_EQ(List("max_results: 10", token).task_arns_size(), 10);
      best = std::min(best, std::chrono::nanoseconds(std::chrono::steady_clock::now() - began));
    }
    return best;
  };
  const std::string late = [&] {
    std::string token;
    EXPECT_TRUE(world_
                    .Do([&](control::Step& step) {
                      token = PageToken(step, "ListTasks", serials_[90'000]);
                      return absl::OkStatus();
                    })
                    .ok());
    return token;
  }();
  // Ten of a hundred thousand in far less time than any walk over them all takes.
  EXPECT_LT(took(""), std::chrono::milliseconds(1));
  EXPECT_LT(took(late), std::chrono::milliseconds(1));
}

}  // namespace
}  // namespace ecsmi::api
