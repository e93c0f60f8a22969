#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ecsmi/ports/catalog.h"

namespace ecsmi::catalog {

// The catalogue that is built in. Errors: INVALID_ARGUMENT naming file, line, column and value (a broken build).
absl::StatusOr<std::unique_ptr<ports::Catalog>> LoadEmbeddedCatalog();

// The same from given files by name: "instance_types.csv", "prices.csv", "zone_offerings.csv", "quotas.csv",
// "fargate_prices.csv". Every cell is checked; a price or an offer without its type is an error.
absl::StatusOr<std::unique_ptr<ports::Catalog>> LoadCatalog(const std::map<std::string, std::string_view>& files);

}  // namespace ecsmi::catalog
