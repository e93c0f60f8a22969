#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "ctl/contract.h"
#include "ctl/input.h"
#include "ctl/lists.h"
#include "ctl/names.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"
#include "ecsmi/emulator/v1/explain_instance.pb.h"
#include "ecsmi/emulator/v1/explain_instance_types.pb.h"
#include "ecsmi/emulator/v1/explain_service.pb.h"
#include "ecsmi/emulator/v1/explain_task.pb.h"

namespace ecsmi::ctl {
namespace {

constexpr std::size_t kEc2IdLength = 19;  // "i-" and 17 digits
constexpr int kTextColumns = 100;

struct Options {
  std::string name;
  std::string cluster;
};
struct TypeOptions {
  std::string provider;
  std::string requirements;
  std::vector<std::string> patterns;
  std::vector<std::string> refused_by;
  bool refused = false;
  int limit = 20;
};

using Reasons = google::protobuf::RepeatedPtrField<emu::ExplainReason>;
using Steps = google::protobuf::RepeatedPtrField<emu::ExplainStep>;

// One reason after the other, each as wide as one can read.
std::string ReasonText(const Reasons& reasons) {
  std::string text;
  for (const emu::ExplainReason& reason : reasons) {
    std::string line = Safe(reason.text());
    if (reason.has_until()) absl::StrAppend(&line, " ", Moment(TimeOf(reason.until())));
    bool first = true;
    for (const std::string& part : Wrap(line, kTextColumns)) {
      absl::StrAppend(&text, first ? "- " : "  ", part, "\n");
      first = false;
    }
  }
  return text;
}

std::string StepText(const Steps& steps) {
  if (steps.empty()) return "";
  Table table{{{"NEXT"}, {"AT"}}, {}};
  for (const emu::ExplainStep& step : steps) table.rows.push_back({step.what(), Moment(TimeOf(step.at()))});
  return absl::StrCat("\n", Print(table, {}));
}

std::string Headline(const std::string& summary) {
  return absl::StrCat(Safe(summary), "\n\n");
}

absl::Status ExplainTask(Context& context, const Options& options) {
  ECSMI_ASSIGN_OR_RETURN(const ecs::Task task, FindTask(context.client, options.cluster, options.name));
  emu::ExplainTaskRequest request;
  request.set_cluster(task.cluster_arn());
  request.set_task(task.task_arn());
  ECSMI_ASSIGN_OR_RETURN(const emu::ExplainTaskResponse told, context.client.Call<emu::ExplainTaskResponse>(request));
  context.Print(absl::StrCat(Headline(told.summary()), ReasonText(told.reasons()), StepText(told.next())),
                JsonOf(told));
  return absl::OkStatus();
}

// An instance that has no container instance yet is known by its EC2 id alone.
absl::StatusOr<emu::ExplainInstanceResponse> InstanceNamed(Client& client, const Options& options) {
  emu::ExplainInstanceRequest request;
  if (options.name.size() == kEc2IdLength && options.name.rfind("i-", 0) == 0) {
    ECSMI_ASSIGN_OR_RETURN(const std::vector<std::string> clusters, ClusterNames(client, options.cluster));
    request.set_container_instance(options.name);
    for (const std::string& cluster : clusters) {
      request.set_cluster(cluster);
      auto told = client.Call<emu::ExplainInstanceResponse>(request);
      if (told.ok() || cluster == clusters.back()) return told;
    }
  }
  ECSMI_ASSIGN_OR_RETURN(const ecs::ContainerInstance instance, FindInstance(client, options.cluster, options.name));
  request.set_cluster(ClusterOf(instance.container_instance_arn()));
  request.set_container_instance(instance.container_instance_arn());
  return client.Call<emu::ExplainInstanceResponse>(request);
}

absl::Status ExplainInstance(Context& context, const Options& options) {
  ECSMI_ASSIGN_OR_RETURN(const emu::ExplainInstanceResponse told, InstanceNamed(context.client, options));
  std::string text = absl::StrCat(Headline(told.summary()), ReasonText(told.reasons()));
  if (told.has_launch()) {
    Table meant{{{"LAUNCHED FOR"}, {"DEFINITION"}, {"MEANT", true}, {"WAITED", true}, {"CPU", true}, {"MEMORY", true}},
                {}};
    for (const emu::PlannedClass& of : told.launch().classes()) {
      meant.rows.push_back({of.group(), of.task_definition(), absl::StrCat(of.meant()), absl::StrCat(of.waiting()),
                            absl::StrCat(of.needs().cpu_units()), Mebibytes(of.needs().memory_mib())});
    }
    absl::StrAppend(&text, "\n", Print(meant, {}));
    Table others{{{"INSTEAD"}, {"$/HOUR", true}, {"LACKS"}}, {}};
    others.rows.push_back({absl::StrCat(told.instance_type(), " (taken)"),
                           Usd(told.on_demand_nano_usd_per_hour() + told.fee_nano_usd_per_hour()), "-"});
    for (const emu::PlannedAlternative& other : told.launch().alternatives()) {
      others.rows.push_back({other.instance_type(), Usd(other.nano_usd_per_hour()),
                             other.lacks().empty() ? "-" : absl::StrJoin(other.lacks(), ", ")});
    }
    absl::StrAppend(&text, "\n", Print(others, {}));
  }
  context.Print(absl::StrCat(text, StepText(told.next())), JsonOf(told));
  return absl::OkStatus();
}

std::string Points(const google::protobuf::RepeatedField<double>& points) {
  return absl::StrJoin(points, ", ");
}

// The step the value falls into, or the target it is measured against.
std::string RuleText(const emu::ScalingStep& step) {
  if (step.has_target_value()) return absl::StrCat("tracks ", step.target_value());
  const std::string lower = step.has_lower_bound() ? absl::StrCat(step.lower_bound()) : "-∞";
  const std::string upper = step.has_upper_bound() ? absl::StrCat(step.upper_bound()) : "∞";
  return absl::StrCat("from threshold ", step.threshold(), " that is in ", lower, " to ", upper, ", ",
                      step.adjustment_type(), " ", step.adjustment());
}

std::string ScalingText(const emu::ScalingStep& step) {
  return absl::StrCat("alarm ", Safe(step.alarm_name()), " ", step.alarm_state(), ": points ",
                      Points(step.datapoints()), " give ", step.value(), "; policy ", Safe(step.policy_name()), " ",
                      RuleText(step), ": ", step.base(), " becomes ", step.wanted(), ", within ", step.min_capacity(),
                      " to ", step.max_capacity(), " is ", step.desired(), "\n");
}

absl::Status ExplainService(Context& context, const Options& options) {
  ECSMI_ASSIGN_OR_RETURN(const ecs::Service service, FindService(context.client, options.cluster, options.name));
  emu::ExplainServiceRequest request;
  request.set_cluster(service.cluster_arn());
  request.set_service(service.service_name());
  ECSMI_ASSIGN_OR_RETURN(const emu::ExplainServiceResponse told,
                         context.client.Call<emu::ExplainServiceResponse>(request));
  std::string text = absl::StrCat(Headline(told.summary()), ReasonText(told.waits()));
  if (told.has_desired_count_set_by()) {
    absl::StrAppend(&text, "\ndesired ", told.desired_count(), " by ",
                    emu::CountSetter::Value_Name(told.desired_count_set_by()), " at ",
                    Moment(TimeOf(told.desired_count_set_at())), "\n");
  }
  if (told.has_desired_count_step()) absl::StrAppend(&text, "  ", ScalingText(told.desired_count_step()));
  if (told.has_scaling()) {
    const emu::ScalingNow& scaling = told.scaling();
    absl::StrAppend(&text, "scaling ", scaling.min_capacity(), " to ", scaling.max_capacity(), ", hold ",
                    scaling.hold());
    if (scaling.has_cooldown_until()) {
      absl::StrAppend(&text, ", cooldown until ", Moment(TimeOf(scaling.cooldown_until())));
    }
    absl::StrAppend(&text, "\n");
    if (scaling.has_step()) absl::StrAppend(&text, "  ", ScalingText(scaling.step()));
    Table alarms{{{"ALARM"}, {"STATE"}, {"POLICY"}, {"POINTS"}, {"THRESHOLD", true}}, {}};
    for (const emu::ScalingAlarm& alarm : scaling.alarms()) {
      alarms.rows.push_back({alarm.alarm_name(),
                             {alarm.state(), ColourOfStatus(alarm.state())},
                             alarm.policy_name(),
                             Points(alarm.datapoints()),
                             absl::StrCat(alarm.threshold())});
    }
    if (!alarms.rows.empty()) absl::StrAppend(&text, "\n", Print(alarms, {}));
  }
  Table rows{{{"DEPLOYMENT"},
              {"STATUS"},
              {"ROLLOUT"},
              {"DEFINITION"},
              {"WAIT", true},
              {"START", true},
              {"WARM", true},
              {"HEALTHY", true},
              {"SICK", true},
              {"STOP", true},
              {"FAILED", true}},
             {}};
  for (const emu::ExplainedDeployment& row : told.deployments()) {
    rows.rows.push_back({row.id(), row.status(), row.rollout_state(), row.task_definition(),
                         absl::StrCat(row.waiting()), absl::StrCat(row.starting()), absl::StrCat(row.warming()),
                         absl::StrCat(row.healthy()), absl::StrCat(row.unhealthy()), absl::StrCat(row.stopping()),
                         absl::StrCat(row.failed_tasks())});
  }
  if (!rows.rows.empty()) absl::StrAppend(&text, "\n", Print(rows, {}));
  context.Print(text, JsonOf(told));
  return absl::OkStatus();
}

absl::StatusOr<emu::ExplainInstanceTypesRequest> RequestOf(const TypeOptions& options) {
  emu::ExplainInstanceTypesRequest request;
  if (!options.provider.empty()) request.set_capacity_provider(options.provider);
  if (!options.requirements.empty()) {
    ECSMI_RETURN_IF_ERROR(ReadJsonFile(options.requirements, request.mutable_instance_requirements()));
  }
  for (const std::string& pattern : options.patterns) request.add_instance_types(pattern);
  for (const std::string& attribute : options.refused_by) request.add_refused_by(attribute);
  // Without a pattern only one side is of use: those that match, or those that do not.
  const bool refused = options.refused || !options.refused_by.empty();
  if (options.patterns.empty() || refused) request.set_matches(!refused);
  request.set_max_results(options.limit);
  return request;
}

std::string TypesNote(const emu::ExplainInstanceTypesResponse& told) {
  std::string note = absl::StrCat("\n", Safe(told.summary()), " (", Safe(told.asked()), ").\n");
  std::vector<std::string> funnel;
  for (const emu::ExplainFunnelStep& step : told.funnel()) {
    funnel.push_back(absl::StrCat(step.attribute(), " −", step.ruled_out()));
  }
  for (const std::string& line : Wrap(absl::StrCat("Ruled out by: ", absl::StrJoin(funnel, ", "), "."), kTextColumns)) {
    absl::StrAppend(&note, line, "\n");
  }
  const auto price = [](const emu::ExplainPrice& one) {
    return absl::StrCat("$", Usd(one.nano_usd_per_hour()), " ", Safe(one.instance_type()));
  };
  if (told.has_cheapest()) {
    absl::StrAppend(&note, "An hour with the fee: ", price(told.cheapest()), " … ", price(told.median()), " … ",
                    price(told.dearest()), "; prices of ", Safe(told.price_date()), ", ", Safe(told.price_basis()),
                    ", fee schedule ", Safe(told.fee_schedule()), ".\n");
  }
  for (const emu::ExplainQuota& quota : told.new_account()) {
    absl::StrAppend(&note, "A new account may run ", Count(quota.new_account_vcpus(), "vCPU"), " of class ",
                    Safe(quota.quota_class()), ": ", quota.cheapest_instances(), " × ",
                    Safe(quota.cheapest_instance_type()), "; ", quota.refused_types(), " of its ",
                    Count(quota.matching_types(), "type"), " would be refused.\n");
  }
  if (told.has_next_token()) absl::StrAppend(&note, "There are more (--limit).\n");
  return note;
}

absl::StatusOr<Listing> ShowTypes(Client& client, const emu::ExplainInstanceTypesRequest& request) {
  ECSMI_ASSIGN_OR_RETURN(const emu::ExplainInstanceTypesResponse told,
                         client.Call<emu::ExplainInstanceTypesResponse>(request));
  Listing listing{"instance types", {}, JsonOf(told), TypesNote(told)};
  listing.table.columns = {{"TYPE", false, 12}, {"ARCH"},         {"VCPU", true}, {"MEMORY", true},
                           {"GPU", false, 8},   {"$/HOUR", true}, {"QUOTA"},      {"REFUSED BY", false, 16}};
  for (const emu::ExplainedInstanceType& type : told.instance_types()) {
    listing.table.rows.push_back(
        {type.instance_type(), type.cpu_architecture(), absl::StrCat(type.vcpus()), Mebibytes(type.memory_mib()),
         type.has_gpu_name() ? absl::StrCat(type.gpus(), " × ", type.gpu_name()) : "-",
         Usd(type.on_demand_nano_usd_per_hour() + type.fee_nano_usd_per_hour()), type.quota_class(),
         type.refused_by().empty() ? "-" : absl::StrJoin(type.refused_by(), ", ")});
  }
  return listing;
}

using Explainer = absl::Status (*)(Context& context, const Options& options);
void AddExplained(CLI::App& explain, Chosen& chosen, const std::string& kind, const std::string& what,
                  const std::vector<std::string>& examples, Explainer explainer) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = AddVerb(explain, kind, what, examples);
  verb->add_option("name", options->name, "Its name, id or ARN; ids may be cut")->required()->type_name("NAME");
  verb->add_option("-c,--cluster", options->cluster, "Of this cluster; absent: looked for in all");
  OnVerb(*verb, chosen, [options, explainer](Context& context) { return explainer(context, *options); });
}

void AddTypes(CLI::App& explain, Chosen& chosen) {
  auto options = std::make_shared<TypeOptions>();
  CLI::App* verb =
      AddVerb(explain, "types", "Which instance types are left, and why not the rest",
              {"ecsmictl explain types", "ecsmictl explain types --provider mi",
               "ecsmictl explain types --requirements ir.json --refused", "ecsmictl explain types --type 'm7g.*'"});
  CLI::Option* provider =
      verb->add_option("--provider", options->provider, "A capacity provider's requirements")->type_name("NAME");
  verb->add_option("--requirements", options->requirements, "An InstanceRequirements as JSON")
      ->type_name("FILE")
      ->excludes(provider);
  verb->add_option("--type", options->patterns, "Only types of such names, matching or not; * is any run")
      ->type_name("PATTERN");
  verb->add_option("--refused-by", options->refused_by, "Only types that this attribute refuses")
      ->type_name("ATTRIBUTE");
  verb->add_flag("--refused", options->refused, "Types that do not match, with all that refuses them");
  verb->add_option("--limit", options->limit, "How many types to list")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  OnVerb(*verb, chosen, [options](Context& context) -> absl::Status {
    ECSMI_ASSIGN_OR_RETURN(const emu::ExplainInstanceTypesRequest request, RequestOf(*options));
    return ShowListing(
        context, [&](Client& client) { return ShowTypes(client, request); }, /*watch=*/false);
  });
}

}  // namespace

void AddExplain(CLI::App& app, Chosen& chosen) {
  CLI::App* explain = AddVerb(app, "explain", "Why: a task's place, an instance's type, a count",
                              {"ecsmictl explain task 3f2a", "ecsmictl explain instance i-0ab",
                               "ecsmictl explain service shop/web", "ecsmictl explain types --provider mi"});
  explain->require_subcommand(1);
  AddExplained(*explain, chosen, "task", "Where it stands, why there, and what comes next",
               {"ecsmictl explain task 3f2a", "ecsmictl explain task 3f2a -o json"}, ExplainTask);
  AddExplained(*explain, chosen, "instance", "Why it is of its type, and why it stays or goes",
               {"ecsmictl explain instance i-0ab", "ecsmictl explain instance i-0ab -c shop"}, ExplainInstance);
  AddExplained(*explain, chosen, "service", "Who set its count, and what its deployment waits for",
               {"ecsmictl explain service web", "ecsmictl explain service shop/web -o yaml"}, ExplainService);
  AddTypes(*explain, chosen);
}

}  // namespace ecsmi::ctl
