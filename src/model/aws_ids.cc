#include "ecsmi/model/aws_ids.h"

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "ecsmi/base/hex.h"

namespace ecsmi::model {
namespace {

constexpr std::uint64_t kRounds = 4;  // of a Feistel network: enough for a keyed permutation (Luby and Rackoff)

std::uint64_t Round(const base::Key128& key, TableId table, std::uint64_t round, std::uint64_t half) {
  return base::KeyedHash64(key, {static_cast<std::uint64_t>(table), round, half});
}

struct Halves {
  std::uint64_t left = 0;
  std::uint64_t right = 0;
};

// A keyed permutation of pairs of `bits` bits each. The width goes into the rounds: kinds of id have nothing in common.
Halves Scramble(const base::Key128& key, TableId table, unsigned bits, Halves halves) {
  const std::uint64_t mask = ~std::uint64_t{0} >> (64 - bits);
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    const std::uint64_t mixed = halves.left ^ (Round(key, table, round + (bits << 8U), halves.right) & mask);
    halves = {halves.right, mixed};
  }
  return halves;
}
Halves Unscramble(const base::Key128& key, TableId table, unsigned bits, Halves halves) {
  const std::uint64_t mask = ~std::uint64_t{0} >> (64 - bits);
  for (std::uint64_t round = kRounds; round-- > 0;) {
    const std::uint64_t mixed = halves.right ^ (Round(key, table, round + (bits << 8U), halves.left) & mask);
    halves = {mixed, halves.left};
  }
  return halves;
}

constexpr unsigned kWordBits = 63;  // 126 bits are 21 letters of six
constexpr std::size_t kWordLetters = 21;
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// 60 bits on top of the first number of 19 digits have 19 digits too.
constexpr unsigned kNumberBits = 30;
constexpr std::uint64_t kNumberFirst = 1'000'000'000'000'000'000;

std::optional<std::uint64_t> ParseHex64(std::string_view text) {
  std::uint64_t value = 0;
  for (char c : text) {
    int digit = 0;
    if (c >= '0' && c <= '9') {
      digit = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      digit = c - 'a' + 10;
    } else {
      return std::nullopt;
    }
    value = (value << 4) | static_cast<std::uint64_t>(digit);
  }
  return value;
}

}  // namespace

std::string HexId(const base::Key128& world_key, TableId table, Serial serial) {
  std::uint64_t left = static_cast<std::uint64_t>(table);
  std::uint64_t right = serial;
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    const std::uint64_t mixed = left ^ Round(world_key, table, round, right);
    left = right;
    right = mixed;
  }
  std::string id;
  id.reserve(32);
  base::AppendHex(id, left, 16);
  base::AppendHex(id, right, 16);
  return id;
}

std::optional<Serial> SerialOfHexId(const base::Key128& world_key, TableId table, std::string_view id) {
  if (id.size() != 32) return std::nullopt;
  const std::optional<std::uint64_t> high = ParseHex64(id.substr(0, 16));
  const std::optional<std::uint64_t> low = ParseHex64(id.substr(16));
  if (!high || !low) return std::nullopt;
  std::uint64_t left = *high;
  std::uint64_t right = *low;
  for (std::uint64_t round = kRounds; round-- > 0;) {
    const std::uint64_t mixed = right ^ Round(world_key, table, round, left);
    right = left;
    left = mixed;
  }
  if (left != static_cast<std::uint64_t>(table) || right == kNoSerial || right > kSerialMax) return std::nullopt;
  return right;
}

std::string WordId(const base::Key128& world_key, TableId table, Serial serial) {
  const Halves halves = Scramble(world_key, table, kWordBits, {static_cast<std::uint64_t>(table), serial});
  absl::uint128 bits = (absl::uint128(halves.left) << kWordBits) | halves.right;
  std::string id(kWordLetters, kLetters[0]);
  for (std::size_t i = kWordLetters; i-- > 0; bits >>= 6) id[i] = kLetters[absl::Uint128Low64(bits) & 63U];
  return id;
}

std::optional<Serial> SerialOfWordId(const base::Key128& world_key, TableId table, std::string_view id) {
  if (id.size() != kWordLetters) return std::nullopt;
  absl::uint128 bits = 0;
  for (char c : id) {
    const std::size_t letter = kLetters.find(c);
    if (letter == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | letter;
  }
  const std::uint64_t mask = ~std::uint64_t{0} >> (64 - kWordBits);
  const Halves halves =
      Unscramble(world_key, table, kWordBits, {absl::Uint128Low64(bits >> kWordBits), absl::Uint128Low64(bits) & mask});
  if (halves.left != static_cast<std::uint64_t>(table)) return std::nullopt;
  if (halves.right == kNoSerial || halves.right > kSerialMax) return std::nullopt;
  return halves.right;
}

// The pair is (table << 40 | serial) cut in two: what is above it is zero, and proves that the number is ours.
std::string NumberId(const base::Key128& world_key, TableId table, Serial serial) {
  const std::uint64_t word = (static_cast<std::uint64_t>(table) << 40U) | serial;
  const std::uint64_t mask = ~std::uint64_t{0} >> (64 - kNumberBits);
  const Halves halves = Scramble(world_key, table, kNumberBits, {word >> kNumberBits, word & mask});
  return absl::StrCat(kNumberFirst + ((halves.left << kNumberBits) | halves.right));
}

std::optional<Serial> SerialOfNumberId(const base::Key128& world_key, TableId table, std::string_view id) {
  if (id.size() != 19 || id.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  for (char c : id) number = number * 10 + static_cast<std::uint64_t>(c - '0');
  if (number < kNumberFirst || ((number - kNumberFirst) >> (2 * kNumberBits)) != 0) return std::nullopt;
  number -= kNumberFirst;
  const std::uint64_t mask = ~std::uint64_t{0} >> (64 - kNumberBits);
  const Halves halves = Unscramble(world_key, table, kNumberBits, {number >> kNumberBits, number & mask});
  const std::uint64_t word = (halves.left << kNumberBits) | halves.right;
  if ((word >> 40U) != static_cast<std::uint64_t>(table) || (word & kSerialMax) == kNoSerial) return std::nullopt;
  return word & kSerialMax;
}

// The hash of (queue, message, receive) authenticates; two more, of the first, hide message and receive.
namespace {
constexpr std::uint64_t kReceiptWord = 0x5ece;
std::uint64_t ReceiptProof(const base::Key128& key, Serial queue, std::uint64_t message, std::uint64_t receive) {
  return base::KeyedHash64(key, {kReceiptWord, queue, message, receive});
}
}  // namespace

std::string ReceiptHandle(const base::Key128& world_key, Serial queue, const Receipt& receipt) {
  const auto receive = static_cast<std::uint64_t>(receipt.receive);
  const std::uint64_t proof = ReceiptProof(world_key, queue, receipt.message, receive);
  const base::Key128 mask = base::KeyedHash128(world_key, {kReceiptWord, proof});
  std::string handle = "AQEB";
  for (std::uint64_t word : {proof, receipt.message ^ mask.hi, receive ^ mask.lo}) base::AppendHex(handle, word, 16);
  return handle;
}

std::optional<Receipt> ParseReceiptHandle(const base::Key128& world_key, Serial queue, std::string_view handle) {
  if (handle.size() != 52 || handle.substr(0, 4) != "AQEB") return std::nullopt;
  const std::optional<std::uint64_t> proof = ParseHex64(handle.substr(4, 16));
  const std::optional<std::uint64_t> message = ParseHex64(handle.substr(20, 16));
  const std::optional<std::uint64_t> receive = ParseHex64(handle.substr(36, 16));
  if (!proof || !message || !receive) return std::nullopt;
  const base::Key128 mask = base::KeyedHash128(world_key, {kReceiptWord, *proof});
  if (ReceiptProof(world_key, queue, *message ^ mask.hi, *receive ^ mask.lo) != *proof) return std::nullopt;
  return Receipt{*message ^ mask.hi, static_cast<std::int32_t>(*receive ^ mask.lo)};
}

std::string_view Partition(std::string_view region) {
  if (region.substr(0, 3) == "cn-") return "aws-cn";
  if (region.substr(0, 7) == "us-gov-") return "aws-us-gov";
  return "aws";
}

std::string Ec2InstanceId(const base::Key128& world_key, Serial instance) {
  const base::Key128 hash = base::KeyedHash128(world_key, {0xec2, instance});
  std::string id = "i-0";
  base::AppendHex(id, hash.lo, 16);
  return id;
}

std::string Uuid(const base::Key128& world_key, TableId table, Serial serial, std::uint64_t part) {
  const base::Key128 h = base::KeyedHash128(world_key, {0x551d, static_cast<std::uint64_t>(table), serial, part});
  std::string id;
  id.reserve(36);
  base::AppendHex(id, h.hi >> 32, 8);
  id += '-';
  base::AppendHex(id, h.hi >> 16, 4);
  id += "-4";  // version 4: random
  base::AppendHex(id, h.hi, 3);
  id += '-';
  base::AppendHex(id, 0x8000 | ((h.lo >> 48) & 0x3fff), 4);
  id += '-';
  base::AppendHex(id, h.lo, 12);
  return id;
}

}  // namespace ecsmi::model
