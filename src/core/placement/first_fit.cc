#include "core/placement/first_fit.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace ecsmi::core::placement {
namespace {

// As many tasks of class `i` as one bin takes, at most `limit`, growing where that pays.
std::int32_t Fill(const BinProblem& problem, Bin& bin, std::size_t i, std::int32_t limit) {
  const model::NanoUsdPerHour alone = problem.types()[problem.CheapestAlone(i)].price;
  std::int32_t taken = 0;
  while (taken < limit) {
    const std::int32_t more = problem.Addable(bin, i, limit - taken);
    if (more > 0) {
      problem.Add(bin, i, more);
      taken += more;
      continue;
    }
    if (!problem.MayJoin(bin, i)) break;
    Bin grown = bin;
    problem.Add(grown, i, 1);
    grown.type = problem.CheapestHolding(grown);
    if (grown.type == kNoType || problem.types()[grown.type].price > problem.types()[bin.type].price + alone) break;
    bin = std::move(grown);
    ++taken;
  }
  return taken;
}

}  // namespace

std::vector<Bin> FirstFit(const BinProblem& problem) {
  std::vector<std::size_t> order(problem.class_count());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    // One vCPU weighs as much as 4 GiB: the ratio of general purpose types.
    const auto size = [&](std::size_t i) {
      const PlacementClass& wanted = *problem.class_at(i).wanted;
      return std::tuple(wanted.all_gpus, wanted.need.gpus, std::max(wanted.need.cpu_units * 4, wanted.need.memory_mib),
                        wanted.need.cpu_units * 4 + wanted.need.memory_mib);
    };
    return std::pair(size(b), a) < std::pair(size(a), b);
  });
  std::vector<Bin> bins;
  for (std::size_t i : order) {
    std::int32_t left = problem.class_at(i).count;
    for (std::size_t at = 0; at < bins.size() && left > 0; ++at) {
      Bin filled = bins[at];
      const std::int32_t each = Fill(problem, filled, i, left);
      if (each == 0) continue;
      const std::int64_t times = std::min<std::int64_t>(bins[at].times, left / each);
      filled.times = times;
      left -= static_cast<std::int32_t>(times) * each;
      if (times < bins[at].times) {
        bins[at].times -= times;
        bins.insert(bins.begin() + static_cast<std::ptrdiff_t>(at), std::move(filled));
      } else {
        bins[at] = std::move(filled);
      }
    }
    while (left > 0) {
      Bin bin = problem.NewBin();
      problem.Add(bin, i, 1);
      bin.type = problem.CheapestAlone(i);
      const std::int32_t each = 1 + Fill(problem, bin, i, left - 1);
      bin.times = left / each;
      left -= static_cast<std::int32_t>(bin.times) * each;
      bins.push_back(std::move(bin));
    }
  }
  return bins;
}

}  // namespace ecsmi::core::placement
