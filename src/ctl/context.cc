#include "ctl/context.h"

#include <cstdio>

namespace ecsmi::ctl {

void Context::Print(const std::string& text, const std::string& json) const {
  const std::string& out = globals.format == Format::kTable ? text : LayOut(json, globals.format);
  std::fwrite(out.data(), 1, out.size(), stdout);
  std::fflush(stdout);
}

}  // namespace ecsmi::ctl
