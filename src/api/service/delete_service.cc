#include "api/check.h"
#include "api/service/service_view.h"
#include "api/service/services.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

// What keeps a service from being deleted without force (D3).
absl::Status Blockers(const control::Step& step, const model::Service& service) {
  if (service.desired_count > 0 || service.running_tasks + service.pending_tasks > 0) {
    return InvalidParameter("The service cannot be stopped while it is scaled above 0.");
  }
  bool active = false;
  step.state.ForEachIn<model::Deployment>(
      service.deployments, &model::Deployment::in_service,
      [&](const model::Deployment& row) { active = active || row.status == model::DeploymentStatus::kActive; });
  if (active) return InvalidParameter("The service cannot be stopped while deployments are active.");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckDeleteService(const pb::DeleteServiceRequest& request) {
  return CheckRequired("service", request.service());
}

// The reply shows DRAINING; with nothing left to stop the service is INACTIVE right after (D4).
absl::Status DeleteService(control::Step& step, const CallContext& context, const pb::DeleteServiceRequest& request,
                           pb::DeleteServiceResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  ECSMI_ASSIGN_OR_RETURN(const model::Service* service, ResolveService(step, *cluster, request.service()));
  if (service == nullptr || service->status == model::ServiceStatus::kInactive) {
    return AwsError(AwsException::kServiceNotFound, "Service not found.");
  }
  if (service->status == model::ServiceStatus::kActive) {
    if (!request.force()) ECSMI_RETURN_IF_ERROR(Blockers(step, *service));
    step.state.Update<model::Service>(service->serial, [&](model::Service& row) {
      row.status = model::ServiceStatus::kDraining;
      row.SetCount(0, model::CountSetter::kDeleteService, step.now);
    });
  }
  *response->mutable_service() = ShowService(step, *service, true);
  return absl::OkStatus();
}

}  // namespace ecsmi::api
