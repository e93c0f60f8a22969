#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/placement/bin_problem.h"

namespace ecsmi::core::placement {

// Patterns found so far, each once, in the order found: the columns of the linear program. The first `kind_count` are
// the unit columns: as many tasks of one kind as the type best suited to it alone holds; they cover any demand.
class ColumnPool {
 public:
  // `left`: per kind, tasks there are at most; a kind with none has an empty unit column.
  ColumnPool(const BinProblem& problem, std::span<const std::int32_t> left);

  std::size_t size() const { return types_.size(); }
  std::uint32_t type(std::size_t column) const { return types_[column]; }
  std::span<const Share> tasks(std::size_t column) const {
    return std::span(shares_).subspan(begins_[column], begins_[column + 1] - begins_[column]);
  }
  std::size_t share_count() const { return shares_.size(); }
  // Whether it was not there before. REQUIRES: `tasks` by kind.
  bool Add(std::uint32_t type, std::span<const Share> tasks);

 private:
  void Append(std::uint32_t type, std::span<const Share> tasks);

  std::vector<std::uint32_t> types_;
  std::vector<std::size_t> begins_ = {0};
  std::vector<Share> shares_;
  // By hash of type and contents; only looked up, contents are compared.
  absl::flat_hash_map<std::uint64_t, std::vector<std::size_t>> known_;
};

}  // namespace ecsmi::core::placement
