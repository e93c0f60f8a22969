#include "core/placement/resource_prices.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace ecsmi::core::placement {
namespace {

using Vector4 = std::array<double, 4>;

constexpr double kTiny = 1e-9;
constexpr double kPriceScale = 1e9;
constexpr Vector4 kScale = {1024, 4096, 1, 10};  // keeps the tableau's numbers of one size

struct Row {
  Vector4 by{};
  double right = 0;
};

// Maximises demand · prices with row.by · prices <= row.right, prices >= 0: the simplex method from prices = 0, which
// is feasible because every cost is positive. Four columns, a row per type.
Vector4 Maximise(std::vector<Row> rows, Vector4 demand) {
  std::array<int, 4> column_is = {0, 1, 2, 3};  // < 4: that price; else the slack of row (number - 4)
  std::vector<int> row_is;
  for (std::size_t t = 0; t < rows.size(); ++t) row_is.push_back(4 + static_cast<int>(t));
  for (int pivot = 0; pivot < 200; ++pivot) {
    const auto in = static_cast<std::size_t>(std::ranges::max_element(demand) - demand.begin());
    if (demand[in] <= kTiny) break;
    std::size_t out = rows.size();
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (rows[r].by[in] <= kTiny) continue;
      if (out == rows.size() || rows[r].right * rows[out].by[in] < rows[out].right * rows[r].by[in]) out = r;
    }
    if (out == rows.size()) {
      demand[in] = 0;  // no type limits it: nobody can be asking for it
      continue;
    }
    const double by = rows[out].by[in];
    Row scaled = rows[out];
    for (double& value : scaled.by) value /= by;
    scaled.by[in] = 1 / by;
    scaled.right /= by;
    const auto subtract = [&](Vector4& from) {
      const double factor = from[in];
      from[in] = 0;
      for (std::size_t c = 0; c < 4; ++c) from[c] -= factor * scaled.by[c];
      return factor;
    };
    for (std::size_t r = 0; r < rows.size(); ++r) {
      if (r != out) rows[r].right = std::max(0.0, rows[r].right - subtract(rows[r].by) * scaled.right);
    }
    subtract(demand);
    rows[out] = scaled;
    std::swap(column_is[in], row_is[out]);
  }
  Vector4 prices{};
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (row_is[r] < 4) prices[static_cast<std::size_t>(row_is[r])] = rows[r].right;
  }
  return prices;
}

}  // namespace

std::vector<Money> ValuesByResource(const BinProblem& problem) {
  std::array<Vector4, 3> prices{};
  for (std::size_t architecture = 0; architecture < prices.size(); ++architecture) {
    std::vector<Row> rows;
    std::vector<std::uint32_t> types;
    for (std::uint32_t t = 0; t < problem.type_count(); ++t) {
      const BinType& type = problem.types()[t];
      if (static_cast<std::size_t>(type.architecture) != architecture || type.price <= 0) continue;
      Row row{{}, static_cast<double>(type.scaled_price) / kPriceScale};
      for (std::size_t c = 0; c < 4; ++c) row.by[c] = type.room[c] / kScale[c];
      rows.push_back(row);
      types.push_back(t);
    }
    Vector4 demand{};
    double total = 0;
    for (std::uint32_t k = 0; k < problem.kind_count(); ++k) {
      const auto served = std::ranges::find_if(types, [&](std::uint32_t t) { return problem.Served(k, t); });
      if (served == types.end()) continue;
      const Vector need = problem.NeedOn(k, *served);
      for (std::size_t c = 0; c < 4; ++c) {
        const double wanted = need[c] * (problem.kinds()[k].count / kScale[c]);
        demand[c] += wanted;
        total += wanted;
      }
    }
    if (total <= 0) continue;
    for (double& value : demand) value /= total;
    prices[architecture] = Maximise(std::move(rows), demand);
    for (std::size_t c = 0; c < 4; ++c) prices[architecture][c] *= kPriceScale / kScale[c];
  }
  std::vector<Money> values;
  for (std::uint32_t k = 0; k < problem.kind_count(); ++k) {
    double least = static_cast<double>(problem.types()[problem.kinds()[k].alone].scaled_price);
    for (std::uint32_t t = 0; t < problem.type_count(); ++t) {
      if (!problem.Served(k, t)) continue;
      const Vector need = problem.NeedOn(k, t);
      const Vector4& of = prices[static_cast<std::size_t>(problem.types()[t].architecture)];
      least = std::min(least, of[0] * need[0] + of[1] * need[1] + of[2] * need[2] + of[3] * need[3]);
    }
    values.push_back(static_cast<Money>(least));
  }
  return values;
}

}  // namespace ecsmi::core::placement
