#include "wire/http/content_coding.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace ecsmi::wire {
namespace {

constexpr int kWindowBits = 15;
constexpr int kGzip = 16;                      // added to the window: gzip's frame
constexpr std::size_t kStepBytes = 64 * 1024;  // output grows by what was produced, not by what was promised

class Inflater {
 public:
  explicit Inflater(int window_bits) { ready_ = inflateInit2(&stream_, window_bits) == Z_OK; }
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Appends one whole stream to `out` and takes its bytes off `in`.
  absl::Status Run(std::string_view& in, std::size_t bytes_max, std::string& out) {
    if (!ready_) return absl::ResourceExhaustedError("no memory to decompress");
    // zlib's interface predates const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));  // NOLINT
    stream_.avail_in = static_cast<uInt>(in.size());
    for (;;) {
      const std::size_t had = out.size();
      const std::size_t room = std::min(kStepBytes, bytes_max - had + 1);
      out.resize(had + room);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + had);
      stream_.avail_out = static_cast<uInt>(room);
      const int result = inflate(&stream_, Z_NO_FLUSH);
      out.resize(had + room - stream_.avail_out);
      if (out.size() > bytes_max) return absl::ResourceExhaustedError("the body decompresses to more than is taken");
      if (result == Z_STREAM_END) break;
      if (result != Z_OK) return absl::InvalidArgumentError("the body is not what its Content-Encoding says");
    }
    in.remove_prefix(in.size() - stream_.avail_in);
    return absl::OkStatus();
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

bool IsGzip(std::string_view bytes) {
  return bytes.size() >= 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
}

// CMF and FLG (RFC 1950): method 8, and both together a multiple of 31.
bool IsZlib(std::string_view bytes) {
  if (bytes.size() < 2) return false;
  const unsigned first = static_cast<std::uint8_t>(bytes[0]);
  const unsigned second = static_cast<std::uint8_t>(bytes[1]);
  return (first & 0x0f) == 8 && (first * 256 + second) % 31 == 0;
}

}  // namespace

ContentCoding ContentCodingOf(std::string_view content_encoding) {
  const absl::string_view name(content_encoding.data(), content_encoding.size());
  if (name.empty() || absl::EqualsIgnoreCase(name, "identity")) return ContentCoding::kNone;
  for (const char* known : {"gzip", "x-gzip", "deflate"}) {
    if (absl::EqualsIgnoreCase(name, known)) return ContentCoding::kDeflate;
  }
  return ContentCoding::kOther;
}

absl::StatusOr<std::string> Inflate(std::string_view bytes, std::size_t bytes_max) {
  std::string out;
  if (!IsGzip(bytes)) {
    Inflater inflater(IsZlib(bytes) ? kWindowBits : -kWindowBits);
    if (absl::Status status = inflater.Run(bytes, bytes_max, out); !status.ok()) return status;
  } else {
    while (IsGzip(bytes)) {
      Inflater inflater(kWindowBits + kGzip);
      if (absl::Status status = inflater.Run(bytes, bytes_max, out); !status.ok()) return status;
    }
  }
  if (!bytes.empty()) return absl::InvalidArgumentError("bytes follow the compressed body");
  return out;
}

}  // namespace ecsmi::wire
