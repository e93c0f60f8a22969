#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "ctl/contract.h"
#include "ctl/document.h"
#include "ctl/input.h"
#include "ctl/listing.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"
#include "ecsmi/emulator/v1/plan.pb.h"

namespace ecsmi::ctl {
namespace {

constexpr double kHoursPerMonth = 730;

struct Options {
  std::string file;
  std::string definition;
  std::string requirements;
  int count = 0;
  int zones = 0;
};

std::string Dollars(std::int64_t micro) {
  return Usd(micro * 1'000);
}

// Maps by key: equal plans shall read the same.
template <typename Value>
std::vector<std::pair<std::string, Value>> Sorted(const google::protobuf::Map<std::string, Value>& map) {
  std::vector<std::pair<std::string, Value>> sorted(map.begin(), map.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return sorted;
}

// Plain numbers for whoever reckons on with them: protobuf's JSON would quote 64-bit ones.
std::string PlanJson(const emu::PlanCapacityResponse& plan) {
  std::vector<std::string> instances;
  for (const emu::PlannedInstances& planned : plan.instances()) {
    std::vector<std::string> tasks;
    for (const auto& [group, count] : Sorted(planned.tasks())) tasks.push_back(absl::StrCat(Quoted(group), ":", count));
    instances.push_back(absl::StrCat("{\"type\":", Quoted(planned.type()), ",\"count\":", planned.count(),
                                     ",\"tasks\":{", absl::StrJoin(tasks, ","), "}}"));
  }
  std::vector<std::string> unplaced;
  for (const auto& [group, rest] : Sorted(plan.unplaced())) {
    unplaced.push_back(
        absl::StrCat(Quoted(group), ":{\"count\":", rest.count(), ",\"reason\":", Quoted(rest.reason()), "}"));
  }
  return absl::StrCat("{\"instances\":[", absl::StrJoin(instances, ","),
                      "],\"price_microusd_per_hour\":", plan.price_microusd_per_hour(),
                      ",\"fee_microusd_per_hour\":", plan.fee_microusd_per_hour(),
                      ",\"cost_lower_bound_microusd_per_hour\":", plan.cost_lower_bound_microusd_per_hour(),
                      ",\"unplaced\":{", absl::StrJoin(unplaced, ","), "}}");
}

std::string Note(const emu::PlanCapacityResponse& plan) {
  const std::int64_t total = plan.price_microusd_per_hour() + plan.fee_microusd_per_hour();
  const double month = static_cast<double>(total) / 1e6 * kHoursPerMonth;
  std::string note = absl::StrFormat("\n$%s an hour (fee $%s of it), $%.2f a month of %.0f hours.\n", Dollars(total),
                                     Dollars(plan.fee_microusd_per_hour()), month, kHoursPerMonth);
  absl::StrAppend(&note, "No fleet for these tasks costs less than $",
                  Dollars(plan.cost_lower_bound_microusd_per_hour()), " an hour.\n");
  if (plan.has_price_basis()) {
    absl::StrAppend(&note, "Prices of ", Safe(plan.price_date()), ", ", Safe(plan.price_basis()), "; ", plan.matched(),
                    " of ", plan.considered(), " types match.\n");
  }
  for (const auto& [group, rest] : Sorted(plan.unplaced())) {
    absl::StrAppend(&note, "Not placed: ", Safe(group), ", ", Count(rest.count(), "task"), ": no type has the ",
                    Safe(rest.reason()), ".\n");
  }
  for (const emu::PlanQuotaExcess& excess : plan.new_account_excess()) {
    absl::StrAppend(&note, "A new account may run ", Count(excess.new_account_vcpus(), "vCPU"), " of class ",
                    Safe(excess.quota_class()), "; this takes ", excess.planned_vcpus(), ".\n");
  }
  return note;
}

absl::StatusOr<emu::PlanCapacityRequest> RequestOf(const Options& options) {
  emu::PlanCapacityRequest request;
  if (options.file.empty() == options.definition.empty()) {
    return WrongUsage("plan takes either a FILE or --task-definition");
  }
  if (!options.file.empty()) {
    if (options.count > 0) return WrongUsage("--count goes with --task-definition");
    ECSMI_RETURN_IF_ERROR(ReadJsonFile(options.file, &request));
  } else {
    ECSMI_RETURN_IF_ERROR(ReadJsonFile(options.definition, request.mutable_task_definition()));
    request.set_count(options.count > 0 ? options.count : 1);
  }
  if (!options.requirements.empty()) {
    ECSMI_RETURN_IF_ERROR(ReadJsonFile(options.requirements, request.mutable_instance_requirements()));
  }
  if (options.zones > 0) request.set_availability_zones(options.zones);
  return request;
}

absl::StatusOr<Listing> Show(Client& client, const emu::PlanCapacityRequest& request) {
  ECSMI_ASSIGN_OR_RETURN(const emu::PlanCapacityResponse plan, client.Call<emu::PlanCapacityResponse>(request));
  Listing listing{"instances", {}, PlanJson(plan), Note(plan)};
  listing.table.columns = {
      {"TYPE", false, 12}, {"COUNT", true}, {"TASKS ON EACH", false, 16}, {"$/HOUR", true}, {"FEE $/HOUR", true}};
  for (const emu::PlannedInstances& planned : plan.instances()) {
    std::vector<std::string> tasks;
    for (const auto& [group, count] : Sorted(planned.tasks())) tasks.push_back(absl::StrCat(count, " ", group));
    listing.table.rows.push_back({planned.type(), absl::StrCat(planned.count()), absl::StrJoin(tasks, ", "),
                                  Dollars(planned.price_microusd_per_hour()),
                                  Dollars(planned.fee_microusd_per_hour())});
  }
  return listing;
}

}  // namespace

void AddPlan(CLI::App& app, Chosen& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = AddVerb(app, "plan", "Which instances tasks would get, and for how much",
                           {"ecsmictl plan mix.json", "ecsmictl plan --task-definition td.json --count 10",
                            "ecsmictl plan --task-definition td.json --requirements ir.json"});
  verb->add_option("file", options->file, "A PlanCapacity request as JSON; - is standard input")->type_name("FILE");
  verb->add_option("--task-definition", options->definition, "As for register-task-definition")->type_name("FILE");
  verb->add_option("--count", options->count, "Tasks of the definition; 1")->check(CLI::PositiveNumber);
  verb->add_option("--requirements", options->requirements, "An InstanceRequirements as JSON")->type_name("FILE");
  verb->add_option("--zones", options->zones, "Availability Zones to spread over; 1")->check(CLI::PositiveNumber);
  OnVerb(*verb, chosen, [options](Context& context) -> absl::Status {
    ECSMI_ASSIGN_OR_RETURN(const emu::PlanCapacityRequest request, RequestOf(*options));
    return ShowListing(
        context, [&](Client& client) { return Show(client, request); }, /*watch=*/false);
  });
}

}  // namespace ecsmi::ctl
