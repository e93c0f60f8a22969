#include "demo/timeline.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "ecsmi/base/status.h"

namespace ecsmi::demo {
namespace {

int Number(const google::protobuf::Map<std::string, std::string>& attributes, const std::string& name) {
  int value = 0;
  const auto at = attributes.find(name);
  if (at != attributes.end()) (void)absl::SimpleAtoi(at->second, &value);
  return value;
}

absl::Status ReadInstances(Client& client, const Stage& stage, Moment& moment) {
  ECSMI_ASSIGN_OR_RETURN(const ecs::ListContainerInstancesResponse list,
                         Client::Call(*client.ecs, &ecs::EcsService::Stub::ListContainerInstances,
                                      absl::StrCat(R"({"cluster": ")", stage.cluster, "\"}")));
  if (list.container_instance_arns().empty()) return absl::OkStatus();
  ECSMI_ASSIGN_OR_RETURN(const ecs::DescribeContainerInstancesResponse described,
                         Client::Call(*client.ecs, &ecs::EcsService::Stub::DescribeContainerInstances,
                                      absl::StrCat(R"({"cluster": ")", stage.cluster, R"(", "containerInstances": [")",
                                                   absl::StrJoin(list.container_instance_arns(), "\", \""), "\"]}")));
  for (const auto& instance : described.container_instances()) {
    std::string type;
    for (const auto& attribute : instance.attributes()) {
      if (attribute.name() == "ecs.instance-type") type = attribute.value();
    }
    ++moment.instances[type][instance.status()];
  }
  return absl::OkStatus();
}

// "3 × g4dn.xlarge (2 ACTIVE, 1 DRAINING)"
std::string Describe(const std::map<std::string, std::map<std::string, int>>& instances) {
  std::vector<std::string> types;
  for (const auto& [type, statuses] : instances) {
    int count = 0;
    std::vector<std::string> parts;
    for (const auto& [status, n] : statuses) {
      count += n;
      parts.push_back(statuses.size() == 1 ? status : absl::StrCat(n, " ", status));
    }
    types.push_back(absl::StrCat(count, " × ", type, " ", absl::StrJoin(parts, ", ")));
  }
  return types.empty() ? "–" : absl::StrJoin(types, "; ");
}

}  // namespace

int Moment::InstanceCount() const {
  int count = 0;
  for (const auto& [type, statuses] : instances) {
    for (const auto& [status, n] : statuses) count += n;
  }
  return count;
}

absl::StatusOr<Moment> Look(Client& client, const Stage& stage) {
  Moment moment;
  using Ecs = ecs::EcsService::Stub;
  ECSMI_ASSIGN_OR_RETURN(const emu::GetClockResponse clock,
                         Client::Call(*client.emulator, &emu::EmulatorService::Stub::GetClock, "{}"));
  moment.at_ms = clock.clock().now().seconds() * 1000 + clock.clock().now().nanos() / 1'000'000;
  ECSMI_ASSIGN_OR_RETURN(
      const sqs::GetQueueAttributesResponse queue,
      Client::Call(*client.sqs, &sqs::SqsService::Stub::GetQueueAttributes,
                   absl::StrCat(R"({"QueueUrl": ")", stage.queue_url, R"(", "AttributeNames": ["All"]})")));
  moment.visible = Number(queue.attributes(), "ApproximateNumberOfMessages");
  moment.in_flight = Number(queue.attributes(), "ApproximateNumberOfMessagesNotVisible");
  ECSMI_ASSIGN_OR_RETURN(
      const ecs::DescribeServicesResponse services,
      Client::Call(*client.ecs, &Ecs::DescribeServices,
                   absl::StrCat(R"({"cluster": ")", stage.cluster, R"(", "services": [")", stage.service, "\"]}")));
  if (services.services().empty()) return absl::InternalError("the service is gone");
  moment.desired = services.services(0).desired_count();
  moment.pending = services.services(0).pending_count();
  moment.running = services.services(0).running_count();
  ECSMI_ASSIGN_OR_RETURN(
      const ecs::ListTasksResponse tasks,
      Client::Call(*client.ecs, &Ecs::ListTasks, absl::StrCat(R"({"cluster": ")", stage.cluster, "\"}")));
  moment.tasks = tasks.task_arns_size();
  ECSMI_RETURN_IF_ERROR(ReadInstances(client, stage, moment));
  ECSMI_ASSIGN_OR_RETURN(const emu::GetCostsResponse costs,
                         Client::Call(*client.emulator, &emu::EmulatorService::Stub::GetCosts, "{}"));
  moment.spent_usd = costs.total().total_usd();
  return moment;
}

std::string Clock(std::int64_t at_ms, std::int64_t began_ms) {
  const std::int64_t seconds = (at_ms - began_ms) / 1000;
  return absl::StrFormat("%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

void Timeline::Show(const Moment& moment) {
  if (began_ms_ < 0) {
    began_ms_ = moment.at_ms;
    std::printf("%-9s %7s %9s %8s %8s %8s  %9s  %s\n", "time", "queued", "in flight", "desired", "pending", "running",
                "spent", "instances");
  }
  instances_max_ = std::max(instances_max_, moment.InstanceCount());
  const std::string line = absl::StrFormat("%7d %9d %8d %8d %8d", moment.visible, moment.in_flight, moment.desired,
                                           moment.pending, moment.running);
  const std::string instances = Describe(moment.instances);
  const std::string state = absl::StrCat(line, instances);
  if (state == last_) return;
  last_ = state;
  std::printf("%s  %s  %9s  %s\n", Clock(moment.at_ms, began_ms_).c_str(), line.c_str(),
              absl::StrCat("$", moment.spent_usd.substr(0, moment.spent_usd.find('.') + 5)).c_str(), instances.c_str());
}

absl::Status PrintEvents(Client& client, const Stage& stage, std::int64_t began_ms) {
  ECSMI_ASSIGN_OR_RETURN(
      const ecs::DescribeServicesResponse services,
      Client::Call(*client.ecs, &ecs::EcsService::Stub::DescribeServices,
                   absl::StrCat(R"({"cluster": ")", stage.cluster, R"(", "services": [")", stage.service, "\"]}")));
  const auto& events = services.services(0).events();
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    const std::int64_t at_ms = event->created_at().seconds() * 1000 + event->created_at().nanos() / 1'000'000;
    std::printf("%s  %s\n", Clock(std::max(at_ms, began_ms), began_ms).c_str(), event->message().c_str());
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::demo
