#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "api/check.h"
#include "api/emulator/emulator.h"
#include "api/emulator/explain_words.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/explain.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::api {
namespace {

namespace emu = ::ecsmi::emulator::v1;
using control::Step;
using model::ContainerInstance;
using model::InstanceStage;
using model::LaunchDecision;

constexpr std::size_t kTasksNamed = 20;

absl::StatusOr<const ContainerInstance*> FindInstance(const Step& step, const model::Cluster& cluster,
                                                      const std::string& id) {
  const ContainerInstance* found = nullptr;
  if (absl::StartsWith(id, "i-")) {
    step.state.ForEachIn<ContainerInstance>(cluster.instances, &ContainerInstance::in_cluster,
                                            [&](const ContainerInstance& row) {
                                              if (model::Ec2InstanceId(step.key, row.serial) == id) found = &row;
                                            });
  } else {
    ECSMI_ASSIGN_OR_RETURN(found, ResolveContainerInstance(step, cluster, id));
  }
  if (found == nullptr) return InvalidParameter("The referenced container instance was not found.");
  return found;
}

model::TimeMs Since(const ContainerInstance& row) {
  switch (row.stage) {
    case InstanceStage::kLaunching:
      return row.launched_at;
    case InstanceStage::kBooting:
    case InstanceStage::kRegistering:
      return row.running_at;
    case InstanceStage::kActive:
      return row.registered_at;
    case InstanceStage::kDraining:
      return row.draining_at;
    case InstanceStage::kDeregistering:
      return row.billing_ended_at;
    case InstanceStage::kTerminated:
      return row.terminated_at;
  }
  return row.launched_at;
}

std::string DefinitionName(const Step& step, model::Serial serial) {
  const auto* row = step.state.Find<model::TaskDefinition>(serial);
  return row == nullptr ? "" : Say(row->family, ":", row->revision);
}

void FillPlan(const Step& step, const ContainerInstance& row, const LaunchDecision& decision,
              const LaunchDecision::Bin& bin, emu::LaunchPlan* out) {
  *out->mutable_at() = MomentOf(step, row.launched_at);
  out->set_tasks_waiting(decision.tasks_waiting);
  out->set_classes_waiting(decision.classes_waiting);
  out->set_types_allowed(decision.types_allowed);
  out->set_instances(decision.instances);
  out->set_nano_usd_per_hour(decision.price);
  out->set_lower_bound_nano_usd_per_hour(decision.lower_bound);
  out->set_alike(bin.count);
  for (const LaunchDecision::Share& share : bin.tasks) {
    const LaunchDecision::Class& of = decision.classes[share.of];
    emu::PlannedClass& told = *out->add_classes();
    told.set_group(GroupName(step, of.service, of.group_name));
    told.set_task_definition(DefinitionName(step, of.definition));
    FillResources(of.need, told.mutable_needs());
    told.set_dedicated(of.dedicated);
    told.set_waiting(of.waiting);
    told.set_meant(share.count);
  }
  for (const LaunchDecision::Alternative& other : bin.alternatives) {
    emu::PlannedAlternative& told = *out->add_alternatives();
    told.set_instance_type(other.type);
    told.set_nano_usd_per_hour(other.price);
    for (const std::string_view lack : core::NamesOf(other.lacks)) told.add_lacks(std::string(lack));
  }
  for (const LaunchDecision::ShutOut& quota : decision.shut_out) {
    emu::PlannedShutOut& told = *out->add_shut_out();
    told.set_quota_class(quota.quota_class);
    told.set_quota_vcpus(quota.quota);
    told.set_used_vcpus(quota.used);
  }
}

// Why this type, in sentences, from the plan as it is shown.
void SayPlan(const Step& step, const emu::LaunchPlan& plan, const std::string& type, ReasonList& reasons) {
  std::vector<std::string> meant;
  for (const emu::PlannedClass& of : plan.classes()) {
    meant.push_back(Say(of.meant(), " of the ", CountText(of.waiting(), "task"), " of ", of.group()));
  }
  AddReason(step, reasons, "PLAN",
            Say("It was launched for ", absl::StrJoin(meant, ", "), "; ", CountText(plan.instances(), "instance"),
                " planned for ", CountText(plan.tasks_waiting(), "task"), " at ", DollarsText(plan.nano_usd_per_hour()),
                " an hour, where no fleet costs less than ", DollarsText(plan.lower_bound_nano_usd_per_hour()), "."));
  std::vector<std::string> others;
  for (const emu::PlannedAlternative& other : plan.alternatives()) {
    const std::string named = Say(other.instance_type(), " ", DollarsText(other.nano_usd_per_hour()));
    others.push_back(other.lacks().empty() ? named : Say(named, " lacks ", absl::StrJoin(other.lacks(), ", ")));
  }
  if (!others.empty()) {
    AddReason(step, reasons, "ALTERNATIVES", Say("Instead of ", type, ": ", absl::StrJoin(others, "; "), "."));
  }
  for (const emu::PlannedShutOut& quota : plan.shut_out()) {
    AddReason(step, reasons, "QUOTA",
              Say("Types of quota class ", quota.quota_class(), " were out of reach: ", quota.used_vcpus(), " of ",
                  quota.quota_vcpus(), " vCPUs were in use."));
  }
}

struct Fate {
  std::string code;
  std::string text;  // "stays while it holds tasks"
  model::TimeMs until = model::kNever;
};
Fate FateOf(const Step& step, const ContainerInstance& row) {
  const std::string tasks = CountText(row.tasks.count, "task");
  const std::string why(step.state.DocumentBytes(row.status_reason));
  switch (row.stage) {
    case InstanceStage::kLaunching:
    case InstanceStage::kBooting:
    case InstanceStage::kRegistering:
      return {"LAUNCHING", Say("comes for ", tasks), row.due_at};
    case InstanceStage::kActive:
      if (row.tasks.count > 0) return {"OCCUPIED", Say("stays while it holds ", tasks), model::kNever};
      if (row.idle_due_at == model::kNever) {
        return {"IDLE_FOR_EVER", "is empty and stays: scaleInAfter is -1", model::kNever};
      }
      return {"IDLE",
              Say("is empty since ", SpanText(step.now - row.idle_since), " and leaves ", InText(step, row.idle_due_at),
                  " unless a task comes"),
              row.idle_due_at};
    case InstanceStage::kDraining: {
      const model::TimeMs at = std::min(row.due_at, row.idle_due_at);
      if (row.tasks.count == 0) return {"DRAINING", Say("has drained and leaves ", InText(step, at)), at};
      return {"DRAINING",
              Say("drains: services replace the ", tasks, " it holds, and it is removed ", InText(step, at),
                  " at the latest"),
              at};
    }
    case InstanceStage::kDeregistering:
      return {"LEAVING", Say("shuts down: ", why), row.due_at};
    case InstanceStage::kTerminated:
      return {"GONE", Say("is gone: ", why), row.due_at};
  }
  return {};
}

void FillTasks(const Step& step, const ContainerInstance& row, emu::ExplainInstanceResponse* out) {
  std::vector<model::Serial> tasks;
  step.state.ForEachIn<model::Task>(row.tasks, &model::Task::in_instance,
                                    [&](const model::Task& task) { tasks.push_back(task.serial); });
  out->set_tasks(static_cast<std::int32_t>(tasks.size()));
  const std::size_t named = std::min(tasks.size(), kTasksNamed);
  std::partial_sort(tasks.begin(), tasks.begin() + static_cast<std::ptrdiff_t>(named), tasks.end());
  for (std::size_t i = 0; i < named; ++i) {
    out->add_task_ids(model::HexId(step.key, model::TableId::kTask, tasks[i]));
  }
}

}  // namespace

absl::Status CheckExplainInstance(const emu::ExplainInstanceRequest& request) {
  return CheckRequired("containerInstance", request.container_instance());
}

absl::Status ExplainInstance(Step& step, const CallContext& context, const emu::ExplainInstanceRequest& request,
                             emu::ExplainInstanceResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  ECSMI_ASSIGN_OR_RETURN(const ContainerInstance* found, FindInstance(step, *cluster, request.container_instance()));
  const ContainerInstance& row = *found;
  const auto& provider = step.state.Get<model::CapacityProvider>(row.provider);
  response->set_ec2_instance_id(model::Ec2InstanceId(step.key, row.serial));
  if (row.stage >= InstanceStage::kRegistering) response->set_container_instance_arn(ContainerInstanceArn(step, row));
  response->set_instance_type(row.type);
  response->set_availability_zone(ZoneName(step, provider.region, row.zone));
  response->set_capacity_provider(provider.name);
  response->set_status(std::string(control::NameOf(row.stage)));
  *response->mutable_since() = MomentOf(step, Since(row));
  response->set_on_demand_nano_usd_per_hour(row.on_demand);
  response->set_fee_nano_usd_per_hour(step.settings.fee_current ? row.fee_current : row.fee_launch);
  FillResources(row.registered, response->mutable_registered());
  FillResources(row.remaining, response->mutable_remaining());
  FillTasks(step, row, response);
  if (IsMoment(row.idle_since)) *response->mutable_idle_since() = MomentOf(step, row.idle_since);
  if (provider.scale_in_after_seconds) {
    response->mutable_scale_in_after()->set_seconds(*provider.scale_in_after_seconds);
  }
  if (IsMoment(row.idle_due_at)) *response->mutable_leaves_at() = MomentOf(step, row.idle_due_at);
  for (const control::InstanceMove& move : control::MovesAhead(step, row)) {
    AddStep(step, *response->mutable_next(), control::NameOf(move.stage), move.at);
  }
  const Fate fate = FateOf(step, row);
  AddReason(step, *response->mutable_reasons(), fate.code, Say("It ", fate.text, "."), fate.until);
  LaunchDecision decision;
  if (row.decision != model::kNoSerial && model::DecodeRow(step.state.DocumentBytes(row.decision), decision) &&
      row.bin < decision.bins.size()) {
    FillPlan(step, row, decision, decision.bins[row.bin], response->mutable_launch());
    SayPlan(step, response->launch(), row.type, *response->mutable_reasons());
  }
  std::string summary = Say(response->ec2_instance_id(), " ", row.type, " ", response->status(), " ",
                            SpanText(step.now - Since(row)), " · ", fate.text);
  if (fate.code == "LAUNCHING") {
    for (const control::InstanceMove& move : control::MovesAhead(step, row)) {
      if (move.stage == InstanceStage::kActive) summary = Say(summary, " · next: ACTIVE ", InText(step, move.at));
    }
  }
  response->set_summary(std::move(summary));
  return absl::OkStatus();
}

}  // namespace ecsmi::api
