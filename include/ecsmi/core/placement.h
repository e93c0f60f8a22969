#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ecsmi/core/requirements.h"
#include "ecsmi/model/state.h"

namespace ecsmi::core {

// What placement needs to know of a task; tasks with equal classes are decided once.
struct PlacementClass {
  model::Resources need;
  bool all_gpus = false;  // needs an instance with GPUs, all of them free
  model::CpuArchitecture architecture = model::CpuArchitecture::kUnspecified;  // unspecified = any
  bool distinct_instance = false;           // no instance that already holds a task of its group
  bool dedicated = false;                   // an instance that holds nothing and has held nothing
  std::vector<std::uint16_t> host_ports;    // sorted
  std::uint64_t zones = ~std::uint64_t{0};  // allowed zones, bit = index into the region's zones (constraints, subnets)
  bool any_type = true;                     // false: only types in `types` (memberOf on ecs.instance-type)
  TypeSet types;                            // of the region's price order
  friend bool operator==(const PlacementClass&, const PlacementClass&) = default;
};

// What an instance or a type lacks for a task, or for several. Values are stored (model::LaunchDecision): append only.
enum class Lack : std::uint16_t {
  kCpu = 1,
  kMemory = 2,
  kGpu = 4,
  kEni = 8,
  kArchitecture = 16,
  kConstraint = 32,  // memberOf, on the type
  kZone = 64,        // memberOf, on the zone; or it is offered elsewhere only
  kPort = 128,
  kDistinctInstance = 256,  // it holds a task of the group
  kDedicated = 512,         // it serves one task, or many, and the task asks for the other
  kGpuNotAsked = 1'024,     // it has GPUs, and no task is entitled to them (C32)
};
using Lacks = std::uint16_t;
constexpr Lacks BitOf(Lack lack) {
  return static_cast<Lacks>(lack);
}
// "cpu", "memory", "gpu", "eni", "architecture", "constraint", "zone", "port", "distinctInstance", "dedicated",
// "gpuNotAsked": in that order.
std::vector<std::string_view> NamesOf(Lacks lacks);

// Which instance takes a task, and why that one.
struct PlacementChoice {
  model::Serial instance = model::kNoSerial;  // kNoSerial: none has room
  model::PlacementCause cause = model::PlacementCause::kNone;
  std::uint16_t beside = 0;       // tasks its group has in that zone
  std::uint8_t zones_passed = 0;  // zones before it in the order of spreading that had no room
};
// An instance that does not take a task.
struct Miss {
  model::Serial instance = model::kNoSerial;
  Lacks lacks = 0;
};

// Where a group's tasks stand, and which live instances have room: the answer to "which existing instance takes this
// task". Derived from the tables, never stored; an index rebuilt from the same tables gives the same answers. Choice:
// zone with the fewest tasks of the group (D60, B57), then occupied before empty instances, then the tightest hole in
// money, then the lowest placement slot. One thread at a time.
class PlacementIndex final : public model::PlacementListener {
 public:
  // `type_ordinal` maps a type's name to its place in the region's price order (a world has one region per provider;
  // the function is told the provider). Both references outlive the index.
  struct TypeFacts {
    ports::TypeOrdinal ordinal = TypeSet::kNone;
    model::CpuArchitecture architecture = model::CpuArchitecture::kX86_64;
  };
  using TypeLookup = std::function<TypeFacts(model::Serial provider, std::string_view type_name)>;
  explicit PlacementIndex(TypeLookup lookup);
  ~PlacementIndex() override;

  void InstanceChanged(const model::ContainerInstance& instance) override;
  void InstanceGone(const model::ContainerInstance& instance) override;
  void TaskPlaced(const model::Task& task, const model::ContainerInstance& instance) override;
  void TaskReleased(const model::Task& task, const model::ContainerInstance& instance) override;

  // The instance of `provider` that takes one task of `wanted` for `group`, and why. Changes nothing: the caller places
  // the task through State, which reports back here before the next call.
  PlacementChoice Choose(model::Serial provider, const PlacementClass& wanted, model::Serial group) const;
  model::Serial Find(model::Serial provider, const PlacementClass& wanted, model::Serial group) const {
    return Choose(provider, wanted, group).instance;
  }

  // Of the provider's instances that would not take such a task the `count_max` that lack fewest things, then those
  // with the lowest placement slot. Cost: the provider's instances.
  std::vector<Miss> Misses(model::Serial provider, const PlacementClass& wanted, model::Serial group,
                           std::size_t count_max) const;

  // Tasks of `group` per zone that hold room on instances of any provider, by zone index; shorter than the zones when
  // trailing ones hold none.
  std::vector<std::uint32_t> ZoneCounts(model::Serial group) const;

 private:
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

// --- New capacity
// -----------------------------------------------------------------------------------------------------

// `count` equal tasks that fit on no existing instance.
struct WaitingClass {
  PlacementClass wanted;
  model::Serial group = model::kNoSerial;  // spread and distinctInstance
  std::vector<std::uint32_t> zone_counts;  // tasks the group has per zone already
  std::int32_t group_desired = 0;          // B56: spread target = min(3, zones, desired)
  std::int32_t count = 0;
};

// A type that may be launched, and where. In price order.
struct LaunchableType {
  ports::TypeOrdinal ordinal = 0;
  model::Resources usable;
  model::CpuArchitecture architecture = model::CpuArchitecture::kX86_64;
  model::NanoUsdPerHour price = 0;  // On-Demand plus fee
  std::int32_t vcpus = 0;
  std::uint64_t zones = 0;
};

// The planner's order: price first, then fewer vCPUs, then the region's order (B53).
std::vector<LaunchableType> InPriceOrder(std::span<const LaunchableType> types);

struct NewInstance {
  ports::TypeOrdinal type = 0;
  std::uint8_t zone = 0;
  std::vector<std::int32_t> tasks;  // per WaitingClass, how many of its tasks are meant for this instance
};

struct NewCapacityPlan {
  std::vector<NewInstance> instances;
  // Per WaitingClass: how many found no type, and the requirement that refused: "cpu", "memory", "gpu", "eni",
  // "architecture", "constraint", "zone".
  std::vector<std::int32_t> unplaced;
  std::vector<std::string> unplaced_reason;
  // What no fleet that holds the placed tasks can cost less than, per hour, rounded down: proven for the zones' shares
  // of this plan and the types given. 0 when nothing was placed. The price over it is the most that was given away.
  model::NanoUsdPerHour lower_bound = 0;
};

// Chooses instances for one provider's waiting tasks: spread over zones first (B50, B55, B56), then pack each zone's
// tasks into the cheapest set of types found, waiting tasks of all services together (B51-B54). Pure and deterministic;
// cost depends on classes, types and instances, not on tasks. `zones`: those of the provider's subnets. Never dearer
// than first-fit-decreasing into the cheapest type that fits each bin.
NewCapacityPlan PlanNewInstances(std::span<const WaitingClass> waiting, std::span<const LaunchableType> types,
                                 std::uint64_t zones);

// The requirement that leaves no type for a task of the class in `zones`, in NewCapacityPlan's words; empty when a type
// serves it. What PlanNewInstances goes by. Cost: types × zones.
std::string UnmetRequirement(const PlacementClass& wanted, std::span<const LaunchableType> types, std::uint64_t zones);

// Another type for the tasks that a planned instance is meant for.
struct OtherType {
  ports::TypeOrdinal type = 0;
  Lacks lacks = 0;  // 0 = it holds them all
};
// What else `instance`, one of a plan for `waiting`, could have been: the `dearer_max` types after its own that hold
// its tasks; then the `cheaper_max` types just before its own, nearest first, each with what it lacks. `by_price`: the
// types planned with, InPriceOrder. Cost: types.
std::vector<OtherType> OtherTypes(const NewInstance& instance, std::span<const WaitingClass> waiting,
                                  std::span<const LaunchableType> by_price, std::size_t dearer_max,
                                  std::size_t cheaper_max);

}  // namespace ecsmi::core
