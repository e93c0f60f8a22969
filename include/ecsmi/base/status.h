#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// The two usual helpers around absl::Status; nothing here knows of ECS.
#define ECSMI_RETURN_IF_ERROR(expression)                                                       \
  do {                                                                                          \
    if (::absl::Status ecsmi_status_ = (expression); !ecsmi_status_.ok()) return ecsmi_status_; \
  } while (false)

#define ECSMI_CONCAT_INNER_(a, b) a##b
#define ECSMI_CONCAT_(a, b) ECSMI_CONCAT_INNER_(a, b)
// ECSMI_ASSIGN_OR_RETURN(auto value, FunctionReturningStatusOr());
#define ECSMI_ASSIGN_OR_RETURN(target, expression) \
  ECSMI_ASSIGN_OR_RETURN_(ECSMI_CONCAT_(ecsmi_statusor_, __LINE__), target, expression)
#define ECSMI_ASSIGN_OR_RETURN_(holder, target, expression) \
  auto holder = (expression);                               \
  if (!holder.ok()) return std::move(holder).status();      \
  target = *std::move(holder)
