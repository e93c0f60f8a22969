#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ecsmi/ecs/v1/task_definition.pb.h"
#include "ecsmi/model/task_definition.h"

namespace ecsmi::api {

// "1024", "1 vCPU", ".5 vcpu" → units; "2048", "2 GB" → MiB. Errors: ClientException in AWS's words (C15, C73).
absl::StatusOr<std::int32_t> ParseTaskCpu(std::string_view text);
absl::StatusOr<std::int32_t> ParseTaskMemory(std::string_view text);

// Checks a registration as far as no state is needed (C1-C29) and reads what decisions depend on. The row has no
// serial, revision, region or document yet.
absl::StatusOr<model::TaskDefinition> ReadTaskDefinition(const ecs::v1::RegisterTaskDefinitionRequest& request);

}  // namespace ecsmi::api
