#include "core/placement/cheapest_fleet.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/placement/column_generation.h"
#include "core/placement/dive.h"
#include "core/placement/exact_fleet.h"
#include "core/placement/first_fit.h"
#include "core/placement/improve.h"
#include "core/placement/resource_prices.h"
#include "core/placement/value_fill.h"

namespace ecsmi::core::placement {
namespace {

constexpr std::int64_t kExactSteps = 400'000;
// Kinds from which the program does not converge in time, so that a greedy fleet makes its first columns.
constexpr std::uint32_t kSeedKinds = 40;
// Bulky kinds go first: their values are raised by so much of the part of an instance that one task takes.
constexpr double kRaise = 0.03;
constexpr ValueFill::Options kSeedFill = {.tries_max = 4, .nodes_max = 30};

// Part of the work that a step may spend; what it leaves goes to the next.
Work Part(Work& all, std::int64_t percent) {
  Work part{std::max<std::int64_t>(0, all.left * percent / 100)};
  all.left -= part.left;
  return part;
}

void Settle(Work& all, const Work& part) {
  all.left += part.left;
}

// A fleet filled by values that know resources only, and the patterns of it; bulky kinds are raised, to go first.
Fleet Seed(const BinProblem& problem, std::vector<Money> values, ColumnGeneration& root, Work& work) {
  for (std::uint32_t k = 0; k < problem.kind_count(); ++k) {
    double share = 1;
    for (const BinType& type : problem.types()) {
      const auto fit = std::ranges::lower_bound(type.fits, k, {}, &Fit::kind);
      if (fit == type.fits.end() || fit->kind != k) continue;
      double mine = 0;
      for (std::size_t r = 0; r < 4; ++r) {
        if (fit->need[r] > 0) mine = std::max(mine, static_cast<double>(fit->need[r]) / type.room[r]);
      }
      share = std::min(share, mine);
    }
    values[k] = static_cast<Money>(static_cast<double>(values[k]) * (1 + kRaise * share));
  }
  std::vector<std::int32_t> left = problem.Counts();
  Fleet fleet = ValueFill(problem).Run(kSeedFill, values, root.best().rates, left, work);
  for (const Bin& bin : fleet) root.pool().Add(bin.type, bin.tasks);
  return fleet;
}

}  // namespace

PricedFleet CheapestFleet(const BinProblem& problem, std::int64_t operations) {
  Work all{operations};
  if (std::optional<Fleet> best = ExactFleet(problem, problem.Counts(), kExactSteps, all)) {
    const model::NanoUsdPerHour price = problem.Price(*best);
    return {std::move(*best), price};
  }
  Fleet best = FirstFit(problem);
  const auto consider = [&](Fleet fleet) {
    if (problem.Price(fleet) < problem.Price(best)) best = std::move(fleet);
  };

  ColumnGeneration root(problem, problem.Counts());
  Work part = Part(all, 30);
  const std::vector<Money> values = ValuesByResource(problem);
  root.Begin(values, part);
  if (problem.kind_count() >= kSeedKinds && !root.best().values.empty()) consider(Seed(problem, values, root, part));
  Settle(all, part);
  // What certifying finds worth more than its price is a column like others: it may take the program on.
  for (double price = 0; price != root.program().price();) {
    part = Part(all, 60);
    root.Run({}, part);
    Settle(all, part);
    if (part.Done()) break;  // the program is far from its end, so that its values prove little
    price = root.program().price();
    part = Part(all, 30);
    root.Certify(part);
    Settle(all, part);
  }
  if (!root.best().values.empty()) {
    part = Part(all, 60);
    consider(Dive(problem, root, part));
    consider(RoundDown(problem, root, part));
    Settle(all, part);
    best = Improve(problem, root.best(), std::move(best), all);
  }
  return {std::move(best), problem.Unscaled(root.best().bound)};
}

}  // namespace ecsmi::core::placement
