#include "ecsmi/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace ecsmi::base {

void CheckFailed(const char* file, int line, const char* condition) noexcept {
  std::fprintf(stderr, "ecsmi: broken invariant at %s:%d: %s\n", file, line, condition);
  std::abort();
}

}  // namespace ecsmi::base
