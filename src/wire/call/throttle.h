#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/ports/clock.h"

namespace ecsmi::wire {

// How many calls of one kind AWS takes: `burst` at once, `per_second` in the long run.
struct BucketRate {
  std::int64_t burst = 0;
  std::int64_t per_second = 0;
};

// A token bucket at one moment. In thousandths of tokens a rate per second is exact per millisecond.
struct TokenBucket {
  std::int64_t millitokens = 0;
  std::int64_t at_ms = 0;
};
TokenBucket FullBucket(const BucketRate& rate, std::int64_t now_ms);
// The bucket later on: refilled, never beyond its burst. A clock that went back refills nothing. Pure.
TokenBucket Refilled(const BucketRate& rate, TokenBucket bucket, std::int64_t now_ms);
// Takes one token if there is one. Pure but for `bucket`.
bool TakeToken(const BucketRate& rate, std::int64_t now_ms, TokenBucket* bucket);

// ECS's groups of operations, each with a bucket of its own (H27, documented). kNone: no group that the rule names.
enum class CallGroup : std::uint8_t {
  kNone,
  kClusterModify,
  kClusterRead,
  kTaskDefinitionModify,
  kTaskDefinitionRead,
  kTaskDefinitionDelete,
  kCapacityProviderModify,
  kCapacityProviderRead,
  kTagModify,
  kClusterResourceModify,
  kClusterResourceRead,
  kServiceModify,
  kServiceRead,
  kDeployment,
  kTaskProtection,
};
BucketRate RateOf(CallGroup group);
// By the registry's keys. kNone for other services than ECS, which the rule says nothing about; nothing for an
// operation of ECS that nobody has put into a group.
std::optional<CallGroup> GroupOf(std::string_view service, std::string_view method);

// The buckets of --throttle=aws: one per account, Region and group, shared by both doors. In host time, since clients
// wait in it before they try again, and so that a virtual clock does not shut them out for ever. Thread-safe. Costs
// memory for the buckets that are not full; those of a second ago, not those of ever.
class Throttle {
 public:
  // `clock` outlives it.
  explicit Throttle(const ports::HostClock& clock) : clock_(clock) {}
  // False: the call is one too many.
  bool Admit(std::string_view account, std::string_view region, std::string_view service, std::string_view method);
  std::size_t buckets() const;

 private:
  using Key = std::tuple<std::string, std::string, CallGroup>;
  void ForgetFull(std::int64_t now_ms) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const ports::HostClock& clock_;
  mutable base::Mutex mutex_;
  absl::flat_hash_map<Key, TokenBucket> buckets_ ABSL_GUARDED_BY(mutex_);
  std::size_t forget_at_ ABSL_GUARDED_BY(mutex_) = 1'024;
};

}  // namespace ecsmi::wire
