// A requirement pattern against a name (B7): agrees with the plainest way to say it. Input: pattern, NUL, name.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ecsmi/base/check.h"
#include "ecsmi/core/requirements.h"

namespace {

bool Plainly(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*') return Plainly(pattern.substr(1), name) || (!name.empty() && Plainly(pattern, name.substr(1)));
  return !name.empty() && pattern[0] == name[0] && Plainly(pattern.substr(1), name.substr(1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\0');
  if (end == std::string_view::npos) return 0;
  const std::string_view pattern = input.substr(0, end);
  const std::string_view name = input.substr(end + 1);
  const bool matches = ecsmi::core::MatchesPattern(pattern, name);
  // The plain way takes time beyond bounds for many stars.
  if (pattern.size() <= 8 && name.size() <= 24) ECSMI_CHECK(matches == Plainly(pattern, name));
  return 0;
}
