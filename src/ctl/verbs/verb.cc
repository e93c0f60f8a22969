#include "ctl/verbs/verb.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "ctl/text.h"

namespace ecsmi::ctl {
namespace {

constexpr char kOneOf[] = "One of ";
constexpr int kDescriptionColumns = 54;  // what 80 columns leave beside the names

}  // namespace

CLI::App* AddVerb(CLI::App& parent, const std::string& name, const std::string& what,
                  const std::vector<std::string>& examples) {
  CLI::App* verb = parent.add_subcommand(name, what);
  std::string footer;
  for (const std::string& example : examples)
    absl::StrAppend(&footer, footer.empty() ? "Examples:" : "", "\n  ", example);
  verb->footer(footer);
  return verb;
}

void OnVerb(CLI::App& verb, Chosen& chosen, Action action) {
  verb.callback([&chosen, action = std::move(action)] { chosen.action = action; });
}

std::string OneOf(const std::vector<std::string>& values) {
  const std::vector<std::string> lines = Wrap(absl::StrCat(kOneOf, absl::StrJoin(values, ", ")), kDescriptionColumns);
  return absl::StrJoin(lines, "\n");
}

std::vector<std::string> ValuesIn(const std::string& description) {
  if (!absl::StartsWith(description, kOneOf)) return {};
  const std::string list = description.substr(sizeof kOneOf - 1);
  return absl::StrSplit(absl::StrReplaceAll(list, {{"\n", " "}}), ", ");
}

CLI::App* AddGet(CLI::App& get, Chosen& chosen, const std::string& kind, const std::string& one,
                 const std::string& what, const std::vector<std::string>& examples, bool with_cluster,
                 GetLister lister) {
  auto options = std::make_shared<GetOptions>();
  CLI::App* verb = AddVerb(get, kind, what, examples);
  verb->alias(one);
  if (with_cluster) verb->add_option("-c,--cluster", options->cluster, "Of this cluster; absent: of all");
  verb->add_flag("-w,--watch", options->watch, "Goes on showing what changes");
  OnVerb(*verb, chosen, [options, lister = std::move(lister)](Context& context) {
    return ShowListing(
        context, [&](Client& client) { return lister(client, *options); }, options->watch);
  });
  return verb;
}

}  // namespace ecsmi::ctl
