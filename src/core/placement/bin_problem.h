#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "ecsmi/core/placement.h"

namespace ecsmi::core::placement {

// Whether an instance of `type` in `zone` can hold a task of the class at all, alone.
bool Serves(const LaunchableType& type, std::uint8_t zone, const PlacementClass& wanted);

inline constexpr std::uint32_t kNone = ~std::uint32_t{0};

// CPU units, MiB, GPUs, ENI slots.
using Vector = std::array<std::int32_t, 4>;
// Prices and values of tasks: nano-dollars per hour times a power of two that a problem chooses, so that integers are
// fine enough for what a single MiB is worth.
using Money = std::int64_t;

// One class's tasks in one zone.
struct BinClass {
  const PlacementClass* wanted = nullptr;
  model::Serial group = model::kNoSerial;
  std::int32_t count = 0;
};

// Equal tasks of one or more classes.
struct Kind {
  const PlacementClass* wanted = nullptr;
  std::int32_t count = 0;
  // A task without need of GPUs opens a GPU instance only if nothing else serves it (C32); it may use what is left on
  // one that a task entitled to GPUs opened.
  bool entitled = false;
  bool one_per_bin = false;                                     // distinctInstance, host ports, all GPUs
  std::uint32_t clique = kNone;                                 // of kinds that exclude each other
  std::uint32_t alone = kNone;                                  // cheapest type for one task
  std::vector<std::uint32_t> conflicts;                         // kinds that may not be on the same instance
  std::vector<std::pair<std::uint32_t, std::int32_t>> members;  // class, how many of its tasks
};

// A kind that a type serves: what one task takes there, and at most how many an instance ever holds.
struct Fit {
  std::uint32_t kind = 0;
  std::int32_t most = 0;
  Vector need{};
};

// A type worth considering. In price order; room beyond all demand is cut off.
struct BinType {
  ports::TypeOrdinal ordinal = 0;
  Vector room{};
  model::NanoUsdPerHour price = 0;
  Money scaled_price = 0;
  bool has_gpus = false;
  model::CpuArchitecture architecture = model::CpuArchitecture::kUnspecified;
  std::vector<Fit> fits;  // by kind
};

struct Share {
  std::uint32_t kind = 0;
  std::int32_t count = 0;
  friend bool operator==(const Share&, const Share&) = default;
};

// `times` equal instances. Its tasks are sorted by kind.
struct Bin {
  std::uint32_t type = kNone;
  std::vector<Share> tasks;
  std::int64_t times = 1;
};
using Fleet = std::vector<Bin>;

// Waiting tasks of one zone that may share instances, and the types they may share: rules of what fits together.
class BinProblem {
 public:
  // `types` in price order; each class is served by at least one. Equal classes become one kind; types that a cheaper
  // one outdoes in every respect are dropped.
  BinProblem(std::span<const BinClass> classes, std::span<const LaunchableType> types, std::uint8_t zone);

  std::uint32_t kind_count() const { return static_cast<std::uint32_t>(kinds_.size()); }
  std::uint32_t type_count() const { return static_cast<std::uint32_t>(types_.size()); }
  const std::vector<Kind>& kinds() const { return kinds_; }
  const std::vector<BinType>& types() const { return types_; }
  bool has_conflicts() const { return has_conflicts_; }
  std::vector<std::int32_t> Counts() const;
  // Whether the types are the same, and serve the same. REQUIRES: of the same classes, as often each.
  bool SameTypes(const BinProblem& other) const;
  std::int64_t TaskCount() const;

  bool Served(std::uint32_t kind, std::size_t type) const { return (served_[kind][type / 64] >> (type % 64)) & 1; }
  Vector NeedOn(std::uint32_t kind, std::size_t type) const;
  // The cheapest type that holds all of the tasks; kNone when none does. REQUIRES: they may share an instance.
  std::uint32_t CheapestHolding(std::span<const Share> tasks) const;

  model::NanoUsdPerHour Price(const Fleet& fleet) const;
  Money ScaledPrice(const Fleet& fleet) const;
  // A price in the problem's money, in nano-dollars, rounded down.
  model::NanoUsdPerHour Unscaled(absl::int128 price) const {
    return static_cast<model::NanoUsdPerHour>(price >> shift_);
  }

 private:
  void MergeClasses(std::span<const BinClass> classes);
  void ChooseTypes(std::span<const LaunchableType> types, std::uint8_t zone);
  void FindConflicts(std::span<const BinClass> classes);
  void DescribeTypes();

  std::vector<Kind> kinds_;
  std::vector<model::Serial> groups_;  // per kind; kNoSerial when no distinctInstance of its group is here
  std::vector<BinType> types_;
  std::vector<std::vector<std::uint64_t>> served_;  // per kind, a bit per type
  bool has_conflicts_ = false;
  int shift_ = 0;
};

}  // namespace ecsmi::core::placement
