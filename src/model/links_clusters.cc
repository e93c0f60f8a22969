#include "ecsmi/model/state.h"
#include "state_links.h"

// Clusters, capacity providers and subnets: names.
namespace ecsmi::model {

template <>
void State::Link(Cluster& row) {
  Name(NameKey('c', row.region, row.name), row.serial);
}
template <>
void State::Unlink(Cluster& row) {
  Unname(NameKey('c', row.region, row.name), row.serial);
}

template <>
void State::Link(CapacityProvider& row) {
  Name(NameKey('p', row.region, row.name), row.serial);
  dirty_providers_.insert(row.serial);
}
template <>
void State::Unlink(CapacityProvider& row) {
  Unname(NameKey('p', row.region, row.name), row.serial);
  dirty_providers_.erase(row.serial);
  waiting_.erase(row.serial);
}
template <>
void State::Relink(const CapacityProvider& before, CapacityProvider& row) {
  if (before.status != row.status || before.subnets != row.subnets || before.requirements != row.requirements ||
      before.scale_in_after_seconds != row.scale_in_after_seconds) {
    dirty_providers_.insert(row.serial);
  }
  // Its idle instances are timed anew, or leave with it.
  if (before.status != row.status || before.scale_in_after_seconds != row.scale_in_after_seconds) {
    auto& instances = Mutable<ContainerInstance>();
    for (Slot slot = row.instances.first; slot != kNoSlot; slot = instances.At(slot).in_provider.next) {
      NeedsSettling(instances.At(slot));
    }
  }
}

template <>
void State::Link(Subnet& row) {
  Name(NameKey('n', row.region, row.id), row.serial);
  ++subnets_in_region_[row.region];
}
template <>
void State::Unlink(Subnet& row) {
  Unname(NameKey('n', row.region, row.id), row.serial);
}

}  // namespace ecsmi::model
