#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "demo/client.h"
#include "demo/story.h"

namespace ecsmi::demo {

// The world at one moment, read through the API.
struct Moment {
  std::int64_t at_ms = 0;
  int visible = 0;
  int in_flight = 0;
  int desired = 0;
  int pending = 0;  // PROVISIONING, PENDING, ACTIVATING
  int running = 0;
  std::map<std::string, std::map<std::string, int>> instances;  // by type, then status
  int tasks = 0;                                                // not STOPPED
  std::string spent_usd;

  int InstanceCount() const;
  bool AtRest() const { return visible + in_flight + desired + pending + running + tasks + InstanceCount() == 0; }
};
absl::StatusOr<Moment> Look(Client& client, const Stage& stage);

// Prints a line for every moment that differs from the one before in more than time and money.
class Timeline {
 public:
  // The first moment is zero of the printed time.
  void Show(const Moment& moment);
  int instances_max() const { return instances_max_; }

 private:
  std::int64_t began_ms_ = -1;
  std::string last_;
  int instances_max_ = 0;
};

// The service's events since the world began, oldest first.
absl::Status PrintEvents(Client& client, const Stage& stage, std::int64_t began_ms);

// "00:04:30" since `began_ms`.
std::string Clock(std::int64_t at_ms, std::int64_t began_ms);

}  // namespace ecsmi::demo
