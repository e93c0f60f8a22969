// A JSON body: refused, or read into a message that is written and read again as the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ecsmi/base/check.h"
#include "everything.pb.h"
#include "wire/aws_json/codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  ecsmi::fuzz::v1::Everything first;
  ecsmi::wire::DecodeNotes notes;
  if (!ecsmi::wire::Decode(body, &first, &notes).ok()) return 0;
  const std::string written = ecsmi::wire::Encode(first);
  ecsmi::fuzz::v1::Everything second;
  ECSMI_CHECK(ecsmi::wire::Decode(written, &second, &notes).ok());
  ECSMI_CHECK(ecsmi::wire::Encode(second) == written);
  return 0;
}
