#include "ecsmi/base/huge_pages.h"

#include <sys/mman.h>

namespace ecsmi::base {
namespace {
// Rows are laid out in cache lines, so smaller blocks begin at one.
constexpr std::align_val_t kCacheLine{64};
constexpr std::align_val_t kHugePage{kHugePageBytes};
}  // namespace

void* AllocateBlock(std::size_t bytes) {
  if (bytes < kHugePageBytes) return ::operator new(bytes, kCacheLine);
  void* block = ::operator new(bytes, kHugePage);
  // Advice only: without huge pages everything works as before.
  static_cast<void>(::madvise(block, bytes / kHugePageBytes * kHugePageBytes, MADV_HUGEPAGE));
  return block;
}

void FreeBlock(void* block, std::size_t bytes) {
  ::operator delete(block, bytes < kHugePageBytes ? kCacheLine : kHugePage);
}

}  // namespace ecsmi::base
