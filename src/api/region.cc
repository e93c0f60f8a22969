#include "api/region.h"

#include "api/check.h"

namespace ecsmi::api {

absl::Status CheckRegion(const control::Step& step, std::string_view region) {
  const auto catalog = step.catalog.Region(region, step.settings.strict_regions);
  if (catalog.ok()) return absl::OkStatus();
  return Ours(AwsException::kInvalidParameter, Say("region '", region, "': ", catalog.status().message()), "regions");
}

}  // namespace ecsmi::api
