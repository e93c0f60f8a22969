#include "ctl/top_frame.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ctl/text.h"

namespace ecsmi::ctl {
namespace {

constexpr int kAround = 2;  // a blank line and the title of a section

// How many lines of rows each section gets, "… n more" included, when all together may have `lines`.
std::vector<int> Share(const std::vector<const Table*>& sections, int lines) {
  std::vector<int> shares;
  int sum = 0;
  for (const Table* section : sections) {
    shares.push_back(static_cast<int>(section->rows.size()));
    sum += shares.back() + kAround;
  }
  while (sum > lines) {
    const auto longest = std::max_element(shares.begin(), shares.end());
    if (longest == shares.end() || *longest <= 1) break;
    --*longest;
    --sum;
  }
  return shares;
}

}  // namespace

std::string Draw(const Frame& frame, int columns, int rows, bool colour) {
  std::vector<std::string> lines;
  for (const std::string& line : frame.head) lines.push_back(columns > 0 ? Cut(Safe(line), columns) : Safe(line));
  std::vector<const Table*> sections;
  for (const Table& section : frame.sections) {
    if (!section.rows.empty()) sections.push_back(&section);
  }
  const int foot = frame.foot.empty() ? 0 : 1;
  const int room = rows - static_cast<int>(lines.size()) - foot;
  const std::vector<int> shares = Share(sections, rows > 0 ? room : 1 << 30);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    Table shown = *sections[i];
    const auto share = static_cast<std::size_t>(shares[i]);
    const bool cut = share < shown.rows.size();
    if (cut) shown.rows.erase(shown.rows.begin() + static_cast<std::ptrdiff_t>(share) - 1, shown.rows.end());
    lines.emplace_back();
    std::string text = Print(shown, {columns, colour});
    text.pop_back();
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) lines.push_back(line);
    if (cut) lines.push_back(absl::StrCat("… ", sections[i]->rows.size() - share + 1, " more"));
  }
  if (rows > 0) {
    lines.resize(std::min(lines.size(), static_cast<std::size_t>(std::max(0, rows - foot))));
    while (foot > 0 && static_cast<int>(lines.size()) < rows - foot) lines.emplace_back();
  }
  if (foot > 0) lines.push_back(Paint(Safe(frame.foot), Colour::kFaint, colour));
  return absl::StrJoin(lines, "\n") + "\n";
}

}  // namespace ecsmi::ctl
