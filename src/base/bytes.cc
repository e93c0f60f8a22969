#include "ecsmi/base/bytes.h"

#include <bit>

namespace ecsmi::base {

void ByteWriter::Unsigned(std::uint64_t value) {
  while (value >= 0x80) {
    out_.push_back(static_cast<char>((value & 0x7f) | 0x80));
    value >>= 7;
  }
  out_.push_back(static_cast<char>(value));
}

void ByteWriter::Signed(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  Unsigned((bits << 1) ^ (value < 0 ? ~std::uint64_t{0} : std::uint64_t{0}));
}

void ByteWriter::Double(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  for (int i = 0; i < 8; ++i) out_.push_back(static_cast<char>((bits >> (8 * i)) & 0xff));
}

void ByteWriter::Bytes(std::string_view value) {
  Unsigned(value.size());
  out_.append(value);
}

std::uint64_t ByteReader::Unsigned() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) break;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    // The tenth byte holds one bit only; more would be lost silently.
    if (shift == 63 && byte > 1) break;
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  Fail();
  return 0;
}

std::int64_t ByteReader::Signed() {
  const std::uint64_t bits = Unsigned();
  return static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
}

double ByteReader::Double() {
  if (rest_.size() < 8) {
    Fail();
    return 0;
  }
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 8; ++i)
    bits |= static_cast<std::uint64_t>(static_cast<unsigned char>(rest_[i])) << (8 * i);
  rest_.remove_prefix(8);
  return std::bit_cast<double>(bits);
}

std::string_view ByteReader::Bytes() {
  const std::uint64_t size = Unsigned();
  if (!ok_ || size > rest_.size()) {
    Fail();
    return {};
  }
  const std::string_view value = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return value;
}

}  // namespace ecsmi::base
