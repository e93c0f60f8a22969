#include "ctl/completion.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "ctl/verbs/verb.h"

namespace ecsmi::ctl {
namespace {

constexpr char kBash[] =
    R"sh(# ecsmictl completion bash > /etc/bash_completion.d/ecsmictl, or: source <(ecsmictl completion bash)
_ecsmictl() {
  local IFS=$'\n'
  COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" \
    -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _ecsmictl ecsmictl
)sh";

constexpr char kZsh[] = R"sh(#compdef ecsmictl
# ecsmictl completion zsh > "${fpath[1]}/_ecsmictl", or: source <(ecsmictl completion zsh)
_ecsmictl() {
  local -a candidates
  candidates=("${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  candidates=("${(@)candidates:#}")
  if (( ${#candidates} )); then compadd -a candidates; else _files; fi
}
compdef _ecsmictl ecsmictl
)sh";

bool TakesValue(const CLI::Option& option) {
  return option.get_items_expected_max() > 0;
}

// The option a word like "-o" or "--output" names, of the verb or of those above it.
const CLI::Option* OptionOf(const CLI::App& app, const std::string& word) {
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    if (const CLI::Option* option = at->get_option_no_throw(word)) return option;
  }
  return nullptr;
}

// The values of "NAME:{a,b}": how CLI11 spells what IsMember allows; or, where those are too many for a line of help,
// of a description that begins as OneOf's do.
std::vector<std::string> ValuesOf(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t begin = type.find('{');
  const std::size_t end = type.find('}');
  if (begin == std::string::npos || end == std::string::npos) return ValuesIn(option.get_description());
  return absl::StrSplit(type.substr(begin + 1, end - begin - 1), ',');
}

const CLI::App* VerbOf(const CLI::App& app, const std::string& word) {
  const auto named = app.get_subcommands([&](const CLI::App* below) { return below->check_name(word); });
  return named.empty() ? nullptr : named.front();
}

std::vector<std::string> Flags(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* option : at->get_options()) {
      for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
    }
  }
  return flags;
}

}  // namespace

std::vector<std::string> Candidates(const CLI::App& app, const std::vector<std::string>& words) {
  if (words.empty()) return {};
  const CLI::App* verb = &app;
  const CLI::Option* awaited = nullptr;  // a flag whose value comes next
  std::size_t arguments = 0;             // positional ones of the verb that were given
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string& word = words[i];
    if (awaited != nullptr) {
      awaited = nullptr;
    } else if (word == "--") {
      return {};  // a command of somebody else's
    } else if (word.size() > 1 && word[0] == '-') {
      const CLI::Option* option = OptionOf(*verb, word);
      if (option != nullptr && TakesValue(*option)) awaited = option;
    } else if (const CLI::App* below = VerbOf(*verb, word)) {
      verb = below;
      arguments = 0;
    } else {
      ++arguments;
    }
  }
  std::vector<std::string> candidates;
  if (awaited != nullptr) {
    candidates = ValuesOf(*awaited);
  } else if (absl::StartsWith(words.back(), "-")) {
    candidates = Flags(*verb);
  } else {
    for (const CLI::App* below : verb->get_subcommands([](const CLI::App*) { return true; })) {
      candidates.push_back(below->get_name());
    }
    std::size_t place = 0;
    for (const CLI::Option* option : verb->get_options([](const CLI::Option* one) { return one->get_positional(); })) {
      if (place++ == arguments) candidates = ValuesOf(*option);
    }
  }
  std::erase_if(candidates, [&](const std::string& one) { return !absl::StartsWith(one, words.back()); });
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  return candidates;
}

std::string CompletionScript(const std::string& shell) {
  return shell == "zsh" ? kZsh : kBash;
}

}  // namespace ecsmi::ctl
