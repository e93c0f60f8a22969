#pragma once

#include <string>

#include "absl/status/status.h"
#include "demo/client.h"

namespace ecsmi::demo {

// Prints which instance types were considered, what ruled the others out, why the ten next-cheapest lost to the
// cheapest fitting one, and what a new account's quota would say to `instances` of it.
absl::Status PrintChoice(Client& client, const std::string& requirements_json);
absl::Status PrintNewAccount(Client& client, const std::string& requirements_json, int instances);

}  // namespace ecsmi::demo
