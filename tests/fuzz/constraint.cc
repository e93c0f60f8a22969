// A placement constraint's expression: compiled or refused with a reason, twice the same; what compiles is an
// expression of the query language, which answers whatever it is asked about.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/embedded_catalog.h"
#include "ecsmi/base/check.h"
#include "ecsmi/core/cluster_query.h"
#include "ecsmi/core/constraints.h"

namespace {

const ecsmi::ports::RegionCatalog& Region() {
  static const auto catalog = ecsmi::catalog::LoadEmbeddedCatalog();
  ECSMI_CHECK(catalog.ok());
  static const auto region = (*catalog)->Region("us-east-1", true);
  ECSMI_CHECK(region.ok());
  return **region;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view expression(reinterpret_cast<const char*>(data), size);
  const auto effect = ecsmi::core::CompileConstraint(expression, Region());
  if (!effect.ok()) ECSMI_CHECK(!effect.status().message().empty());
  ECSMI_CHECK(effect.ok() == ecsmi::core::CompileConstraint(expression, Region()).ok());
  const auto query = ecsmi::core::ClusterQuery::Parse(expression);
  ECSMI_CHECK(query.ok() || !effect.ok());
  if (query.ok()) {
    ECSMI_CHECK(!query->Mentions().empty());
    query->Matches([](const ecsmi::core::QueryTopic& topic) -> std::vector<std::string> { return {topic.name, "10"}; });
  }
  return 0;
}
