#include "catalog/region_names.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace ecsmi::catalog {

bool IsRegionName(std::string_view name) {
  if (name.size() < 9 || name.size() > 25) return false;
  const std::vector<std::string> parts = absl::StrSplit(absl::string_view(name.data(), name.size()), '-');
  if (parts.size() < 3 || parts.front().size() < 2 || parts.front().size() > 4 || parts.back().size() != 1)
    return false;
  if (parts.back().front() < '1' || parts.back().front() > '9') return false;
  return std::all_of(parts.begin(), parts.end() - 1, [](const std::string& part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  });
}

std::string ShortRegionName(std::string_view region) {
  std::string result;
  for (absl::string_view part : absl::StrSplit(absl::string_view(region.data(), region.size()), '-')) {
    if (result.empty()) {
      result = std::string(part);
      continue;
    }
    result.push_back(part.front());
    // Directions between two others have two letters: "northeast" is "ne".
    if (part.size() > 5 && (absl::EndsWith(part, "east") || absl::EndsWith(part, "west"))) {
      result.push_back(part[part.size() - 4]);
    }
  }
  return result;
}

bool IsZoneId(std::string_view id) {
  const std::size_t dash = id.rfind("-az");
  if (dash == std::string_view::npos || dash == 0 || dash + 3 == id.size()) return false;
  return std::all_of(id.begin() + static_cast<std::ptrdiff_t>(dash) + 3, id.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace ecsmi::catalog
