#pragma once

#include <compare>
#include <cstdint>

namespace ecsmi::model {

// Number of a row within its world: one counter for all tables, from 1, never reused; at most 2^40 - 1 (the low 40 bits
// of the store's key). 0 = none. Serials are ours alone: AWS ids are derived from them by keyed hash (control/ids.h).
using Serial = std::uint64_t;
inline constexpr Serial kNoSerial = 0;
inline constexpr Serial kSerialMax = (Serial{1} << 40) - 1;

// Position of a commit in its world's history: 1 for the first step that changed something.
using CommitSeq = std::uint64_t;

// The tables of a world. Values are stored: append only, never renumber.
enum class TableId : std::uint8_t {
  kDocument = 1,
  kCluster = 2,
  kCapacityProvider = 3,
  kTaskDefinition = 4,
  kService = 5,
  kDeployment = 6,
  kTask = 7,
  kContainerInstance = 8,
  kSubnet = 9,
  kBehavior = 10,
  kQueue = 11,
  kMessage = 12,
  kAlarm = 13,
  kMetric = 14,
  kScalableTarget = 15,
  kScalingPolicy = 16,
  kScalingActivity = 17,
  kUsage = 18,
  kUsageShare = 19,
  kToken = 20,
  kFamily = 21,
  kServiceEvent = 22,
  kAccountSetting = 23,
  kServiceRevision = 24,
  kServiceDeployment = 25,
  kScheduledAction = 26,
};

}  // namespace ecsmi::model
