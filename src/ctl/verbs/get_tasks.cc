#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ctl/lists.h"
#include "ctl/task_line.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"

namespace ecsmi::ctl {
namespace {

constexpr std::size_t kLeastIdLength = 4;

// "web" of "service:web"; other groups as they are.
std::string GroupOf(const ecs::Task& task) {
  constexpr char kService[] = "service:";
  const std::string& group = task.group();
  return group.rfind(kService, 0) == 0 ? group.substr(sizeof kService - 1) : group;
}

absl::StatusOr<Listing> Show(Client& client, const GetOptions& options, const TaskFilter& filter) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<std::string> clusters, ClusterNames(client, options.cluster));
  ECSMI_ASSIGN_OR_RETURN(const emu::GetClockResponse clock, GetClock(client));
  std::vector<ecs::Task> tasks;
  Listing listing{"tasks", {}, "", ""};
  listing.told = true;
  std::vector<std::string> ids;
  for (const std::string& cluster : clusters) {
    auto listed = ListTasks(client, cluster, filter);
    // Among all clusters some have no such service.
    if (!listed.ok() && options.cluster.empty() && !filter.service.empty() &&
        ExitOf(listed.status()) == Exit::kRefused) {
      continue;
    }
    ECSMI_ASSIGN_OR_RETURN(std::vector<ecs::Task> part, std::move(listed));
    ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::ContainerInstance> instances, ListInstances(client, cluster));
    const InstanceBook book(instances);
    // Whatever was created together keeps the order of its ids.
    std::sort(part.begin(), part.end(), [](const ecs::Task& a, const ecs::Task& b) {
      const absl::Time left = TimeOf(a.created_at());
      const absl::Time right = TimeOf(b.created_at());
      return left != right ? left < right : a.task_arn() < b.task_arn();
    });
    for (const ecs::Task& task : part) {
      const TaskLine line = LineOf(task, book, TimeOf(clock.clock().now()));
      ids.push_back(LastPart(task.task_arn()));
      listing.table.rows.push_back(
          {ids.back(), cluster, GroupOf(task), {line.status, line.colour}, line.since, line.what});
      tasks.push_back(task);
    }
  }
  const std::size_t length = ShortLength(ids, kLeastIdLength);
  for (auto& row : listing.table.rows) row[0].text.resize(std::min(row[0].text.size(), length));
  listing.table.columns = {{"TASK"},   {"CLUSTER", false, 7}, {"GROUP", false, 7},
                           {"STATUS"}, {"FOR", true},         {"WHAT", false, 12}};
  listing.json = ListOfMessages("tasks", tasks);
  return listing;
}

}  // namespace

void AddGetTasks(CLI::App& get, Chosen& chosen) {
  auto filter = std::make_shared<TaskFilter>();
  CLI::App* verb =
      AddGet(get, chosen, "tasks", "task", "Tasks, their status and what they wait for",
             {"ecsmictl get tasks", "ecsmictl get tasks -c shop --service web -w",
              "ecsmictl get tasks --all -o json | jq -r '.tasks[].stoppedReason'"},
             true, [filter](Client& client, const GetOptions& options) { return Show(client, options, *filter); });
  verb->add_option("-s,--service", filter->service, "Of this service");
  verb->add_option("-f,--family", filter->family, "Of this family of task definitions");
  verb->add_flag("-a,--all", filter->stopped, "STOPPED ones too, which are kept for an hour");
}

}  // namespace ecsmi::ctl
