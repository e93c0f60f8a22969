#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "ecsmi/model/instance_requirements.h"
#include "ecsmi/model/record.h"

namespace ecsmi::model {

enum class CapacityProviderStatus : std::uint8_t { kProvisioning = 1, kActive = 2, kDeprovisioning = 3, kInactive = 4 };
// In AWS's order: {CREATE, UPDATE, DELETE}_{IN_PROGRESS, COMPLETE, FAILED} (A50).
enum class CapacityProviderUpdateStatus : std::uint8_t {
  kNone = 0,
  kCreateInProgress = 1,
  kCreateComplete = 2,
  kCreateFailed = 3,
  kUpdateInProgress = 4,
  kUpdateComplete = 5,
  kUpdateFailed = 6,
  kDeleteInProgress = 7,
  kDeleteComplete = 8,
  kDeleteFailed = 9,
};

// What a refused launch left behind, shown by service events (B80) and explain, and cleared by the next success.
struct LaunchRefusal {
  std::string code;     // "VcpuLimitExceeded", "InsufficientInstanceCapacity", "NoInstanceTypeFits"
  std::string message;  // EC2's words
  TimeMs at = kUnset;
  std::int32_t attempts = 0;
  // Of VcpuLimitExceeded: the type that was wanted, its class's quota and what of it was in use, in vCPUs.
  std::string type;
  std::string quota_class;
  std::int64_t quota = 0;
  std::int64_t used = 0;
  std::string requirement;  // of UnfulfillableCapacity: core::UnmetRequirement's word
  static constexpr auto Fields() {
    using L = LaunchRefusal;
    return std::tuple(F("code", &L::code), F("message", &L::message), F("at", &L::at), F("attempts", &L::attempts),
                      F("type", &L::type), F("quota_class", &L::quota_class), F("quota", &L::quota),
                      F("used", &L::used), F("requirement", &L::requirement));
  }
};

// A managed instances capacity provider: belongs to one cluster, owns its instances. Deleted ones stay, INACTIVE (A68).
struct CapacityProvider : RowBase {
  static constexpr TableId kTable = TableId::kCapacityProvider;
  std::string region;
  std::string name;
  Serial cluster = kNoSerial;
  CapacityProviderStatus status = CapacityProviderStatus::kProvisioning;
  CapacityProviderUpdateStatus update_status = CapacityProviderUpdateStatus::kNone;
  std::string update_status_reason;
  TimeMs created_at = kUnset;
  TimeMs deleted_at = kUnset;
  bool has_requirements = false;
  InstanceRequirements requirements;                   // meaningful when has_requirements
  std::vector<Serial> subnets;                         // rows of the subnet table, in the request's order
  std::optional<std::int32_t> scale_in_after_seconds;  // absent = default heuristic, -1 = never (A31)
  bool dedicated = false;                              // tagged ecsmi:isolation=task: one task per instance, ever
  bool propagate_tags = false;                         // CAPACITY_PROVIDER
  bool use_local_storage = false;
  std::int32_t storage_size_gib = 80;
  Serial document = kNoSerial;  // ecs.v1.CapacityProvider: managedInstancesProvider as stored, tags
  // Lifecycle step that is due (PROVISIONING → ACTIVE, UPDATE_IN_PROGRESS → COMPLETE, DEPROVISIONING → INACTIVE).
  TimeMs status_due_at = kNever;
  // Demand that waits for a batch (B63): when the first and last task of it came, and when capacity is planned.
  TimeMs batch_first_at = kUnset;
  TimeMs batch_last_at = kUnset;
  TimeMs batch_due_at = kNever;
  LaunchRefusal refusal;
  bool pass_goes_on = false;             // a pass placed all that one step may: the rest is due at batch_due_at
  Serial instance_document = kNoSerial;  // what its next instances begin with: the tags it propagates (A29)

  // Derived.
  ListHead instances;            // not terminated
  std::uint32_t live_tasks = 0;  // not STOPPED

  static constexpr auto Fields() {
    using C = CapacityProvider;
    return std::tuple(F("region", &C::region), F("name", &C::name), F("cluster", &C::cluster), F("status", &C::status),
                      F("update_status", &C::update_status), F("update_status_reason", &C::update_status_reason),
                      F("created_at", &C::created_at), F("deleted_at", &C::deleted_at),
                      F("has_requirements", &C::has_requirements), F("requirements", &C::requirements),
                      F("subnets", &C::subnets), F("scale_in_after_seconds", &C::scale_in_after_seconds),
                      F("dedicated", &C::dedicated), F("propagate_tags", &C::propagate_tags),
                      F("use_local_storage", &C::use_local_storage), F("storage_size_gib", &C::storage_size_gib),
                      F("document", &C::document), F("status_due_at", &C::status_due_at),
                      F("batch_first_at", &C::batch_first_at), F("batch_last_at", &C::batch_last_at),
                      F("batch_due_at", &C::batch_due_at), F("refusal", &C::refusal),
                      F("pass_goes_on", &C::pass_goes_on), F("instance_document", &C::instance_document));
  }
};

// A subnet as the simulated VPC knows it: exists from its first mention, in the region's next zone (design §3).
struct Subnet : RowBase {
  static constexpr TableId kTable = TableId::kSubnet;
  std::string region;
  std::string id;         // "subnet-0abc…"
  std::uint8_t zone = 0;  // index into the region's zones
  static constexpr auto Fields() {
    return std::tuple(F("region", &Subnet::region), F("id", &Subnet::id), F("zone", &Subnet::zone));
  }
};

}  // namespace ecsmi::model
