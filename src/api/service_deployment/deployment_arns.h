#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"

// ARNs of service deployments and revisions (H41).
namespace ecsmi::api {

std::string ServiceDeploymentArn(const control::Step& step, const model::Service& service, model::Serial deployment);
std::string ServiceRevisionArn(const control::Step& step, const model::Service& service, model::Serial revision);

// `arn` is the ARN of a service deployment, of a revision. Need no state. Errors: InvalidParameterException that names
// `field`.
absl::Status CheckServiceDeploymentArn(std::string_view field, std::string_view arn);
absl::Status CheckServiceRevisionArn(std::string_view field, std::string_view arn);

// nullptr when there is none in the caller's account and Region. REQUIRES: the check above passed.
const model::ServiceDeployment* FindServiceDeployment(const control::Step& step, const CallContext& context,
                                                      std::string_view arn);
const model::ServiceRevision* FindServiceRevision(const control::Step& step, const CallContext& context,
                                                  std::string_view arn);

}  // namespace ecsmi::api
