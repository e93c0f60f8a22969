#include "core/placement/type_worth.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/numeric/int128.h"

namespace ecsmi::core::placement {
namespace {

constexpr Money kMoneyMax = Money{1} << 61;
constexpr double kTiny = 1e-9;
constexpr double kRateTiny = 1e-2;  // rates are rounded to integers in the end
constexpr int kPassesMax = 60;
constexpr int kPivotsBeforeRestart = 400;  // rounding errors of the inverse do not pile up

}  // namespace

Money WorthLimit(const BinProblem& problem, std::uint32_t type, std::span<const Money> values, const Rates& rates,
                 std::span<const std::int32_t> left) {
  const BinType& described = problem.types()[type];
  absl::int128 limit = 0;
  for (std::size_t r = 0; r < 4; ++r) limit += absl::int128(rates[r]) * described.room[r];
  std::vector<std::pair<std::uint32_t, Money>> cliques;  // of a clique at most the best is there
  for (const Fit& fit : described.fits) {
    const Money beyond = values[fit.kind] - WorthOf(rates, fit.need);
    if (beyond <= 0) continue;
    const std::uint32_t clique = problem.kinds()[fit.kind].clique;
    if (clique == kNone) {
      limit += absl::int128(beyond) * std::min(fit.most, left[fit.kind]);
    } else if (left[fit.kind] > 0) {
      cliques.emplace_back(clique, beyond);
    }
  }
  std::ranges::sort(cliques);
  for (std::size_t i = 0; i < cliques.size(); ++i) {
    if (i + 1 == cliques.size() || cliques[i + 1].first != cliques[i].first) limit += cliques[i].second;
  }
  return limit > kMoneyMax ? kMoneyMax : static_cast<Money>(limit);
}

void RatesOfType::Start(const BinType& type) {
  const std::size_t fits = type.fits.size();
  stand_.assign(fits + 4, Stand::kAtZero);
  for (std::size_t r = 0; r < 4; ++r) {
    basis_[r] = fits + r;
    stand_[fits + r] = Stand::kBasic;
    inverse_[r] = {};
    inverse_[r][r] = 1;
  }
  pivots_ = 0;
}

Rates RatesOfType::Solve(const BinType& type, std::span<const Money> values, std::span<const std::int32_t> left,
                         Work& work) {
  const std::vector<Fit>& fits = type.fits;
  const std::size_t n = fits.size();
  if (stand_.size() != n + 4 || pivots_ > kPivotsBeforeRestart) Start(type);
  const auto most = [&](std::size_t j) {
    return j < n ? static_cast<double>(std::min(fits[j].most, left[fits[j].kind]))
                 : std::numeric_limits<double>::infinity();
  };
  const auto value = [&](std::size_t j) { return j < n ? static_cast<double>(values[fits[j].kind]) : 0.0; };

  // What the basic columns amount to.
  Column room;
  for (std::size_t r = 0; r < 4; ++r) room[r] = type.room[r];
  for (std::size_t j = 0; j < n; ++j) {
    if (stand_[j] != Stand::kAll) continue;
    for (std::size_t r = 0; r < 4; ++r) room[r] -= fits[j].need[r] * most(j);
  }
  Column basic{};
  for (std::size_t p = 0; p < 4; ++p) {
    for (std::size_t r = 0; r < 4; ++r) basic[p] += inverse_[p][r] * room[r];
  }

  Column rates{};
  for (int pass = 0; pass < kPassesMax; ++pass) {
    rates = {};
    for (std::size_t p = 0; p < 4; ++p) {
      const double mine = value(basis_[p]);
      for (std::size_t r = 0; r < 4; ++r) rates[r] += mine * inverse_[p][r];
    }
    // The column that promises most enters: gain of one unit times as many as there could be.
    std::size_t in = n + 4;
    double best = 0;
    bool grows = true;
    for (std::size_t j = 0; j < n; ++j) {
      if (stand_[j] == Stand::kBasic) continue;
      const Vector& need = fits[j].need;
      const double worth = rates[0] * need[0] + rates[1] * need[1] + rates[2] * need[2] + rates[3] * need[3];
      const double mine = value(j);
      const double gain = stand_[j] == Stand::kAtZero ? mine - worth : worth - mine;
      if (gain <= kTiny * std::max(mine, worth)) continue;
      const double promise = gain * most(j);
      if (promise <= best) continue;
      best = promise;
      in = j;
      grows = stand_[j] == Stand::kAtZero;
    }
    for (std::size_t r = 0; r < 4; ++r) {
      if (stand_[n + r] == Stand::kBasic || rates[r] >= -kRateTiny) continue;
      const double promise = -rates[r] * type.room[r];
      if (promise <= best) continue;
      best = promise;
      in = n + r;
      grows = true;
    }
    work.Spend(static_cast<std::int64_t>(n) * 3 + 40);
    if (in == n + 4) break;

    Column change{};  // of the basic columns per unit
    for (std::size_t p = 0; p < 4; ++p) {
      if (in >= n) {
        change[p] = inverse_[p][in - n];
      } else {
        for (std::size_t r = 0; r < 4; ++r) change[p] += inverse_[p][r] * fits[in].need[r];
      }
    }
    const double sign = grows ? -1 : 1;
    double step = most(in);
    std::size_t out = 4;
    bool out_at_all = false;
    for (std::size_t p = 0; p < 4; ++p) {
      const double slope = sign * change[p];
      if (slope < -kTiny) {
        const double limit = std::max(0.0, basic[p]) / -slope;
        if (limit < step) {
          step = limit;
          out = p;
          out_at_all = false;
        }
      } else if (slope > kTiny && basis_[p] < n) {
        const double limit = std::max(0.0, most(basis_[p]) - basic[p]) / slope;
        if (limit < step) {
          step = limit;
          out = p;
          out_at_all = true;
        }
      }
    }
    for (std::size_t p = 0; p < 4; ++p) basic[p] += sign * change[p] * step;
    if (out == 4) {
      if (in >= n) break;  // nothing limits the room that nobody needs
      stand_[in] = grows ? Stand::kAll : Stand::kAtZero;
      continue;
    }
    stand_[basis_[out]] = out_at_all ? Stand::kAll : Stand::kAtZero;
    stand_[in] = Stand::kBasic;
    basis_[out] = in;
    basic[out] = grows ? step : most(in) - step;
    const double by = change[out];
    for (double& entry : inverse_[out]) entry /= by;
    for (std::size_t p = 0; p < 4; ++p) {
      if (p == out || change[p] == 0) continue;
      for (std::size_t r = 0; r < 4; ++r) inverse_[p][r] -= change[p] * inverse_[out][r];
    }
    ++pivots_;
  }
  contents_.clear();
  for (std::size_t j = 0; j < n; ++j) {
    const auto at = static_cast<std::size_t>(std::ranges::find(basis_, j) - basis_.begin());
    const double count = at < 4 ? basic[at] : stand_[j] == Stand::kAll ? most(j) : 0;
    if (count >= 1) contents_.push_back({fits[j].kind, static_cast<std::int32_t>(count + kTiny)});
  }
  Rates rounded{};
  for (std::size_t r = 0; r < 4; ++r) {
    const double limit = static_cast<double>(kMoneyMax) / 8 / std::max(1, type.room[r]);
    const double rate = std::isfinite(rates[r]) ? std::clamp(rates[r], 0.0, limit) : 0.0;
    rounded[r] = std::llround(rate);
  }
  return rounded;
}

}  // namespace ecsmi::core::placement
