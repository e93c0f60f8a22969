#include "api/events/render_event.h"

#include <utility>

#include "api/capacity_provider/provider_view.h"
#include "api/check.h"
#include "api/cloudwatch/alarm_view.h"
#include "api/container_instance/instance_view.h"
#include "api/events/alarm_detail.h"
#include "api/events/event_struct.h"
#include "api/events/service_action.h"
#include "api/task/task_view.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/control/lifecycle.h"
#include "ecsmi/model/aws_ids.h"
#include "ecsmi/model/told.h"

namespace ecsmi::api {
namespace {

namespace emu = ::ecsmi::emulator::v1;
using control::Occurrence;
using control::Step;
using emu::EventKind;
using google::protobuf::Struct;

constexpr char kEcs[] = "aws.ecs";
constexpr char kOurs[] = "ecsmi";

struct Kind {
  EventKind::Value kind = EventKind::UNSPECIFIED;
  const char* source = "";
  const char* detail_type = "";
};

// The envelope around `detail`. `part` tells the events of one occurrence apart.
RenderedEvent Envelope(const Step& scene, const Occurrence& it, const Kind& kind, const std::string& region,
                       std::string resource, Struct detail, std::uint64_t part = 0) {
  RenderedEvent made;
  made.event.set_kind(kind.kind);
  made.event.set_version("0");
  // No row is of table 0: these ids are nothing else's.
  made.event.set_id(model::Uuid(scene.key, model::TableId{}, it.number + 1, part));
  made.event.set_detail_type(kind.detail_type);
  made.event.set_source(kind.source);
  made.event.set_account(scene.account);
  *made.event.mutable_time() = ToTimestamp(scene.Shown(it.at));
  made.event.set_region(region);
  made.event.add_resources(std::move(resource));
  *made.event.mutable_detail() = std::move(detail);
  return made;
}

// True when every one of these rows is there.
template <typename... Rows>
bool Known(const Rows*... rows) {
  return ((rows != nullptr) && ...);
}

void OfTask(const Step& scene, const Occurrence& it, std::vector<RenderedEvent>& out) {
  model::Task task;
  if (!model::DecodeRow(it.image, task)) return;
  task.serial = it.serial;
  const auto* cluster = scene.state.Find<model::Cluster>(task.cluster);
  if (!Known(cluster, scene.state.Find<model::TaskDefinition>(task.definition),
             scene.state.Find<model::CapacityProvider>(task.provider))) {
    return;
  }
  ecs::v1::Task shown;
  DescribeTask(scene, task, /*with_tags=*/false, &shown);
  Struct detail = ToStruct(shown);
  detail.mutable_fields()->erase("tags");  // not of AWS's detail
  Put(detail, "updatedAt", IsoTime(scene.Shown(it.at)));
  RenderedEvent made = Envelope(scene, it, {EventKind::TASK, kEcs, "ECS Task State Change"}, cluster->region,
                                shown.task_arn(), std::move(detail));
  made.cluster = cluster->name;
  made.task = model::HexId(scene.key, model::TableId::kTask, it.serial);
  if (const auto* service = scene.state.Find<model::Service>(task.service)) made.service = service->name;
  out.push_back(std::move(made));
}

void OfInstance(const Step& scene, const Occurrence& it, std::vector<RenderedEvent>& out) {
  model::InstanceFacts facts;
  const auto* row = scene.state.Find<model::ContainerInstance>(it.serial);
  if (row == nullptr || !model::DecodeRow(it.extra, facts)) return;
  const auto* cluster = scene.state.Find<model::Cluster>(row->cluster);
  if (!Known(cluster, scene.state.Find<model::CapacityProvider>(row->provider),
             scene.state.Find<model::Subnet>(row->subnet))) {
    return;
  }
  model::ContainerInstance then = *row;
  facts.PutInto(then);
  const ecs::v1::ContainerInstance shown = ShowContainerInstance(scene, then, {});
  Struct detail = ToStruct(shown);
  detail.mutable_fields()->erase("tags");
  Put(detail, "clusterArn", ClusterArn(scene, *cluster));
  Put(detail, "updatedAt", IsoTime(scene.Shown(it.at)));
  RenderedEvent made = Envelope(scene, it, {EventKind::CONTAINER_INSTANCE, kEcs, "ECS Container Instance State Change"},
                                cluster->region, shown.container_instance_arn(), std::move(detail));
  made.cluster = cluster->name;
  out.push_back(std::move(made));
}

constexpr Kind kServiceAction = {EventKind::SERVICE_ACTION, kEcs, "ECS Service Action"};

void OfServiceEvent(const Step& scene, const Occurrence& it, std::vector<RenderedEvent>& out) {
  model::ServiceEvent row;
  if (!model::DecodeRow(it.image, row)) return;
  const ServiceAction action = ActionOf(row.message);
  const auto* service = scene.state.Find<model::Service>(row.service);
  const auto* cluster = service == nullptr ? nullptr : scene.state.Find<model::Cluster>(service->cluster);
  if (action.name.empty() || cluster == nullptr) return;
  Struct detail = ActionDetail(action, ClusterArn(scene, *cluster), scene.Shown(row.at));
  RenderedEvent made =
      Envelope(scene, it, kServiceAction, service->region, ServiceArn(scene, *service), std::move(detail));
  made.cluster = cluster->name;
  made.service = service->name;
  out.push_back(std::move(made));
}

// Three names for three states (H55).
void OfDeployment(const Step& scene, const Occurrence& it, std::vector<RenderedEvent>& out) {
  model::Deployment row;
  if (!model::DecodeRow(it.image, row)) return;
  const auto* service = scene.state.Find<model::Service>(row.service);
  const auto* cluster = service == nullptr ? nullptr : scene.state.Find<model::Cluster>(service->cluster);
  if (cluster == nullptr) return;
  const bool failed = row.rollout == model::RolloutState::kFailed;
  Struct detail;
  Put(detail, "eventType", failed ? "ERROR" : "INFO");
  Put(detail, "eventName",
      failed                                           ? "SERVICE_DEPLOYMENT_FAILED"
      : row.rollout == model::RolloutState::kCompleted ? "SERVICE_DEPLOYMENT_COMPLETED"
                                                       : "SERVICE_DEPLOYMENT_IN_PROGRESS");
  Put(detail, "deploymentId", control::DeploymentId(scene, row));
  Put(detail, "updatedAt", IsoTime(scene.Shown(it.at)));
  // The event's text has the singular, rolloutStateReason the plural (H55, D41).
  constexpr std::string_view kPlural = "ECS deployment circuit breaker: tasks failed to start.";
  Put(detail, "reason",
      failed && row.rollout_reason == kPlural ? "ECS deployment circuit breaker: task failed to start."
                                              : row.rollout_reason);
  RenderedEvent made = Envelope(scene, it, {EventKind::DEPLOYMENT, kEcs, "ECS Deployment State Change"},
                                service->region, ServiceArn(scene, *service), std::move(detail));
  made.cluster = cluster->name;
  made.service = service->name;
  out.push_back(std::move(made));
}

void OfAlarm(const Step& scene, const Occurrence& it, std::vector<RenderedEvent>& out) {
  model::Alarm row;
  model::Alarm before;
  if (!model::DecodeRow(it.image, row) || !model::DecodeRow(it.extra, before)) return;
  out.push_back(Envelope(scene, it, {EventKind::ALARM, "aws.cloudwatch", "CloudWatch Alarm State Change"}, row.region,
                         AlarmArn(scene, row), AlarmDetail(scene, row, before)));
}

const char* StatusName(model::ActivityStatus status) {
  switch (status) {
    case model::ActivityStatus::kPending:
      return "Pending";
    case model::ActivityStatus::kInProgress:
      return "InProgress";
    case model::ActivityStatus::kSuccessful:
      return "Successful";
    case model::ActivityStatus::kOverridden:
      return "Overridden";
    case model::ActivityStatus::kUnfulfilled:
      return "Unfulfilled";
    case model::ActivityStatus::kFailed:
      return "Failed";
  }
  return "";
}

void OfActivity(const Step& scene, const Occurrence& it, std::vector<RenderedEvent>& out) {
  model::ScalingActivity row;
  if (!model::DecodeRow(it.image, row)) return;
  // "service/<cluster>/<service>"
  const std::size_t slash = row.resource_id.find('/');
  const std::size_t second = row.resource_id.find('/', slash + 1);
  if (slash == std::string::npos || second == std::string::npos) return;
  const std::string cluster = row.resource_id.substr(slash + 1, second - slash - 1);
  const std::string service = row.resource_id.substr(second + 1);
  const std::string prefix = Say("arn:", model::Partition(row.region), ":ecs:", row.region, ":", scene.account, ":");
  Struct detail;
  Put(detail, "activityId", model::Uuid(scene.key, model::TableId::kScalingActivity, it.serial));
  Put(detail, "serviceNamespace", "ecs");
  Put(detail, "resourceId", row.resource_id);
  Put(detail, "scalableDimension", "ecs:service:DesiredCount");
  if (row.desired_count >= 0) PutNumber(detail, "newDesiredCapacity", row.desired_count);
  Put(detail, "statusCode", StatusName(row.status));
  Put(detail, "statusMessage", row.status_message);
  Put(detail, "cause", row.cause);
  Put(detail, "description", row.description);
  Put(detail, "startTime", IsoTime(scene.Shown(row.started_at)));
  if (row.ended_at != model::kUnset) Put(detail, "endTime", IsoTime(scene.Shown(row.ended_at)));
  RenderedEvent made = Envelope(scene, it,
                                {EventKind::SCALING_ACTIVITY, "aws.application-autoscaling",
                                 "Application Auto Scaling Scaling Activity State Change"},
                                row.region, Say(prefix, row.resource_id), std::move(detail));
  made.cluster = cluster;
  made.service = service;
  out.push_back(made);
  // Its beginning is what set the count, which ECS tells too when it was no manual update (H54).
  if (row.status != model::ActivityStatus::kInProgress) return;
  const ServiceAction action{.type = "INFO", .name = "SERVICE_DESIRED_COUNT_UPDATED", .reason = row.cause};
  RenderedEvent second_event =
      Envelope(scene, it, kServiceAction, row.region, Say(prefix, row.resource_id),
               ActionDetail(action, Say(prefix, "cluster/", cluster), scene.Shown(it.at)), /*part=*/1);
  second_event.cluster = cluster;
  second_event.service = service;
  out.push_back(std::move(second_event));
}

void OfCluster(const Step& scene, const Occurrence& it, std::vector<RenderedEvent>& out) {
  model::Cluster row;
  if (!model::DecodeRow(it.image, row)) return;
  Struct detail;
  const std::string arn = ClusterArn(scene, row);
  Put(detail, "clusterArn", arn);
  Put(detail, "clusterName", row.name);
  Put(detail, "status", row.status == model::ClusterStatus::kActive ? "ACTIVE" : "INACTIVE");
  Put(detail, "updatedAt", IsoTime(scene.Shown(it.at)));
  RenderedEvent made = Envelope(scene, it, {EventKind::CLUSTER, kOurs, "ecsmi Cluster State Change"}, row.region, arn,
                                std::move(detail));
  made.cluster = row.name;
  out.push_back(std::move(made));
}

void OfProvider(const Step& scene, const Occurrence& it, std::vector<RenderedEvent>& out) {
  model::CapacityProvider row;
  if (!model::DecodeRow(it.image, row)) return;
  const auto* cluster = scene.state.Find<model::Cluster>(row.cluster);
  if (cluster == nullptr) return;
  // Status and what leads to it; the settings are not in question.
  row.document = model::kNoSerial;
  const ecs::v1::CapacityProvider shown = ShowProvider(scene, row, /*tags=*/false);
  Struct detail;
  Put(detail, "capacityProviderArn", shown.capacity_provider_arn());
  Put(detail, "name", row.name);
  Put(detail, "clusterArn", ClusterArn(scene, *cluster));
  const Struct all = ToStruct(shown);
  for (const char* member : {"status", "updateStatus", "updateStatusReason"}) {
    if (const auto at = all.fields().find(member); at != all.fields().end()) {
      (*detail.mutable_fields())[member] = at->second;
    }
  }
  Put(detail, "updatedAt", IsoTime(scene.Shown(it.at)));
  RenderedEvent made =
      Envelope(scene, it, {EventKind::CAPACITY_PROVIDER, kOurs, "ecsmi Capacity Provider State Change"}, row.region,
               shown.capacity_provider_arn(), std::move(detail));
  made.cluster = cluster->name;
  out.push_back(std::move(made));
}

void OfService(const Step& scene, const Occurrence& it, std::vector<RenderedEvent>& out) {
  model::Service row;
  if (!model::DecodeRow(it.image, row)) return;
  const auto* cluster = scene.state.Find<model::Cluster>(row.cluster);
  if (cluster == nullptr) return;
  Struct detail;
  const std::string arn = ServiceArn(scene, row);
  Put(detail, "serviceArn", arn);
  Put(detail, "serviceName", row.name);
  Put(detail, "clusterArn", ClusterArn(scene, *cluster));
  Put(detail, "status",
      row.status == model::ServiceStatus::kActive     ? "ACTIVE"
      : row.status == model::ServiceStatus::kDraining ? "DRAINING"
                                                      : "INACTIVE");
  PutNumber(detail, "desiredCount", row.desired_count);
  Put(detail, "updatedAt", IsoTime(scene.Shown(it.at)));
  RenderedEvent made = Envelope(scene, it, {EventKind::SERVICE, kOurs, "ecsmi Service State Change"}, row.region, arn,
                                std::move(detail));
  made.cluster = cluster->name;
  made.service = row.name;
  out.push_back(std::move(made));
}

}  // namespace

std::vector<RenderedEvent> RenderEvents(const Step& scene, const Occurrence& it) {
  std::vector<RenderedEvent> events;
  switch (it.table) {
    case model::TableId::kTask:
      OfTask(scene, it, events);
      break;
    case model::TableId::kContainerInstance:
      OfInstance(scene, it, events);
      break;
    case model::TableId::kServiceEvent:
      OfServiceEvent(scene, it, events);
      break;
    case model::TableId::kDeployment:
      OfDeployment(scene, it, events);
      break;
    case model::TableId::kAlarm:
      OfAlarm(scene, it, events);
      break;
    case model::TableId::kScalingActivity:
      OfActivity(scene, it, events);
      break;
    case model::TableId::kCluster:
      OfCluster(scene, it, events);
      break;
    case model::TableId::kCapacityProvider:
      OfProvider(scene, it, events);
      break;
    case model::TableId::kService:
      OfService(scene, it, events);
      break;
    case model::TableId::kDocument:
    case model::TableId::kTaskDefinition:
    case model::TableId::kSubnet:
    case model::TableId::kBehavior:
    case model::TableId::kQueue:
    case model::TableId::kMessage:
    case model::TableId::kMetric:
    case model::TableId::kScalableTarget:
    case model::TableId::kScalingPolicy:
    case model::TableId::kUsage:
    case model::TableId::kUsageShare:
    case model::TableId::kToken:
    case model::TableId::kFamily:
    case model::TableId::kAccountSetting:
    case model::TableId::kServiceRevision:
    case model::TableId::kServiceDeployment:
    case model::TableId::kScheduledAction:
      break;  // nothing of theirs is told
  }
  return events;
}

}  // namespace ecsmi::api
