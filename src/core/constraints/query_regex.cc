#include "absl/strings/ascii.h"
#include "ecsmi/core/cluster_query.h"

namespace ecsmi::core {

bool QueryRegex::Parse(std::string_view text, std::size_t* at) {
  items_.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    *at = i;
    Item item{.character = text[i], .any = text[i] == '.'};
    if (text[i] == '\\') {
      // Before a letter or digit it makes a class or a reference.
      if (++i == text.size() || absl::ascii_isalnum(static_cast<unsigned char>(text[i]))) return false;
      item.character = text[i];
    } else if (!item.any && !absl::ascii_isalnum(static_cast<unsigned char>(text[i])) && text[i] != '-' &&
               text[i] != '_' && text[i] != ':') {
      return false;
    }
    if (i + 1 < text.size() && std::string_view("*+?").find(text[i + 1]) != std::string_view::npos) {
      ++i;
      item.optional = text[i] != '+';
      item.repeated = text[i] != '?';
    }
    items_.push_back(item);
  }
  return true;
}

// By sets of positions, so that no expression takes longer than its length times the value's.
bool QueryRegex::Covers(std::string_view value) const {
  std::vector<bool> reached(value.size() + 1);  // how much of the value the items so far may cover
  reached[0] = true;
  for (const Item& item : items_) {
    std::vector<bool> next(value.size() + 1);
    for (std::size_t at = 0; at <= value.size(); ++at) {
      if (reached[at] && item.optional) next[at] = true;
      if (at == 0 || !(item.any || item.character == value[at - 1])) continue;
      if (reached[at - 1] || (item.repeated && next[at - 1])) next[at] = true;
    }
    reached = std::move(next);
  }
  return reached[value.size()];
}

}  // namespace ecsmi::core
