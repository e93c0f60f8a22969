#pragma once

#include <cstddef>
#include <new>

namespace ecsmi::base {

// What the kernel can map at once; a block of this size is the smallest for which asking pays.
inline constexpr std::size_t kHugePageBytes = std::size_t{2} << 20;

// Memory for tables that grow to hundreds of megabytes and are read at random: blocks of kHugePageBytes and more are
// aligned to it and offered to the kernel as huge pages, which saves most page faults and address translations. A
// kernel that declines costs nothing. Smaller blocks are plain ones. Throws std::bad_alloc. Any thread.
void* AllocateBlock(std::size_t bytes);
// `bytes` as allocated.
void FreeBlock(void* block, std::size_t bytes);

// The same for a container's elements.
template <typename T>
struct BlockAllocator {
  using value_type = T;
  BlockAllocator() = default;
  template <typename U>
  BlockAllocator(const BlockAllocator<U>&) {}  // NOLINT(google-explicit-constructor): containers convert
  T* allocate(std::size_t count) { return static_cast<T*>(AllocateBlock(count * sizeof(T))); }
  void deallocate(T* block, std::size_t count) { FreeBlock(block, count * sizeof(T)); }
  friend bool operator==(const BlockAllocator&, const BlockAllocator&) { return true; }
};

}  // namespace ecsmi::base
