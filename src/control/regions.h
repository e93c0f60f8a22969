#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/control/lifecycle.h"
#include "ecsmi/core/constraints.h"

namespace ecsmi::control {

// Requirement indexes by region, shared by all worlds, made on first use and kept. Thread-safe.
class RegionSet {
 public:
  RegionSet(const ports::Catalog& catalog, bool strict) : catalog_(catalog), strict_(strict) {}
  absl::StatusOr<RegionView> View(std::string_view region);
  // CompileConstraint's answer, remembered by expression: classes come and go, their constraints stay.
  absl::StatusOr<core::ConstraintEffect> Constraint(std::string_view region, std::string_view expression);

 private:
  const ports::Catalog& catalog_;
  const bool strict_;
  base::Mutex mutex_;
  std::map<std::string, std::unique_ptr<core::RequirementsIndex>, std::less<>> indexes_ ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<std::string, std::string>, absl::StatusOr<core::ConstraintEffect>> constraints_
      ABSL_GUARDED_BY(mutex_);  // by region and expression
};

}  // namespace ecsmi::control
