#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "api/check.h"
#include "api/convert/instance_requirements.h"
#include "api/emulator/emulator.h"
#include "api/region.h"
#include "api/task_definition/task_definitions.h"
#include "api/task_definition/validate.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/placement_class.h"
#include "ecsmi/core/launchable_types.h"
#include "ecsmi/core/ledger.h"
#include "ecsmi/core/placement.h"

// A dry run of the planner that launches instances. It reads no row of the world: what would be launched for tasks that
// find no room anywhere.
namespace ecsmi::api {
namespace {

namespace emu = ::ecsmi::emulator::v1;

constexpr int kGroupsMax = 500;
constexpr int kTypesMax = 2'048;  // what a core::TypeSet holds
constexpr std::int64_t kTasksMax = 100'000;
constexpr int kZonesMax = 6;
constexpr std::int64_t kUnitsMax = 1'000'000'000;
constexpr std::int64_t kDevicesMax = 10'000;
constexpr std::int64_t kMicroUsdMax = 1'000'000'000'000;
constexpr std::int64_t kNanoPerMicro = 1'000;

absl::StatusOr<model::CpuArchitecture> ToArchitecture(std::string_view field, const std::string& text) {
  const std::string lower = absl::AsciiStrToLower(text);
  if (lower == "x86_64") return model::CpuArchitecture::kX86_64;
  if (lower == "arm64") return model::CpuArchitecture::kArm64;
  return InvalidParameter(Say(field, " must be x86_64 or arm64, not '", text, "'."));
}

// What a type offers and a group asks for are spelt alike.
template <typename Message>
absl::Status CheckResources(const std::string& field, const Message& message) {
  ECSMI_RETURN_IF_ERROR(CheckRange(Say(field, ".cpu_units"), message.cpu_units(), 0, kUnitsMax));
  ECSMI_RETURN_IF_ERROR(CheckRange(Say(field, ".memory_mib"), message.memory_mib(), 0, kUnitsMax));
  ECSMI_RETURN_IF_ERROR(CheckRange(Say(field, ".gpus"), message.gpus(), 0, kDevicesMax));
  ECSMI_RETURN_IF_ERROR(CheckRange(Say(field, ".eni_slots"), message.eni_slots(), 0, kDevicesMax));
  return message.has_arch() ? ToArchitecture(Say(field, ".arch"), message.arch()).status() : absl::OkStatus();
}

template <typename Message>
model::Resources ToResources(const Message& message) {
  return {.cpu_units = message.cpu_units(),
          .memory_mib = message.memory_mib(),
          .gpus = static_cast<std::int16_t>(message.gpus()),
          .eni_slots = static_cast<std::int16_t>(message.eni_slots())};
}

absl::Status CheckNewName(std::string_view field, const std::string& name, std::set<std::string>& known) {
  ECSMI_RETURN_IF_ERROR(CheckRequired(field, name));
  if (name.size() > 255) return InvalidParameter(Say(field, " must have at most 255 characters."));
  if (!known.insert(name).second) return InvalidParameter(Say(field, " '", name, "' is given twice."));
  return absl::OkStatus();
}

absl::Status CheckGivenTypes(const emu::PlanCapacityRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckCount("instance_types", request.instance_types_size(), kTypesMax));
  std::set<std::string> names;
  for (int i = 0; i < request.instance_types_size(); ++i) {
    const emu::PlanInstanceType& type = request.instance_types(i);
    const std::string field = Say("instance_types[", i, "]");
    ECSMI_RETURN_IF_ERROR(CheckNewName(Say(field, ".name"), type.name(), names));
    ECSMI_RETURN_IF_ERROR(CheckResources(field, type));
    if (!type.has_arch()) return InvalidParameter(Say(field, ".arch must be given."));
    ECSMI_RETURN_IF_ERROR(
        CheckRange(Say(field, ".price_microusd_per_hour"), type.price_microusd_per_hour(), 1, kMicroUsdMax));
  }
  return absl::OkStatus();
}

absl::Status CheckGroups(const emu::PlanCapacityRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckCount("tasks", request.tasks_size(), kGroupsMax));
  std::set<std::string> names;
  std::int64_t tasks = 0;
  for (int i = 0; i < request.tasks_size(); ++i) {
    const emu::PlanTaskGroup& group = request.tasks(i);
    const std::string field = Say("tasks[", i, "]");
    ECSMI_RETURN_IF_ERROR(CheckNewName(Say(field, ".group"), group.group(), names));
    ECSMI_RETURN_IF_ERROR(CheckResources(field, group));
    ECSMI_RETURN_IF_ERROR(CheckRange(Say(field, ".count"), group.count(), 0, kTasksMax));
    tasks += group.count();
  }
  return tasks <= kTasksMax
             ? absl::OkStatus()
             : InvalidParameter(Say("tasks have a count of ", tasks, " in all; at most ", kTasksMax, " are planned."));
}

// The types to choose from, in price order, and what they are called and cost.
struct Choice {
  std::vector<core::LaunchableType> types;
  struct Facts {
    std::string name;
    model::NanoUsdPerHour on_demand = 0;
    model::NanoUsdPerHour fee = 0;
    std::string quota_class;  // empty = given
  };
  std::vector<Facts> facts;  // by TypeOrdinal
};

Choice GivenTypes(const emu::PlanCapacityRequest& request) {
  std::vector<const emu::PlanInstanceType*> sorted;
  for (const emu::PlanInstanceType& type : request.instance_types()) sorted.push_back(&type);
  std::ranges::sort(sorted, [](const emu::PlanInstanceType* a, const emu::PlanInstanceType* b) {
    if (a->price_microusd_per_hour() != b->price_microusd_per_hour()) {
      return a->price_microusd_per_hour() < b->price_microusd_per_hour();
    }
    return a->name() < b->name();
  });
  Choice choice;
  for (const emu::PlanInstanceType* type : sorted) {
    core::LaunchableType launchable;
    launchable.ordinal = static_cast<ports::TypeOrdinal>(choice.types.size());
    launchable.usable = ToResources(*type);
    launchable.architecture = *ToArchitecture("arch", type->arch());
    launchable.price = type->price_microusd_per_hour() * kNanoPerMicro;
    launchable.vcpus = type->cpu_units() / 1'024;
    launchable.zones = ~std::uint64_t{0};
    choice.types.push_back(launchable);
    choice.facts.push_back({.name = type->name(), .on_demand = launchable.price, .quota_class = ""});
  }
  return choice;
}

absl::StatusOr<Choice> CatalogTypes(const control::Step& step, const control::RegionView& view,
                                    const emu::PlanCapacityRequest& request, emu::PlanCapacityResponse* out) {
  model::InstanceRequirements wanted;
  if (request.has_instance_requirements()) {
    ECSMI_ASSIGN_OR_RETURN(wanted, ToRequirements("instance_requirements", request.instance_requirements()));
  }
  const core::RequirementsMatch match =
      view.requirements->Match(request.has_instance_requirements() ? &wanted : nullptr,
                               {.default_price_protection_percent = step.settings.price_protection_percent});
  const ports::RegionCatalog& region = *view.catalog;
  Choice choice;
  choice.types = core::LaunchableTypes(region, match.types, step.settings.fee_current);
  for (const ports::PricedType& type : region.types) {
    choice.facts.push_back({.name = type.type->name,
                            .on_demand = type.on_demand,
                            .fee = core::FeePerHour(type, step.settings.fee_current),
                            .quota_class = type.type->quota_class});
  }
  out->set_considered(static_cast<std::int32_t>(region.types.size()));
  out->set_matched(static_cast<std::int32_t>(choice.types.size()));
  out->set_price_basis(region.basis == region.region ? region.region : Say("borrowed:", region.basis));
  out->set_price_date(region.price_date);
  return choice;
}

struct Group {
  std::string name;
  core::WaitingClass waiting;
};

absl::StatusOr<std::vector<Group>> GroupsOf(const control::Step& step, std::string_view region,
                                            const emu::PlanCapacityRequest& request) {
  std::vector<Group> groups;
  if (request.has_task_definition()) {
    ECSMI_ASSIGN_OR_RETURN(const model::TaskDefinition definition, ReadTaskDefinition(request.task_definition()));
    Group group;
    group.name = definition.family;
    group.waiting.wanted = control::ClassOf(step, region, definition);
    group.waiting.count = request.count();
    groups.push_back(std::move(group));
  }
  for (const emu::PlanTaskGroup& task : request.tasks()) {
    Group group;
    group.name = task.group();
    group.waiting.wanted.need = ToResources(task);
    if (task.has_arch()) group.waiting.wanted.architecture = *ToArchitecture("arch", task.arch());
    group.waiting.wanted.dedicated = task.exclusive();
    group.waiting.count = task.count();
    groups.push_back(std::move(group));
  }
  std::erase_if(groups, [](const Group& group) { return group.waiting.count == 0; });
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i].waiting.group = i + 1;  // groups are spread each for itself
    groups[i].waiting.group_desired = groups[i].waiting.count;
  }
  return groups;
}

// What an hour costs.
std::int64_t ToMicro(absl::int128 nano_usd_per_hour) {
  return core::MicroUsd(nano_usd_per_hour * model::kHourMs);
}

void FillInstances(const core::NewCapacityPlan& plan, const Choice& choice, const std::vector<Group>& groups,
                   emu::PlanCapacityResponse* out) {
  std::map<std::pair<ports::TypeOrdinal, std::vector<std::int32_t>>, int> alike;
  for (const core::NewInstance& instance : plan.instances) ++alike[{instance.type, instance.tasks}];
  absl::int128 on_demand = 0;
  absl::int128 fee = 0;
  for (const auto& [kind, count] : alike) {
    const Choice::Facts& facts = choice.facts[kind.first];
    emu::PlannedInstances& planned = *out->add_instances();
    planned.set_type(facts.name);
    planned.set_count(count);
    for (std::size_t i = 0; i < kind.second.size(); ++i) {
      if (kind.second[i] > 0) (*planned.mutable_tasks())[groups[i].name] = kind.second[i];
    }
    planned.set_price_microusd_per_hour(ToMicro(absl::int128(facts.on_demand) * count));
    planned.set_fee_microusd_per_hour(ToMicro(absl::int128(facts.fee) * count));
    on_demand += absl::int128(facts.on_demand) * count;
    fee += absl::int128(facts.fee) * count;
  }
  out->set_price_microusd_per_hour(ToMicro(on_demand));
  out->set_fee_microusd_per_hour(ToMicro(fee));
  out->set_cost_lower_bound_microusd_per_hour(plan.lower_bound / kNanoPerMicro);
}

void FillQuotas(const core::NewCapacityPlan& plan, const Choice& choice, const ports::Catalog& catalog,
                emu::PlanCapacityResponse* out) {
  std::map<std::string, std::int64_t> vcpus;
  for (const core::NewInstance& instance : plan.instances) {
    const Choice::Facts& facts = choice.facts[instance.type];
    if (!facts.quota_class.empty()) vcpus[facts.quota_class] += catalog.FindType(facts.name)->vcpus;
  }
  for (const ports::QuotaClass& quota : catalog.quotas()) {
    const auto planned = vcpus.find(quota.name);
    if (planned == vcpus.end() || planned->second <= quota.default_vcpus) continue;
    emu::PlanQuotaExcess& excess = *out->add_new_account_excess();
    excess.set_quota_class(quota.name);
    excess.set_planned_vcpus(planned->second);
    excess.set_new_account_vcpus(quota.default_vcpus);
  }
}

}  // namespace

absl::Status CheckPlanCapacity(const emu::PlanCapacityRequest& request) {
  if (request.has_task_definition() != request.has_count()) {
    return InvalidParameter("task_definition and count go together: one of them is missing.");
  }
  if (request.has_task_definition() == (request.tasks_size() > 0)) {
    return InvalidParameter("Either tasks or task_definition with count must be given.");
  }
  if (request.instance_types_size() > 0 && request.has_instance_requirements()) {
    return InvalidParameter("instance_requirements choose from the catalogue and cannot go with instance_types.");
  }
  if (request.has_instance_requirements()) {
    ECSMI_RETURN_IF_ERROR(CheckNoSpot("instance_requirements", request.instance_requirements()));
  }
  if (request.has_count()) ECSMI_RETURN_IF_ERROR(CheckRange("count", request.count(), 0, kTasksMax));
  if (request.has_availability_zones()) {
    ECSMI_RETURN_IF_ERROR(CheckRange("availability_zones", request.availability_zones(), 1, kZonesMax));
  }
  if (request.has_task_definition()) {
    ECSMI_RETURN_IF_ERROR(CheckRegisterTaskDefinition(request.task_definition()));
  }
  ECSMI_RETURN_IF_ERROR(CheckGivenTypes(request));
  return CheckGroups(request);
}

absl::Status PlanCapacity(control::Step& step, const CallContext& context, const emu::PlanCapacityRequest& request,
                          emu::PlanCapacityResponse* response) {
  const std::string& region_name = request.has_region() ? request.region() : context.region;
  ECSMI_ASSIGN_OR_RETURN(const control::RegionView view, FindRegion(step, region_name));
  Choice choice;
  if (request.instance_types_size() > 0) {
    choice = GivenTypes(request);
    response->set_considered(request.instance_types_size());
    response->set_matched(request.instance_types_size());
  } else {
    ECSMI_ASSIGN_OR_RETURN(choice, CatalogTypes(step, view, request, response));
  }
  ECSMI_ASSIGN_OR_RETURN(const std::vector<Group> groups, GroupsOf(step, region_name, request));
  const std::size_t zones =
      static_cast<std::size_t>(request.has_availability_zones() ? request.availability_zones() : 1);
  if (zones > view.catalog->zones.size()) {
    return InvalidParameter(
        Say("availability_zones is ", zones, "; ", region_name, " has ", view.catalog->zones.size(), "."));
  }
  std::vector<core::WaitingClass> waiting;
  waiting.reserve(groups.size());
  for (const Group& group : groups) waiting.push_back(group.waiting);
  const core::NewCapacityPlan plan = core::PlanNewInstances(waiting, choice.types, (std::uint64_t{1} << zones) - 1);
  FillInstances(plan, choice, groups, response);
  FillQuotas(plan, choice, step.catalog, response);
  for (std::size_t i = 0; i < plan.unplaced.size(); ++i) {
    if (plan.unplaced[i] == 0) continue;
    emu::PlanUnplaced& unplaced = (*response->mutable_unplaced())[groups[i].name];
    unplaced.set_count(plan.unplaced[i]);
    unplaced.set_reason(plan.unplaced_reason[i]);
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
