#include <array>

#include "api/check.h"
#include "api/service_deployment/deployment_arns.h"
#include "api/service_deployment/service_deployments.h"
#include "ecsmi/api/conflict.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {

absl::Status CheckStopServiceDeployment(const pb::StopServiceDeploymentRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckRequired("serviceDeploymentArn", request.service_deployment_arn()));
  return CheckServiceDeploymentArn("serviceDeploymentArn", request.service_deployment_arn());
}

// The service's next pass acts on the request. One that stops or goes back already goes on doing so.
absl::Status StopServiceDeployment(control::Step& step, const CallContext& context,
                                   const pb::StopServiceDeploymentRequest& request,
                                   pb::StopServiceDeploymentResponse* response) {
  using model::ServiceDeploymentStatus;
  const std::string& arn = request.service_deployment_arn();
  const auto* row = FindServiceDeployment(step, context, arn);
  if (row == nullptr) {
    return AwsError(AwsException::kServiceDeploymentNotFound, Say("The service deployment '", arn, "' was not found."));
  }
  if (row->IsOver()) {
    const std::array ids = {arn};
    return ConflictError(Say("The service deployment '", arn, "' is finished and cannot be stopped."), ids);
  }
  const bool begins =
      row->status == ServiceDeploymentStatus::kPending || row->status == ServiceDeploymentStatus::kInProgress;
  if (begins) {
    const bool aborts = request.stop_type() == pb::StopServiceDeploymentStopType::ABORT;
    step.state.Update<model::ServiceDeployment>(row->serial, [&](model::ServiceDeployment& changed) {
      changed.status = aborts ? ServiceDeploymentStatus::kStopRequested : ServiceDeploymentStatus::kRollbackRequested;
      changed.updated_at = step.now;
    });
  }
  response->set_service_deployment_arn(arn);
  return absl::OkStatus();
}

}  // namespace ecsmi::api
