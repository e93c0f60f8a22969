#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "ecsmi/model/instance_type.h"
#include "ecsmi/model/money.h"
#include "ecsmi/model/record.h"
#include "ecsmi/model/scaling.h"

// Reasons, kept as they were when something was decided (design: promise 4). Each is the bytes of a document that the
// rows decided on share and that goes with the last of them. What can be told from the present state is not kept: it is
// asked of the functions that decide.
namespace ecsmi::model {

// Why instances were launched: a plan for one provider's waiting tasks, as far as it was carried out.
struct LaunchDecision {
  // Equal tasks that waited; only classes that an instance of this decision was meant for.
  struct Class {
    Serial group = kNoSerial;  // service or document, as of a task
    Serial service = kNoSerial;
    Serial definition = kNoSerial;
    Resources need;
    bool all_gpus = false;
    bool dedicated = false;
    std::int32_t waiting = 0;
    std::string group_name;  // of a standalone task's: its document may be gone by the time
    friend bool operator==(const Class&, const Class&) = default;
    static constexpr auto Fields() {
      using C = Class;
      return std::tuple(F("group", &C::group), F("service", &C::service), F("definition", &C::definition),
                        F("need", &C::need), F("all_gpus", &C::all_gpus), F("dedicated", &C::dedicated),
                        F("waiting", &C::waiting), F("group_name", &C::group_name));
    }
  };
  // How many tasks of a class are meant for an instance.
  struct Share {
    std::uint32_t of = 0;  // index into `classes`
    std::int32_t count = 0;
    friend auto operator<=>(const Share&, const Share&) = default;
    static constexpr auto Fields() { return std::tuple(F("of", &Share::of), F("count", &Share::count)); }
  };
  // Another type for the same tasks.
  struct Alternative {
    std::string type;
    NanoUsdPerHour price = 0;  // On-Demand plus fee
    std::uint16_t lacks = 0;   // core::Lack bits; 0 = it holds them
    friend bool operator==(const Alternative&, const Alternative&) = default;
    static constexpr auto Fields() {
      using A = Alternative;
      return std::tuple(F("type", &A::type), F("price", &A::price), F("lacks", &A::lacks));
    }
  };
  // Instances of one type and zone that are meant for the same tasks.
  struct Bin {
    std::string type;
    std::uint8_t zone = 0;
    std::int32_t count = 0;  // launched
    std::vector<Share> tasks;
    std::vector<Alternative> alternatives;
    friend bool operator==(const Bin&, const Bin&) = default;
    static constexpr auto Fields() {
      return std::tuple(F("type", &Bin::type), F("zone", &Bin::zone), F("count", &Bin::count), F("tasks", &Bin::tasks),
                        F("alternatives", &Bin::alternatives));
    }
  };
  // A quota class some of whose types were out of reach.
  struct ShutOut {
    std::string quota_class;
    std::int64_t quota = 0;  // vCPUs
    std::int64_t used = 0;
    friend bool operator==(const ShutOut&, const ShutOut&) = default;
    static constexpr auto Fields() {
      using S = ShutOut;
      return std::tuple(F("quota_class", &S::quota_class), F("quota", &S::quota), F("used", &S::used));
    }
  };

  std::int32_t tasks_waiting = 0;  // in all
  std::int32_t classes_waiting = 0;
  std::int32_t types_allowed = 0;
  std::int32_t instances = 0;      // of the whole plan
  NanoUsdPerHour price = 0;        // of the whole plan, On-Demand plus fee
  NanoUsdPerHour lower_bound = 0;  // core::NewCapacityPlan's
  std::vector<Class> classes;
  std::vector<Bin> bins;
  std::vector<ShutOut> shut_out;
  friend bool operator==(const LaunchDecision&, const LaunchDecision&) = default;

  static constexpr auto Fields() {
    using L = LaunchDecision;
    return std::tuple(F("tasks_waiting", &L::tasks_waiting), F("classes_waiting", &L::classes_waiting),
                      F("types_allowed", &L::types_allowed), F("instances", &L::instances), F("price", &L::price),
                      F("lower_bound", &L::lower_bound), F("classes", &L::classes), F("bins", &L::bins),
                      F("shut_out", &L::shut_out));
  }
};

// Why a policy set a service's count: its arithmetic.
struct ScalingDecision {
  std::string policy;
  std::string alarm;
  AlarmState alarm_state = AlarmState::kInsufficientData;
  double threshold = 0;
  std::vector<double> datapoints;  // real ones that counted, oldest first
  double value = 0;                // what the policy aggregates them to
  std::optional<double> lower;     // of the step it falls into
  std::optional<double> upper;
  std::int32_t adjustment = 0;
  AdjustmentType adjustment_type = AdjustmentType::kChangeInCapacity;
  std::int64_t base = 0;    // what the adjustment starts from (F10, F24)
  std::int64_t wanted = 0;  // what it leads to, before the target's bounds
  std::int32_t desired = 0;
  std::int32_t min_capacity = 0;
  std::int32_t max_capacity = 0;
  std::int32_t running = 0;
  std::int32_t desired_before = 0;
  std::optional<double> target_value;  // of target tracking, which has no step and no adjustment
  friend bool operator==(const ScalingDecision&, const ScalingDecision&) = default;

  static constexpr auto Fields() {
    using S = ScalingDecision;
    return std::tuple(F("policy", &S::policy), F("alarm", &S::alarm), F("alarm_state", &S::alarm_state),
                      F("threshold", &S::threshold), F("datapoints", &S::datapoints), F("value", &S::value),
                      F("lower", &S::lower), F("upper", &S::upper), F("adjustment", &S::adjustment),
                      F("adjustment_type", &S::adjustment_type), F("base", &S::base), F("wanted", &S::wanted),
                      F("desired", &S::desired), F("min_capacity", &S::min_capacity),
                      F("max_capacity", &S::max_capacity), F("running", &S::running),
                      F("desired_before", &S::desired_before), F("target_value", &S::target_value));
  }
};

}  // namespace ecsmi::model
