#pragma once

#include <string>

#include "absl/status/status.h"
#include "demo/client.h"

namespace ecsmi::demo {

inline constexpr int kMessages = 35;
inline constexpr int kTasksMax = 4;

// What the story made, as later calls name it.
struct Stage {
  std::string queue_url;
  std::string cluster = "transcription";
  std::string service = "transcriber";
};

// The requirements of the provider, as JSON of an InstanceRequirementsRequest: one NVIDIA GPU, 4+ vCPU, 16+ GiB.
std::string GpuRequirements();

// A queue, a cluster with a GPU provider, a worker of 4096 CPU / 8192 MiB / 1 GPU, a service at desired 0, and what
// scales it: 1-10 messages → 1 task, 11-20 → 2, 21-30 → 3, 31 and more → 4; back to 0 once the queue is empty.
absl::StatusOr<Stage> SetUp(Client& client);

// Sends the 35 messages.
absl::Status SendMessages(Client& client, const Stage& stage);

}  // namespace ecsmi::demo
