#include "wire/aws_json/text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"

namespace ecsmi::wire {
namespace {

using google::protobuf::Duration;
using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

// What each byte becomes in a JSON string: 0 = itself, 'u' = \u00XX, else a backslash and that letter.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> table{};
  for (std::size_t i = 0; i < 0x20; ++i) table[i] = 'u';
  table['"'] = '"';
  table['\\'] = '\\';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  return table;
}();

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

// Doubles up to here are exact; written whole they need no exponent.
constexpr double kWholeMax = 9'007'199'254'740'992.0;

template <typename Integer>
void AppendDigits(Integer value, std::string& out) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

template <typename Integer>
std::optional<Integer> ReadWhole(std::string_view number) {
  Integer value = 0;
  const char* const end = number.data() + number.size();
  const auto [at, error] = std::from_chars(number.data(), end, value);
  if (error == std::errc() && at == end) return value;
  if (number.find_first_of(".eE") == std::string_view::npos) {
    // -0 of an unsigned, or out of range.
    return number == "-0" ? std::optional<Integer>(0) : std::nullopt;
  }
  // Written with point or exponent: as a double, so long as that is exact.
  const std::optional<double> wide = ReadDouble(number);
  if (!wide || *wide != std::floor(*wide) || std::abs(*wide) > kWholeMax) return std::nullopt;
  const auto whole = static_cast<std::int64_t>(*wide);
  if constexpr (std::is_unsigned_v<Integer>) {
    if (whole < 0) return std::nullopt;
  } else if (whole < std::numeric_limits<Integer>::min() || whole > std::numeric_limits<Integer>::max()) {
    return std::nullopt;
  }
  return static_cast<Integer>(whole);
}

// Milliseconds from seconds, within `seconds_max` either way.
std::optional<std::int64_t> ReadMs(std::string_view number, double seconds_max) {
  const std::optional<double> seconds = ReadDouble(number);
  if (!seconds || std::abs(*seconds) > seconds_max) return std::nullopt;
  // Whole seconds and the rest apart: their product with 1000 would round differently.
  const double whole = std::floor(*seconds);
  return static_cast<std::int64_t>(whole) * 1000 + std::llround((*seconds - whole) * 1000);
}

}  // namespace

void AppendQuoted(std::string_view text, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  std::size_t run = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const char escape = kEscapes[byte];
    if (escape == 0) continue;
    out.append(text, run, i - run);
    run = i + 1;
    out.push_back('\\');
    out.push_back(escape);
    if (escape == 'u') out.append("00").append({kHex[byte >> 4], kHex[byte & 15]});
  }
  out.append(text, run);
  out.push_back('"');
}

void AppendDouble(double value, bool whole_as_fraction, std::string& out) {
  if (!std::isfinite(value)) {
    out.append(std::isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    return;
  }
  if (value == std::floor(value) && std::abs(value) < kWholeMax && !(value == 0 && std::signbit(value))) {
    AppendDigits(static_cast<std::int64_t>(value), out);
    if (whole_as_fraction) out.append(".0");
    return;
  }
  std::array<char, 40> digits{};
  // A large whole number gets an exponent: written out, its digits would claim more than a double knows, and readers of
  // integers, ours too, refuse them.
  const bool large = value == std::floor(value) && std::abs(value) >= kWholeMax;
  char* const limit = digits.data() + digits.size();
  const char* const end = large ? std::to_chars(digits.data(), limit, value, std::chars_format::scientific).ptr
                                : std::to_chars(digits.data(), limit, value).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void AppendInteger(std::int64_t value, std::string& out) {
  AppendDigits(value, out);
}
void AppendInteger(std::uint64_t value, std::string& out) {
  AppendDigits(value, out);
}

void AppendSeconds(std::int64_t ms, std::string& out) {
  if (ms < 0) {
    out.push_back('-');
    ms = -ms;
  }
  AppendDigits(ms / 1000, out);
  auto rest = static_cast<int>(ms % 1000);
  if (rest == 0) return;
  out.push_back('.');
  for (int place = 100; rest > 0; rest %= place, place /= 10) out.push_back(static_cast<char>('0' + rest / place));
}

std::int64_t ToMs(const Timestamp& moment) {
  return moment.seconds() * 1000 + moment.nanos() / 1'000'000;
}

std::int64_t ToMs(const Duration& duration) {
  return duration.seconds() * 1000 + duration.nanos() / 1'000'000;
}

void AppendBlob(std::string_view bytes, std::string& out) {
  absl::StrAppend(&out, "\"", absl::Base64Escape(View(bytes)), "\"");
}

std::string Excerpt(std::string_view text) {
  constexpr std::size_t kBytesMax = 64;
  if (text.size() <= kBytesMax) return std::string(text);
  std::size_t end = kBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)).append("...");
}

std::optional<std::int32_t> ReadInt32(std::string_view number) {
  return ReadWhole<std::int32_t>(number);
}
std::optional<std::int64_t> ReadInt64(std::string_view number) {
  return ReadWhole<std::int64_t>(number);
}
std::optional<std::uint64_t> ReadUint64(std::string_view number) {
  return ReadWhole<std::uint64_t>(number);
}

std::optional<double> ReadDouble(std::string_view number) {
  double value = 0;
  const char* const end = number.data() + number.size();
  const auto [at, error] = std::from_chars(number.data(), end, value);
  if (at != end || !std::isfinite(value)) return std::nullopt;  // from_chars reads "nan", too
  if (error == std::errc()) return value;
  // Out of range is said of what is too large and of what is too small, which is zero for all that AWS measures.
  const double rounded = std::strtod(std::string(number).c_str(), nullptr);
  if (!std::isfinite(rounded)) return std::nullopt;
  return rounded;
}

std::optional<double> ReadNonFinite(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

std::optional<Timestamp> ReadTimestamp(std::string_view number) {
  const std::optional<std::int64_t> ms = ReadMs(number, static_cast<double>(TimeUtil::kTimestampMaxSeconds));
  if (!ms || *ms < TimeUtil::kTimestampMinSeconds * 1000) return std::nullopt;
  Timestamp moment;
  // Nanoseconds count forward, before 1970 as well.
  std::int64_t seconds = *ms / 1000;
  if (*ms % 1000 < 0) --seconds;
  moment.set_seconds(seconds);
  moment.set_nanos(static_cast<std::int32_t>(*ms - seconds * 1000) * 1'000'000);
  return moment;
}

std::optional<Duration> ReadDuration(std::string_view number) {
  const std::optional<std::int64_t> ms = ReadMs(number, static_cast<double>(TimeUtil::kDurationMaxSeconds));
  if (!ms) return std::nullopt;
  Duration duration;
  duration.set_seconds(*ms / 1000);
  duration.set_nanos(static_cast<std::int32_t>(*ms % 1000) * 1'000'000);
  return duration;
}

std::optional<Timestamp> ReadTimestampText(const std::string& text) {
  // Not TimeUtil::FromString: it ends the process on a moment outside protobuf's range.
  absl::Time moment;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &moment, &error)) return std::nullopt;
  const std::int64_t ms = absl::ToUnixMillis(moment);
  if (ms < TimeUtil::kTimestampMinSeconds * 1000 || ms > TimeUtil::kTimestampMaxSeconds * 1000) return std::nullopt;
  return TimeUtil::MillisecondsToTimestamp(ms);
}

std::optional<Duration> ReadDurationText(const std::string& text) {
  const std::string_view number = std::string_view(text).substr(0, text.size() - (text.ends_with('s') ? 1 : 0));
  if (number.size() == text.size() || number.empty()) return std::nullopt;
  if (number.find_first_not_of("0123456789.-") != std::string_view::npos) return std::nullopt;
  return ReadDuration(number);
}

std::optional<std::string> ReadBlob(std::string_view text) {
  std::string bytes;
  if (!absl::Base64Unescape(View(text), &bytes)) return std::nullopt;
  return bytes;
}

}  // namespace ecsmi::wire
