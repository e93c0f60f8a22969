#include "control/regions.h"

#include "ecsmi/base/status.h"

namespace ecsmi::control {
namespace {
// Compiled constraints kept; a daemon that sees more starts over.
constexpr std::size_t kConstraintsMax = 4'096;
}  // namespace

absl::StatusOr<RegionView> RegionSet::View(std::string_view region) {
  base::MutexLock lock(mutex_);
  if (const auto at = indexes_.find(region); at != indexes_.end()) {
    return RegionView{&at->second->region(), at->second.get()};
  }
  ECSMI_ASSIGN_OR_RETURN(const ports::RegionCatalog* catalog, catalog_.Region(region, strict_));
  auto index = std::make_unique<core::RequirementsIndex>(*catalog);
  const RegionView view{catalog, index.get()};
  indexes_.emplace(region, std::move(index));
  return view;
}

absl::StatusOr<core::ConstraintEffect> RegionSet::Constraint(std::string_view region, std::string_view expression) {
  ECSMI_ASSIGN_OR_RETURN(const RegionView view, View(region));
  const std::pair<std::string, std::string> key(region, expression);
  {
    base::MutexLock lock(mutex_);
    if (const auto at = constraints_.find(key); at != constraints_.end()) return at->second;
  }
  absl::StatusOr<core::ConstraintEffect> effect = core::CompileConstraint(expression, *view.catalog);
  base::MutexLock lock(mutex_);
  if (constraints_.size() >= kConstraintsMax) constraints_.clear();
  constraints_.emplace(key, effect);
  return effect;
}

absl::StatusOr<RegionView> ViewRegion(const Step& step, std::string_view region) {
  return step.regions.View(region);
}

absl::StatusOr<core::RequirementsMatch> MatchProvider(Step& step, std::string_view region,
                                                      const model::InstanceRequirements* requirements) {
  ECSMI_ASSIGN_OR_RETURN(const RegionView view, ViewRegion(step, region));
  return view.requirements->Match(requirements,
                                  {.default_price_protection_percent = step.settings.price_protection_percent});
}

absl::StatusOr<model::Serial> EnsureSubnet(Step& step, std::string_view region, std::string_view subnet_id) {
  if (const model::Serial known = step.state.FindSubnet(region, subnet_id); known != model::kNoSerial) return known;
  ECSMI_ASSIGN_OR_RETURN(const RegionView view, ViewRegion(step, region));
  model::Subnet subnet;
  subnet.serial = step.state.NewSerial();
  subnet.region = std::string(region);
  subnet.id = std::string(subnet_id);
  subnet.zone = static_cast<std::uint8_t>(step.state.SubnetsIn(region) % view.catalog->zones.size());
  return step.state.Insert(std::move(subnet)).serial;
}

}  // namespace ecsmi::control
