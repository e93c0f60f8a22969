#include "ecsmi/core/constraints.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace ecsmi::core {
namespace {

struct Term {
  std::string subject;
  bool negated = false;
  bool pattern = false;
  std::vector<std::string> values;
};

absl::Status Unknown(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(
      "the expression part '", what,
      "' is not understood; known: attribute:ecs.instance-type, ecs.availability-zone, ecs.cpu-architecture "
      "with ==, !=, in, not_in or =~, joined by and"));
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
  if (absl::ConsumePrefix(&rest, "==") || absl::ConsumePrefix(&rest, "equals ")) {
  } else if (absl::ConsumePrefix(&rest, "!=") || absl::ConsumePrefix(&rest, "not_equals ")) {
    term.negated = true;
  } else if (absl::ConsumePrefix(&rest, "=~") || absl::ConsumePrefix(&rest, "matches ")) {
    term.pattern = true;
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
  const auto plain = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_' || c == '*';
  };
  for (const std::string& value : term.values) {
    if (value.empty() || !std::all_of(value.begin(), value.end(), plain)) return Unknown(text);
  }
  return term;
}

bool Holds(const Term& term, std::string_view value) {
  const bool any = std::ranges::any_of(term.values, [&](const std::string& wanted) {
    return term.pattern ? MatchesPattern(wanted, value) : wanted == value;
  });
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
