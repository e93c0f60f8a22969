#include "ecsmi/core/constraints.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace ecsmi::core {
namespace {

// The part of Java's regular expressions that names of types, zones and architectures call for: characters, '.', and
// '*', '+' or '?' behind one of them; a backslash takes the next sign as it is. One item of it.
struct Item {
  char character = 0;  // when not `any`
  bool any = false;
  bool optional = false;
  bool repeated = false;
};

// nullopt when `text` is another kind of expression.
std::optional<std::vector<Item>> ParseRegex(std::string_view text) {
  std::vector<Item> items;
  for (std::size_t i = 0; i < text.size(); ++i) {
    Item item{.character = text[i], .any = text[i] == '.'};
    if (text[i] == '\\') {
      // Before a letter or digit it makes a class or a reference.
      if (++i == text.size() || absl::ascii_isalnum(static_cast<unsigned char>(text[i]))) return std::nullopt;
      item.character = text[i];
    } else if (!item.any && !absl::ascii_isalnum(static_cast<unsigned char>(text[i])) && text[i] != '-' &&
               text[i] != '_') {
      return std::nullopt;
    }
    if (i + 1 < text.size() && std::string_view("*+?").find(text[i + 1]) != std::string_view::npos) {
      ++i;
      item.optional = text[i] != '+';
      item.repeated = text[i] != '?';
    }
    items.push_back(item);
  }
  return items;
}

// Whether the items cover the whole of `value`, as AWS's =~ asks. By sets of positions, so that no expression takes
// longer than its length times the value's.
bool Covers(const std::vector<Item>& items, std::string_view value) {
  std::vector<bool> reached(value.size() + 1);  // how much of the value the items so far may cover
  reached[0] = true;
  for (const Item& item : items) {
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

struct Term {
  std::string subject;
  bool negated = false;
  std::optional<std::vector<Item>> regex;  // of =~
  std::vector<std::string> values;
};

absl::Status Unknown(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(
      "the expression part '", what,
      "' is not understood; known: attribute:ecs.instance-type, ecs.availability-zone, ecs.cpu-architecture "
      "with ==, !=, in, not_in or =~ (characters, '.', '*', '+', '?' and '\\'), joined by and"));
}

absl::StatusOr<Term> ParseTerm(absl::string_view text) {
  Term term;
  absl::string_view rest = absl::StripAsciiWhitespace(text);
  if (!absl::ConsumePrefix(&rest, "attribute:")) return Unknown(text);
  const std::size_t end = rest.find_first_of(" =!");
  if (end == absl::string_view::npos) return Unknown(text);
  term.subject = std::string(rest.substr(0, end));
  rest = absl::StripLeadingAsciiWhitespace(rest.substr(end));
  bool list = false;
  bool regex = false;
  if (absl::ConsumePrefix(&rest, "==") || absl::ConsumePrefix(&rest, "equals ")) {
  } else if (absl::ConsumePrefix(&rest, "!=") || absl::ConsumePrefix(&rest, "not_equals ")) {
    term.negated = true;
  } else if (absl::ConsumePrefix(&rest, "=~") || absl::ConsumePrefix(&rest, "matches ")) {
    regex = true;
  } else if (absl::ConsumePrefix(&rest, "in ") || absl::ConsumePrefix(&rest, "in[")) {
    list = true;
  } else if (absl::ConsumePrefix(&rest, "!in ") || absl::ConsumePrefix(&rest, "not_in ")) {
    term.negated = list = true;
  } else {
    return Unknown(text);
  }
  rest = absl::StripAsciiWhitespace(rest);
  if (list) {
    absl::ConsumePrefix(&rest, "[");
    if (!absl::ConsumeSuffix(&rest, "]")) return Unknown(text);
    for (absl::string_view value : absl::StrSplit(rest, ',')) {
      term.values.emplace_back(absl::StripAsciiWhitespace(value));
    }
  } else {
    term.values.emplace_back(rest);
  }
  if (regex) {
    term.regex = ParseRegex(term.values.front());
    if (term.values.front().empty() || !term.regex) return Unknown(text);
    return term;
  }
  const auto plain = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_';
  };
  for (const std::string& value : term.values) {
    if (value.empty() || !std::all_of(value.begin(), value.end(), plain)) return Unknown(text);
  }
  return term;
}

bool Holds(const Term& term, std::string_view value) {
  const bool any = term.regex ? Covers(*term.regex, value) : std::ranges::find(term.values, value) != term.values.end();
  return any != term.negated;
}

}  // namespace

absl::StatusOr<ConstraintEffect> CompileConstraint(std::string_view expression, const ports::RegionCatalog& region) {
  ConstraintEffect effect;
  std::string text(expression);
  for (std::size_t at; (at = text.find("&&")) != std::string::npos;) text.replace(at, 2, " and ");
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(text, " and "))) {
    absl::StatusOr<Term> term = ParseTerm(part);
    if (!term.ok()) return term.status();
    if (term->subject == "ecs.availability-zone") {
      for (std::size_t zone = 0; zone < region.zones.size(); ++zone) {
        if (!Holds(*term, region.zones[zone].name)) effect.zones &= ~(std::uint64_t{1} << zone);
      }
      continue;
    }
    const bool by_type = term->subject == "ecs.instance-type";
    if (!by_type && term->subject != "ecs.cpu-architecture") return Unknown(part);
    TypeSet types;
    for (std::size_t i = 0; i < region.types.size(); ++i) {
      const model::InstanceType& type = *region.types[i].type;
      const std::string_view architecture = type.architecture == model::CpuArchitecture::kArm64 ? "arm64" : "x86_64";
      if (Holds(*term, by_type ? std::string_view(type.name) : architecture))
        types.Set(static_cast<ports::TypeOrdinal>(i));
    }
    if (effect.any_type) {
      effect.types = types;
    } else {
      effect.types &= types;
    }
    effect.any_type = false;
  }
  return effect;
}

}  // namespace ecsmi::core
