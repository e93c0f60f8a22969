#pragma once

// ECSMI_CHECK(condition): a broken invariant is our bug; it ends the process in every build type, saying where and
// what. Bad input never reaches a check; it is answered with a Status.

namespace ecsmi::base {
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition) noexcept;
}  // namespace ecsmi::base

#define ECSMI_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::ecsmi::base::CheckFailed(__FILE__, __LINE__, #condition))
