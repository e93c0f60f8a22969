#include "api/task_definition/definition_view.h"

#include <string>

#include "api/check.h"
#include "ecsmi/api/naming.h"

namespace ecsmi::api {
namespace {

void Compatibilities(std::uint8_t bits, google::protobuf::RepeatedField<int>* out) {
  if (bits & model::kCompatibleEc2) out->Add(pb::Compatibility::EC2);
  if (bits & model::kCompatibleFargate) out->Add(pb::Compatibility::FARGATE);
  if (bits & model::kCompatibleExternal) out->Add(pb::Compatibility::EXTERNAL);
  if (bits & model::kCompatibleManagedInstances) out->Add(pb::Compatibility::MANAGED_INSTANCES);
}

pb::TaskDefinitionStatus::Value StatusOf(model::TaskDefinitionStatus status) {
  switch (status) {
    case model::TaskDefinitionStatus::kActive:
      return pb::TaskDefinitionStatus::ACTIVE;
    case model::TaskDefinitionStatus::kInactive:
      return pb::TaskDefinitionStatus::INACTIVE;
    case model::TaskDefinitionStatus::kDeleteInProgress:
      return pb::TaskDefinitionStatus::DELETE_IN_PROGRESS;
  }
  return pb::TaskDefinitionStatus::UNSPECIFIED;
}

}  // namespace

void DescribeDefinition(const control::Step& step, const model::TaskDefinition& row, pb::TaskDefinition* out) {
  pb::RegisterTaskDefinitionResponse document;
  document.ParseFromString(std::string(step.state.DocumentBytes(row.document)));
  *out = document.task_definition();
  out->set_task_definition_arn(TaskDefinitionArn(step, row));
  out->set_family(row.family);
  out->set_revision(row.revision);
  out->set_status(StatusOf(row.status));
  Compatibilities(row.compatibilities, out->mutable_compatibilities());
  *out->mutable_registered_at() = ToTimestamp(step.Shown(row.registered_at));
  if (row.deregistered_at != model::kUnset) {
    *out->mutable_deregistered_at() = ToTimestamp(step.Shown(row.deregistered_at));
  }
  if (row.delete_requested_at != model::kUnset) {
    *out->mutable_delete_requested_at() = ToTimestamp(step.Shown(row.delete_requested_at));
  }
}

}  // namespace ecsmi::api
