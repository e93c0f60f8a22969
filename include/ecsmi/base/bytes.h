#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ecsmi::base {

// Writes the layout that rows, segments and page tokens share: unsigned varints (7 bits a byte, low first), zigzag for
// signed, length-prefixed bytes. Appends to `out`, which must outlive the writer.
class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}
  void Unsigned(std::uint64_t value);
  void Signed(std::int64_t value);
  void Double(double value);  // IEEE bits, little endian
  void Bytes(std::string_view value);

 private:
  std::string& out_;
};

// Reads what ByteWriter wrote. Never reads past the end and never throws: after the first malformed item `ok()` stays
// false and every further read gives zero or empty. Owns nothing; `Bytes` points into the input.
class ByteReader {
 public:
  explicit ByteReader(std::string_view input) : rest_(input) {}
  std::uint64_t Unsigned();
  std::int64_t Signed();
  double Double();
  std::string_view Bytes();
  bool ok() const { return ok_; }
  bool empty() const { return rest_.empty(); }
  void Fail() {
    ok_ = false;
    rest_ = {};
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace ecsmi::base
