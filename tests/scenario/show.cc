#include <algorithm>
#include <map>
#include <regex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "builders/message_path.h"
#include "ecsmi/base/status.h"
#include "google/protobuf/util/json_util.h"
#include "scenario/expect.h"
#include "scenario/script.h"

namespace ecsmi::scenario {
namespace {

using google::protobuf::Message;
using testing::GetPath;

// "t+65s" for a moment in an answer's JSON spelling.
std::string Since(const Stage& stage, const std::string& rfc3339) {
  std::string text = rfc3339;
  text.erase(std::remove(text.begin(), text.end(), '"'), text.end());
  absl::Time at;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &at, &error)) return text;
  const model::DurationMs since = absl::ToUnixMillis(at) - stage.epoch();
  return since < 0 ? "t-" + FormatDuration(-since) : "t+" + FormatDuration(since);
}

// Several members of a message as "a b c", absent ones as "-".
absl::StatusOr<std::string> Row(const Message& message, const std::string& at, const std::vector<std::string>& paths) {
  std::vector<std::string> cells;
  for (const std::string& path : paths) {
    ECSMI_ASSIGN_OR_RETURN(std::string value, GetPath(message, at + path));
    cells.push_back(value == "absent" ? "-" : std::move(value));
  }
  return absl::StrJoin(cells, " ");
}

absl::StatusOr<std::string> ShowTasks(Stage& stage) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<std::string> arns, ListAllTasks(stage, "default"));
  std::vector<std::string> lines;
  for (const std::string& arn : arns) {
    ECSMI_ASSIGN_OR_RETURN(const auto reply, stage.Ask("DescribeTasks", absl::StrCat("{\"tasks\":[\"", arn, "\"]}")));
    ECSMI_ASSIGN_OR_RETURN(const std::string row, Row(*reply, "tasks[0].",
                                                      {"group", "lastStatus", "capacityProviderName",
                                                       "availabilityZone", "stopCode", "stoppedReason"}));
    const std::string id = arn.substr(arn.rfind('/') + 1);
    lines.push_back(absl::StrCat(stage.Mask(id), " ", stage.Mask(row)));
  }
  // Ids order nothing a reader could follow.
  std::sort(lines.begin(), lines.end());
  return absl::StrJoin(lines, "\n");
}

std::string ShowInstances(Stage& stage) {
  std::vector<std::string> lines;
  for (const InstanceSeen& seen : SeeInstances(stage)) {
    lines.push_back(absl::StrCat(seen.stage, " ", seen.provider, " ", seen.type, " ", seen.zone, " tasks=", seen.tasks,
                                 seen.dedicated ? " dedicated" : "", " launched=t+",
                                 FormatDuration(seen.launched_at - stage.epoch())));
  }
  return absl::StrJoin(lines, "\n");
}

absl::StatusOr<std::string> ShowEvents(Stage& stage, const std::string& service) {
  ECSMI_ASSIGN_OR_RETURN(const auto reply,
                         stage.Ask("DescribeServices", absl::StrCat("{\"services\":[\"", service, "\"]}")));
  ECSMI_ASSIGN_OR_RETURN(const std::string count, GetPath(*reply, "services[0].events[#]"));
  std::vector<std::string> lines;
  for (int i = 0; count != "absent" && i < std::stoi(count); ++i) {
    const std::string event = absl::StrCat("services[0].events[", i, "].");
    ECSMI_ASSIGN_OR_RETURN(const std::string at, GetPath(*reply, event + "createdAt"));
    ECSMI_ASSIGN_OR_RETURN(const std::string text, GetPath(*reply, event + "message"));
    lines.push_back(absl::StrCat(Since(stage, at), " ", stage.Mask(text)));
  }
  std::reverse(lines.begin(), lines.end());  // a story is told from its beginning
  return absl::StrJoin(lines, "\n");
}

absl::StatusOr<std::string> ShowService(Stage& stage, const std::string& service) {
  ECSMI_ASSIGN_OR_RETURN(const auto reply,
                         stage.Ask("DescribeServices", absl::StrCat("{\"services\":[\"", service, "\"]}")));
  ECSMI_ASSIGN_OR_RETURN(const std::string row,
                         Row(*reply, "services[0].", {"status", "desiredCount", "runningCount", "pendingCount"}));
  std::vector<std::string> lines = {absl::StrCat("status desired running pending: ", row)};
  ECSMI_ASSIGN_OR_RETURN(const std::string count, GetPath(*reply, "services[0].deployments[#]"));
  for (int i = 0; count != "absent" && i < std::stoi(count); ++i) {
    const std::string at = absl::StrCat("services[0].deployments[", i, "].");
    ECSMI_ASSIGN_OR_RETURN(const std::string deployment, Row(*reply, at,
                                                             {"status", "rolloutState", "desiredCount", "runningCount",
                                                              "pendingCount", "failedTasks", "rolloutStateReason"}));
    ECSMI_ASSIGN_OR_RETURN(const std::string definition, GetPath(*reply, at + "taskDefinition"));
    lines.push_back(absl::StrCat("  ", definition.substr(definition.rfind('/') + 1), " ", stage.Mask(deployment)));
  }
  return absl::StrJoin(lines, "\n");
}

absl::StatusOr<std::string> ShowActivities(Stage& stage, const std::string& service) {
  ECSMI_ASSIGN_OR_RETURN(
      const auto reply,
      stage.Ask("DescribeScalingActivities",
                absl::StrCat("{\"ServiceNamespace\":\"ecs\",\"ResourceId\":\"service/default/", service, "\"}")));
  ECSMI_ASSIGN_OR_RETURN(const std::string count, GetPath(*reply, "ScalingActivities[#]"));
  std::vector<std::string> lines;
  for (int i = 0; i < std::stoi(count); ++i) {
    const std::string at = absl::StrCat("ScalingActivities[", i, "].");
    ECSMI_ASSIGN_OR_RETURN(const std::string start, GetPath(*reply, at + "StartTime"));
    ECSMI_ASSIGN_OR_RETURN(const std::string row, Row(*reply, at, {"StatusCode", "Description", "Cause"}));
    lines.push_back(absl::StrCat(Since(stage, start), " ", stage.Mask(row)));
  }
  std::reverse(lines.begin(), lines.end());
  return absl::StrJoin(lines, "\n");
}

absl::StatusOr<std::string> ShowCosts(Stage& stage, const std::string& by) {
  ECSMI_ASSIGN_OR_RETURN(const auto reply, stage.Ask("GetCosts", absl::StrCat("{\"groupBy\":\"", by, "\"}")));
  std::vector<std::string> lines;
  ECSMI_ASSIGN_OR_RETURN(const std::string count, GetPath(*reply, "groups[#]"));
  const std::vector<std::string> money = {"onDemandUsd", "feeUsd", "totalUsd", "instanceMs"};
  for (int i = 0; i < std::stoi(count); ++i) {
    const std::string at = absl::StrCat("groups[", i, "].");
    ECSMI_ASSIGN_OR_RETURN(const std::string key, GetPath(*reply, at + "key"));
    ECSMI_ASSIGN_OR_RETURN(const std::string row, Row(*reply, at, money));
    lines.push_back(absl::StrCat(key, ": ", row));
  }
  ECSMI_ASSIGN_OR_RETURN(const std::string total, Row(*reply, "total.", money));
  lines.push_back("total: " + total);
  return absl::StrJoin(lines, "\n");
}

absl::StatusOr<std::string> ShowReply(Stage& stage) {
  if (stage.last_reply == nullptr) return absl::InvalidArgumentError("no command has answered yet");
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(*stage.last_reply, &json, options).ok()) {
    return absl::InternalError("the answer has no JSON form");
  }
  // Moments relative to the scenario's begin, ids by name.
  static const std::regex moment("\"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z\"");
  std::string out;
  std::size_t from = 0;
  for (auto at = std::sregex_iterator(json.begin(), json.end(), moment); at != std::sregex_iterator(); ++at) {
    absl::StrAppend(&out, json.substr(from, static_cast<std::size_t>(at->position()) - from), "\"",
                    Since(stage, at->str()), "\"");
    from = static_cast<std::size_t>(at->position() + at->length());
  }
  return stage.Mask(out + json.substr(from));
}

}  // namespace

absl::StatusOr<std::string> Snapshot(Stage& stage, const std::vector<std::string>& words) {
  if (words.size() < 2) return absl::InvalidArgumentError("show needs a subject");
  const std::string& what = words[1];
  const bool alone = words.size() == 2;
  const bool named = words.size() == 3;
  if (what == "tasks" && alone) return ShowTasks(stage);
  if (what == "instances" && alone) return ShowInstances(stage);
  if (what == "reply" && alone) return ShowReply(stage);
  if (what == "events" && named) return ShowEvents(stage, words[2]);
  if (what == "service" && named) return ShowService(stage, words[2]);
  if (what == "activities" && named) return ShowActivities(stage, words[2]);
  if (what == "costs" && alone) return ShowCosts(stage, "CLUSTER");
  if (what == "costs" && named && words[2].rfind("by=", 0) == 0) return ShowCosts(stage, words[2].substr(3));
  return absl::InvalidArgumentError(absl::StrCat("'", absl::StrJoin(words, " "), "' cannot be shown"));
}

}  // namespace ecsmi::scenario
