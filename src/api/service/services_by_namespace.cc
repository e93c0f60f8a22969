#include <string>

#include "api/check.h"
#include "api/limits.h"
#include "api/service/services.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"
#include "ecsmi/ecs/v1/cluster.pb.h"

namespace ecsmi::api {
namespace {

constexpr char kOperation[] = "ListServicesByNamespace";

// Namespaces come into being with clusters that name one as their default for Service Connect.
bool IsNamespace(const control::Step& step, std::string_view region, const std::string& name) {
  bool found = false;
  step.state.table<model::Cluster>().ForEach([&](const model::Cluster& cluster) {
    if (found || cluster.region != region || cluster.status != model::ClusterStatus::kActive) return;
    pb::Cluster document;
    const std::string_view bytes = step.state.DocumentBytes(cluster.document);
    document.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
    found = document.service_connect_defaults().namespace_() == name;
  });
  return found;
}

}  // namespace

absl::Status CheckListServicesByNamespace(const pb::ListServicesByNamespaceRequest& request) {
  ECSMI_RETURN_IF_ERROR(CheckRequired("namespace", request.namespace_()));
  return request.has_max_results() ? CheckRange("maxResults", request.max_results(), 1, kListPageMax)
                                   : absl::OkStatus();
}

// No service is in one: Service Connect is refused (CheckEmulated), and a service that has it switched off is in none.
absl::Status ListServicesByNamespace(control::Step& step, const CallContext& context,
                                     const pb::ListServicesByNamespaceRequest& request,
                                     pb::ListServicesByNamespaceResponse*) {
  if (!request.next_token().empty()) {
    ECSMI_RETURN_IF_ERROR(ParsePageToken(step, kOperation, request.next_token()).status());
  }
  if (!IsNamespace(step, context.region, request.namespace_())) {
    return AwsError(AwsException::kNamespaceNotFound,
                    Say("The specified namespace wasn't found: '", request.namespace_(), "'"));
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
