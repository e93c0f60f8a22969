// ARNs, ids, receipt handles and resume tokens as a client may spell them: what is understood is spelled the same
// again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/arn.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/utf8.h"
#include "ecsmi/control/events.h"
#include "ecsmi/model/aws_ids.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto arn = ecsmi::api::ParseEcsArn(text)) {
    ECSMI_CHECK(arn->kind.size() + arn->resource.size() + arn->region.size() <= text.size());
    const std::string_view tail = text.substr(text.size() - arn->resource.size());
    ECSMI_CHECK(tail == arn->resource);
  }
  static_cast<void>(ecsmi::api::IsIamArn(text, "role"));
  static_cast<void>(ecsmi::base::IsUtf8(text));
  const ecsmi::base::Key128 key{1, 2};
  if (const auto serial = ecsmi::model::SerialOfHexId(key, ecsmi::model::TableId::kTask, text)) {
    ECSMI_CHECK(ecsmi::model::HexId(key, ecsmi::model::TableId::kTask, *serial) == text);
  }
  constexpr ecsmi::model::Serial kQueue = 7;
  if (const auto receipt = ecsmi::model::ParseReceiptHandle(key, kQueue, text)) {
    ECSMI_CHECK(ecsmi::model::ReceiptHandle(key, kQueue, *receipt) == text);
  }
  if (const auto place = ecsmi::control::ParseEventToken(key, text)) {
    ECSMI_CHECK(ecsmi::control::EventToken(key, *place) == text);
  }
  return 0;
}
