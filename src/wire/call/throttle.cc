#include "wire/call/throttle.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ecsmi::wire {
namespace {

constexpr std::int64_t kMilli = 1'000;
constexpr std::string_view kEcs = "ecsmi.ecs.v1.EcsService";

using Row = std::pair<std::string_view, CallGroup>;
// H27; which group attributes and UpdateContainerInstancesState belong to is assumed.
constexpr std::array kGroups = {
    Row{"CreateCluster", CallGroup::kClusterModify},
    Row{"UpdateCluster", CallGroup::kClusterModify},
    Row{"UpdateClusterSettings", CallGroup::kClusterModify},
    Row{"DeleteCluster", CallGroup::kClusterModify},
    Row{"PutClusterCapacityProviders", CallGroup::kClusterModify},
    Row{"DescribeClusters", CallGroup::kClusterRead},
    Row{"ListClusters", CallGroup::kClusterRead},
    Row{"RegisterTaskDefinition", CallGroup::kTaskDefinitionModify},
    Row{"DeregisterTaskDefinition", CallGroup::kTaskDefinitionModify},
    Row{"DescribeTaskDefinition", CallGroup::kTaskDefinitionRead},
    Row{"ListTaskDefinitions", CallGroup::kTaskDefinitionRead},
    Row{"ListTaskDefinitionFamilies", CallGroup::kTaskDefinitionRead},
    Row{"DeleteTaskDefinitions", CallGroup::kTaskDefinitionDelete},
    Row{"CreateCapacityProvider", CallGroup::kCapacityProviderModify},
    Row{"UpdateCapacityProvider", CallGroup::kCapacityProviderModify},
    Row{"DeleteCapacityProvider", CallGroup::kCapacityProviderModify},
    Row{"DescribeCapacityProviders", CallGroup::kCapacityProviderRead},
    Row{"TagResource", CallGroup::kTagModify},
    Row{"UntagResource", CallGroup::kTagModify},
    Row{"RunTask", CallGroup::kClusterResourceModify},
    Row{"StartTask", CallGroup::kClusterResourceModify},
    Row{"StopTask", CallGroup::kClusterResourceModify},
    Row{"ExecuteCommand", CallGroup::kClusterResourceModify},
    Row{"DeregisterContainerInstance", CallGroup::kClusterResourceModify},
    Row{"UpdateContainerInstancesState", CallGroup::kClusterResourceModify},
    Row{"PutAttributes", CallGroup::kClusterResourceModify},
    Row{"DeleteAttributes", CallGroup::kClusterResourceModify},
    Row{"DescribeTasks", CallGroup::kClusterResourceRead},
    Row{"ListTasks", CallGroup::kClusterResourceRead},
    Row{"DescribeContainerInstances", CallGroup::kClusterResourceRead},
    Row{"ListContainerInstances", CallGroup::kClusterResourceRead},
    Row{"ListAttributes", CallGroup::kClusterResourceRead},
    Row{"CreateService", CallGroup::kServiceModify},
    Row{"UpdateService", CallGroup::kServiceModify},
    Row{"DeleteService", CallGroup::kServiceModify},
    Row{"DescribeServices", CallGroup::kServiceRead},
    Row{"ListServices", CallGroup::kServiceRead},
    Row{"ListServicesByNamespace", CallGroup::kServiceRead},
    Row{"DescribeServiceRevisions", CallGroup::kDeployment},
    Row{"DescribeServiceDeployments", CallGroup::kDeployment},
    Row{"ListServiceDeployments", CallGroup::kDeployment},
    Row{"StopServiceDeployment", CallGroup::kDeployment},
    Row{"GetTaskProtection", CallGroup::kTaskProtection},
    Row{"UpdateTaskProtection", CallGroup::kTaskProtection},
    // The rule gives no bucket for these.
    Row{"ListTagsForResource", CallGroup::kNone},
    Row{"ListAccountSettings", CallGroup::kNone},
    Row{"PutAccountSetting", CallGroup::kNone},
    Row{"PutAccountSettingDefault", CallGroup::kNone},
    Row{"DeleteAccountSetting", CallGroup::kNone},
};

}  // namespace

TokenBucket FullBucket(const BucketRate& rate, std::int64_t now_ms) {
  return {.millitokens = rate.burst * kMilli, .at_ms = now_ms};
}

TokenBucket Refilled(const BucketRate& rate, TokenBucket bucket, std::int64_t now_ms) {
  if (now_ms <= bucket.at_ms) return bucket;
  const std::int64_t room = rate.burst * kMilli - bucket.millitokens;
  // What fills it is enough: the product below stays small however long nobody called.
  const std::int64_t passed_ms = std::min(now_ms - bucket.at_ms, room / rate.per_second + 1);
  bucket.millitokens += std::min(room, passed_ms * rate.per_second);
  bucket.at_ms = now_ms;
  return bucket;
}

bool TakeToken(const BucketRate& rate, std::int64_t now_ms, TokenBucket* bucket) {
  *bucket = Refilled(rate, *bucket, now_ms);
  if (bucket->millitokens < kMilli) return false;
  bucket->millitokens -= kMilli;
  return true;
}

BucketRate RateOf(CallGroup group) {
  switch (group) {
    case CallGroup::kNone:
      break;
    case CallGroup::kClusterModify:
    case CallGroup::kTaskDefinitionModify:
      return {20, 1};
    case CallGroup::kClusterRead:
    case CallGroup::kTaskDefinitionRead:
    case CallGroup::kCapacityProviderRead:
    case CallGroup::kDeployment:
      return {50, 20};
    case CallGroup::kTaskDefinitionDelete:
      return {5, 1};
    case CallGroup::kCapacityProviderModify:
      return {10, 1};
    case CallGroup::kTagModify:
      return {20, 10};
    case CallGroup::kClusterResourceModify:
      return {100, 40};
    case CallGroup::kClusterResourceRead:
    case CallGroup::kServiceRead:
      return {100, 20};
    case CallGroup::kServiceModify:
      return {50, 5};
    case CallGroup::kTaskProtection:
      return {200, 80};
  }
  return {};
}

std::optional<CallGroup> GroupOf(std::string_view service, std::string_view method) {
  if (service != kEcs) return CallGroup::kNone;
  const auto* at = std::find_if(kGroups.begin(), kGroups.end(), [&](const Row& row) { return row.first == method; });
  if (at == kGroups.end()) return std::nullopt;
  return at->second;
}

bool Throttle::Admit(std::string_view account, std::string_view region, std::string_view service,
                     std::string_view method) {
  const CallGroup group = GroupOf(service, method).value_or(CallGroup::kNone);
  if (group == CallGroup::kNone) return true;
  const BucketRate rate = RateOf(group);
  const std::int64_t now_ms = clock_.SteadyMs();
  base::MutexLock lock(mutex_);
  if (buckets_.size() >= forget_at_) ForgetFull(now_ms);
  const auto [at, is_new] =
      buckets_.try_emplace(Key(std::string(account), std::string(region), group), FullBucket(rate, now_ms));
  return TakeToken(rate, now_ms, &at->second);
}

// A full bucket is what a new one is. Walked when the number has doubled, so seldom for each call.
void Throttle::ForgetFull(std::int64_t now_ms) {
  absl::erase_if(buckets_, [&](const auto& entry) {
    const BucketRate rate = RateOf(std::get<CallGroup>(entry.first));
    return Refilled(rate, entry.second, now_ms).millitokens == rate.burst * kMilli;
  });
  forget_at_ = std::max<std::size_t>(1'024, buckets_.size() * 2);
}

std::size_t Throttle::buckets() const {
  base::MutexLock lock(mutex_);
  return buckets_.size();
}

}  // namespace ecsmi::wire
