// A change segment read from a file: refused, or exactly what its changes are written as.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ecsmi/base/check.h"
#include "ecsmi/model/changes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view segment(reinterpret_cast<const char*>(data), size);
  ecsmi::model::ChangeSet changes;
  if (ecsmi::model::ParseSegment(segment, &changes)) ECSMI_CHECK(ecsmi::model::EncodeSegment(changes) == segment);
  return 0;
}
