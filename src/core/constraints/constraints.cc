#include "ecsmi/core/constraints.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ecsmi/base/status.h"
#include "ecsmi/core/cluster_query.h"

namespace ecsmi::core {
namespace {

constexpr char kZone[] = "ecs.availability-zone";
constexpr char kType[] = "ecs.instance-type";
constexpr char kArchitecture[] = "ecs.cpu-architecture";

// What a condition is about: types of instances, or zones.
enum class Steers { kTypes, kZones, kNeither };
Steers SteersOf(const QueryTopic& topic) {
  if (topic.subject != QuerySubject::kAttribute) return Steers::kNeither;
  if (topic.name == kZone) return Steers::kZones;
  return topic.name == kType || topic.name == kArchitecture ? Steers::kTypes : Steers::kNeither;
}

absl::StatusOr<Steers> SteersOf(const ClusterQuery& part) {
  const std::vector<ClusterQuery::Mention> mentions = part.Mentions();
  const Steers first = SteersOf(mentions.front().topic);
  for (const ClusterQuery::Mention& mention : mentions) {
    const Steers steers = SteersOf(mention.topic);
    if (steers == Steers::kNeither) {
      return absl::InvalidArgumentError(absl::StrCat("at position ", mention.position,
                                                     ": tasks on managed instances are steered by attribute:", kType,
                                                     ", attribute:", kZone, " and attribute:", kArchitecture,
                                                     " only, which are known before there is an instance"));
    }
    if (steers != first) {
      return absl::InvalidArgumentError(
          absl::StrCat("at position ", mention.position,
                       ": types and zones are joined by 'and' alone, not by 'or' nor within 'not'"));
    }
  }
  return first;
}

TypeSet TypesThatFit(const ClusterQuery& part, const ports::RegionCatalog& region) {
  TypeSet types;
  for (std::size_t i = 0; i < region.types.size(); ++i) {
    const model::InstanceType& type = *region.types[i].type;
    const bool fits = part.Matches([&](const QueryTopic& topic) -> std::vector<std::string> {
      if (topic.name == kType) return {type.name};
      return {type.architecture == model::CpuArchitecture::kArm64 ? "arm64" : "x86_64"};
    });
    if (fits) types.Set(static_cast<ports::TypeOrdinal>(i));
  }
  return types;
}

}  // namespace

absl::StatusOr<ConstraintEffect> CompileConstraint(std::string_view expression, const ports::RegionCatalog& region) {
  ECSMI_ASSIGN_OR_RETURN(const ClusterQuery query, ClusterQuery::Parse(expression));
  ConstraintEffect effect;
  for (const ClusterQuery& part : query.Conjuncts()) {
    ECSMI_ASSIGN_OR_RETURN(const Steers steers, SteersOf(part));
    if (steers == Steers::kZones) {
      for (std::size_t zone = 0; zone < region.zones.size(); ++zone) {
        const bool fits = part.Matches(
            [&](const QueryTopic&) -> std::vector<std::string> { return {std::string(region.zones[zone].name)}; });
        if (!fits) effect.zones &= ~(std::uint64_t{1} << zone);
      }
      continue;
    }
    const TypeSet types = TypesThatFit(part, region);
    if (effect.any_type) {
      effect.types = types;
    } else {
      effect.types &= types;
    }
    effect.any_type = false;
  }
  return effect;
}

}  // namespace ecsmi::core
