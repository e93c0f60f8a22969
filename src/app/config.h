#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ecsmi/base/log.h"
#include "ecsmi/control/settings.h"
#include "ecsmi/ports/catalog.h"
#include "store/sqlite_store.h"
#include "wire/forward/endpoint.h"
#include "wire/keys/credentials.h"

namespace ecsmi::app {

// What the daemon is started with: flags over ECSMI_<FLAG> over --config=FILE.yaml over defaults.
struct Config {
  std::string profile = "dev";
  std::string grpc_listen = "127.0.0.1:50051";
  std::string http_listen = "127.0.0.1:4566";
  std::string public_url;
  std::string auth_file;
  wire::AuthKeys auth_keys;
  std::string tls_certificate, tls_key, tls_client_ca;
  std::vector<std::string> allowed_hosts;
  wire::ForwardTable forwards;
  std::string db;
  bool insecure = false;
  bool throttle = false;  // --throttle=aws
  store::Durability durability = store::Durability::kFull;
  std::int64_t retention_records = 0;  // history kept of each world
  model::DurationMs retention_ms = 0;
  base::LogFormat log_format = base::LogFormat::kText;
  base::LogLevel log_level = base::LogLevel::kInfo;
  control::Settings settings;
  // --help or --version was asked for: print `text`, exit with 0.
  bool only_text = false;
  std::string text;
};

// INVALID_ARGUMENT names flag, value and what is allowed.
absl::StatusOr<Config> ReadConfig(int argc, char** argv, const ports::Catalog& catalog);

}  // namespace ecsmi::app
