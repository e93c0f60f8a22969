#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ecsmi/base/check.h"
#include "ecsmi/control/events.h"

namespace ecsmi::control {
namespace {

// A commit's number takes 40 bits (model::kSerialMax), the place in it the rest.
constexpr int kIndexBits = 24;
constexpr std::size_t kHalf = 16;

std::uint64_t Hash(const base::Key128& key, absl::string_view what, std::uint64_t value) {
  return base::KeyedHashBytes(key, absl::StrCat("event-token/", what, "/", value));
}

bool IsHexDigit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

}  // namespace

// The hash of the place authenticates; a second hash, of the first, hides the place.
std::string EventToken(const base::Key128& world_key, const EventPosition& position) {
  ECSMI_CHECK(position.seq <= model::kSerialMax && position.index < (1u << kIndexBits));
  const std::uint64_t place = position.seq << kIndexBits | position.index;
  const std::uint64_t proof = Hash(world_key, "place", place);
  return absl::StrFormat("%016x%016x", proof, place ^ Hash(world_key, "mask", proof));
}

std::optional<EventPosition> ParseEventToken(const base::Key128& world_key, std::string_view token) {
  std::uint64_t proof = 0;
  std::uint64_t masked = 0;
  const bool form = token.size() == 2 * kHalf && std::all_of(token.begin(), token.end(), IsHexDigit) &&
                    absl::SimpleHexAtoi(absl::string_view(token.data(), kHalf), &proof) &&
                    absl::SimpleHexAtoi(absl::string_view(token.data() + kHalf, kHalf), &masked);
  if (!form) return std::nullopt;
  const std::uint64_t place = masked ^ Hash(world_key, "mask", proof);
  if (Hash(world_key, "place", place) != proof) return std::nullopt;
  return EventPosition{.seq = place >> kIndexBits,
                       .index = static_cast<std::uint32_t>(place & ((1u << kIndexBits) - 1))};
}

}  // namespace ecsmi::control
