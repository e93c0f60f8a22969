#include "scenario/expect.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "builders/message_path.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/lifecycle.h"
#include "scenario/script.h"

namespace ecsmi::scenario {
namespace {

using google::protobuf::Message;
using testing::GetPath;

// Whether what is true fits what is written: equal, or in the relation that ">", "<", ">=", "<=" or "~" (contains)
// says.
bool Fits(const std::string& written, const std::string& actual) {
  if (written == actual) return true;
  if (written.size() > 1 && written[0] == '~') return absl::StrContains(actual, written.substr(1));
  const std::size_t digits = written.find_first_not_of("<>=");
  double bound = 0;
  double value = 0;
  if (digits == 0 || digits == std::string::npos || !absl::SimpleAtod(written.substr(digits), &bound) ||
      !absl::SimpleAtod(actual, &value)) {
    return false;
  }
  const std::string relation = written.substr(0, digits);
  return relation == ">"    ? value > bound
         : relation == ">=" ? value >= bound
         : relation == "<"  ? value < bound
         : relation == "<=" ? value <= bound
                            : false;
}

// Reads one key's value; NOT_FOUND for a key the subject does not have.
using Reader = std::function<absl::StatusOr<std::string>(const std::string& key)>;

// The clause with every value that does not fit replaced.
absl::StatusOr<std::vector<std::string>> Compare(const std::vector<std::string>& head,
                                                 const std::vector<std::string>& options, const Reader& read) {
  std::vector<std::string> actual = head;
  for (const std::string& word : options) {
    const Option option = SplitOption(word);
    if (option.key.empty()) return absl::InvalidArgumentError(absl::StrCat("'", word, "' is no key=value"));
    ECSMI_ASSIGN_OR_RETURN(const std::string value, read(option.key));
    actual.push_back(absl::StrCat(option.key, "=", Quoted(Fits(option.value, value) ? option.value : value)));
  }
  return actual;
}

// Takes `key=value` out of the words and gives the value.
std::string Take(std::vector<std::string>& words, const std::string& key, std::vector<std::string>& head) {
  for (auto at = words.begin(); at != words.end(); ++at) {
    const Option option = SplitOption(*at);
    if (option.key != key) continue;
    head.push_back(*at);
    words.erase(at);
    return option.value;
  }
  return "";
}

// A resource's description by name: operation, request, and where in the answer it stands.
struct Subject {
  const char* rpc;
  const char* request;  // $0 = the name
  const char* found;
};
const std::map<std::string, Subject>& Subjects() {
  static const std::map<std::string, Subject> subjects = {
      {"cluster", {"DescribeClusters", R"({"clusters":["$0"]})", "clusters[0]"}},
      {"provider", {"DescribeCapacityProviders", R"({"capacityProviders":["$0"]})", "capacityProviders[0]"}},
      {"task", {"DescribeTasks", R"({"tasks":["$0"],"include":["TAGS"]})", "tasks[0]"}},
      {"task-definition", {"DescribeTaskDefinition", R"({"taskDefinition":"$0"})", "taskDefinition"}},
      {"service", {"DescribeServices", R"({"services":["$0"]})", "services[0]"}},
      {"service-deployments", {"ListServiceDeployments", R"({"service":"$0"})", ""}},
      {"alarm", {"DescribeAlarms", R"({"AlarmNames":["$0"]})", "MetricAlarms[0]"}},
      {"scalable-target",
       {"DescribeScalableTargets", R"({"ServiceNamespace":"ecs","ResourceIds":["service/default/$0"]})",
        "ScalableTargets[0]"}},
      {"activities",
       {"DescribeScalingActivities", R"({"ServiceNamespace":"ecs","ResourceId":"service/default/$0"})", ""}},
      {"queue", {"GetQueueAttributes", R"({"QueueUrl":"$0","AttributeNames":["All"]})", ""}},
  };
  return subjects;
}

// Short names for what is asked often.
std::string LongKey(const std::string& subject, const std::string& key) {
  static const std::map<std::string, std::string> queue = {
      {"visible", "Attributes.ApproximateNumberOfMessages"},
      {"in-flight", "Attributes.ApproximateNumberOfMessagesNotVisible"},
      {"delayed", "Attributes.ApproximateNumberOfMessagesDelayed"}};
  if (subject == "queue" && queue.contains(key)) return queue.at(key);
  if (subject == "alarm" && key == "state") return "StateValue";
  if (subject == "activities" && key == "count") return "ScalingActivities[#]";
  if (subject == "service-deployments" && key == "count") return "serviceDeployments[#]";
  if (subject == "service-deployments" && key == "newest") return "serviceDeployments[0].status";
  if (subject == "service-deployments" && key == "reason") return "serviceDeployments[0].statusReason";
  return key;
}

absl::StatusOr<std::vector<std::string>> Resource(Stage& stage, const Subject& subject,
                                                  const std::vector<std::string>& words) {
  if (words.size() < 2) return absl::InvalidArgumentError(words[0] + " needs a name");
  std::string name = words[1];
  const std::string bound = absl::StrCat(words[0], ".", name);
  if ((words[0] == "task" || words[0] == "queue") && stage.names.contains(bound)) name = stage.names[bound];
  std::string request = subject.request;
  request.replace(request.find("$0"), 2, name);
  auto reply = stage.Ask(subject.rpc, request);
  const std::string prefix = *subject.found == '\0' ? "" : absl::StrCat(subject.found, ".");
  return Compare({words[0], words[1]}, {words.begin() + 2, words.end()},
                 [&](const std::string& key) -> absl::StatusOr<std::string> {
                   if (!reply.ok()) {
                     if (absl::IsUnimplemented(reply.status())) return reply.status();
                     return std::string(api::ExceptionOf(reply.status()).name);
                   }
                   ECSMI_ASSIGN_OR_RETURN(std::string value, GetPath(**reply, prefix + LongKey(words[0], key)));
                   return stage.Mask(value);
                 });
}

absl::StatusOr<std::vector<std::string>> Tasks(Stage& stage, std::vector<std::string> words) {
  std::vector<std::string> head = {words[0]};
  words.erase(words.begin());
  const std::string of = Take(words, "of", head);
  const std::string on = Take(words, "on", head);
  std::string cluster = Take(words, "cluster", head);
  if (cluster.empty()) cluster = "default";
  ECSMI_ASSIGN_OR_RETURN(const std::vector<std::string> arns, ListAllTasks(stage, cluster));
  std::map<std::string, int> counts;
  for (std::size_t at = 0; at < arns.size(); at += 100) {
    const std::size_t end = std::min(arns.size(), at + 100);
    const std::string list = absl::StrJoin(arns.begin() + static_cast<std::ptrdiff_t>(at),
                                           arns.begin() + static_cast<std::ptrdiff_t>(end), "\",\"");
    ECSMI_ASSIGN_OR_RETURN(
        const auto reply,
        stage.Ask("DescribeTasks", absl::StrCat("{\"cluster\":\"", cluster, "\",\"tasks\":[\"", list, "\"]}")));
    for (std::size_t i = 0; i < end - at; ++i) {
      const std::string task = absl::StrCat("tasks[", i, "].");
      ECSMI_ASSIGN_OR_RETURN(const std::string status, GetPath(*reply, task + "lastStatus"));
      ECSMI_ASSIGN_OR_RETURN(const std::string group, GetPath(*reply, task + "group"));
      ECSMI_ASSIGN_OR_RETURN(const std::string definition, GetPath(*reply, task + "taskDefinitionArn"));
      ECSMI_ASSIGN_OR_RETURN(const std::string provider, GetPath(*reply, task + "capacityProviderName"));
      const bool is_of = of.empty() || group == "service:" + of || group == "family:" + of ||
                         absl::EndsWith(definition, absl::StrCat("/", of)) ||
                         absl::StrContains(definition, absl::StrCat("/", of, ":"));
      if (!is_of || (!on.empty() && provider != on)) continue;
      ++counts[status];
      ++counts["total"];
      if (status != "STOPPED") ++counts["live"];
    }
  }
  return Compare(head, words, [&](const std::string& key) -> absl::StatusOr<std::string> {
    static const char* const kKeys[] = {"PROVISIONING", "PENDING",        "ACTIVATING", "RUNNING", "DEACTIVATING",
                                        "STOPPING",     "DEPROVISIONING", "STOPPED",    "total",   "live"};
    if (std::none_of(std::begin(kKeys), std::end(kKeys), [&](const char* known) { return key == known; })) {
      return absl::InvalidArgumentError(absl::StrCat("tasks have no '", key, "'"));
    }
    return absl::StrCat(counts[key]);
  });
}

absl::StatusOr<std::vector<std::string>> Instances(Stage& stage, std::vector<std::string> words) {
  std::vector<std::string> head = {words[0]};
  words.erase(words.begin());
  const std::string on = Take(words, "on", head);
  std::map<std::string, int> counts;
  for (const InstanceSeen& instance : SeeInstances(stage)) {
    if (!on.empty() && instance.provider != on) continue;
    ++counts[instance.stage];
    if (instance.stage == "terminated") continue;
    ++counts["total"];
    ++counts["type:" + instance.type];
    ++counts["zone:" + instance.zone];
    ++counts[absl::StrCat("tasks:", instance.tasks)];
    if (instance.dedicated) ++counts["dedicated"];
  }
  return Compare(head, words, [&](const std::string& key) -> absl::StatusOr<std::string> {
    static const char* const kKeys[] = {"pending",       "running",    "REGISTERING", "ACTIVE",   "DRAINING",
                                        "DEREGISTERING", "terminated", "total",       "dedicated"};
    const bool counted =
        absl::StartsWith(key, "type:") || absl::StartsWith(key, "zone:") || absl::StartsWith(key, "tasks:") ||
        std::any_of(std::begin(kKeys), std::end(kKeys), [&](const char* known) { return key == known; });
    if (!counted) return absl::InvalidArgumentError(absl::StrCat("instances have no '", key, "'"));
    return absl::StrCat(counts[key]);
  });
}

// Texts that the service's events since the last such line contain, oldest first, in this order.
absl::StatusOr<std::vector<std::string>> Events(Stage& stage, const std::vector<std::string>& words) {
  if (words.size() < 3) return absl::InvalidArgumentError("events needs a service and texts");
  ECSMI_ASSIGN_OR_RETURN(const auto reply,
                         stage.Ask("DescribeServices", absl::StrCat("{\"services\":[\"", words[1], "\"]}")));
  ECSMI_ASSIGN_OR_RETURN(const std::string count, GetPath(*reply, "services[0].events[#]"));
  std::vector<std::string> texts;
  std::string& seen = stage.events_seen[words[1]];
  std::string newest = seen;
  for (int i = 0; count != "absent" && i < std::stoi(count); ++i) {
    const std::string event = absl::StrCat("services[0].events[", i, "].");
    ECSMI_ASSIGN_OR_RETURN(const std::string id, GetPath(*reply, event + "id"));
    if (id == seen) break;
    if (i == 0) newest = id;
    ECSMI_ASSIGN_OR_RETURN(const std::string text, GetPath(*reply, event + "message"));
    texts.insert(texts.begin(), stage.Mask(text));
  }
  seen = newest;
  std::size_t at = 0;
  bool all = true;
  for (std::size_t i = 2; i < words.size() && all; ++i) {
    while (at < texts.size() && !absl::StrContains(texts[at], words[i])) ++at;
    all = at < texts.size();
    ++at;
  }
  std::vector<std::string> actual = {words[0], words[1]};
  for (const std::string& text : all ? std::vector<std::string>(words.begin() + 2, words.end()) : texts) {
    actual.push_back(Quoted(text));
  }
  return actual;
}

absl::StatusOr<std::vector<std::string>> Cost(Stage& stage, std::vector<std::string> words) {
  std::vector<std::string> head = {words[0]};
  words.erase(words.begin());
  const std::string by = Take(words, "by", head);
  const std::string group = Take(words, "group", head);
  ECSMI_ASSIGN_OR_RETURN(const auto reply,
                         stage.Ask("GetCosts", by.empty() ? "{}" : absl::StrCat("{\"groupBy\":\"", by, "\"}")));
  std::string at = "total.";
  if (!group.empty()) {
    at.clear();
    ECSMI_ASSIGN_OR_RETURN(const std::string count, GetPath(*reply, "groups[#]"));
    for (int i = 0; i < std::stoi(count); ++i) {
      ECSMI_ASSIGN_OR_RETURN(const std::string key, GetPath(*reply, absl::StrCat("groups[", i, "].key")));
      if (key == group || absl::EndsWith(key, "/" + group)) at = absl::StrCat("groups[", i, "].");
    }
  }
  return Compare(head, words, [&](const std::string& key) -> absl::StatusOr<std::string> {
    static const std::map<std::string, std::string> keys = {
        {"total", "totalUsd"}, {"on-demand", "onDemandUsd"}, {"fee", "feeUsd"}, {"instance-ms", "instanceMs"}};
    if (key == "intervals") return GetPath(*reply, "intervalCount");
    if (!keys.contains(key)) return absl::InvalidArgumentError(absl::StrCat("costs have no '", key, "'"));
    if (at.empty()) return std::string("absent");
    return GetPath(*reply, at + keys.at(key));
  });
}

absl::StatusOr<std::vector<std::string>> Error(Stage& stage, const std::vector<std::string>& words) {
  if (words.size() < 2 || words.size() > 3) {
    return absl::InvalidArgumentError("error needs an exception and may have a text");
  }
  const std::string name = stage.last_status.ok() ? "none" : std::string(api::ExceptionOf(stage.last_status).name);
  std::vector<std::string> actual = {"error", name};
  const std::string message(stage.last_status.message());
  if (words.size() == 3) {
    const bool fits = name == words[1] && absl::StrContains(message, words[2]);
    actual.push_back(Quoted(fits ? words[2] : stage.Mask(message)));
  }
  return actual;
}

absl::StatusOr<std::vector<std::string>> Clause(Stage& stage, const std::vector<std::string>& words) {
  const std::string& subject = words[0];
  if (subject == "error") return Error(stage, words);
  if (subject == "tasks") return Tasks(stage, words);
  if (subject == "instances") return Instances(stage, words);
  if (subject == "events") return Events(stage, words);
  if (subject == "cost") return Cost(stage, words);
  if (subject == "elapsed") {
    if (words.size() != 2) return absl::InvalidArgumentError("elapsed needs a duration");
    return std::vector<std::string>{"elapsed", FormatDuration(stage.Elapsed())};
  }
  if (subject == "reply") {
    if (stage.last_reply == nullptr) return absl::InvalidArgumentError("no command has answered yet");
    return Compare({subject}, {words.begin() + 1, words.end()},
                   [&](const std::string& key) -> absl::StatusOr<std::string> {
                     ECSMI_ASSIGN_OR_RETURN(const std::string value, GetPath(*stage.last_reply, key));
                     return stage.Mask(value);
                   });
  }
  const auto resource = Subjects().find(subject);
  if (resource == Subjects().end()) {
    return absl::InvalidArgumentError(absl::StrCat("nothing called '", subject, "' can be expected"));
  }
  return Resource(stage, resource->second, words);
}

}  // namespace

std::string Quoted(const std::string& word) {
  if (!word.empty() && word.find_first_of(" \t\";{[") == std::string::npos) return word;
  std::string out = "\"";
  for (const char c : word) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

Option SplitOption(const std::string& word) {
  const std::size_t equal = word.find('=');
  if (equal == 0 || equal == std::string::npos) return {"", word};
  return {word.substr(0, equal), word.substr(equal + 1)};
}

absl::StatusOr<std::vector<std::string>> ListAllTasks(Stage& stage, const std::string& cluster) {
  std::vector<std::string> arns;
  for (const char* desired : {"RUNNING", "STOPPED"}) {
    for (std::string token; token != "absent";) {
      const std::string page = token.empty() ? "" : absl::StrCat(",\"nextToken\":\"", token, "\"");
      ECSMI_ASSIGN_OR_RETURN(const auto reply,
                             stage.Ask("ListTasks", absl::StrCat("{\"cluster\":\"", cluster, "\",\"desiredStatus\":\"",
                                                                 desired, "\"", page, "}")));
      ECSMI_ASSIGN_OR_RETURN(const std::string count, GetPath(*reply, "taskArns[#]"));
      for (int i = 0; i < std::stoi(count); ++i) {
        ECSMI_ASSIGN_OR_RETURN(std::string arn, GetPath(*reply, absl::StrCat("taskArns[", i, "]")));
        arns.push_back(std::move(arn));
      }
      ECSMI_ASSIGN_OR_RETURN(token, GetPath(*reply, "nextToken"));
    }
  }
  return arns;
}

std::vector<InstanceSeen> SeeInstances(Stage& stage) {
  std::vector<std::pair<model::Serial, InstanceSeen>> seen;
  stage.emulator.Inspect([&](control::Step& step) {
    step.state.table<model::ContainerInstance>().ForEach([&](const model::ContainerInstance& row) {
      static const char* const kStages[] = {"",       "pending",  "running",       "REGISTERING",
                                            "ACTIVE", "DRAINING", "DEREGISTERING", "terminated"};
      const auto& provider = step.state.Get<model::CapacityProvider>(row.provider);
      const auto region = control::ViewRegion(step, provider.region);
      ECSMI_CHECK(region.ok());
      seen.push_back({row.serial,
                      {kStages[static_cast<std::size_t>(row.stage)], provider.name, row.type,
                       region->catalog->zones[row.zone].name, row.tasks.count, row.dedicated, row.launched_at}});
    });
  });
  std::sort(seen.begin(), seen.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<InstanceSeen> instances;
  for (auto& [serial, instance] : seen) instances.push_back(std::move(instance));
  return instances;
}

absl::StatusOr<std::string> ActualLine(Stage& stage, const std::vector<std::string>& line) {
  // Clauses end with ';', written at the end of a word.
  std::vector<std::string> clauses;
  std::vector<std::string> clause;
  for (std::size_t i = 1; i < line.size(); ++i) {
    std::string word = line[i];
    const bool last = i + 1 == line.size();
    const bool ends = word.size() > 1 && word.back() == ';';
    if (ends) word.pop_back();
    ECSMI_ASSIGN_OR_RETURN(word, stage.Expand(word));
    clause.push_back(word);
    if (!ends && !last) continue;
    ECSMI_ASSIGN_OR_RETURN(const std::vector<std::string> actual, Clause(stage, clause));
    clauses.push_back(absl::StrJoin(actual, " "));
    clause.clear();
  }
  if (clauses.empty()) return absl::InvalidArgumentError("expect needs a subject");
  return "expect " + absl::StrJoin(clauses, "; ");
}

}  // namespace ecsmi::scenario
