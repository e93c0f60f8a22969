#include "core/placement/simplex.h"

#include <algorithm>

namespace ecsmi::core::placement {
namespace {

constexpr double kTiny = 1e-9;
constexpr std::size_t kCandidatesMax = 12;
constexpr double kHelps = 1 + 1e-9;  // value over price from which a column enters

}  // namespace

CoveringProgram::CoveringProgram(const BinProblem& problem, const ColumnPool& pool,
                                 std::span<const std::int32_t> demand)
    : problem_(problem), pool_(pool), row_of_(problem.kind_count(), kNone) {
  for (std::uint32_t k = 0; k < problem.kind_count(); ++k) {
    if (demand[k] <= 0) continue;
    row_of_[k] = static_cast<std::uint32_t>(kinds_.size());
    kinds_.push_back(k);
    demand_.push_back(demand[k]);
  }
  const std::size_t rows = kinds_.size();
  for (std::size_t column = 0; column < pool_.size(); ++column) Take(column);
  basis_.resize(rows);
  inverse_.assign(rows * rows, 0);
  amounts_.resize(rows);
  duals_.resize(rows);
  direction_.resize(rows);
  for (std::size_t r = 0; r < rows; ++r) {
    const std::size_t unit = kinds_[r];
    const double count = Entries(unit)[0].count;
    basis_[r] = unit;
    basic_[unit] = true;
    inverse_[r * rows + r] = 1 / count;
    amounts_[r] = demand_[r] / count;
    duals_[r] = prices_[unit] / count;
  }
}

void CoveringProgram::Take(std::size_t column) {
  for (const Share& share : pool_.tasks(column)) {
    if (row_of_[share.kind] != kNone) entries_.push_back({row_of_[share.kind], static_cast<double>(share.count)});
  }
  begins_.push_back(entries_.size());
  // A free type would make every ratio infinite.
  prices_.push_back(static_cast<double>(std::max<Money>(1, problem_.types()[pool_.type(column)].scaled_price)));
  basic_.push_back(false);
}

double CoveringProgram::RatioOf(std::size_t column) const {
  double value = 0;
  for (const Entry& entry : Entries(column)) value += duals_[entry.row] * entry.count;
  return value / prices_[column];
}

void CoveringProgram::Optimise(Work& work) {
  for (std::size_t column = begins_.size() - 1; column < pool_.size(); ++column) Take(column);
  const std::size_t rows = kinds_.size();
  if (rows == 0) return;
  double total = 0;
  for (std::size_t r = 0; r < rows; ++r) total += duals_[r] * demand_[r];
  while (!work.Done()) {
    const std::size_t none = kSurplus + rows;
    std::size_t in = BestCandidate(none, work);
    if (in == none) {
      FindCandidates(work);
      in = BestCandidate(none, work);
    }
    if (in == kSurplus + rows) {
      double least = -kTiny * total;
      for (std::size_t r = 0; r < rows; ++r) {
        const double worth = duals_[r] * demand_[r];
        if (worth >= least || std::ranges::find(basis_, kSurplus + r) != basis_.end()) continue;
        least = worth;
        in = kSurplus + r;
      }
      if (in == kSurplus + rows) return;
    }
    if (!Pivot(in, work)) return;
  }
}

// Looks at the whole pool, and keeps the columns that help most for the next pivots too.
void CoveringProgram::FindCandidates(Work& work) {
  std::vector<std::pair<double, std::size_t>> found;
  for (std::size_t column = 0; column < prices_.size(); ++column) {
    if (basic_[column]) continue;
    const double ratio = RatioOf(column);
    if (ratio > kHelps) found.emplace_back(-ratio, column);
  }
  const std::size_t kept = std::min(found.size(), kCandidatesMax);
  std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(kept));
  candidates_.clear();
  for (std::size_t i = 0; i < kept; ++i) candidates_.push_back(found[i].second);
  work.Spend(static_cast<std::int64_t>(entries_.size() + prices_.size() * 2));
}

std::size_t CoveringProgram::BestCandidate(std::size_t none, Work& work) const {
  std::size_t in = none;
  double best = kHelps;
  for (const std::size_t column : candidates_) {
    if (basic_[column]) continue;
    const double ratio = RatioOf(column);
    if (ratio <= best) continue;
    best = ratio;
    in = column;
  }
  work.Spend(static_cast<std::int64_t>(candidates_.size()) * 12);
  return in;
}

bool CoveringProgram::Pivot(std::size_t in, Work& work) {
  const std::size_t rows = kinds_.size();
  const bool surplus = in >= kSurplus;
  double gain = 0;  // reduced price: what a unit of it saves, negative
  if (surplus) {
    const std::size_t row = in - kSurplus;
    for (std::size_t p = 0; p < rows; ++p) direction_[p] = -inverse_[p * rows + row];
    gain = duals_[row];
  } else {
    for (std::size_t p = 0; p < rows; ++p) {
      double sum = 0;
      const double* const inverse_row = &inverse_[p * rows];
      for (const Entry& entry : Entries(in)) sum += inverse_row[entry.row] * entry.count;
      direction_[p] = sum;
    }
    gain = prices_[in];
    for (const Entry& entry : Entries(in)) gain -= duals_[entry.row] * entry.count;
  }
  std::size_t out = rows;
  double step = 0;
  for (std::size_t p = 0; p < rows; ++p) {
    if (direction_[p] <= kTiny) continue;
    const double limit = std::max(0.0, amounts_[p]) / direction_[p];
    // On a tie the larger divisor: the steadier pivot.
    if (out == rows || limit < step || (limit == step && direction_[p] > direction_[out])) {
      out = p;
      step = limit;
    }
  }
  if (out == rows) return false;  // rounding errors only: a cover never gets cheaper without end
  if (basis_[out] < kSurplus) basic_[basis_[out]] = false;
  if (!surplus) basic_[in] = true;
  basis_[out] = in;
  const double by = direction_[out];
  double* const out_row = &inverse_[out * rows];
  for (std::size_t r = 0; r < rows; ++r) out_row[r] /= by;
  std::int64_t touched = 1;
  for (std::size_t p = 0; p < rows; ++p) {
    const double factor = direction_[p];
    if (p == out || factor == 0) continue;
    double* const row = &inverse_[p * rows];
    for (std::size_t r = 0; r < rows; ++r) row[r] -= factor * out_row[r];
    amounts_[p] -= factor * step;
    ++touched;
  }
  amounts_[out] = step;
  for (std::size_t r = 0; r < rows; ++r) duals_[r] += gain * out_row[r];
  work.Spend((touched * static_cast<std::int64_t>(rows)) / 3 + static_cast<std::int64_t>(rows) * 8);
  return true;
}

double CoveringProgram::price() const {
  double sum = 0;
  for (std::size_t p = 0; p < basis_.size(); ++p) {
    if (basis_[p] < kSurplus) sum += amounts_[p] * prices_[basis_[p]];
  }
  return sum;
}

std::vector<double> CoveringProgram::Duals() const {
  std::vector<double> duals(row_of_.size(), 0.0);
  for (std::size_t r = 0; r < kinds_.size(); ++r) duals[kinds_[r]] = std::max(0.0, duals_[r]);
  return duals;
}

std::vector<std::pair<std::size_t, double>> CoveringProgram::Bought() const {
  std::vector<std::pair<std::size_t, double>> bought;
  for (std::size_t p = 0; p < basis_.size(); ++p) {
    if (basis_[p] < kSurplus && amounts_[p] > kTiny) bought.emplace_back(basis_[p], amounts_[p]);
  }
  std::ranges::sort(bought);
  return bought;
}

}  // namespace ecsmi::core::placement
