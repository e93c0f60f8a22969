// An expression of metric math: parsed or refused with a reason; what is printed parses to the same.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "ecsmi/base/check.h"
#include "ecsmi/core/metric_math.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ecsmi::core::MathError error;
  const auto node = ecsmi::core::ParseExpression(text, &error);
  if (!node) {
    ECSMI_CHECK(!error.what.empty() && error.position <= size);
    return 0;
  }
  const std::string printed = ecsmi::core::PrintExpression(*node);
  const auto again = ecsmi::core::ParseExpression(printed, &error);
  // What is printed has more parentheses, so it may be too long or too deep to be read.
  if (again) ECSMI_CHECK(ecsmi::core::PrintExpression(*again) == printed);
  const std::vector<ecsmi::core::MathLine> lines = {{"a", ""}, {"b", ""}, {"e", std::string(text)}};
  ecsmi::core::MathLineError line_error;
  const auto math = ecsmi::core::MetricMath::Compile(lines, &line_error);
  if (math) math->Evaluate(std::vector<ecsmi::core::PeriodValues>{{1, {}, 3}, {{}, 0, 2}, {}});
  return 0;
}
