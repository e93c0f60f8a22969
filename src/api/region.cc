#include "api/region.h"

#include "api/check.h"

namespace ecsmi::api {

namespace {

absl::Status Refused(std::string_view region, const absl::Status& why) {
  return Ours(AwsException::kInvalidParameter, Say("region '", region, "': ", why.message()), "regions");
}

}  // namespace

absl::Status CheckRegion(const control::Step& step, std::string_view region) {
  const auto catalog = step.catalog.Region(region, step.settings.strict_regions);
  return catalog.ok() ? absl::OkStatus() : Refused(region, catalog.status());
}

absl::StatusOr<control::RegionView> FindRegion(const control::Step& step, std::string_view region) {
  absl::StatusOr<control::RegionView> view = control::ViewRegion(step, region);
  if (!view.ok()) return Refused(region, view.status());
  return view;
}

}  // namespace ecsmi::api
