#include "api/capacity_provider/provider_view.h"

#include <string>

#include "api/arn.h"
#include "api/check.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/check.h"

namespace ecsmi::api {
namespace {

pb::CapacityProviderStatus::Value StatusOf(model::CapacityProviderStatus status) {
  switch (status) {
    case model::CapacityProviderStatus::kProvisioning:
      return pb::CapacityProviderStatus::PROVISIONING;
    case model::CapacityProviderStatus::kActive:
      return pb::CapacityProviderStatus::ACTIVE;
    case model::CapacityProviderStatus::kDeprovisioning:
      return pb::CapacityProviderStatus::DEPROVISIONING;
    case model::CapacityProviderStatus::kInactive:
      return pb::CapacityProviderStatus::INACTIVE;
  }
  return pb::CapacityProviderStatus::UNSPECIFIED;
}

pb::CapacityProviderUpdateStatus::Value UpdateStatusOf(model::CapacityProviderUpdateStatus status) {
  using Model = model::CapacityProviderUpdateStatus;
  using Shown = pb::CapacityProviderUpdateStatus;
  switch (status) {
    case Model::kNone:
      return Shown::UNSPECIFIED;
    case Model::kCreateInProgress:
      return Shown::CREATE_IN_PROGRESS;
    case Model::kCreateComplete:
      return Shown::CREATE_COMPLETE;
    case Model::kCreateFailed:
      return Shown::CREATE_FAILED;
    case Model::kUpdateInProgress:
      return Shown::UPDATE_IN_PROGRESS;
    case Model::kUpdateComplete:
      return Shown::UPDATE_COMPLETE;
    case Model::kUpdateFailed:
      return Shown::UPDATE_FAILED;
    case Model::kDeleteInProgress:
      return Shown::DELETE_IN_PROGRESS;
    case Model::kDeleteComplete:
      return Shown::DELETE_COMPLETE;
    case Model::kDeleteFailed:
      return Shown::DELETE_FAILED;
  }
  return Shown::UNSPECIFIED;
}

}  // namespace

pb::CapacityProvider ProviderDocument(const control::Step& step, const model::CapacityProvider& provider) {
  pb::CapacityProvider document;
  const std::string_view bytes = step.state.DocumentBytes(provider.document);
  ECSMI_CHECK(document.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  return document;
}

pb::CapacityProvider ShowProvider(const control::Step& step, const model::CapacityProvider& provider, bool tags) {
  pb::CapacityProvider shown = ProviderDocument(step, provider);
  if (!tags) shown.clear_tags();
  shown.set_capacity_provider_arn(CapacityProviderArn(step, provider));
  shown.set_name(provider.name);
  shown.set_cluster(step.state.Get<model::Cluster>(provider.cluster).name);
  shown.set_status(StatusOf(provider.status));
  shown.set_type(pb::CapacityProviderType::MANAGED_INSTANCES);
  if (provider.update_status != model::CapacityProviderUpdateStatus::kNone) {
    shown.set_update_status(UpdateStatusOf(provider.update_status));
  }
  if (!provider.update_status_reason.empty()) shown.set_update_status_reason(provider.update_status_reason);
  return shown;
}

pb::CapacityProvider ShowFargate(const control::Step& step, std::string_view region, std::string_view name) {
  pb::CapacityProvider shown;
  shown.set_capacity_provider_arn(MakeEcsArn(region, step.account, "capacity-provider", name));
  shown.set_name(std::string(name));
  shown.set_status(pb::CapacityProviderStatus::ACTIVE);
  shown.set_type(name == "FARGATE" ? pb::CapacityProviderType::FARGATE : pb::CapacityProviderType::FARGATE_SPOT);
  return shown;
}

}  // namespace ecsmi::api
