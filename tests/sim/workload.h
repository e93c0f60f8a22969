#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sim/chance.h"
#include "sim/world_client.h"

namespace ecsmi::sim {

// What the outside world was told, kept apart from the emulator: every acknowledged thing must still be true later.
struct Acknowledged {
  std::map<std::string, std::int64_t> tasks;  // ARN → world time of the acknowledgement, ms
  std::set<std::string> stopped;              // ARNs whose StopTask was acknowledged
  std::map<std::string, int> desired;         // service → desired count, where no policy sets it
  std::int64_t sent = 0;                      // messages
  std::int64_t deleted = 0;                   // by outside receivers
};

// Random requests of a few users of one cluster. Refusals are fine (a limit, a provider without an ACTIVE state);
// errors of ours are not: they come back as failures unless `tolerant`, which a failing disk makes it.
class Workload {
 public:
  Workload(testing::Emulator& emulator, Chance& chance) : client_(emulator), chance_(chance) {}

  // Cluster, providers, definitions, queues, services and what scales one of them.
  absl::Status SetUp();
  // One request, or a move of the clock. An error is a failure of the emulator.
  absl::Status Act();
  absl::Status Advance(std::int64_t ms);
  // Every acknowledged task can be described, until its retention is over; services show the desired count last asked
  // for.
  absl::Status CheckAcknowledged();
  // Takes the load away: services to 0, standalone tasks stopped, queues emptied.
  absl::Status Quiet();
  // The bill equals the intervals it is made of.
  absl::Status CheckBill();

  Acknowledged& acknowledged() { return acknowledged_; }
  void set_tolerant(bool tolerant) { tolerant_ = tolerant; }
  int calls() const { return calls_; }
  int refused() const { return refused_; }

 private:
  template <typename Response>
  absl::StatusOr<Response> Call(const std::string& rpc, const std::string& json);
  // OK for an answer and for a refusal; the emulator's own errors come through.
  absl::Status Accept(const absl::Status& status);

  absl::Status RunTasks();
  absl::Status StopATask();
  // `since`: when it was acknowledged.
  absl::Status StopTask(const std::string& arn, std::int64_t since);
  absl::Status UpdateAService();
  absl::Status Send();
  absl::Status ReceiveAndDelete();
  absl::Status RegisterAgain();
  std::string Network() const;
  std::int64_t Now();

  WorldClient client_;
  Chance& chance_;
  Acknowledged acknowledged_;
  bool tolerant_ = false;
  int calls_ = 0;
  int refused_ = 0;
  int token_ = 0;
  std::vector<std::string> families_ = {"small", "medium", "brief", "failing"};
  std::vector<std::string> services_;  // without the scaled one
  std::string queue_url_;
};

}  // namespace ecsmi::sim
