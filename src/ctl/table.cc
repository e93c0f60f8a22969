#include "ctl/table.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "ctl/text.h"

namespace ecsmi::ctl {
namespace {

constexpr int kGap = 2;

std::vector<int> WidthsOf(const Table& table) {
  std::vector<int> widths;
  for (const Column& column : table.columns) widths.push_back(WidthOf(column.title));
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], WidthOf(Safe(row[i].text)));
    }
  }
  return widths;
}

// Takes what is too much from the widest column that may shrink to `least_of` it, until all fits or none may.
template <typename LeastOf>
void Shrink(std::vector<int>& widths, int width, const LeastOf& least_of) {
  int excess = kGap * (static_cast<int>(widths.size()) - 1) - width;
  for (const int column : widths) excess += column;
  while (excess > 0) {
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] > least_of(i) && (widest == widths.size() || widths[i] > widths[widest])) widest = i;
    }
    if (widest == widths.size()) return;
    --widths[widest];
    --excess;
  }
}

void AppendCell(const std::string& text, Colour colour, const Column& column, int width, bool last, bool coloured,
                std::string& line) {
  const std::string cut = Cut(text, std::max(width, 1));
  const std::string padding(static_cast<std::size_t>(std::max(0, width - WidthOf(cut))), ' ');
  if (column.right) line += padding;
  line += Paint(cut, colour, coloured);
  if (!column.right && !last) line += padding;
  if (!last) line.append(kGap, ' ');
}

void AppendLine(std::string line, std::string& out) {
  line.erase(line.find_last_not_of(' ') + 1);
  absl::StrAppend(&out, line, "\n");
}

}  // namespace

std::string Print(const Table& table, const PrintOptions& options) {
  std::vector<int> widths = WidthsOf(table);
  if (options.width > 0) {
    // First what may be cut, then, on a very narrow terminal, everything.
    Shrink(widths, options.width, [&](std::size_t i) {
      const int least = table.columns[i].least;
      return least == 0 ? widths[i] : least;
    });
    Shrink(widths, options.width, [](std::size_t) { return 1; });
  }
  std::string out;
  std::string line;
  const std::size_t last = table.columns.size() - 1;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    AppendCell(table.columns[i].title, Colour::kFaint, table.columns[i], widths[i], i == last, options.colour, line);
  }
  AppendLine(std::move(line), out);
  for (const auto& row : table.rows) {
    line.clear();
    for (std::size_t i = 0; i < row.size() && i <= last; ++i) {
      AppendCell(Safe(row[i].text), row[i].colour, table.columns[i], widths[i], i == last, options.colour, line);
    }
    AppendLine(std::move(line), out);
  }
  return out;
}

std::string Paint(const std::string& text, Colour colour, bool wanted) {
  if (!wanted || colour == Colour::kNone || text.empty()) return text;
  const char* code = "";
  switch (colour) {
    case Colour::kNone:
      break;
    case Colour::kGood:
      code = "32";
      break;
    case Colour::kBusy:
      code = "33";
      break;
    case Colour::kBad:
      code = "31";
      break;
    case Colour::kFaint:
      code = "2";
      break;
  }
  return absl::StrCat("\033[", code, "m", text, "\033[0m");
}

Colour ColourOfStatus(const std::string& status) {
  constexpr std::array<std::string_view, 5> kGood = {"RUNNING", "ACTIVE", "OK", "COMPLETED", "PRIMARY"};
  constexpr std::array<std::string_view, 3> kBad = {"FAILED", "ALARM", "REGISTRATION_FAILED"};
  constexpr std::array<std::string_view, 3> kPast = {"STOPPED", "INACTIVE", "INSUFFICIENT_DATA"};
  const auto is = [&](const auto& list) { return std::find(list.begin(), list.end(), status) != list.end(); };
  return is(kGood) ? Colour::kGood : is(kBad) ? Colour::kBad : is(kPast) ? Colour::kFaint : Colour::kBusy;
}

}  // namespace ecsmi::ctl
