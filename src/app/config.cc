#include "app/config.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <limits>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "yaml-cpp/yaml.h"

namespace ecsmi::app {
namespace {

std::string DefaultDatabase() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state != '\0') {
    return absl::StrCat(state, "/ecsmi/ecsmi.db");
  }
  const char* home = std::getenv("HOME");
  return absl::StrCat(home == nullptr ? "." : home, "/.local/state/ecsmi/ecsmi.db");
}

// CLI11 reads its own configuration syntax; ours is YAML: a flat map of flag names to values, or to lists of them where
// a flag may come more than once.
class YamlConfig final : public CLI::Config {
 public:
  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return ""; }
  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    std::vector<CLI::ConfigItem> entries;
    const YAML::Node root = YAML::Load(input);
    for (const auto& entry : root) {
      CLI::ConfigItem item;
      item.name = entry.first.as<std::string>();
      item.inputs = entry.second.IsSequence() ? entry.second.as<std::vector<std::string>>()
                                              : std::vector<std::string>{entry.second.as<std::string>()};
      entries.push_back(std::move(item));
    }
    return entries;
  }
};

absl::Status Refuse(absl::string_view flag, absl::string_view value, absl::string_view allowed) {
  return absl::InvalidArgumentError(absl::StrCat("--", flag, "=", value, ": allowed: ", allowed));
}

absl::Status ReadQuotas(const std::string& text, const ports::Catalog& catalog, control::Settings& settings) {
  settings.quotas_name = text;
  if (text == "unlimited") return absl::OkStatus();
  for (const ports::QuotaClass& quota : catalog.quotas()) settings.quotas[quota.name] = quota.default_vcpus;
  if (text == "new-account") return absl::OkStatus();
  std::vector<std::string> known;
  for (const auto& [name, vcpus] : settings.quotas) known.push_back(name);
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(text, ','))) {
    const std::vector<std::string> pair = absl::StrSplit(part, '=');
    std::int64_t vcpus = 0;
    if (pair.size() != 2 || !settings.quotas.contains(pair[0]) || !absl::SimpleAtoi(pair[1], &vcpus) || vcpus < 0) {
      return Refuse("quotas", text,
                    absl::StrCat("unlimited, new-account, or CLASS=VCPUS,… with classes ", absl::StrJoin(known, ", ")));
    }
    settings.quotas[pair[0]] = vcpus;
  }
  return absl::OkStatus();
}

// A list of {access_key_id, secret_access_key, worlds: [account or name, …]}.
absl::Status ReadAuthFile(Config& config) {
  if (config.auth_file.empty()) return absl::OkStatus();
  const auto refuse = [&](const std::string& why) { return Refuse("auth-file", config.auth_file, why); };
  try {
    const YAML::Node root = YAML::LoadFile(config.auth_file);
    if (!root.IsSequence() || root.size() == 0) return refuse("a file with a list of keys");
    for (const YAML::Node& node : root) {
      wire::AuthKey key;
      for (const auto& member : node) {
        const auto name = member.first.as<std::string>();
        if (name == "access_key_id") {
          key.access_key_id = member.second.as<std::string>();
        } else if (name == "secret_access_key") {
          key.secret_access_key = member.second.as<std::string>();
        } else if (name == "worlds") {
          key.worlds = member.second.as<std::vector<std::string>>();
        } else {
          return refuse(absl::StrCat("keys of access_key_id, secret_access_key and worlds; it has '", name, "'"));
        }
      }
      if (key.access_key_id.empty() || key.secret_access_key.empty()) {
        return refuse("an access_key_id and a secret_access_key for each key");
      }
      config.auth_keys.push_back(std::move(key));
    }
  } catch (const YAML::Exception& error) {
    return refuse(absl::StrCat("a readable YAML file (", error.what(), ")"));
  }
  return absl::OkStatus();
}

// Records, an age in world time, or both with a comma between them; what is not named is without a bound.
absl::Status ReadRetention(const std::string& text, Config& config) {
  std::int64_t records = 0;
  absl::Duration age;
  bool has_records = false;
  bool has_age = false;
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(text, ','))) {
    if (!has_records && absl::SimpleAtoi(part, &records) && records > 0) {
      has_records = true;
    } else if (!has_age && absl::ParseDuration(part, &age) && age > absl::ZeroDuration() &&
               age <= absl::Hours(24 * 3'650)) {
      has_age = true;
    } else {
      return Refuse("event-retention", text,
                    "a number of records above 0, an age of at most 87600h, or both: 500000,12h");
    }
  }
  config.retention_records = has_records ? records : std::numeric_limits<std::int64_t>::max();
  config.retention_ms = has_age ? absl::ToInt64Milliseconds(age) : std::numeric_limits<std::int64_t>::max() / 4;
  return absl::OkStatus();
}

bool IsLoopback(absl::string_view listen) {
  const absl::string_view host = listen.substr(0, listen.rfind(':'));
  return host == "localhost" || host == "[::1]" || host.substr(0, 4) == "127.";
}

}  // namespace

absl::StatusOr<Config> ReadConfig(int argc, char** argv, const ports::Catalog& catalog) {
  Config config;
  control::Settings& settings = config.settings;
  config.db = DefaultDatabase();
  std::string profile = "dev", clock = "wall", durability = "full", latency = "aws", quotas = "unlimited";
  std::string limits = "aws", throttle = "none", external_waits = "wall", auto_limit = "1h";
  std::string regions = "any", fee = "launch", spot = "refuse", epoch, event_retention = "1000000,24h";
  std::string log_format = "text", log_level = "info";
  std::vector<std::string> forwards;
  bool version = false;

  CLI::App app("ecsmid: Amazon ECS with Managed Instances, on your machine", "ecsmid");
  const auto add = [&](const std::string& name, auto& target, const std::string& help) {
    std::string env = "ECSMI_" + absl::AsciiStrToUpper(name);
    std::replace(env.begin(), env.end(), '-', '_');
    return app.add_option("--" + name, target, help)->envname(env)->capture_default_str();
  };
  app.config_formatter(std::make_shared<YamlConfig>());
  app.set_config("--config", "", "YAML file of flag names and values");
  add("grpc-listen", config.grpc_listen, "host:port of the gRPC door; port 0 takes a free one");
  add("http-listen", config.http_listen, "host:port of the AWS door (HTTP); port 0 takes a free one");
  add("public-url", config.public_url, "what QueueUrls begin with; default: scheme and Host of the request");
  add("allow-host", config.allowed_hosts, "more names that a Host header may have, such as ecsmi or *.internal");
  add("forward", forwards,
      "iam,ec2,logs,s3=URL: requests signed for these services are passed on to http(s)://host:port; may come again");
  add("auth-file", config.auth_file,
      "YAML list of access_key_id, secret_access_key, worlds: signatures, and keys on gRPC, are then verified");
  add("tls-cert", config.tls_certificate, "PEM chain of both doors, which then speak TLS alone");
  add("tls-key", config.tls_key, "its PEM key");
  add("tls-client-ca", config.tls_client_ca,
      "PEM: only clients it vouches for get in; on gRPC the subject's CN is the access key id");
  add("profile", profile, "dev, or test: --db=:memory: --durability=memory --clock=auto --seed=1")
      ->check(CLI::IsMember({"dev", "test"}));
  auto* const db_flag = add("db", config.db, "SQLite file, or :memory:");
  auto* const clock_flag =
      add("clock", clock, "clock of new worlds")->check(CLI::IsMember({"wall", "virtual", "auto"}));
  add("auto-limit", auto_limit, "how far an auto clock jumps after one command: 90s, 30m, 1h");
  add("external-waits", external_waits, "time in which outside clients hold messages")
      ->check(CLI::IsMember({"wall", "world"}));
  add("speed", settings.speed, "world seconds per second on a running clock")->check(CLI::Range(1e-3, 1e6));
  add("epoch", epoch, "first moment of a new world, RFC 3339");
  auto* const seed_flag = add("seed", settings.seed, "of all chance");
  auto* const durability_flag =
      add("durability", durability, "what an answer waits for")->check(CLI::IsMember({"full", "normal", "memory"}));
  add("latency", latency, "stage delays")->check(CLI::IsMember({"aws", "none"}));
  add("quotas", quotas, "unlimited, new-account, or standard=64,g-vt=8");
  add("limits", limits, "AWS's service limits")->check(CLI::IsMember({"aws", "none"}));
  add("throttle", throttle, "aws: calls beyond ECS's rates are refused with ThrottlingException")
      ->check(CLI::IsMember({"aws", "none"}));
  add("regions", regions, "any well-formed region, or only those with prices")->check(CLI::IsMember({"any", "strict"}));
  add("price-protection", settings.price_protection_percent, "percent, when a request gives none; 0 = none")
      ->check(CLI::Range(0, 999'999));
  add("fee-schedule", fee, "management fee")->check(CLI::IsMember({"launch", "current"}));
  add("spot-settings", spot, "what Spot settings do")->check(CLI::IsMember({"refuse", "on-demand"}));
  add("event-retention", event_retention, "history kept of each world: records, an age, or both (1000000,24h)");
  add("max-worlds", settings.max_worlds, "accounts kept at most")->check(CLI::Range(1, 8'000'000));
  add("log-format", log_format, "of the lines on stderr")->check(CLI::IsMember({"text", "json"}));
  add("log-level", log_level, "least weight of a line")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}));
  app.add_flag("--strict", settings.strict, "refuse what would be stored without being acted on")
      ->envname("ECSMI_STRICT");
  app.add_flag("--insecure", config.insecure, "allow listening beyond loopback without authentication");
  app.add_flag("--version", version, "print the version");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    config.only_text = true;
    config.text = app.help();
    return config;
  } catch (const CLI::ParseError& error) {
    return absl::InvalidArgumentError(error.what());
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("--config: ", error.what()));
  }
  if (version) {
    config.only_text = true;
    config.text = absl::StrCat("ecsmid ", ECSMI_VERSION, "\n");
    return config;
  }
  config.profile = profile;
  if (profile == "test") {
    // What is given by name stands.
    if (db_flag->count() == 0) config.db = ":memory:";
    if (durability_flag->count() == 0) durability = "memory";
    if (clock_flag->count() == 0) clock = "auto";
    if (seed_flag->count() == 0) settings.seed = 1;
  }
  settings.clock = clock == "virtual" ? control::ClockMode::kVirtual
                   : clock == "auto"  ? control::ClockMode::kAuto
                                      : control::ClockMode::kWall;
  settings.world_waits = external_waits == "world";
  absl::Duration limit;
  if (!absl::ParseDuration(auto_limit, &limit) || limit <= absl::ZeroDuration() || limit > absl::Hours(24 * 365)) {
    return Refuse("auto-limit", auto_limit, "a duration above zero and at most 8760h, such as 90s, 30m or 1h");
  }
  settings.auto_limit_ms = absl::ToInt64Milliseconds(limit);
  settings.latency = latency == "none" ? control::LatencyTable::None() : control::LatencyTable::Aws();
  settings.latency_name = latency;
  settings.limits = limits == "aws";
  config.throttle = throttle == "aws";
  settings.strict_regions = regions == "strict";
  settings.fee_current = fee == "current";
  settings.spot_as_on_demand = spot == "on-demand";
  settings.durability_name = durability;
  config.log_format = log_format == "json" ? base::LogFormat::kJson : base::LogFormat::kText;
  config.log_level = log_level == "debug"     ? base::LogLevel::kDebug
                     : log_level == "info"    ? base::LogLevel::kInfo
                     : log_level == "warning" ? base::LogLevel::kWarning
                     : log_level == "error"   ? base::LogLevel::kError
                                              : base::LogLevel::kOff;
  config.durability = durability == "full"     ? store::Durability::kFull
                      : durability == "normal" ? store::Durability::kNormal
                                               : store::Durability::kMemory;
  if (absl::Status status = ReadQuotas(quotas, catalog, settings); !status.ok()) return status;
  if (absl::Status status = ReadRetention(event_retention, config); !status.ok()) return status;
  if (!epoch.empty()) {
    absl::Time moment;
    std::string error;
    if (!absl::ParseTime(absl::RFC3339_full, epoch, &moment, &error)) {
      return Refuse("epoch", epoch, "a moment such as 2026-01-01T00:00:00Z");
    }
    settings.epoch_ms = absl::ToUnixMillis(moment);
  }
  if (absl::Status status = ReadAuthFile(config); !status.ok()) return status;
  for (const std::string& rules : forwards) {
    if (absl::Status status = wire::AddForwards(rules, &config.forwards); !status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("--forward=", rules, ": ", status.message()));
    }
  }
  if (config.tls_certificate.empty() != config.tls_key.empty()) {
    return Refuse("tls-cert", config.tls_certificate, "--tls-cert and --tls-key together");
  }
  const bool authenticates = !config.auth_keys.empty();
  for (const auto& [flag, listen] :
       {std::pair{"grpc-listen", config.grpc_listen}, {"http-listen", config.http_listen}}) {
    if (listen.rfind(':') == std::string::npos) return Refuse(flag, listen, "host:port");
    if (IsLoopback(listen) || config.insecure || authenticates) continue;
    return Refuse(
        flag, listen,
        "a loopback address; nothing authenticates callers, so anything else needs --auth-file or --insecure");
  }
  if (config.tls_certificate.empty() && !config.tls_client_ca.empty()) {
    return Refuse("tls-client-ca", config.tls_client_ca, "--tls-cert and --tls-key beside it");
  }
  return config;
}

}  // namespace ecsmi::app
