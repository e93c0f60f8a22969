// Compressed bodies: never more comes out than is asked for.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ecsmi/base/check.h"
#include "wire/http/content_coding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kBytesMax = 100'000;
  const auto plain = ecsmi::wire::Inflate({reinterpret_cast<const char*>(data), size}, kBytesMax);
  ECSMI_CHECK(!plain.ok() || plain->size() <= kBytesMax);
  return 0;
}
