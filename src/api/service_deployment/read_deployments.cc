#include <algorithm>
#include <tuple>
#include <vector>

#include "api/check.h"
#include "api/limits.h"
#include "api/service_deployment/deployment_arns.h"
#include "api/service_deployment/deployment_view.h"
#include "api/service_deployment/service_deployments.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

constexpr char kOperation[] = "ListServiceDeployments";

bool Earlier(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return std::tuple(a.seconds(), a.nanos()) < std::tuple(b.seconds(), b.nanos());
}

bool Matches(const control::Step& step, const model::ServiceDeployment& row,
             const pb::ListServiceDeploymentsRequest& request) {
  const auto& wanted = request.status();
  if (!wanted.empty() && std::ranges::find(wanted, StatusOf(row)) == wanted.end()) return false;
  const google::protobuf::Timestamp created = ToTimestamp(step.Shown(row.created_at));
  const pb::CreatedAt& range = request.created_at();
  return (!range.has_after() || Earlier(range.after(), created)) &&
         (!range.has_before() || Earlier(created, range.before()));
}

void AddMissing(const std::string& arn, pb::Failure& failure) {
  failure.set_arn(arn);
  failure.set_reason("MISSING");
}

using ArnList = google::protobuf::RepeatedPtrField<std::string>;
absl::Status CheckArns(std::string_view field, const ArnList& arns,
                       absl::Status (*check)(std::string_view field, std::string_view arn)) {
  if (arns.empty()) return InvalidParameter(Say(field, " cannot be empty."));
  ECSMI_RETURN_IF_ERROR(CheckCount(field, arns.size(), kDescribeDeploymentsMax));
  for (int i = 0; i < arns.size(); ++i) ECSMI_RETURN_IF_ERROR(check(Say(field, "[", i, "]"), arns[i]));
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckListServiceDeployments(const pb::ListServiceDeploymentsRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckRequired("service", request.service()));
  if (!request.has_max_results()) return absl::OkStatus();
  return CheckRange("maxResults", request.max_results(), 1, kListPageMax);
}

// Newest first; a page goes on with those older than its token.
absl::Status ListServiceDeployments(control::Step& step, const CallContext& context,
                                    const pb::ListServiceDeploymentsRequest& request,
                                    pb::ListServiceDeploymentsResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  ECSMI_ASSIGN_OR_RETURN(const model::Service* service, ResolveService(step, *cluster, request.service()));
  if (service == nullptr || service->status == model::ServiceStatus::kInactive) {
    return AwsError(AwsException::kServiceNotFound, "Service not found.");
  }
  model::Serial before = model::kNoSerial;
  if (!request.next_token().empty()) {
    ECSMI_ASSIGN_OR_RETURN(before, ParsePageToken(step, kOperation, request.next_token()));
  }
  std::vector<const model::ServiceDeployment*> found;
  step.state.ForEachIn<model::ServiceDeployment>(service->service_deployments, &model::ServiceDeployment::in_service,
                                                 [&](const model::ServiceDeployment& row) {
                                                   if (before != model::kNoSerial && row.serial >= before) return;
                                                   if (Matches(step, row, request)) found.push_back(&row);
                                                 });
  std::ranges::sort(found, [](const auto* a, const auto* b) { return a->serial > b->serial; });
  const auto page =
      static_cast<std::size_t>(request.has_max_results() ? request.max_results() : kListServiceDeploymentsPage);
  for (std::size_t i = 0; i < std::min(page, found.size()); ++i) {
    *response->add_service_deployments() = ShowBrief(step, *found[i]);
  }
  if (found.size() > page) response->set_next_token(PageToken(step, kOperation, found[page - 1]->serial));
  return absl::OkStatus();
}

absl::Status CheckDescribeServiceDeployments(const pb::DescribeServiceDeploymentsRequest& request) {
  return CheckArns("serviceDeploymentArns", request.service_deployment_arns(), CheckServiceDeploymentArn);
}

absl::Status DescribeServiceDeployments(control::Step& step, const CallContext& context,
                                        const pb::DescribeServiceDeploymentsRequest& request,
                                        pb::DescribeServiceDeploymentsResponse* response) {
  for (const std::string& arn : request.service_deployment_arns()) {
    if (const auto* row = FindServiceDeployment(step, context, arn)) {
      *response->add_service_deployments() = ShowServiceDeployment(step, *row);
    } else {
      AddMissing(arn, *response->add_failures());
    }
  }
  return absl::OkStatus();
}

absl::Status CheckDescribeServiceRevisions(const pb::DescribeServiceRevisionsRequest& request) {
  return CheckArns("serviceRevisionArns", request.service_revision_arns(), CheckServiceRevisionArn);
}

absl::Status DescribeServiceRevisions(control::Step& step, const CallContext& context,
                                      const pb::DescribeServiceRevisionsRequest& request,
                                      pb::DescribeServiceRevisionsResponse* response) {
  for (const std::string& arn : request.service_revision_arns()) {
    if (const auto* row = FindServiceRevision(step, context, arn)) {
      *response->add_service_revisions() = ShowServiceRevision(step, *row);
    } else {
      AddMissing(arn, *response->add_failures());
    }
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
