#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ecsmi/model/time.h"

namespace ecsmi::scenario {

// One command or expectation of a scenario, with the golden lines ("| …") that stand below it.
struct Line {
  int number = 0;  // from 1
  std::string text;
  std::vector<std::string> words;  // split at blanks; "quoted text" and {JSON} stay whole, quotes taken off
  std::vector<std::string> golden;
};

// A scenario file: headers ("# key: value" before the first command), then lines; see README.md.
struct Script {
  std::string path;
  std::map<std::string, std::string> headers;
  std::vector<Line> lines;
  std::vector<std::string> raw;  // the file's lines as they stand
};

// INVALID_ARGUMENT names file, line and what is wrong. Headers name, description and rules are required, unknown ones
// refused.
absl::StatusOr<Script> ReadScript(const std::string& path);

// Words of one line. INVALID_ARGUMENT for an open quote or brace.
absl::StatusOr<std::vector<std::string>> SplitWords(std::string_view line);

// "90s", "1h30m", "250ms". INVALID_ARGUMENT otherwise.
absl::StatusOr<model::DurationMs> ParseDuration(std::string_view text);
// "1h30m", "+0s" has no sign: the shortest spelling ParseDuration reads back.
std::string FormatDuration(model::DurationMs duration);

// What a run found at a line: the text that stands there and the one that is true.
struct Difference {
  int line = 0;
  std::string expected;
  std::string actual;
  bool rewritable = true;  // false for commands that failed and lines that are not understood
};

// The file with every rewritable difference replaced by what is true.
std::string Rewritten(const Script& script, const std::vector<Difference>& differences);

}  // namespace ecsmi::scenario
