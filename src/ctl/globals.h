#pragma once

#include <functional>
#include <string>

namespace ecsmi::ctl {

enum class Format { kTable, kJson, kYaml };

// What holds for every verb: flags, and where they are absent the environment.
struct Globals {
  std::string endpoint = "127.0.0.1:50051";
  std::string account = "000000000000";  // twelve digits
  std::string region = "us-east-1";
  Format format = Format::kTable;
};

// As given on the command line; empty = absent.
struct GlobalFlags {
  std::string endpoint{};
  std::string world{};  // an account or a world's name
  std::string region{};
  std::string output = "table";
};

// `environment` gives a variable's value, empty when it is not set. ECSMI_ENDPOINT; the world of AWS_ACCESS_KEY_ID, by
// the doors' own rule (wire/account); AWS_REGION before AWS_DEFAULT_REGION, as SDKs read them.
Globals Resolve(const GlobalFlags& flags, const std::function<std::string(const char* name)>& environment);

}  // namespace ecsmi::ctl
