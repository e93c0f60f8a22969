#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "api/check.h"
#include "api/document_bytes.h"
#include "api/emulator/emulator.h"
#include "api/task_definition/behavior_keys.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

namespace emu = ::ecsmi::emulator::v1;
using control::Step;

constexpr int kRulesMax = 100;  // of a Region: every new task is held against each of them
constexpr std::size_t kPatternMax = 512;
constexpr int kBehaviorListPageMax = 100;

absl::Status CheckPattern(std::string_view field, bool given, std::string_view pattern) {
  if (!given) return absl::OkStatus();
  const bool plain = std::all_of(pattern.begin(), pattern.end(),
                                 [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; });
  if (!pattern.empty() && pattern.size() <= kPatternMax && plain) return absl::OkStatus();
  return InvalidParameter(Say(field, " '", pattern, "' must be a pattern of 1 to ", kPatternMax,
                              " characters without spaces; leave it out to match everything"));
}

// The rule's row without serial, Region and document. Sorted keys: the first complaint never depends on a hash.
absl::StatusOr<model::BehaviorRule> ReadRule(const emu::BehaviorRule& rule) {
  ECSMI_RETURN_IF_ERROR(CheckName("rule.name", rule.name()));
  ECSMI_RETURN_IF_ERROR(CheckPattern("rule.service", rule.has_service(), rule.service()));
  ECSMI_RETURN_IF_ERROR(CheckPattern("rule.family", rule.has_family(), rule.family()));
  ECSMI_RETURN_IF_ERROR(CheckPattern("rule.container", rule.has_container(), rule.container()));
  ECSMI_RETURN_IF_ERROR(CheckPattern("rule.image", rule.has_image(), rule.image()));
  model::BehaviorRule row;
  row.name = rule.name();
  row.service_pattern = rule.service();
  row.family_pattern = rule.family();
  row.container_pattern = rule.container();
  row.image_pattern = rule.image();
  const std::map<std::string, std::string> keys(rule.behavior().begin(), rule.behavior().end());
  for (const auto& [key, value] : keys) {
    if (absl::Status status = SetBehavior(key, value, &row.behavior); !status.ok()) {
      return InvalidParameter(Say("rule.behavior: ", std::string(status.message())));
    }
    row.keys_set.push_back(key);
  }
  if (rule.has_isolation() && rule.isolation() != "task") {
    return InvalidParameter(Say("rule.isolation '", rule.isolation(), "' must be 'task' or absent"));
  }
  row.isolation_task = rule.has_isolation();
  if (row.keys_set.empty() && !row.isolation_task) {
    return InvalidParameter(Say("rule '", rule.name(), "' sets nothing: give behavior, isolation or both"));
  }
  return row;
}

// The rules of a Region in the order they were put.
std::vector<const model::BehaviorRule*> RulesIn(const Step& step, std::string_view region) {
  std::vector<const model::BehaviorRule*> rules;
  step.state.table<model::BehaviorRule>().ForEach([&](const model::BehaviorRule& row) {
    if (row.region == region) rules.push_back(&row);
  });
  std::sort(rules.begin(), rules.end(), [](const auto* a, const auto* b) { return a->serial < b->serial; });
  return rules;
}

void FillRule(const Step& step, const model::BehaviorRule& row, emu::BehaviorRule* out) {
  out->ParseFromString(std::string(step.state.DocumentBytes(row.document)));
}

}  // namespace

absl::Status CheckPutBehavior(const emu::PutBehaviorRequest& request) {
  if (!request.has_rule()) return InvalidParameter("rule can not be absent");
  return ReadRule(request.rule()).status();
}

absl::Status PutBehavior(Step& step, const CallContext& context, const emu::PutBehaviorRequest& request,
                         emu::PutBehaviorResponse* out) {
  ECSMI_ASSIGN_OR_RETURN(model::BehaviorRule row, ReadRule(request.rule()));
  const std::vector<const model::BehaviorRule*> rules = RulesIn(step, context.region);
  const auto known = std::ranges::find(rules, row.name, [](const model::BehaviorRule* rule) { return rule->name; });
  if (known == rules.end() && std::cmp_greater_equal(rules.size(), kRulesMax)) {
    return Ours(AwsException::kLimitExceeded,
                Say("rule '", row.name, "' would be the ", rules.size() + 1, "th of ", context.region, "; at most ",
                    kRulesMax, " can stand at once"),
                "behaviors");
  }
  // A rule put again is the newest: it gets a number of its own.
  if (known != rules.end()) step.state.Erase<model::BehaviorRule>((*known)->serial);
  row.serial = step.state.NewSerial();
  row.region = context.region;
  row.document = step.state.InternDocument(DocumentBytes(request.rule()));
  FillRule(step, step.state.Insert(std::move(row)), out->mutable_rule());
  return absl::OkStatus();
}

absl::Status CheckListBehaviors(const emu::ListBehaviorsRequest& request) {
  return request.has_max_results() ? CheckRange("maxResults", request.max_results(), 1, kBehaviorListPageMax)
                                   : absl::OkStatus();
}

absl::Status ListBehaviors(Step& step, const CallContext& context, const emu::ListBehaviorsRequest& request,
                           emu::ListBehaviorsResponse* out) {
  model::Serial after = model::kNoSerial;
  if (request.has_next_token()) {
    ECSMI_ASSIGN_OR_RETURN(after, ParsePageToken(step, "ListBehaviors", request.next_token()));
  }
  const int page = request.has_max_results() ? request.max_results() : kBehaviorListPageMax;
  model::Serial last = model::kNoSerial;
  for (const model::BehaviorRule* rule : RulesIn(step, context.region)) {
    if (rule->serial <= after) continue;
    if (out->rules_size() == page) {
      out->set_next_token(PageToken(step, "ListBehaviors", last));
      break;
    }
    FillRule(step, *rule, out->add_rules());
    last = rule->serial;
  }
  return absl::OkStatus();
}

absl::Status CheckDeleteBehaviors(const emu::DeleteBehaviorsRequest& request) {
  if (request.all() && request.names_size() > 0) {
    return InvalidParameter(Say("names has ", request.names_size(), " entries beside all: give one of both"));
  }
  if (!request.all() && request.names().empty()) return InvalidParameter("names can not be empty unless all is true");
  ECSMI_RETURN_IF_ERROR(CheckCount("names", request.names_size(), kRulesMax));
  std::set<std::string_view> seen;
  for (int i = 0; i < request.names_size(); ++i) {
    ECSMI_RETURN_IF_ERROR(CheckName(Say("names[", i, "]"), request.names(i)));
    if (!seen.insert(request.names(i)).second) {
      return InvalidParameter(Say("names[", i, "] '", request.names(i), "' is given twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status DeleteBehaviors(Step& step, const CallContext& context, const emu::DeleteBehaviorsRequest& request,
                             emu::DeleteBehaviorsResponse* out) {
  std::vector<const model::BehaviorRule*> rules = RulesIn(step, context.region);
  const auto named = [](const model::BehaviorRule* rule) { return rule->name; };
  for (const std::string& name : request.names()) {
    if (std::ranges::find(rules, name, named) == rules.end()) {
      return AwsError(AwsException::kResourceNotFound,
                      Say("names has '", name, "', but there is no such behavior rule in ", context.region));
    }
  }
  for (const model::BehaviorRule* rule : rules) {
    if (!request.all() && std::ranges::find(request.names(), rule->name) == request.names().end()) continue;
    FillRule(step, *rule, out->add_rules());
    step.state.Erase<model::BehaviorRule>(rule->serial);
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
