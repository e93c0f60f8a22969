#include "ecsmi/base/thread_name.h"

#include <pthread.h>

namespace ecsmi::base {

void NameThread(const char* name) {
  // Fails for longer names only; then the thread keeps the process's name.
  pthread_setname_np(pthread_self(), name);
}

}  // namespace ecsmi::base
