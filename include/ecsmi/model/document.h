#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "ecsmi/model/record.h"

namespace ecsmi::model {

// Bytes that are only echoed (a cold document) or shared text (a stop reason, a group name), stored once per content.
// Rows that name a document keep it alive; State erases it with the last of them.
struct Document : RowBase {
  static constexpr TableId kTable = TableId::kDocument;
  std::string bytes;
  std::uint32_t references = 0;  // derived
  static constexpr auto Fields() { return std::tuple(F("bytes", &Document::bytes)); }
};

}  // namespace ecsmi::model
