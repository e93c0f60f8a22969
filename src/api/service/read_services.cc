#include <algorithm>
#include <vector>

#include "api/arn.h"
#include "api/check.h"
#include "api/limits.h"
#include "api/service/service_view.h"
#include "api/service/services.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

constexpr char kOperation[] = "ListServices";

}  // namespace

absl::Status CheckDescribeServices(const pb::DescribeServicesRequest& request) {
  if (request.services().empty()) return InvalidParameter("Services cannot be empty.");
  return CheckCount("services", request.services_size(), kDescribeServicesMax);
}

absl::Status DescribeServices(control::Step& step, const CallContext& context,
                              const pb::DescribeServicesRequest& request, pb::DescribeServicesResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  const bool tags = std::ranges::find(request.include(), pb::ServiceField::TAGS) != request.include().end();
  model::CommitSeq seen = cluster->seq;
  for (const std::string& reference : request.services()) {
    ECSMI_ASSIGN_OR_RETURN(const model::Service* service, ResolveService(step, *cluster, reference));
    if (service == nullptr) {
      pb::Failure& failure = *response->add_failures();
      failure.set_arn(ParseEcsArn(reference)
                          ? reference
                          : MakeEcsArn(cluster->region, step.account, "service", Say(cluster->name, "/", reference)));
      failure.set_reason("MISSING");
      continue;
    }
    seen = std::max({seen, service->seq, service->tasks.seq, service->deployments.seq, service->events.seq});
    *response->add_services() = ShowService(step, *service, tags);
  }
  // That a service is absent depends on all that was done; one that is there on its own rows and lists.
  if (response->failures().empty()) {
    step.SawOnly();
    step.Saw(seen);
  }
  return absl::OkStatus();
}

absl::Status CheckListServices(const pb::ListServicesRequest& request) {
  if (!request.has_max_results()) return absl::OkStatus();
  return CheckRange("maxResults", request.max_results(), 1, kListPageMax);
}

absl::Status ListServices(control::Step& step, const CallContext& context, const pb::ListServicesRequest& request,
                          pb::ListServicesResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  model::Serial after = model::kNoSerial;
  if (!request.next_token().empty()) {
    ECSMI_ASSIGN_OR_RETURN(after, ParsePageToken(step, kOperation, request.next_token()));
  }
  // Services of a strategy have no launch type (C71), all are REPLICA, and none is run by ECS itself.
  const bool none = request.has_launch_type() || request.scheduling_strategy() == pb::SchedulingStrategy::DAEMON ||
                    request.resource_management_type() == pb::ResourceManagementType::ECS;
  if (none) return absl::OkStatus();
  const int page = request.has_max_results() ? request.max_results() : kListServicesPage;
  model::Serial last = model::kNoSerial;
  step.state.ForEachAfter<model::Service>(
      after, cluster->services, &model::Service::in_cluster,
      [&](const model::Service& service) { return service.cluster == cluster->serial; },
      [&](const model::Service& service) {
        // A DRAINING one is hidden, though it can be described (D4).
        if (service.status != model::ServiceStatus::kActive) return true;
        if (response->service_arns_size() == page) {
          response->set_next_token(PageToken(step, kOperation, last));
          return false;
        }
        response->add_service_arns(ServiceArn(step, service));
        last = service.serial;
        return true;
      });
  return absl::OkStatus();
}

}  // namespace ecsmi::api
