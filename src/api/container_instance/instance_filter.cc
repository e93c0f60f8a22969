#include "api/container_instance/instance_filter.h"

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "api/container_instance/instance_view.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::api {
namespace {

std::string Iso(model::TimeMs shown_ms) {
  return absl::FormatTime(absl::RFC3339_full, absl::FromUnixMillis(shown_ms), absl::UTCTimeZone());
}

// "service:web", "family:batch" or as RunTask named it.
std::string GroupOf(const control::Step& step, const model::Task& task) {
  if (const auto* service = step.state.Find<model::Service>(task.service)) return "service:" + service->name;
  return std::string(step.state.DocumentBytes(task.group));
}

std::vector<std::string> ValuesOf(const control::Step& step, const model::ContainerInstance& instance,
                                  const core::QueryTopic& topic) {
  switch (topic.subject) {
    case core::QuerySubject::kAttribute: {
      std::vector<std::string> values;
      for (const ecs::v1::Attribute& attribute : InstanceAttributes(step, instance)) {
        if (attribute.name() == topic.name) values.push_back(attribute.value());
      }
      return values;
    }
    case core::QuerySubject::kAgentConnected:
      return {instance.agent_connected ? "true" : "false"};
    case core::QuerySubject::kAgentVersion:
      return {kAgentVersion};
    case core::QuerySubject::kEc2InstanceId:
      return {model::Ec2InstanceId(step.key, instance.serial)};
    case core::QuerySubject::kRegisteredAt:
      if (instance.registered_at == model::kUnset) return {};
      return {Iso(step.Shown(instance.registered_at))};
    case core::QuerySubject::kRunningTasksCount:
      return {std::to_string(instance.running_tasks)};
    case core::QuerySubject::kTaskGroup: {
      std::vector<std::string> groups;
      step.state.ForEachIn<model::Task>(instance.tasks, &model::Task::in_instance,
                                        [&](const model::Task& task) { groups.push_back(GroupOf(step, task)); });
      return groups;
    }
  }
  return {};
}

}  // namespace

bool MatchesQuery(const control::Step& step, const model::ContainerInstance& instance,
                  const core::ClusterQuery& query) {
  return query.Matches([&](const core::QueryTopic& topic) { return ValuesOf(step, instance, topic); });
}

}  // namespace ecsmi::api
