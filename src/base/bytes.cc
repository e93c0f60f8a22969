#include "ecsmi/base/bytes.h"

#include <bit>
#include <cstddef>

#include "ecsmi/base/little_endian.h"

namespace ecsmi::base {

void ByteWriter::WriteLong(std::uint64_t value) {
  char bytes[10];
  std::size_t size = 0;
  while (value >= 0x80) {
    bytes[size++] = static_cast<char>((value & 0x7f) | 0x80);
    value >>= 7;
  }
  bytes[size++] = static_cast<char>(value);
  out_.append(bytes, size);
}

void ByteWriter::Double(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  for (int i = 0; i < 8; ++i) out_.push_back(static_cast<char>((bits >> (8 * i)) & 0xff));
}

ByteReader::Long ByteReader::ReadLong(const char* at, const char* end) {
  // Up to eight bytes: taken at once, the low seven bits of each moved together in three halving steps.
  if (end - at >= 8) {
    std::uint64_t word = LoadLittle64(at);
    const std::uint64_t stops = ~word & 0x8080808080808080ULL;
    if (stops != 0) {
      const int last_bit = std::countr_zero(stops);  // of the last byte, its highest
      word &= 0x7f7f7f7f7f7f7f7fULL & (~std::uint64_t{0} >> (63 - last_bit));
      word = ((word & 0x7f007f007f007f00ULL) >> 1) | (word & 0x007f007f007f007fULL);
      word = ((word & 0x3fff00003fff0000ULL) >> 2) | (word & 0x00003fff00003fffULL);
      word = ((word & 0x0fffffff00000000ULL) >> 4) | (word & 0x000000000fffffffULL);
      return {word, at + last_bit / 8 + 1};
    }
  }
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && at != end; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at++);
    // The tenth byte holds one bit only; more would be lost silently.
    if (shift == 63 && byte > 1) break;
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return {value, at};
  }
  return {};
}

double ByteReader::Double() {
  if (end_ - at_ < 8) {
    Fail();
    return 0;
  }
  const std::uint64_t bits = LoadLittle64(at_);
  at_ += 8;
  return std::bit_cast<double>(bits);
}

}  // namespace ecsmi::base
