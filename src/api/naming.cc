#include "ecsmi/api/naming.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "api/arn.h"
#include "api/check.h"
#include "ecsmi/base/keyed_hash.h"
#include "ecsmi/base/status.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::api {
namespace {

using control::Step;
using model::TableId;

constexpr char kDefaultCluster[] = "default";

bool IsHexDigit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}
// 32 hex digits, or the older form with four hyphens.
bool IsIdForm(std::string_view id) {
  return (id.size() == 32 && std::all_of(id.begin(), id.end(), IsHexDigit)) ||
         (id.size() == 36 && std::all_of(id.begin(), id.end(), [](char c) { return IsHexDigit(c) || c == '-'; }));
}

// The short id in `text`, which is one or an ARN of `kind`. Empty when an ARN names another cluster, Region or account;
// nullopt when malformed.
std::optional<std::string_view> ShortId(const Step& step, const model::Cluster& cluster, std::string_view kind,
                                        std::string_view text) {
  if (IsIdForm(text)) return text;
  const std::optional<EcsArn> arn = ParseEcsArn(text);
  if (!arn || arn->kind != kind) return std::nullopt;
  const std::size_t slash = arn->resource.rfind('/');
  const std::string_view id = slash == std::string_view::npos ? arn->resource : arn->resource.substr(slash + 1);
  if (!IsIdForm(id)) return std::nullopt;
  const bool here = arn->region == cluster.region && arn->account == step.account &&
                    (slash == std::string_view::npos || arn->resource.substr(0, slash) == cluster.name);
  return here ? id : std::string_view{};
}

template <typename Row>
const Row* FindById(const Step& step, const model::Cluster& cluster, std::string_view id) {
  const std::optional<model::Serial> serial = model::SerialOfHexId(step.key, Row::kTable, id);
  const Row* row = serial ? step.state.Find<Row>(*serial) : nullptr;
  return row != nullptr && row->cluster == cluster.serial ? row : nullptr;
}

std::uint64_t TokenHash(const Step& step, std::string_view operation, std::uint64_t value) {
  return base::KeyedHashBytes(step.key, Say("page-token/", operation, "/", value));
}

}  // namespace

std::string ClusterArn(const Step& step, const model::Cluster& cluster) {
  return MakeEcsArn(cluster.region, step.account, "cluster", cluster.name);
}
std::string CapacityProviderArn(const Step& step, const model::CapacityProvider& provider) {
  return MakeEcsArn(provider.region, step.account, "capacity-provider", provider.name);
}
std::string TaskDefinitionArn(const Step& step, const model::TaskDefinition& definition) {
  return MakeEcsArn(definition.region, step.account, "task-definition",
                    Say(definition.family, ":", definition.revision));
}
std::string TaskArn(const Step& step, const model::Task& task) {
  const auto& cluster = step.state.Get<model::Cluster>(task.cluster);
  return MakeEcsArn(cluster.region, step.account, "task",
                    Say(cluster.name, "/", model::HexId(step.key, TableId::kTask, task.serial)));
}
std::string ContainerInstanceArn(const Step& step, const model::ContainerInstance& instance) {
  const auto& cluster = step.state.Get<model::Cluster>(instance.cluster);
  return MakeEcsArn(cluster.region, step.account, "container-instance",
                    Say(cluster.name, "/", model::HexId(step.key, TableId::kContainerInstance, instance.serial)));
}
std::string ServiceArn(const Step& step, const model::Service& service) {
  const auto& cluster = step.state.Get<model::Cluster>(service.cluster);
  return MakeEcsArn(cluster.region, step.account, "service", Say(cluster.name, "/", service.name));
}

absl::StatusOr<const model::Cluster*> ResolveCluster(const Step& step, const CallContext& context,
                                                     std::string_view cluster) {
  std::string_view name = cluster.empty() ? kDefaultCluster : cluster;
  if (const std::optional<EcsArn> arn = ParseEcsArn(name)) {
    if (arn->kind != "cluster" || !IsName(arn->resource)) {
      return InvalidParameter(Say("cluster '", cluster, "' is not the ARN of a cluster"));
    }
    if (arn->region != context.region || arn->account != step.account) return ClusterNotFound();
    name = arn->resource;
  }
  if (!IsName(name)) {
    return InvalidParameter(Say("cluster '", cluster, "' is neither a cluster name (1 to 255 letters, digits, ",
                                "underscores and hyphens) nor a cluster ARN"));
  }
  const auto* row = step.state.Find<model::Cluster>(step.state.FindCluster(context.region, name));
  if (row == nullptr || row->status != model::ClusterStatus::kActive) return ClusterNotFound();
  return row;
}

absl::StatusOr<const model::Task*> ResolveTask(const Step& step, const model::Cluster& cluster, std::string_view id) {
  const auto short_id = ShortId(step, cluster, "task", id);
  if (!short_id) {
    return InvalidParameter(Say("Task Identifier is invalid: '", id, "' is neither 32 hex digits nor a task ARN"));
  }
  return FindById<model::Task>(step, cluster, *short_id);
}

absl::StatusOr<const model::ContainerInstance*> ResolveContainerInstance(const Step& step,
                                                                         const model::Cluster& cluster,
                                                                         std::string_view id) {
  const auto short_id = ShortId(step, cluster, "container-instance", id);
  if (!short_id) {
    return InvalidParameter(Say("Container Instance Identifier is invalid: '", id,
                                "' is neither 32 hex digits nor a container instance ARN"));
  }
  const auto* instance = FindById<model::ContainerInstance>(step, cluster, *short_id);
  // Before its agent registers there is an EC2 instance but no container instance (E5).
  if (instance != nullptr && instance->stage < model::InstanceStage::kRegistering) instance = nullptr;
  return instance;
}

absl::StatusOr<const model::Service*> ResolveService(const Step& step, const model::Cluster& cluster,
                                                     std::string_view reference) {
  std::string_view name = reference;
  bool here = true;
  if (const std::optional<EcsArn> arn = ParseEcsArn(reference); arn && arn->kind == "service") {
    // The long form names the cluster, the older short one does not.
    name = arn->resource;
    here = arn->region == cluster.region && arn->account == step.account;
    if (const std::size_t slash = name.find('/'); slash != std::string_view::npos) {
      here = here && name.substr(0, slash) == cluster.name;
      name.remove_prefix(slash + 1);
    }
  }
  if (!IsName(name)) {
    return InvalidParameter(Say("service '", reference, "' is neither a service name (1 to 255 letters, digits, ",
                                "underscores and hyphens) nor a service ARN"));
  }
  const model::Service* unknown = nullptr;
  return here ? step.state.Find<model::Service>(step.state.FindService(cluster.serial, name)) : unknown;
}

absl::StatusOr<const model::TaskDefinition*> ResolveTaskDefinition(const Step& step, const CallContext& context,
                                                                   std::string_view reference) {
  constexpr const model::TaskDefinition* kUnknown = nullptr;
  std::string_view name = reference;
  bool here = true;
  if (const std::optional<EcsArn> arn = ParseEcsArn(reference); arn && arn->kind == "task-definition") {
    name = arn->resource;
    here = arn->region == context.region && arn->account == step.account;
  }
  const std::size_t colon = name.find(':');
  const std::string_view family = name.substr(0, colon);
  if (!IsName(family)) return ClientError("Family contains invalid characters.");  // H11
  if (!here) return kUnknown;
  if (colon == std::string_view::npos) {
    return step.state.Find<model::TaskDefinition>(step.state.FindNewestDefinition(context.region, family));
  }
  const std::string_view digits = name.substr(colon + 1);
  std::int32_t revision = 0;
  const bool number = !digits.empty() &&
                      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
                      absl::SimpleAtoi(absl::string_view(digits.data(), digits.size()), &revision);
  if (!number || revision <= 0) return InvalidParameter(Say("Invalid revision number. Number: ", digits));
  return step.state.Find<model::TaskDefinition>(step.state.FindDefinition(context.region, family, revision));
}

// The hash of (operation, serial) authenticates; a second hash, of the first, hides the serial.
std::string PageToken(const Step& step, std::string_view operation, model::Serial after) {
  const std::uint64_t proof = TokenHash(step, operation, after);
  return absl::StrFormat("%016x%016x", proof, after ^ TokenHash(step, "mask", proof));
}

absl::StatusOr<model::Serial> ParsePageToken(const Step& step, std::string_view operation, std::string_view token) {
  std::uint64_t proof = 0;
  std::uint64_t masked = 0;
  const bool form = token.size() == 32 && std::all_of(token.begin(), token.end(), IsHexDigit) &&
                    absl::SimpleHexAtoi(absl::string_view(token.data(), 16), &proof) &&
                    absl::SimpleHexAtoi(absl::string_view(token.data() + 16, 16), &masked);
  const model::Serial after = form ? masked ^ TokenHash(step, "mask", proof) : 0;
  if (!form || TokenHash(step, operation, after) != proof) return InvalidParameter("Invalid token");
  return after;
}

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= 255 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace ecsmi::api
