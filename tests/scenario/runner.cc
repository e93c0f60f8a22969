#include "scenario/runner.h"

#include <map>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "catalog/embedded_catalog.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/base/status.h"
#include "scenario/expect.h"
#include "scenario/stage.h"
#include "scenario/verbs.h"

namespace ecsmi::scenario {
namespace {

absl::Status BadHeader(absl::string_view key, absl::string_view value) {
  return absl::InvalidArgumentError(absl::StrCat("header ", key, ": ", value, " is not understood"));
}

// "none", "aws", or one of them and stages on top: "none, batch_quiet=2s, shutting_down_cpu=15s".
absl::Status ReadLatency(const std::string& text, control::Settings& settings) {
  using Table = control::LatencyTable;
  static const std::map<std::string, control::StageDelay Table::*> stages = {
      {"provider_change", &Table::provider_change},
      {"batch_quiet", &Table::batch_quiet},
      {"batch_max", &Table::batch_max},
      {"instance_pending", &Table::instance_pending},
      {"agent_boot", &Table::agent_boot},
      {"registering", &Table::registering},
      {"shutting_down_cpu", &Table::shutting_down_cpu},
      {"shutting_down_gpu", &Table::shutting_down_gpu},
      {"eni_attach", &Table::eni_attach},
      {"pull_cpu", &Table::pull_cpu},
      {"pull_gpu", &Table::pull_gpu},
      {"start", &Table::start},
      {"stop", &Table::stop},
      {"eni_detach", &Table::eni_detach},
      {"idle_wait", &Table::idle_wait},
      {"launch_retry", &Table::launch_retry},
  };
  const std::vector<std::string> parts = absl::StrSplit(text, ", ");
  if (parts[0] != "none" && parts[0] != "aws") return BadHeader("latency", text);
  settings.latency = parts[0] == "aws" ? Table::Aws() : Table::None();
  settings.latency_name = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const Option option = SplitOption(parts[i]);
    if (!stages.contains(option.key)) return BadHeader("latency", text);
    ECSMI_ASSIGN_OR_RETURN(const model::DurationMs delay, ParseDuration(option.value));
    settings.latency.*stages.at(option.key) = {delay, 0};
  }
  return absl::OkStatus();
}

// "unlimited", "new-account" or "standard=64, g-vt=8": classes not named keep a new account's quota.
absl::Status ReadQuotas(const std::string& text, control::Settings& settings) {
  settings.quotas_name = text;
  if (text == "unlimited") return absl::OkStatus();
  ECSMI_ASSIGN_OR_RETURN(const auto catalog, catalog::LoadEmbeddedCatalog());
  for (const ports::QuotaClass& quota : catalog->quotas()) settings.quotas[quota.name] = quota.default_vcpus;
  if (text == "new-account") return absl::OkStatus();
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(text, ", "))) {
    const Option option = SplitOption(part);
    if (!settings.quotas.contains(option.key) || !absl::SimpleAtoi(option.value, &settings.quotas[option.key])) {
      return BadHeader("quotas", text);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<control::Settings> ReadSettings(const Script& script) {
  control::Settings settings;
  settings.latency = control::LatencyTable::None();
  settings.latency_name = "none";
  for (const auto& [key, value] : script.headers) {
    if (key == "latency") {
      ECSMI_RETURN_IF_ERROR(ReadLatency(value, settings));
    } else if (key == "quotas") {
      ECSMI_RETURN_IF_ERROR(ReadQuotas(value, settings));
    } else if (key == "seed") {
      if (!absl::SimpleAtoi(value, &settings.seed)) return BadHeader(key, value);
    } else if (key == "price-protection") {
      if (!absl::SimpleAtoi(value, &settings.price_protection_percent)) return BadHeader(key, value);
    } else if (key == "limits") {
      if (value != "aws" && value != "none") return BadHeader(key, value);
      settings.limits = value == "aws";
    } else if (key == "fee-schedule") {
      if (value != "launch" && value != "current") return BadHeader(key, value);
      settings.fee_current = value == "current";
    } else if (key == "spot-settings") {
      if (value != "refuse" && value != "on-demand") return BadHeader(key, value);
      settings.spot_as_on_demand = value == "on-demand";
    } else if (key == "setup") {
      if (value != "none") return BadHeader(key, value);
    }
  }
  return settings;
}

std::string Error(const absl::Status& status) {
  return absl::StrCat(std::string(api::ExceptionOf(status).name), ": ", status.message());
}

bool IsExpectedError(const Line& line) {
  return line.words[0] == "expect" && line.words.size() > 1 && line.words[1] == "error";
}

}  // namespace

absl::StatusOr<std::vector<Difference>> Play(const Script& script) {
  ECSMI_ASSIGN_OR_RETURN(control::Settings settings, ReadSettings(script));
  Stage stage(std::move(settings));
  if (!script.headers.contains("setup")) {
    ECSMI_RETURN_IF_ERROR(RunCommand(stage, {"cluster", "default"}));
  }
  std::vector<Difference> differences;
  for (std::size_t i = 0; i < script.lines.size(); ++i) {
    const Line& line = script.lines[i];
    if (line.words[0] == "expect") {
      const absl::StatusOr<std::string> actual = ActualLine(stage, line.words);
      if (!actual.ok()) {
        differences.push_back({line.number, line.text, std::string(actual.status().message()), false});
        continue;
      }
      std::vector<std::string> written;
      for (const std::string& word : line.words) {
        ECSMI_ASSIGN_OR_RETURN(std::string expanded, stage.Expand(word));
        written.push_back(std::move(expanded));
      }
      const auto true_words = SplitWords(*actual);
      if (!true_words.ok() || *true_words != written) differences.push_back({line.number, line.text, *actual, true});
      continue;
    }
    if (line.words[0] == "show") {
      const absl::StatusOr<std::string> actual = Snapshot(stage, line.words);
      const std::string golden = absl::StrJoin(line.golden, "\n");
      if (!actual.ok()) {
        differences.push_back({line.number, line.text, std::string(actual.status().message()), false});
        continue;
      }
      // Blanks at the end of a line are nobody's meaning.
      const std::vector<std::string> shown = absl::StrSplit(*actual, '\n', absl::SkipEmpty());
      if (absl::StrJoin(shown, "\n") != golden) differences.push_back({line.number, golden, *actual, true});
      continue;
    }
    const absl::Status understood = RunCommand(stage, line.words);
    if (!understood.ok()) {
      differences.push_back({line.number, line.text, std::string(understood.message()), false});
      continue;
    }
    const bool awaited = i + 1 < script.lines.size() && IsExpectedError(script.lines[i + 1]);
    if (!stage.last_status.ok() && !awaited) {
      differences.push_back({line.number, line.text, Error(stage.last_status), false});
    }
  }
  return differences;
}

}  // namespace ecsmi::scenario
