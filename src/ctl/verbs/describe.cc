#include <map>

#include "absl/strings/str_cat.h"
#include "ctl/fields.h"
#include "ctl/lists.h"
#include "ctl/names.h"
#include "ctl/task_line.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"
#include "ecsmi/cloudwatch/v1/alarm_operations.pb.h"
#include "ecsmi/emulator/v1/world.pb.h"

namespace ecsmi::ctl {
namespace {

struct Options {
  std::string kind;
  std::string name;
  std::string cluster;
  int events = 10;
};

// What is said about one thing.
struct Description {
  std::string headline;
  std::string body;
  std::string json;
};
using Describer = absl::StatusOr<Description> (*)(Client& client, const Options& options);

absl::StatusOr<Description> Cluster(Client& client, const Options& options) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::Cluster> clusters, ListClusters(client));
  for (const ecs::Cluster& cluster : clusters) {
    if (cluster.cluster_name() != options.name && cluster.cluster_arn() != options.name) continue;
    return Description{
        absl::StrCat(cluster.cluster_name(), " ", cluster.status(), " · ", Count(cluster.running_tasks_count(), "task"),
                     " running, ", cluster.pending_tasks_count(), " pending · ",
                     Count(cluster.registered_container_instances_count(), "instance")),
        ShowFields(cluster), JsonOf(cluster)};
  }
  return Refused(absl::StrCat("no cluster '", Safe(options.name), "' is here"));
}

absl::StatusOr<Description> Service(Client& client, const Options& options) {
  ECSMI_ASSIGN_OR_RETURN(const ecs::Service service, FindService(client, options.cluster, options.name));
  Description description;
  description.headline = absl::StrCat(LastPart(service.cluster_arn()), "/", service.service_name(), " ",
                                      service.status(), " · ", service.running_count(), " of ", service.desired_count(),
                                      " running, ", service.pending_count(), " pending");
  description.body = ShowFields(service, {"events"});
  if (service.events_size() > 0) absl::StrAppend(&description.body, "events, newest first\n");
  for (int i = 0; i < service.events_size() && i < options.events; ++i) {
    const ecs::ServiceEvent& event = service.events(i);
    absl::StrAppend(&description.body, "  ", Moment(TimeOf(event.created_at())), "  ", Safe(event.message()), "\n");
  }
  if (service.events_size() > options.events) {
    absl::StrAppend(&description.body, "  … ", service.events_size() - options.events, " older (--events)\n");
  }
  description.json = JsonOf(service);
  return description;
}

absl::StatusOr<Description> Task(Client& client, const Options& options) {
  ECSMI_ASSIGN_OR_RETURN(const ecs::Task task, FindTask(client, options.cluster, options.name));
  ECSMI_ASSIGN_OR_RETURN(const emu::GetClockResponse clock, GetClock(client));
  ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::ContainerInstance> instances,
                         ListInstances(client, LastPart(task.cluster_arn())));
  const TaskLine line = LineOf(task, InstanceBook(instances), TimeOf(clock.clock().now()));
  return Description{absl::StrCat(LastPart(task.task_arn()).substr(0, 8), " ", line.status, " ", line.since,
                                  line.what.empty() ? "" : " · ", line.what),
                     ShowFields(task), JsonOf(task)};
}

absl::StatusOr<Description> Instance(Client& client, const Options& options) {
  ECSMI_ASSIGN_OR_RETURN(const ecs::ContainerInstance instance, FindInstance(client, options.cluster, options.name));
  return Description{absl::StrCat(instance.ec2_instance_id(), " ", TypeOf(instance), " ", instance.status(), " · ",
                                  Count(instance.running_tasks_count(), "task"), " running, ",
                                  instance.pending_tasks_count(), " pending"),
                     ShowFields(instance), JsonOf(instance)};
}

absl::StatusOr<Description> Provider(Client& client, const Options& options) {
  ECSMI_ASSIGN_OR_RETURN(const ecs::CapacityProvider provider, FindProvider(client, options.cluster, options.name));
  return Description{absl::StrCat(provider.name(), " ", ecs::CapacityProviderStatus::Value_Name(provider.status())),
                     ShowFields(provider), JsonOf(provider)};
}

absl::StatusOr<Description> Queue(Client& client, const Options& options) {
  ECSMI_ASSIGN_OR_RETURN(const QueueView queue, FindQueue(client, options.name));
  Description description;
  description.headline = absl::StrCat(LastPart(queue.url), " · ", queue.Get("ApproximateNumberOfMessages"),
                                      " waiting, ", queue.Get("ApproximateNumberOfMessagesNotVisible"), " in flight");
  // The same layout as for all else, by way of a message that has the same members.
  std::size_t width = 0;
  for (const auto& [name, value] : queue.attributes) width = std::max(width, name.size());
  absl::StrAppend(&description.body, "QueueUrl", std::string(width > 6 ? width - 6 : 2, ' '), Safe(queue.url), "\n");
  for (const auto& [name, value] : queue.attributes) {
    absl::StrAppend(&description.body, Safe(name), std::string(width - name.size() + 2, ' '), Safe(value), "\n");
  }
  description.json = queue.Json();
  return description;
}

absl::StatusOr<Description> Definition(Client& client, const Options& options) {
  ecs::DescribeTaskDefinitionRequest request;
  request.set_task_definition(options.name);
  request.add_include(ecs::TaskDefinitionField::TAGS);
  ECSMI_ASSIGN_OR_RETURN(const ecs::DescribeTaskDefinitionResponse response,
                         client.Call<ecs::DescribeTaskDefinitionResponse>(request));
  const ecs::TaskDefinition& definition = response.task_definition();
  return Description{absl::StrCat(definition.family(), ":", definition.revision(), " ",
                                  ecs::TaskDefinitionStatus::Value_Name(definition.status())),
                     ShowFields(response), JsonOf(response)};
}

absl::StatusOr<Description> Alarm(Client& client, const Options& options) {
  cw::DescribeAlarmsRequest request;
  request.add_alarm_names(options.name);
  ECSMI_ASSIGN_OR_RETURN(const cw::DescribeAlarmsResponse response, client.Call<cw::DescribeAlarmsResponse>(request));
  if (response.metric_alarms().empty()) return Refused(absl::StrCat("no alarm '", Safe(options.name), "' is here"));
  const cw::MetricAlarm& alarm = response.metric_alarms(0);
  return Description{absl::StrCat(alarm.alarm_name(), " ", cw::StateValue::Value_Name(alarm.state_value())),
                     ShowFields(alarm), JsonOf(alarm)};
}

// The caller's own; its name is the account.
absl::StatusOr<Description> World(Client& client, const Options&) {
  ECSMI_ASSIGN_OR_RETURN(const emu::GetInfoResponse info, client.Call<emu::GetInfoResponse>(emu::GetInfoRequest()));
  return Description{
      absl::StrCat("account ", info.account(), ", ", info.region(), " · ",
                   emu::ClockMode::Value_Name(info.clock().mode()), " ", Moment(TimeOf(info.clock().now()))),
      ShowFields(info), JsonOf(info)};
}

const std::map<std::string, Describer>& Kinds() {
  static const auto* const kinds =
      new std::map<std::string, Describer>{{"cluster", &Cluster},       {"service", &Service},   {"task", &Task},
                                           {"instance", &Instance},     {"provider", &Provider}, {"queue", &Queue},
                                           {"definition", &Definition}, {"alarm", &Alarm},       {"world", &World}};
  return *kinds;
}

absl::Status Describe(Context& context, const Options& options) {
  if (options.name.empty() && options.kind != "world") {
    return WrongUsage(absl::StrCat("describe ", options.kind, " needs a name"));
  }
  ECSMI_ASSIGN_OR_RETURN(const Description description, Kinds().at(options.kind)(context.client, options));
  context.Print(absl::StrCat(Safe(description.headline), "\n\n", description.body), description.json);
  return absl::OkStatus();
}

}  // namespace

void AddDescribe(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = AddVerb(app, "describe", "All fields of one thing, a service's newest events",
                           {"ecsmictl describe service web", "ecsmictl describe task 3f2a",
                            "ecsmictl describe instance i-0ab -c shop", "ecsmictl describe definition web:3 -o yaml"});
  std::vector<std::string> kinds;
  for (const auto& [kind, describer] : Kinds()) kinds.push_back(kind);
  verb->add_option("kind", options->kind, OneOf(kinds))
      ->required()
      ->check(CLI::IsMember(kinds).description(""))
      ->type_name("KIND");
  verb->add_option("name", options->name, "Its name, id or ARN; ids may be cut")->type_name("NAME");
  verb->add_option("-c,--cluster", options->cluster, "Of this cluster; absent: looked for in all");
  verb->add_option("--events", options->events, "How many events of a service")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  OnVerb(*verb, chosen, [options](Context& context) { return Describe(context, *options); });
}

}  // namespace ecsmi::ctl
