#include "ecsmi/core/strategy.h"

#include <algorithm>
#include <utility>

#include "ecsmi/base/check.h"

namespace ecsmi::core {

std::vector<std::size_t> DistributeTasks(std::span<const model::StrategyItem> strategy,
                                         std::span<const std::uint32_t> standing, std::int32_t count) {
  ECSMI_CHECK(std::ranges::any_of(strategy, [](const auto& item) { return item.weight > 0; }));
  std::vector<std::size_t> chosen;
  std::vector<std::int64_t> beyond_base(strategy.size(), 0);
  for (std::size_t i = 0; i < strategy.size(); ++i) {
    std::int64_t has = standing.empty() ? 0 : standing[i];
    for (; has < strategy[i].base && std::cmp_less(chosen.size(), count); ++has) chosen.push_back(i);
    beyond_base[i] = std::max<std::int64_t>(has - strategy[i].base, 0);
  }
  while (std::cmp_less(chosen.size(), count)) {
    std::size_t best = strategy.size();
    for (std::size_t i = 0; i < strategy.size(); ++i) {
      if (strategy[i].weight == 0) continue;
      if (best == strategy.size() || beyond_base[i] * strategy[best].weight < beyond_base[best] * strategy[i].weight) {
        best = i;
      }
    }
    ++beyond_base[best];
    chosen.push_back(best);
  }
  return chosen;
}

}  // namespace ecsmi::core
