// A form of the query protocol: refused, or read into a message.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ecsmi/base/check.h"
#include "ecsmi/base/utf8.h"
#include "everything.pb.h"
#include "wire/aws_json/codec.h"
#include "wire/aws_query/query.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto form = ecsmi::wire::ParseForm(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!form.ok()) return 0;
  ecsmi::fuzz::v1::Everything message;
  ecsmi::wire::DecodeNotes notes;
  if (!ecsmi::wire::DecodeQuery(*form, &message, &notes).ok()) return 0;
  ECSMI_CHECK(ecsmi::base::IsUtf8(ecsmi::wire::Encode(message)));
  return 0;
}
