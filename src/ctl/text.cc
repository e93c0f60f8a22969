#include "ctl/text.h"

#include <algorithm>
#include <array>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace ecsmi::ctl {
namespace {

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;  // 0: no UTF-8 begins here
};

CodePoint Decode(const std::string& text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || at + bytes > text.size()) return {};
  char32_t value = lead & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return {};
    value = value << 6 | (byte(at + i) & 0x3Fu);
  }
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kLeast[bytes] || value > 0x10FFFF || surrogate) return {};
  return {value, bytes};
}

struct Range {
  char32_t first;
  char32_t last;
};
template <std::size_t N>
bool In(const std::array<Range, N>& ranges, char32_t value) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range& range) { return value >= range.first && value <= range.last; });
}

// C0 and C1, DEL; marks, embeddings, overrides and isolates that reorder text; separators; the byte order mark.
constexpr std::array<Range, 7> kHidden = {
    {{0, 0x1F}, {0x7F, 0x9F}, {0x61C, 0x61C}, {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x2069}, {0xFEFF, 0xFEFF}}};
constexpr std::array<Range, 3> kNarrowest = {{{0x300, 0x36F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};
constexpr std::array<Range, 9> kWide = {{{0x1100, 0x115F},
                                         {0x2E80, 0xA4CF},
                                         {0xAC00, 0xD7A3},
                                         {0xF900, 0xFAFF},
                                         {0xFE30, 0xFE6F},
                                         {0xFF00, 0xFF60},
                                         {0xFFE0, 0xFFE6},
                                         {0x1F300, 0x1FAFF},
                                         {0x20000, 0x3FFFD}}};

int Columns(char32_t value) {
  return In(kNarrowest, value) ? 0 : In(kWide, value) ? 2 : 1;
}

}  // namespace

std::string Safe(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = Decode(text, at);
    if (point.bytes == 0) {
      absl::StrAppendFormat(&out, "\\x%02x", static_cast<unsigned char>(text[at++]));
      continue;
    }
    if (!In(kHidden, point.value)) {
      out.append(text, at, point.bytes);
    } else if (point.value == '\n') {
      out += "\\n";
    } else if (point.value == '\t') {
      out += "\\t";
    } else if (point.value < 0x100) {
      absl::StrAppendFormat(&out, "\\x%02x", static_cast<unsigned>(point.value));
    } else {
      absl::StrAppendFormat(&out, "\\u{%04x}", static_cast<unsigned>(point.value));
    }
    at += point.bytes;
  }
  return out;
}

int WidthOf(const std::string& text) {
  int width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = Decode(text, at);
    width += point.bytes == 0 ? 1 : Columns(point.value);
    at += std::max<std::size_t>(point.bytes, 1);
  }
  return width;
}

std::string Cut(const std::string& text, int columns) {
  if (WidthOf(text) <= columns) return text;
  std::string out;
  int width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = Decode(text, at);
    const std::size_t bytes = std::max<std::size_t>(point.bytes, 1);
    width += point.bytes == 0 ? 1 : Columns(point.value);
    if (width > columns - 1) break;
    out.append(text, at, bytes);
    at += bytes;
  }
  return out + "…";
}

std::vector<std::string> Wrap(const std::string& text, int columns) {
  std::vector<std::string> lines(1);
  for (const std::string& word : std::vector<std::string>(absl::StrSplit(text, ' '))) {
    std::string& line = lines.back();
    if (!line.empty() && WidthOf(line) + 1 + WidthOf(word) > columns) {
      lines.push_back(word);
    } else {
      absl::StrAppend(&line, line.empty() ? "" : " ", word);
    }
  }
  return lines;
}

std::string Span(absl::Duration duration) {
  const absl::Duration length = std::max(duration, absl::ZeroDuration());
  if (length < absl::Seconds(120)) return absl::StrCat(absl::ToInt64Seconds(length), " s");
  if (length < absl::Minutes(120)) return absl::StrCat(absl::ToInt64Minutes(length), " min");
  if (length < absl::Hours(48)) return absl::StrCat(absl::ToInt64Hours(length), " h");
  return absl::StrCat(absl::ToInt64Hours(length) / 24, " d");
}

absl::Time TimeOf(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

std::string Moment(absl::Time time) {
  const absl::Time whole = absl::FromUnixSeconds(absl::ToUnixSeconds(time));
  const char* const form = whole == time ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%dT%H:%M:%E3SZ";
  return absl::FormatTime(form, time, absl::UTCTimeZone());
}

std::string LastPart(const std::string& arn) {
  const std::size_t slash = arn.rfind('/');
  return arn.substr((slash == std::string::npos ? arn.rfind(':') : slash) + 1);
}

std::string ClusterOf(const std::string& arn) {
  const std::size_t begin = arn.find('/');
  if (begin == std::string::npos) return "";
  return arn.substr(begin + 1, arn.find('/', begin + 1) - begin - 1);
}

std::size_t ShortLength(const std::vector<std::string>& ids, std::size_t least) {
  std::size_t longest = least;
  for (const std::string& id : ids) longest = std::max(longest, id.size());
  for (std::size_t length = least; length < longest; ++length) {
    std::set<std::string> seen;
    if (std::all_of(ids.begin(), ids.end(),
                    [&](const std::string& id) { return seen.insert(id.substr(0, length)).second; })) {
      return length;
    }
  }
  return longest;
}

std::string Usd(std::int64_t nano_usd) {
  return absl::StrFormat("%.4f", static_cast<double>(nano_usd) / 1e9);
}

std::string Mebibytes(std::int64_t mebibytes) {
  if (mebibytes >= 1024 && mebibytes % 512 == 0) {
    return mebibytes % 1024 == 0 ? absl::StrCat(mebibytes / 1024, " GiB")
                                 : absl::StrFormat("%.1f GiB", static_cast<double>(mebibytes) / 1024);
  }
  return absl::StrCat(mebibytes, " MiB");
}

std::string Count(std::int64_t count, const std::string& noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

}  // namespace ecsmi::ctl
