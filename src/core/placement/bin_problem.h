#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ecsmi/core/placement.h"

namespace ecsmi::core::placement {

// Whether an instance of `type` in `zone` can hold a task of the class at all, alone.
bool Serves(const LaunchableType& type, std::uint8_t zone, const PlacementClass& wanted);
// Price first, then fewer vCPUs, then the region's order (B53).
std::vector<LaunchableType> InPriceOrder(std::span<const LaunchableType> types);

inline constexpr std::size_t kNoType = ~std::size_t{0};

// `times` equal instances: what each holds and the type meant for it.
struct Bin {
  std::size_t type = kNoType;           // of the problem
  model::Resources used;                // without the GPUs of an all_gpus task, which are those of the type
  std::vector<std::int32_t> tasks;      // per class of the problem
  std::vector<std::uint64_t> possible;  // types that serve every class held, a bit each
  bool all_gpus = false;                // holds a task that takes all the type has
  bool entitled = false;                // holds a task that justifies a GPU type
  std::int64_t times = 1;
};

// One class's tasks in one zone.
struct BinClass {
  const PlacementClass* wanted = nullptr;
  model::Serial group = model::kNoSerial;
  std::int32_t count = 0;
};

// Waiting tasks of one zone that may share instances, and the types they may share: rules of what fits together.
class BinProblem {
 public:
  // `types` in price order; each class is served by at least one. Types that a cheaper one outdoes in every respect are
  // dropped.
  BinProblem(std::vector<BinClass> classes, std::span<const LaunchableType> types, std::uint8_t zone);

  std::size_t class_count() const { return classes_.size(); }
  const BinClass& class_at(std::size_t i) const { return classes_[i]; }
  const std::vector<LaunchableType>& types() const { return types_; }
  bool Served(std::size_t i, std::size_t type) const { return Bit(served_by_[i], type); }
  // A task without need of GPUs opens a GPU instance only if nothing else serves it (C32); it may use what is left on
  // one.
  bool Entitled(std::size_t i) const { return entitled_[i]; }
  std::size_t CheapestAlone(std::size_t i) const { return alone_[i]; }

  Bin NewBin() const;
  // How many more tasks of class `i`, at most `limit`, an instance of the bin's type has room for.
  std::int32_t Addable(const Bin& bin, std::size_t i, std::int32_t limit) const;
  // REQUIRES: they may share it; the type is not looked at.
  void Add(Bin& bin, std::size_t i, std::int32_t count) const;
  // Whether a task of class `i` may join at all: distinctInstance, host ports, all GPUs.
  bool MayJoin(const Bin& bin, std::size_t i) const;
  // The cheapest type that holds all of the bin; kNoType when none does.
  std::size_t CheapestHolding(const Bin& bin) const;
  model::NanoUsdPerHour Price(const std::vector<Bin>& bins) const;

 private:
  static bool Bit(const std::vector<std::uint64_t>& bits, std::size_t at) { return (bits[at / 64] >> (at % 64)) & 1; }
  bool Room(const LaunchableType& type, const Bin& bin) const;
  void DropDominated(std::span<const LaunchableType> types, std::uint8_t zone);

  std::vector<BinClass> classes_;
  std::vector<LaunchableType> types_;
  std::vector<std::vector<std::uint64_t>> served_by_;
  std::vector<bool> entitled_;
  std::vector<std::size_t> alone_;
  std::vector<bool> one_per_bin_;
  std::vector<std::vector<std::size_t>> conflicts_;  // other classes that may not be on the same instance
};

}  // namespace ecsmi::core::placement
