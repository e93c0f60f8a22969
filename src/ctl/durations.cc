#include "ctl/durations.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ctl/exit.h"
#include "ctl/text.h"
#include "ecsmi/base/status.h"

namespace ecsmi::ctl {

absl::StatusOr<absl::Duration> ParseSpan(const std::string& what, const std::string& text) {
  // Abseil's durations know no days: they are split off.
  absl::Duration days = absl::ZeroDuration();
  std::string rest = text;
  if (const std::size_t at = text.find('d'); at != std::string::npos) {
    std::int32_t count = 0;
    if (absl::SimpleAtoi(text.substr(0, at), &count) && count >= 0) {
      days = absl::Hours(24) * count;
      rest = text.substr(at + 1);
    }
  }
  absl::Duration duration = absl::ZeroDuration();
  const bool read = (rest.empty() && days > absl::ZeroDuration()) || absl::ParseDuration(rest, &duration);
  if (!read || duration < absl::ZeroDuration() || days + duration <= absl::ZeroDuration() ||
      days + duration == absl::InfiniteDuration()) {
    return WrongUsage(
        absl::StrCat(what, " '", Safe(text), "' is no duration above zero, such as 90s, 10m, 1h30m or 2d"));
  }
  return days + duration;
}

absl::Status ReadDuration(const std::string& what, const std::string& text, google::protobuf::Duration* duration) {
  ECSMI_ASSIGN_OR_RETURN(const absl::Duration span, ParseSpan(what, text));
  duration->set_seconds(absl::ToInt64Seconds(span));
  duration->set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(span % absl::Seconds(1))));
  return absl::OkStatus();
}

}  // namespace ecsmi::ctl
