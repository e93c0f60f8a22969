#include "scenario/script.h"

#include <cctype>
#include <fstream>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace ecsmi::scenario {
namespace {

constexpr absl::string_view kGolden = "|";

const std::set<std::string, std::less<>>& KnownHeaders() {
  static const std::set<std::string, std::less<>> known = {
      "name",          "description",      "rules", "seed",          "latency", "quotas", "limits", "fee-schedule",
      "spot-settings", "price-protection", "setup", "strict-regions"};
  return known;
}

absl::Status Wrong(const std::string& path, int number, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(path, ":", number, ": ", what));
}

}  // namespace

absl::StatusOr<std::vector<std::string>> SplitWords(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool begun = false;
  bool quoted = false;
  int depth = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (depth > 0) {
      // Braces inside JSON strings are rare enough to be balanced.
      depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
      word += c;
    } else if (quoted) {
      if (c == '\\' && i + 1 < line.size()) {
        word += line[++i];
      } else if (c == '"') {
        quoted = false;
      } else {
        word += c;
      }
    } else if (c == '"') {
      begun = quoted = true;
    } else if (c == '{' && (word.empty() || word.back() == '=')) {
      begun = true;
      depth = 1;
      word += c;
    } else if (c == ' ' || c == '\t') {
      if (begun) words.push_back(std::exchange(word, ""));
      begun = false;
    } else {
      begun = true;
      word += c;
    }
  }
  if (quoted) return absl::InvalidArgumentError("a quote is not closed");
  if (depth > 0) return absl::InvalidArgumentError("a brace is not closed");
  if (begun) words.push_back(std::move(word));
  return words;
}

absl::StatusOr<Script> ReadScript(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
  Script script;
  script.path = path;
  bool in_header = true;
  std::string text;
  while (std::getline(file, text)) {
    script.raw.push_back(text);
    const int number = static_cast<int>(script.raw.size());
    const absl::string_view bare = absl::StripAsciiWhitespace(text);
    if (absl::StartsWith(bare, "#")) {
      if (!in_header) continue;
      const std::vector<std::string> pair = absl::StrSplit(bare.substr(1), absl::MaxSplits(':', 1));
      const std::string key(absl::StripAsciiWhitespace(pair[0]));
      if (pair.size() != 2 || !KnownHeaders().contains(key)) return Wrong(path, number, "unknown header");
      script.headers[key] = std::string(absl::StripAsciiWhitespace(pair[1]));
      continue;
    }
    if (bare.empty()) continue;
    in_header = false;
    if (absl::StartsWith(bare, kGolden)) {
      if (script.lines.empty()) return Wrong(path, number, "golden text without a command above");
      absl::string_view golden = bare.substr(1);
      absl::ConsumePrefix(&golden, " ");
      script.lines.back().golden.emplace_back(golden);
      continue;
    }
    absl::StatusOr<std::vector<std::string>> words = SplitWords(std::string_view(bare.data(), bare.size()));
    if (!words.ok()) return Wrong(path, number, words.status().message());
    script.lines.push_back({number, std::string(bare), *std::move(words), {}});
  }
  for (const char* key : {"name", "description", "rules"}) {
    if (script.headers[key].empty()) return Wrong(path, 1, absl::StrCat("header '", key, "' is missing"));
  }
  if (script.lines.empty()) return Wrong(path, 1, "there is nothing to run");
  return script;
}

absl::StatusOr<model::DurationMs> ParseDuration(std::string_view text) {
  const auto bad = [&] {
    return absl::InvalidArgumentError(absl::StrCat("'", std::string(text), "' is no duration such as 90s or 1h30m"));
  };
  model::DurationMs total = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    std::int64_t number = 0;
    const std::size_t digits = at;
    while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0) ++at;
    if (!absl::SimpleAtoi(std::string(text.substr(digits, at - digits)), &number)) return bad();
    const std::size_t unit = at;
    while (at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])) != 0) ++at;
    const std::map<std::string, model::DurationMs, std::less<>> units = {
        {"ms", 1}, {"s", model::kSecondMs}, {"m", model::kMinuteMs}, {"h", model::kHourMs}, {"d", model::kDayMs}};
    const auto found = units.find(text.substr(unit, at - unit));
    if (found == units.end()) return bad();
    total += number * found->second;
  }
  if (text.empty()) return bad();
  return total;
}

std::string FormatDuration(model::DurationMs duration) {
  std::string out;
  const std::pair<const char*, model::DurationMs> units[] = {
      {"d", model::kDayMs}, {"h", model::kHourMs}, {"m", model::kMinuteMs}, {"s", model::kSecondMs}, {"ms", 1}};
  for (const auto& [name, length] : units) {
    if (duration >= length) absl::StrAppend(&out, duration / length, name);
    duration %= length;
  }
  return out.empty() ? "0s" : out;
}

std::string Rewritten(const Script& script, const std::vector<Difference>& differences) {
  std::map<int, const Difference*> by_line;
  for (const Difference& difference : differences) {
    if (difference.rewritable) by_line[difference.line] = &difference;
  }
  std::string out;
  bool skip_golden = false;
  for (std::size_t i = 0; i < script.raw.size(); ++i) {
    const absl::string_view bare = absl::StripLeadingAsciiWhitespace(script.raw[i]);
    if (absl::StartsWith(bare, kGolden) && skip_golden) continue;
    skip_golden = false;
    const auto found = by_line.find(static_cast<int>(i) + 1);
    if (found == by_line.end()) {
      absl::StrAppend(&out, script.raw[i], "\n");
      continue;
    }
    if (absl::StartsWith(bare, "show")) {
      skip_golden = true;
      absl::StrAppend(&out, script.raw[i], "\n");
      for (absl::string_view line : absl::StrSplit(found->second->actual, '\n', absl::SkipEmpty())) {
        absl::StrAppend(&out, kGolden, " ", line, "\n");
      }
    } else {
      absl::StrAppend(&out, found->second->actual, "\n");
    }
  }
  return out;
}

}  // namespace ecsmi::scenario
