// An `ecsmi.*` key and its value: set or refused, and never a time or share that is none. Input: key, '=', value.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/task_definition/behavior_keys.h"
#include "ecsmi/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('=');
  if (end == std::string_view::npos) return 0;
  ecsmi::model::ContainerBehavior behavior;
  const ecsmi::model::ContainerBehavior untouched;
  const absl::Status status = ecsmi::api::SetBehavior(input.substr(0, end), input.substr(end + 1), &behavior);
  if (!status.ok()) ECSMI_CHECK(behavior == untouched && !status.message().empty());
  for (const auto& distribution : {behavior.pull_seconds, behavior.start_seconds, behavior.run_seconds,
                                   behavior.cpu_percent, behavior.memory_percent, behavior.seconds_per_message}) {
    ECSMI_CHECK(distribution.a >= 0 && distribution.b >= 0);
  }
  ECSMI_CHECK(behavior.batch >= 1 && behavior.batch <= 10);
  return 0;
}
