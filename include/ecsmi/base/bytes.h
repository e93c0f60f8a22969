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
  void Unsigned(std::uint64_t value) {
    if (value < 0x80) {
      out_.push_back(static_cast<char>(value));
    } else {
      WriteLong(value);
    }
  }
  void Signed(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    Unsigned((bits << 1) ^ (value < 0 ? ~std::uint64_t{0} : std::uint64_t{0}));
  }
  void Double(double value);  // IEEE bits, little endian
  void Bytes(std::string_view value) {
    Unsigned(value.size());
    out_.append(value);
  }

 private:
  void WriteLong(std::uint64_t value);
  std::string& out_;
};

// Reads what ByteWriter wrote. Never reads past the end and never throws: after the first malformed item `ok()` stays
// false and every further read gives zero or empty. Owns nothing; `Bytes` points into the input.
class ByteReader {
 public:
  explicit ByteReader(std::string_view input) : at_(input.data()), end_(input.data() + input.size()) {}
  // Most members of most rows take one byte: that case is inline.
  std::uint64_t Unsigned() {
    if (at_ != end_ && static_cast<unsigned char>(*at_) < 0x80) return static_cast<unsigned char>(*at_++);
    const Long read = ReadLong(at_, end_);
    if (read.next == nullptr) {
      Fail();
      return 0;
    }
    at_ = read.next;
    return read.value;
  }
  std::int64_t Signed() {
    const std::uint64_t bits = Unsigned();
    return static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
  }
  double Double();
  std::string_view Bytes() {
    const std::uint64_t size = Unsigned();
    if (!ok_ || size > static_cast<std::uint64_t>(end_ - at_)) {
      Fail();
      return {};
    }
    const std::string_view value(at_, size);
    at_ += size;
    return value;
  }
  bool ok() const { return ok_; }
  bool empty() const { return at_ == end_; }
  void Fail() {
    ok_ = false;
    at_ = end_;
  }

 private:
  struct Long {
    std::uint64_t value = 0;
    const char* next = nullptr;  // behind the number; nullptr when there is none
  };
  // A number of any length. Static, so that a reader can live in registers.
  static Long ReadLong(const char* at, const char* end);

  const char* at_;
  const char* end_;
  bool ok_ = true;
};

}  // namespace ecsmi::base
