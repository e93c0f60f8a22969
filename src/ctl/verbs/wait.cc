#include <cstdio>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ctl/durations.h"
#include "ctl/lists.h"
#include "ctl/names.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"
#include "ecsmi/ecs/v1/service_operations.pb.h"

namespace ecsmi::ctl {
namespace {

constexpr absl::Duration kLookEvery = absl::Milliseconds(200);

struct Options {
  std::string state;
  std::vector<std::string> names;
  std::string cluster;
  std::string service;
  std::string timeout = "10m";
  int count = 1;
};

// What is still missing, nothing when what was waited for is there. Errors end the wait: it can never come.
using Missing = absl::StatusOr<std::optional<std::string>>;
using Look = std::function<Missing(Client& client, const Options& options)>;

std::string ShortId(const ecs::Task& task) {
  return LastPart(task.task_arn()).substr(0, 8);
}

absl::StatusOr<std::vector<ecs::Task>> TasksOf(Client& client, const Options& options) {
  std::vector<ecs::Task> tasks;
  if (!options.names.empty()) {
    for (const std::string& name : options.names) {
      ECSMI_ASSIGN_OR_RETURN(ecs::Task task, FindTask(client, options.cluster, name));
      tasks.push_back(std::move(task));
    }
    return tasks;
  }
  ECSMI_ASSIGN_OR_RETURN(const std::vector<std::string> clusters, ClusterNames(client, options.cluster));
  for (const std::string& cluster : clusters) {
    TaskFilter filter;
    filter.service = options.service;
    ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::Task> part, ListTasks(client, cluster, filter));
    tasks.insert(tasks.end(), part.begin(), part.end());
  }
  return tasks;
}

Missing Tasks(Client& client, const Options& options) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::Task> tasks, TasksOf(client, options));
  const std::string wanted = options.state == "running" ? "RUNNING" : "STOPPED";
  if (tasks.empty() && wanted == "RUNNING") return "there is no task";
  std::int64_t there = 0;
  std::string first;
  for (const ecs::Task& task : tasks) {
    if (wanted == "RUNNING" && task.last_status() == "STOPPED") {
      return Refused(absl::StrCat("task ", ShortId(task), " has stopped: ", Safe(task.stopped_reason())));
    }
    if (task.last_status() == wanted) {
      ++there;
    } else if (first.empty()) {
      first = absl::StrCat(ShortId(task), " is ", task.last_status());
    }
  }
  if (first.empty()) return std::nullopt;
  return absl::StrCat(there, " of ", Count(static_cast<std::int64_t>(tasks.size()), "task"), " ", wanted, "; ", first);
}

absl::StatusOr<std::vector<ecs::Service>> ServicesOf(Client& client, const Options& options) {
  std::vector<ecs::Service> services;
  if (options.names.empty()) {
    ECSMI_ASSIGN_OR_RETURN(const std::vector<std::string> clusters, ClusterNames(client, options.cluster));
    for (const std::string& cluster : clusters) {
      ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::Service> part, ListServices(client, cluster));
      services.insert(services.end(), part.begin(), part.end());
    }
    return services;
  }
  // By description rather than from lists, in which INACTIVE ones are not.
  for (const std::string& name : options.names) {
    const std::size_t slash = name.rfind('/');
    ECSMI_ASSIGN_OR_RETURN(const std::vector<std::string> clusters,
                           ClusterNames(client, slash == std::string::npos ? options.cluster : name.substr(0, slash)));
    const std::size_t before = services.size();
    for (const std::string& cluster : clusters) {
      ecs::DescribeServicesRequest request;
      request.set_cluster(cluster);
      request.add_services(name.substr(slash + 1));
      ECSMI_ASSIGN_OR_RETURN(const ecs::DescribeServicesResponse response,
                             client.Call<ecs::DescribeServicesResponse>(request));
      services.insert(services.end(), response.services().begin(), response.services().end());
    }
    if (services.size() == before) return Refused(absl::StrCat("no service '", Safe(name), "' is here"));
  }
  return services;
}

Missing Services(Client& client, const Options& options) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::Service> services, ServicesOf(client, options));
  for (const ecs::Service& service : services) {
    const std::string name = Safe(absl::StrCat(LastPart(service.cluster_arn()), "/", service.service_name()));
    if (options.state == "inactive") {
      if (service.status() != "INACTIVE") return absl::StrCat(name, " is ", Safe(service.status()));
      continue;
    }
    if (service.status() != "ACTIVE") return Refused(absl::StrCat(name, " is ", Safe(service.status())));
    if (service.deployments_size() != 1) {
      return absl::StrCat(name, " has ", service.deployments_size(), " deployments");
    }
    if (service.running_count() != service.desired_count()) {
      return absl::StrCat(name, " runs ", service.running_count(), " of ", service.desired_count());
    }
  }
  return std::nullopt;
}

Missing Instances(Client& client, const Options& options) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<std::string> clusters, ClusterNames(client, options.cluster));
  std::int64_t active = 0;
  std::string other;
  for (const std::string& cluster : clusters) {
    ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::ContainerInstance> instances, ListInstances(client, cluster));
    for (const ecs::ContainerInstance& instance : instances) {
      if (instance.status() == "ACTIVE") {
        ++active;
      } else if (instance.status() == "REGISTERING" && other.empty()) {
        other = absl::StrCat("; ", Safe(instance.ec2_instance_id()), " is REGISTERING");
      }
    }
  }
  if (active >= options.count && other.empty()) return std::nullopt;
  return absl::StrCat(active, " of ", options.count, " ACTIVE", other);
}

Missing Queue(Client& client, const Options& options) {
  ECSMI_ASSIGN_OR_RETURN(const QueueView queue, FindQueue(client, options.names.front()));
  const std::string waiting = queue.Get("ApproximateNumberOfMessages");
  const std::string flying = queue.Get("ApproximateNumberOfMessagesNotVisible");
  const std::string delayed = queue.Get("ApproximateNumberOfMessagesDelayed");
  if (waiting == "0" && flying == "0" && delayed == "0") return std::nullopt;
  return absl::StrCat(Safe(waiting), " waiting, ", Safe(flying), " in flight, ", Safe(delayed), " delayed");
}

Missing Quiescent(Client& client, const Options&) {
  ECSMI_ASSIGN_OR_RETURN(const emu::GetClockResponse clock, GetClock(client));
  if (clock.quiescent()) return std::nullopt;
  return "something is under way";
}

// Nothing happens in a world whose clock stands; who waits there wants to know.
void HintAtClock(Client& client) {
  const auto clock = GetClock(client);
  if (clock.ok() && clock->clock().mode() == emu::ClockMode::VIRTUAL) {
    std::fputs("The clock is virtual and stands: `ecsmictl advance` in another shell moves it.\n", stderr);
  }
}

absl::Status Wait(Context& context, const Options& options, const Look& look) {
  ECSMI_ASSIGN_OR_RETURN(const absl::Duration timeout, ParseSpan("--timeout", options.timeout));
  const absl::Time end = absl::Now() + timeout;
  for (bool first = true;; first = false) {
    ECSMI_ASSIGN_OR_RETURN(const std::optional<std::string> missing, look(context.client, options));
    if (!missing) return absl::OkStatus();
    if (first) HintAtClock(context.client);
    if (absl::Now() >= end) return TimedOut(absl::StrCat("after ", options.timeout, ": ", *missing));
    absl::SleepFor(std::min(kLookEvery, std::max(end - absl::Now(), absl::Milliseconds(1))));
  }
}

CLI::App* AddKind(CLI::App& wait, Chosen& chosen, const std::string& name, const std::string& what,
                  const std::string& example, const std::shared_ptr<Options>& options, Look look) {
  CLI::App* verb = AddVerb(wait, name, what, {example});
  verb->add_option("-t,--timeout", options->timeout, "By this machine's clock; then exit code 4")
      ->type_name("DURATION")
      ->capture_default_str();
  OnVerb(*verb, chosen, [options, look = std::move(look)](Context& context) { return Wait(context, *options, look); });
  return verb;
}

}  // namespace

void AddWait(CLI::App& app, Chosen& chosen) {
  CLI::App* wait = AddVerb(app, "wait", "Returns when something has come about",
                           {"ecsmictl wait services stable shop/web", "ecsmictl wait tasks running -s web --timeout 2m",
                            "ecsmictl wait queue empty jobs && ecsmictl costs"});
  wait->require_subcommand(1);
  const auto options = std::make_shared<Options>();
  const auto add_cluster = [&](CLI::App* verb) {
    verb->add_option("-c,--cluster", options->cluster, "Of this cluster; absent: of all");
  };
  CLI::App* tasks = AddKind(*wait, chosen, "tasks", "Tasks RUNNING (one that stops is an error) or STOPPED",
                            "ecsmictl wait tasks stopped 3f2a 77b1 -c shop", options, Tasks);
  tasks->add_option("state", options->state)
      ->required()
      ->check(CLI::IsMember({"running", "stopped"}))
      ->type_name("STATE");
  tasks->add_option("id", options->names, "Ids, may be cut; absent: all there are")->type_name("ID");
  tasks->add_option("-s,--service", options->service, "Of this service");
  add_cluster(tasks);
  CLI::App* services = AddKind(*wait, chosen, "services", "Services stable (all tasks, one deployment), INACTIVE",
                               "ecsmictl wait services inactive shop/web", options, Services);
  services->add_option("state", options->state)
      ->required()
      ->check(CLI::IsMember({"stable", "inactive"}))
      ->type_name("STATE");
  services->add_option("name", options->names, "web or shop/web; absent: all there are")->type_name("NAME");
  add_cluster(services);
  CLI::App* instances = AddKind(*wait, chosen, "instances", "Container instances ACTIVE, and none REGISTERING",
                                "ecsmictl wait instances active --count 3", options, Instances);
  instances->add_option("state", options->state)->required()->check(CLI::IsMember({"active"}))->type_name("STATE");
  instances->add_option("-n,--count", options->count, "At least so many")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  add_cluster(instances);
  CLI::App* queue = AddKind(*wait, chosen, "queue", "A queue without any message",
                            "ecsmictl wait queue empty jobs --timeout 30s", options, Queue);
  queue->add_option("state", options->state)->required()->check(CLI::IsMember({"empty"}))->type_name("STATE");
  queue->add_option("name", options->names, "Its name or URL")->required()->expected(1)->type_name("NAME");
  AddKind(*wait, chosen, "quiescent", "A world in which nothing is under way", "ecsmictl wait quiescent", options,
          Quiescent);
}

}  // namespace ecsmi::ctl
