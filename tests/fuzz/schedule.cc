// A schedule of a scheduled action: parsed or refused with a reason; what comes next is later, and a cron's moment
// matches.
#include "ecsmi/core/schedule.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ecsmi/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string error;
  const auto schedule = ecsmi::core::ParseSchedule(text, &error);
  if (!schedule) {
    ECSMI_CHECK(!error.empty());
    return 0;
  }
  constexpr ecsmi::model::TimeMs kAfter = 1'767'225'600'000;
  const absl::TimeZone zone = absl::UTCTimeZone();
  const auto next = ecsmi::core::NextOccurrence(*schedule, zone, kAfter, kAfter);
  if (!next) return 0;
  ECSMI_CHECK(*next > kAfter);
  if (schedule->kind == ecsmi::core::ScheduleKind::kCron) {
    ECSMI_CHECK(schedule->cron.Matches(absl::CivilMinute(zone.At(absl::FromUnixMillis(*next)).cs)));
  }
  return 0;
}
