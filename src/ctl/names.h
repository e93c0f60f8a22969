#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "ctl/lists.h"

// What a user's short word means. Ids may be cut as far as they stay unique, ARNs work too. Nothing or too much found:
// kRefused, naming the candidates. `cluster` empty: looked for in all clusters.
namespace ecsmi::ctl {

absl::StatusOr<ecs::Task> FindTask(Client& client, const std::string& cluster, const std::string& name);
absl::StatusOr<ecs::ContainerInstance> FindInstance(Client& client, const std::string& cluster,
                                                    const std::string& name);
// "web", "shop/web" or its ARN.
absl::StatusOr<ecs::Service> FindService(Client& client, const std::string& cluster, const std::string& name);
absl::StatusOr<ecs::CapacityProvider> FindProvider(Client& client, const std::string& cluster, const std::string& name);
// By name or URL.
absl::StatusOr<QueueView> FindQueue(Client& client, const std::string& name);

}  // namespace ecsmi::ctl
