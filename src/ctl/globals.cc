#include "ctl/globals.h"

#include "wire/account/account.h"

namespace ecsmi::ctl {

Globals Resolve(const GlobalFlags& flags, const std::function<std::string(const char* name)>& environment) {
  Globals globals;
  const auto take = [](const std::string& given, std::string& target) {
    if (!given.empty()) target = given;
  };
  take(environment("ECSMI_ENDPOINT"), globals.endpoint);
  take(flags.endpoint, globals.endpoint);
  take(environment("AWS_DEFAULT_REGION"), globals.region);
  take(environment("AWS_REGION"), globals.region);
  take(flags.region, globals.region);
  globals.account =
      flags.world.empty() ? wire::AccountOfKey(environment("AWS_ACCESS_KEY_ID")) : wire::AccountOfWorld(flags.world);
  globals.format = flags.output == "json" ? Format::kJson : flags.output == "yaml" ? Format::kYaml : Format::kTable;
  return globals;
}

}  // namespace ecsmi::ctl
