// A row read from a file: the first byte is the table, the rest the row. Nothing may crash; what is read and written
// again stays as it is from then on.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ecsmi/base/check.h"
#include "ecsmi/model/codec.h"
#include "ecsmi/model/state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view row(reinterpret_cast<const char*>(data + 1), size - 1);
  ecsmi::model::State state;
  const bool loaded = state.LoadRow(static_cast<ecsmi::model::TableId>(data[0]), 7, row).ok();
  state.ForEachTable([&]<typename T>(const ecsmi::model::Table<T>&) {
    if (static_cast<std::uint8_t>(T::kTable) != data[0]) return;
    T first;
    const bool read = ecsmi::model::DecodeRow(row, first);
    ECSMI_CHECK(read == loaded);
    if (!read) return;
    std::string written;
    ecsmi::model::EncodeRow(first, written);
    T second;
    ECSMI_CHECK(ecsmi::model::DecodeRow(written, second));
    std::string again;
    ecsmi::model::EncodeRow(second, again);
    ECSMI_CHECK(written == again);
  });
  return 0;
}
