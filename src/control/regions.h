#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/control/lifecycle.h"

namespace ecsmi::control {

// Requirement indexes by region, shared by all worlds, made on first use and kept. Thread-safe.
class RegionSet {
 public:
  RegionSet(const ports::Catalog& catalog, bool strict) : catalog_(catalog), strict_(strict) {}
  absl::StatusOr<RegionView> View(std::string_view region);

 private:
  const ports::Catalog& catalog_;
  const bool strict_;
  base::Mutex mutex_;
  std::map<std::string, std::unique_ptr<core::RequirementsIndex>, std::less<>> indexes_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace ecsmi::control
