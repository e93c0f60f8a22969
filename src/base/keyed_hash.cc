#include "ecsmi/base/keyed_hash.h"

#include <bit>

#include "absl/numeric/int128.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/little_endian.h"

namespace ecsmi::base {
namespace {

class SipState {
 public:
  explicit SipState(const Key128& key)
      : v0_(key.lo ^ 0x736f6d6570736575ULL),
        v1_(key.hi ^ 0x646f72616e646f6dULL),
        v2_(key.lo ^ 0x6c7967656e657261ULL),
        v3_(key.hi ^ 0x7465646279746573ULL) {}

  void Absorb(std::uint64_t word) {
    v3_ ^= word;
    Round();
    Round();
    v0_ ^= word;
  }

  std::uint64_t Finish() {
    v2_ ^= 0xff;
    for (int i = 0; i < 4; ++i) Round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  void Round() {
    v0_ += v1_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v3_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
  }

  std::uint64_t v0_, v1_, v2_, v3_;
};

// The second half of a 128-bit hash uses a key of its own; any fixed constant that differs from zero serves.
Key128 SecondKey(const Key128& key) {
  return {key.hi ^ 0x9e3779b97f4a7c15ULL, key.lo ^ 0xc2b2ae3d27d4eb4fULL};
}

}  // namespace

std::uint64_t KeyedHash64(const Key128& key, std::initializer_list<std::uint64_t> words) {
  SipState state(key);
  for (std::uint64_t word : words) state.Absorb(word);
  state.Absorb(static_cast<std::uint64_t>(words.size()) << 56);
  return state.Finish();
}

Key128 KeyedHash128(const Key128& key, std::initializer_list<std::uint64_t> words) {
  return {KeyedHash64(SecondKey(key), words), KeyedHash64(key, words)};
}

std::uint64_t KeyedHashBytes(const Key128& key, std::string_view bytes) {
  SipState state(key);
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) state.Absorb(LoadLittle64(bytes.data() + at));
  std::uint64_t last = static_cast<std::uint64_t>(bytes.size()) << 56;
  const std::size_t rest = bytes.size() - at;
  if (rest > 0 && at > 0) {
    // The last eight bytes, shifted until only the rest is left.
    last |= LoadLittle64(bytes.data() + bytes.size() - 8) >> (8 * (8 - rest));
  } else {
    for (std::size_t i = 0; i < rest; ++i) {
      last |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    }
  }
  state.Absorb(last);
  return state.Finish();
}

Key128 KeyedHash128Bytes(const Key128& key, std::string_view bytes) {
  return {KeyedHashBytes(SecondKey(key), bytes), KeyedHashBytes(key, bytes)};
}

std::uint64_t Reduce(std::uint64_t hash, std::uint64_t bound) {
  ECSMI_CHECK(bound > 0);
  return absl::Uint128High64(absl::uint128(hash) * bound);
}

double UnitInterval(std::uint64_t hash) {
  return (static_cast<double>(hash >> 11) + 0.5) * 0x1.0p-53;
}

}  // namespace ecsmi::base
