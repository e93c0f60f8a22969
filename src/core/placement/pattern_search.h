#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/placement/bin_problem.h"
#include "core/placement/type_worth.h"
#include "core/placement/work.h"

namespace ecsmi::core::placement {

// What a search of one type's patterns came to.
struct BestPattern {
  std::vector<Share> tasks;   // the pattern worth most above the cut; empty when none was found
  std::vector<Share> second;  // the best found before it; may be empty
  Money value = 0;
  // No pattern of the type is worth more: the cut or the best value when the search ended by itself, else what it had
  // not yet ruled out.
  Money limit = 0;
  bool complete = false;
};

// The most valuable contents of one instance: a knapsack of four resources, by depth-first search over counts, kinds in
// order of value for the room they take. Branches that cannot beat the cut are not entered: only patterns worth more
// than their instance's price are of use, which saves most of the work. Integers throughout, ties by order.
class PatternSearch {
 public:
  explicit PatternSearch(const BinProblem& problem) : problem_(problem) {}

  struct Query {
    std::uint32_t type = 0;
    std::span<const Money> values;       // per kind
    Rates rates{};                       // of the type for these values; good ones make the search short
    std::span<const std::int32_t> left;  // per kind, tasks there are at most
    Money cut = 0;
    std::int64_t nodes_max = 0;
    std::span<const Share> start{};  // contents to begin with, filled up; taken only as far as they fit
  };
  BestPattern Search(const Query& query, Work& work);

 private:
  struct Item {
    std::uint32_t kind = 0;
    std::int32_t most = 0;
    Vector need{};
    Money value = 0;
    Money room_worth = 0;          // of what one task takes
    Vector least_after{};          // the least that this or any later item needs of each resource
    Money beyond_after = 0;        // the most that this and later items are worth beyond their room
    std::int64_t ratio_after = 0;  // the best value for room of this and later items, fixed point
    bool entitled = false;
    bool falling = false;  // nothing later is worth more for its room
  };
  void Prepare(const Query& query);
  bool FitsMore(std::size_t depth, const Vector& room) const;
  Money LimitByExcess(std::size_t depth, Money value, const Vector& room) const;
  Money Limit(std::size_t depth, Money value, const Vector& room) const;
  void TryStart(const Query& query, BestPattern& best);
  bool Excluded(const Item& item) const;

  const BinProblem& problem_;
  Rates rates_{};
  std::vector<Item> items_;
  std::vector<std::int32_t> taken_;    // per item
  std::vector<std::int32_t> holding_;  // per kind, when kinds exclude each other
  std::size_t entitled_items_ = 0;     // they come first where an entitled task is required
};

}  // namespace ecsmi::core::placement
