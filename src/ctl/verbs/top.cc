#include <cstdio>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ctl/durations.h"
#include "ctl/lists.h"
#include "ctl/task_line.h"
#include "ctl/terminal.h"
#include "ctl/text.h"
#include "ctl/top_frame.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"
#include "ecsmi/emulator/v1/costs.pb.h"
#include "ecsmi/emulator/v1/instance_type.pb.h"

namespace ecsmi::ctl {
namespace {

// Tasks are looked at one by one only in worlds of up to so many.
constexpr int kTasksSeenMax = 1'000;

// Nano-dollars an hour, fee included, by instance type: read once, as prices do not change.
using Prices = std::map<std::string, std::int64_t>;

absl::StatusOr<Prices> ReadPrices(Client& client) {
  emu::ListInstanceTypesRequest request;
  request.set_include_rejected(true);
  request.set_max_results(1'000);
  Prices prices;
  ECSMI_RETURN_IF_ERROR(
      client.Pages<emu::ListInstanceTypesResponse>(request, [&](const emu::ListInstanceTypesResponse& page) {
        for (const emu::InstanceTypeOffer& offer : page.instance_types()) {
          prices[offer.instance_type()] = offer.on_demand_nano_usd_per_hour() + offer.fee_nano_usd_per_hour();
        }
      }));
  return prices;
}

// Instances of one cluster, type and status together.
struct Group {
  int instances = 0;
  int tasks = 0;
};

class Look {
 public:
  Look(Client& client, const Prices& prices) : client_(client), prices_(prices) {}

  absl::StatusOr<Frame> Take() {
    ECSMI_ASSIGN_OR_RETURN(const emu::GetClockResponse clock, GetClock(client_));
    now_ = TimeOf(clock.clock().now());
    services_.columns = {{"SERVICE", false, 16},
                         {"RUNNING", true},
                         {"PENDING", true},
                         {"DEPLOYMENT", false, 12},
                         {"DEFINITION", false, 12}};
    waiting_.columns = {{"TASK"}, {"GROUP", false, 8}, {"STATUS"}, {"FOR", true}, {"WHAT", false, 12}};
    ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::Cluster> clusters, ListClusters(client_));
    for (const ecs::Cluster& cluster : clusters) ECSMI_RETURN_IF_ERROR(AddCluster(cluster));
    ECSMI_ASSIGN_OR_RETURN(const std::vector<QueueView> queues, ListQueues(client_));
    ECSMI_ASSIGN_OR_RETURN(const emu::GetCostsResponse costs,
                           client_.Call<emu::GetCostsResponse>(emu::GetCostsRequest()));
    Frame frame;
    frame.head = {
        absl::StrCat(client_.globals().account, " ", client_.globals().region, " · ",
                     absl::AsciiStrToLower(emu::ClockMode::Value_Name(clock.clock().mode())), " clock ",
                     absl::FormatTime("%Y-%m-%d %H:%M:%S", now_, absl::UTCTimeZone()),
                     clock.quiescent() ? " · at rest" : ""),
        absl::StrCat(Count(running_, "task"), " running, ", pending_, " pending · ", Count(instances_, "instance"),
                     absl::StrFormat(" · about $%.4f/h · $%s spent", static_cast<double>(nano_usd_per_hour_) / 1e9,
                                     costs.total().total_usd()))};
    frame.sections = {services_, Instances(), Queues(queues), waiting_};
    return frame;
  }

 private:
  absl::Status AddCluster(const ecs::Cluster& cluster) {
    running_ += cluster.running_tasks_count();
    pending_ += cluster.pending_tasks_count();
    ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::Service> services, ListServices(client_, cluster.cluster_name()));
    for (const ecs::Service& service : services) AddService(cluster.cluster_name(), service);
    ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::ContainerInstance> instances,
                           ListInstances(client_, cluster.cluster_name()));
    for (const ecs::ContainerInstance& instance : instances) {
      ++instances_;
      if (const auto at = prices_.find(TypeOf(instance)); at != prices_.end()) nano_usd_per_hour_ += at->second;
      Group& group = groups_[{cluster.cluster_name(), TypeOf(instance), instance.status()}];
      ++group.instances;
      group.tasks += instance.running_tasks_count() + instance.pending_tasks_count();
    }
    const int tasks = cluster.running_tasks_count() + cluster.pending_tasks_count();
    if (cluster.pending_tasks_count() == 0 || tasks > kTasksSeenMax) return absl::OkStatus();
    ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::Task> all, ListTasks(client_, cluster.cluster_name(), {}));
    const InstanceBook book(instances);
    for (const ecs::Task& task : all) {
      if (task.last_status() == "RUNNING") continue;
      const TaskLine line = LineOf(task, book, now_);
      waiting_.rows.push_back(
          {LastPart(task.task_arn()).substr(0, 8), task.group(), {line.status, line.colour}, line.since, line.what});
    }
    return absl::OkStatus();
  }

  void AddService(const std::string& cluster, const ecs::Service& service) {
    std::string rollout = "-";
    for (const ecs::Deployment& deployment : service.deployments()) {
      if (deployment.status() == "PRIMARY")
        rollout = ecs::DeploymentRolloutState::Value_Name(deployment.rollout_state());
    }
    const bool all = service.running_count() == service.desired_count();
    services_.rows.push_back(
        {absl::StrCat(cluster, "/", service.service_name()),
         {absl::StrCat(service.running_count(), "/", service.desired_count()), all ? Colour::kGood : Colour::kBusy},
         absl::StrCat(service.pending_count()),
         {rollout, ColourOfStatus(rollout)},
         LastPart(service.task_definition())});
  }

  Table Instances() const {
    Table table;
    table.columns = {{"INSTANCES", true}, {"TYPE", false, 8}, {"STATUS"}, {"TASKS", true}, {"CLUSTER", false, 8}};
    for (const auto& [key, group] : groups_) {
      const auto& [cluster, type, status] = key;
      table.rows.push_back(
          {absl::StrCat(group.instances), type, {status, ColourOfStatus(status)}, absl::StrCat(group.tasks), cluster});
    }
    return table;
  }

  static Table Queues(const std::vector<QueueView>& queues) {
    Table table;
    table.columns = {{"QUEUE", false, 16}, {"MESSAGES", true}, {"IN FLIGHT", true}, {"DELAYED", true}};
    for (const QueueView& queue : queues) {
      table.rows.push_back({LastPart(queue.url), queue.Get("ApproximateNumberOfMessages"),
                            queue.Get("ApproximateNumberOfMessagesNotVisible"),
                            queue.Get("ApproximateNumberOfMessagesDelayed")});
    }
    return table;
  }

  Client& client_;
  const Prices& prices_;
  absl::Time now_;
  Table services_;
  Table waiting_;
  std::map<std::tuple<std::string, std::string, std::string>, Group> groups_;  // by cluster, type, status
  std::int64_t running_ = 0;
  std::int64_t pending_ = 0;
  std::int64_t instances_ = 0;
  std::int64_t nano_usd_per_hour_ = 0;
};

absl::Status Top(Context& context, const std::string& every) {
  ECSMI_ASSIGN_OR_RETURN(const absl::Duration interval, ParseSpan("--every", every));
  if (!context.screen.terminal) {
    ECSMI_ASSIGN_OR_RETURN(const Prices prices, ReadPrices(context.client));
    ECSMI_ASSIGN_OR_RETURN(const Frame frame, Look(context.client, prices).Take());
    std::fputs(Draw(frame, 80, 0, false).c_str(), stdout);
    return absl::OkStatus();
  }
  FullScreen screen;  // before the first call: gRPC's threads take over the signals it blocks
  ECSMI_ASSIGN_OR_RETURN(const Prices prices, ReadPrices(context.client));
  for (;;) {
    ECSMI_ASSIGN_OR_RETURN(Frame frame, Look(context.client, prices).Take());
    frame.foot = absl::StrCat("q leaves · looks every ", every);
    const Screen size = LookAtScreen();
    screen.Show(Draw(frame, size.columns, size.rows, size.colour));
    const FullScreen::Woken woken = screen.Wait(interval);
    if (woken.key == 'q' || woken.key == 'Q') return absl::OkStatus();
  }
}

}  // namespace

void AddTop(CLI::App& app, Chosen& chosen) {
  auto every = std::make_shared<std::string>("1s");
  CLI::App* verb = AddVerb(app, "top", "The world on one screen, live; without a terminal, once",
                           {"ecsmictl top", "ecsmictl top --every 200ms", "ecsmictl top | head -5"});
  verb->add_option("--every", *every, "How often it looks")->type_name("DURATION")->capture_default_str();
  OnVerb(*verb, chosen, [every](Context& context) { return Top(context, *every); });
}

}  // namespace ecsmi::ctl
