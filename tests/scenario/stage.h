#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "builders/emulator.h"
#include "ecsmi/model/time.h"
#include "google/protobuf/message.h"

namespace ecsmi::scenario {

// What a running scenario stands on: the emulator, what it has named so far and the last answer.
class Stage {
 public:
  explicit Stage(control::Settings settings);

  // Calls an operation of ours by its bare name. `response` is set also on errors.
  absl::Status Call(const std::string& rpc, const google::protobuf::Message& request,
                    std::unique_ptr<google::protobuf::Message>* response);
  // The same from JSON, AWS's spelling; for reads that a scenario's expectations need.
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Ask(const std::string& rpc, const std::string& json);

  absl::Status Advance(model::DurationMs by);
  absl::Status Quiesce(model::DurationMs limit);
  // World time since the scenario began.
  model::DurationMs Elapsed();
  model::TimeMs epoch() const { return epoch_; }

  // Replaces ${name} by what a command has bound. INVALID_ARGUMENT for a name nothing is bound to.
  absl::StatusOr<std::string> Expand(const std::string& word) const;
  // `text` with every id that no reader can predict replaced: <id>, ecs-svc/<n>; and bound task ids by their names.
  std::string Mask(const std::string& text) const;

  testing::Emulator emulator;
  std::map<std::string, std::string> names;               // "task.web.1" → ARN, "queue.jobs" → URL …
  std::map<std::string, std::vector<std::string>> tasks;  // by family: ARNs of run-task, in order
  std::map<std::string, bool> host_mode;                  // families whose tasks take no network configuration
  std::string provider;                                   // the newest one: what `on` means when it is left out
  std::map<std::string, std::string> events_seen;         // per service: id of the newest event an expectation used
  std::unique_ptr<google::protobuf::Message> last_reply;  // of the last command
  absl::Status last_status;

 private:
  model::TimeMs Now();
  model::TimeMs epoch_ = 0;
};

}  // namespace ecsmi::scenario
