#include <bit>

#include "ecsmi/core/requirements.h"

namespace ecsmi::core {

bool TypeSet::Empty() const {
  for (std::uint64_t word : words_) {
    if (word != 0) return false;
  }
  return true;
}

std::size_t TypeSet::Count() const {
  std::size_t count = 0;
  for (std::uint64_t word : words_) count += static_cast<std::size_t>(std::popcount(word));
  return count;
}

ports::TypeOrdinal TypeSet::First(ports::TypeOrdinal from) const {
  for (std::size_t word = from / 64u; word < kWords; ++word) {
    std::uint64_t bits = words_[word];
    if (word == from / 64u) bits &= ~std::uint64_t{0} << (from % 64u);
    if (bits != 0) return static_cast<ports::TypeOrdinal>(word * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
  }
  return kNone;
}

TypeSet& TypeSet::operator&=(const TypeSet& other) {
  for (std::size_t i = 0; i < kWords; ++i) words_[i] &= other.words_[i];
  return *this;
}

TypeSet& TypeSet::operator|=(const TypeSet& other) {
  for (std::size_t i = 0; i < kWords; ++i) words_[i] |= other.words_[i];
  return *this;
}

TypeSet TypeSet::AndNot(const TypeSet& other) const {
  TypeSet result;
  for (std::size_t i = 0; i < kWords; ++i) result.words_[i] = words_[i] & ~other.words_[i];
  return result;
}

}  // namespace ecsmi::core
