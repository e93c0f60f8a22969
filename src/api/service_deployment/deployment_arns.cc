#include "api/service_deployment/deployment_arns.h"

#include <optional>

#include "api/arn.h"
#include "api/check.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::api {
namespace {

using control::Step;
using model::TableId;

constexpr std::string_view kDeployment = "service-deployment";
constexpr std::string_view kRevision = "service-revision";

// What follows the kind: "<cluster>/<service>/<id>".
struct Parts {
  std::string_view cluster;
  std::string_view service;
  std::string_view id;
};
std::optional<Parts> PartsOf(const EcsArn& arn) {
  const std::size_t first = arn.resource.find('/');
  const std::size_t second = first == std::string_view::npos ? first : arn.resource.find('/', first + 1);
  if (second == std::string_view::npos || second + 1 == arn.resource.size()) return std::nullopt;
  return Parts{arn.resource.substr(0, first), arn.resource.substr(first + 1, second - first - 1),
               arn.resource.substr(second + 1)};
}

std::string Arn(const Step& step, const model::Service& service, std::string_view kind, const std::string& id) {
  const auto& cluster = step.state.Get<model::Cluster>(service.cluster);
  return MakeEcsArn(service.region, step.account, kind, Say(cluster.name, "/", service.name, "/", id));
}

absl::Status CheckArn(std::string_view field, std::string_view text, std::string_view kind) {
  const std::optional<EcsArn> arn = ParseEcsArn(text);
  if (arn && arn->kind == kind && PartsOf(*arn)) return absl::OkStatus();
  return InvalidParameter(Say(field, " '", text, "' is not an ARN of the form arn:aws:ecs:<region>:<account>:", kind,
                              "/<cluster>/<service>/<id>"));
}

// The row whose id stands at the end of `text`, when it is of the service and cluster that stand before it.
template <typename Row, typename SerialOf>
const Row* Find(const Step& step, const CallContext& context, std::string_view text, SerialOf&& serial_of) {
  const std::optional<EcsArn> arn = ParseEcsArn(text);
  const std::optional<Parts> parts = arn ? PartsOf(*arn) : std::nullopt;
  if (!parts || arn->region != context.region || arn->account != step.account) return nullptr;
  const std::optional<model::Serial> serial = serial_of(step.key, Row::kTable, parts->id);
  const Row* row = serial ? step.state.Find<Row>(*serial) : nullptr;
  if (row == nullptr) return nullptr;
  const auto& service = step.state.Get<model::Service>(row->service);
  const bool fits = service.region == context.region && service.name == parts->service &&
                    step.state.Get<model::Cluster>(service.cluster).name == parts->cluster;
  return fits ? row : nullptr;
}

}  // namespace

std::string ServiceDeploymentArn(const Step& step, const model::Service& service, model::Serial deployment) {
  return Arn(step, service, kDeployment, model::WordId(step.key, TableId::kServiceDeployment, deployment));
}
std::string ServiceRevisionArn(const Step& step, const model::Service& service, model::Serial revision) {
  return Arn(step, service, kRevision, model::NumberId(step.key, TableId::kServiceRevision, revision));
}

absl::Status CheckServiceDeploymentArn(std::string_view field, std::string_view arn) {
  return CheckArn(field, arn, kDeployment);
}
absl::Status CheckServiceRevisionArn(std::string_view field, std::string_view arn) {
  return CheckArn(field, arn, kRevision);
}

const model::ServiceDeployment* FindServiceDeployment(const Step& step, const CallContext& context,
                                                      std::string_view arn) {
  return Find<model::ServiceDeployment>(step, context, arn, model::SerialOfWordId);
}
const model::ServiceRevision* FindServiceRevision(const Step& step, const CallContext& context, std::string_view arn) {
  return Find<model::ServiceRevision>(step, context, arn, model::SerialOfNumberId);
}

}  // namespace ecsmi::api
