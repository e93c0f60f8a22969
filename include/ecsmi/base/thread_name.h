#pragma once

namespace ecsmi::base {

// Names the calling thread for whoever looks at the process (top -H, gdb, perf); at most 15 bytes.
void NameThread(const char* name);

}  // namespace ecsmi::base
