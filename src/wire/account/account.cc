#include "wire/account/account.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/keyed_hash.h"

namespace ecsmi::wire {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kRoleKeyPrefix = "ASIA";
constexpr std::string_view kWorldPrefix = "world-";
constexpr std::size_t kAccountDigits = 12;
constexpr std::size_t kAccountChars = 8;  // 40 bits hold twelve digits
constexpr std::size_t kSessionChars = 4;
constexpr std::size_t kCheckChars = 4;
constexpr std::uint64_t kAccountsMax = 1'000'000'000'000ULL;

bool IsAccount(std::string_view text) {
  return text.size() == kAccountDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The low five bits of each character, the most significant first.
std::string Base32(std::uint64_t value, std::size_t chars) {
  std::string text(chars, kAlphabet[0]);
  for (std::size_t i = chars; i-- > 0; value >>= 5) text[i] = kAlphabet[value & 31];
  return text;
}

std::optional<std::uint64_t> FromBase32(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) {
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value << 5 | digit;
  }
  return value;
}

std::string Check(std::string_view payload) {
  return Base32(base::KeyedHashBytes({0x726f6c65206b6579ULL, 1}, payload), kCheckChars);
}

}  // namespace

std::string AccountOfWorld(std::string_view world) {
  if (world.empty()) return std::string(kDefaultAccount);
  if (IsAccount(world)) return std::string(world);
  const std::uint64_t hash = base::KeyedHashBytes({0x6163636f756e74ULL, 1}, world);
  return absl::StrFormat("%012d", 100'000'000'000ULL + base::Reduce(hash, 900'000'000'000ULL));
}

std::string AccountOfKey(std::string_view access_key_id) {
  if (IsAccount(access_key_id)) return std::string(access_key_id);
  if (access_key_id.substr(0, kWorldPrefix.size()) == kWorldPrefix) {
    return AccountOfWorld(access_key_id.substr(kWorldPrefix.size()));
  }
  return AccountOfRoleKeyId(access_key_id).value_or(std::string(kDefaultAccount));
}

std::string MakeRoleKeyId(std::string_view account, std::uint64_t session) {
  ECSMI_CHECK(IsAccount(account));
  std::uint64_t number = 0;
  for (const char digit : account) number = number * 10 + static_cast<std::uint64_t>(digit - '0');
  const std::string payload = Base32(number, kAccountChars) + Base32(session, kSessionChars);
  return std::string(kRoleKeyPrefix) + payload + Check(payload);
}

std::optional<std::string> AccountOfRoleKeyId(std::string_view access_key_id) {
  if (access_key_id.size() != kRoleKeyPrefix.size() + kAccountChars + kSessionChars + kCheckChars) return std::nullopt;
  if (access_key_id.substr(0, kRoleKeyPrefix.size()) != kRoleKeyPrefix) return std::nullopt;
  const std::string_view payload = access_key_id.substr(kRoleKeyPrefix.size(), kAccountChars + kSessionChars);
  if (access_key_id.substr(kRoleKeyPrefix.size() + payload.size()) != Check(payload)) return std::nullopt;
  const std::optional<std::uint64_t> number = FromBase32(payload.substr(0, kAccountChars));
  if (!number.has_value() || *number >= kAccountsMax) return std::nullopt;
  return absl::StrFormat("%012d", *number);
}

}  // namespace ecsmi::wire
