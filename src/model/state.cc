#include "ecsmi/model/state.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ecsmi/base/keyed_hash.h"
#include "state_links.h"
#include "tells.h"

namespace ecsmi::model {
namespace {

constexpr base::Key128 kRowKey{0x6563736d69726f77ULL, 1};

RowLabel LabelOf(const Cluster& row) {
  return {row.region, row.name, row.status == ClusterStatus::kActive ? "ACTIVE" : "INACTIVE"};
}
RowLabel LabelOf(const CapacityProvider& row) {
  switch (row.status) {
    case CapacityProviderStatus::kProvisioning:
      return {row.region, row.name, "PROVISIONING"};
    case CapacityProviderStatus::kActive:
      return {row.region, row.name, "ACTIVE"};
    case CapacityProviderStatus::kDeprovisioning:
      return {row.region, row.name, "DEPROVISIONING"};
    case CapacityProviderStatus::kInactive:
      return {row.region, row.name, "INACTIVE"};
  }
  return {};
}
RowLabel LabelOf(const TaskDefinition& row) {
  return {row.region, absl::StrCat(row.family, ":", row.revision),
          row.status == TaskDefinitionStatus::kActive     ? "ACTIVE"
          : row.status == TaskDefinitionStatus::kInactive ? "INACTIVE"
                                                          : "DELETE_IN_PROGRESS"};
}
RowLabel LabelOf(const Service& row) {
  return {row.region, row.name,
          row.status == ServiceStatus::kActive     ? "ACTIVE"
          : row.status == ServiceStatus::kDraining ? "DRAINING"
                                                   : "INACTIVE"};
}
RowLabel LabelOf(const Family& row) {
  return {row.region, row.name, ""};
}
RowLabel LabelOf(const Queue& row) {
  return {row.region, row.name, row.deleted ? "DELETED" : "ACTIVE"};
}
RowLabel LabelOf(const Alarm& row) {
  return {row.region, row.name, ""};
}
RowLabel LabelOf(const ScalableTarget& row) {
  return {row.region, row.resource_id, ""};
}
RowLabel LabelOf(const ScalingPolicy& row) {
  return {row.region, row.name, ""};
}

RowLabel LabelOf(const ScheduledAction& row) {
  return {row.region, row.name, row.schedule};
}
RowLabel LabelOf(const AccountSetting& row) {
  return {row.region, row.name, row.value};
}

template <typename T>
concept HasLabel = requires(const T& row) {
  LabelOf(row);
};

}  // namespace

// --- Hooks
// -------------------------------------------------------------------------------------------------------------

template <typename T>
void State::OnInsert(T& row) {
  ForEachDocument(row, [&](Serial document) { Refer(document, 1); });
  Link(row);
  if (HasDue(row)) NoteDue(row);
  if constexpr (kTellsBirth<T>) told_.Tell(T::kTable, row.serial);
}

template <typename T>
void State::OnUpdate(const T& before, T& row) {
  ECSMI_CHECK(before.serial == row.serial);
  if (DocumentsOf(before) != DocumentsOf(row)) {
    ForEachDocument(row, [&](Serial document) { Refer(document, 1); });
    ForEachDocument(before, [&](Serial document) { Refer(document, -1); });
    if constexpr (kShowsDocuments<T>) ForEachDocument(before, [&](Serial document) { Release(document); });
  }
  // A row that was just taken off the queue may wish for the same moment again: with no latency its next step is due at
  // once.
  if ((DuesOf(before) != DuesOf(row) || row.serial == popped_) && HasDue(row)) NoteDue(row);
  Relink(before, row);
  if constexpr (kIsShown<T>) {
    // What was told of it before in this commit would else show the bytes of `row`.
    if (const Shows shows = row.dirty ? ShowsChange(before, row) : Shows::kNot; shows != Shows::kNot) {
      told_.Seal(T::kTable, row.serial,
                 shows == Shows::kAtOnce ? ToldLog::Since::kCommit : ToldLog::Since::kEarlierSteps,
                 [&](std::string& out) { EncodeRow(before, out); });
    }
  }
  if (Tells(before, row)) {
    told_.Tell(T::kTable, row.serial, [&](std::string& out) { AppendExtra(before, row, out); });
  }
}

template <typename T>
void State::OnErase(T& row) {
  if constexpr (kIsShown<T>) {
    if (row.dirty) {
      told_.Seal(T::kTable, row.serial, ToldLog::Since::kCommit, [&](std::string& out) { EncodeRow(row, out); });
    }
  }
  if constexpr (kIsReferredTo<T>) {
    told_.TellErased(T::kTable, row.serial, [&](std::string& out) { EncodeRow(row, out); });
  }
  Unlink(row);
  ForEachDocument(row, [&](Serial document) { Refer(document, -1); });
  if constexpr (kShowsDocuments<T>) ForEachDocument(row, [&](Serial document) { Release(document); });
}

// --- Names
// -------------------------------------------------------------------------------------------------------------

void State::Name(const std::string& key, Serial serial) {
  Serial& known = names_[key];
  known = std::max(known, serial);
}
void State::Unname(const std::string& key, Serial serial) {
  const auto at = names_.find(key);
  if (at != names_.end() && at->second == serial) names_.erase(at);
}

// --- Look-ups
// ------------------------------------------------------------------------------------------------------------

namespace {
Serial Lookup(const absl::flat_hash_map<std::string, Serial>& names, const std::string& key) {
  const auto at = names.find(key);
  return at == names.end() ? kNoSerial : at->second;
}
}  // namespace

Serial State::FindName(const std::string& key) const {
  return Lookup(names_, key);
}
Serial State::FindCluster(std::string_view region, std::string_view name) const {
  return Lookup(names_, NameKey('c', region, name));
}
Serial State::FindProvider(std::string_view region, std::string_view name) const {
  return Lookup(names_, NameKey('p', region, name));
}
Serial State::FindFamily(std::string_view region, std::string_view name) const {
  return Lookup(names_, NameKey('f', region, name));
}
Serial State::FindDefinition(std::string_view region, std::string_view family, std::int32_t revision) const {
  return Lookup(names_, NameKey('d', region, family, SerialText(static_cast<Serial>(revision))));
}
Serial State::FindNewestDefinition(std::string_view region, std::string_view family) const {
  const auto at = active_revisions_.find(NameKey('f', region, family));
  return at == active_revisions_.end() ? kNoSerial : at->second.rbegin()->second;
}
Serial State::FindService(Serial cluster, std::string_view name) const {
  return Lookup(names_, NameKey('s', SerialText(cluster), name));
}
Serial State::FindSubnet(std::string_view region, std::string_view id) const {
  return Lookup(names_, NameKey('n', region, id));
}
Serial State::FindQueue(std::string_view region, std::string_view name) const {
  return Lookup(names_, NameKey('q', region, name));
}
Serial State::FindUsageShare(Serial instance, Serial service) const {
  return Lookup(names_, NameKey('u', SerialText(instance), SerialText(service)));
}
Serial State::FindToken(std::string_view scope, std::string_view token) const {
  return Lookup(names_, NameKey('t', scope, token));
}
std::uint32_t State::SubnetsIn(std::string_view region) const {
  const auto at = subnets_in_region_.find(std::string(region));
  return at == subnets_in_region_.end() ? 0 : at->second;
}

std::uint32_t State::FreePlacementSlot() const {
  return free_placement_slots_.empty() ? next_placement_slot_ : *free_placement_slots_.begin();
}
std::uint32_t State::LiveInstancesIn(Serial provider, Serial subnet) const {
  const auto at = live_in_subnet_.find({provider, subnet});
  return at == live_in_subnet_.end() ? 0 : at->second;
}
const absl::btree_map<std::string, std::uint32_t>& State::LiveInstancesByType(std::string_view region) const {
  static const absl::btree_map<std::string, std::uint32_t> kNone;
  const auto at = live_by_type_.find(region);
  return at == live_by_type_.end() ? kNone : at->second;
}

// --- Steps and loading
// -------------------------------------------------------------------------------------------------

ChangeSet State::TakeChanges(TimeMs now, bool even_if_empty) {
  ChangeSet changes;
  DropOrphans();
  std::sort(changed_.begin(), changed_.end());
  std::sort(erased_.begin(), erased_.end());
  erased_.erase(std::unique(erased_.begin(), erased_.end()), erased_.end());
  changes.rows.reserve(changed_.size() + erased_.size());
  for (const auto& [table, serial] : changed_) {
    Dispatch(
        table,
        [&, table = table, serial = serial]<typename T>() {
          T* row = Mutable<T>().Find(serial);
          if (row == nullptr) return;  // erased in the same step
          row->dirty = false;
          RowChange change;
          change.table = table;
          change.serial = serial;
          change.offset = static_cast<std::uint32_t>(changes.buffer.size());
          EncodeRow(*row, changes.buffer);
          change.size = static_cast<std::uint32_t>(changes.buffer.size()) - change.offset;
          if constexpr (HasLabel<T>) {
            change.label = static_cast<std::uint32_t>(changes.labels.size());
            changes.labels.push_back(LabelOf(*row));
          }
          state_hash_ ^= row->row_hash;
          row->row_hash = RowHash(table, serial, changes.BytesOf(change));
          state_hash_ ^= row->row_hash;
          changes.rows.push_back(change);
        },
        static_cast<Tables*>(nullptr));
  }
  for (const auto& [table, serial] : erased_) {
    RowChange change;
    change.table = table;
    change.serial = serial;
    change.erased = true;
    changes.rows.push_back(change);
  }
  std::sort(changes.rows.begin(), changes.rows.end(), [](const RowChange& a, const RowChange& b) {
    return a.table != b.table ? a.table < b.table : a.serial < b.serial;
  });
  changed_.clear();
  erased_.clear();
  told_.Take(changes);
  if (!changes.empty() || even_if_empty) ++seq_;
  changes.header.seq = seq_;
  changes.header.next_serial = next_serial_;
  changes.header.now_ms = now;
  changes.header.state_hash = state_hash_;
  return changes;
}

std::uint64_t State::RowHash(TableId table, Serial serial, std::string_view bytes) {
  return base::KeyedHashBytes({kRowKey.hi ^ static_cast<std::uint64_t>(table), kRowKey.lo ^ serial}, bytes);
}

absl::Status State::LoadRow(TableId table, Serial serial, std::string_view bytes, std::uint64_t row_hash) {
  absl::Status status;
  const bool known = Dispatch(
      table,
      [&]<typename T>() {
        const bool is_key = serial != kNoSerial && serial <= kSerialMax && Find<T>(serial) == nullptr;
        T* const row = is_key ? &Mutable<T>().Emplace(serial) : nullptr;
        if (row == nullptr || !DecodeRow(bytes, *row)) {
          if (row != nullptr) Mutable<T>().Erase(serial);
          status = absl::DataLossError(absl::StrCat("row ", serial, " of table ", static_cast<int>(table),
                                                    " cannot be read: not the layout this engine writes"));
          return;
        }
        row->row_hash = row_hash;
        state_hash_ ^= row_hash;
      },
      static_cast<Tables*>(nullptr));
  if (!known) return absl::DataLossError(absl::StrCat("table ", static_cast<int>(table), " is unknown to this engine"));
  return status;
}

template <typename T>
void State::LinkLoaded() {
  Mutable<T>().ForEachMutable([&](T& row) {
    row.seq = seq_;
    Link(row);
    ForEachDocument(row, [&](Serial document) { Refer(document, 1); });
    if (HasDue(row)) NoteDue(row);
  });
}

void State::ReportPlacement() {
  table<ContainerInstance>().ForEach([&](const ContainerInstance& row) {
    if (row.AcceptsTasks()) placement_->InstanceChanged(row);
  });
  table<Task>().ForEach([&](const Task& row) {
    if (row.HoldsRoom()) placement_->TaskPlaced(row, Get<ContainerInstance>(row.instance));
  });
}

template <typename T>
void State::EraseRows() {
  std::vector<Serial> serials;
  table<T>().ForEach([&](const T& row) { serials.push_back(row.serial); });
  for (Serial serial : serials) Erase<T>(serial);
}

void State::EraseAll() {
  // Children before parents: a row's links name rows that must still be there.
  EraseRows<Task>();
  EraseRows<ContainerInstance>();
  EraseRows<ServiceEvent>();
  EraseRows<ServiceDeployment>();
  EraseRows<Deployment>();
  EraseRows<ServiceRevision>();
  EraseRows<Service>();
  EraseRows<CapacityProvider>();
  EraseRows<Cluster>();
  EraseRows<TaskDefinition>();
  EraseRows<Family>();
  EraseRows<Subnet>();
  EraseRows<BehaviorRule>();
  EraseRows<Message>();
  EraseRows<Queue>();
  EraseRows<Alarm>();
  EraseRows<Metric>();
  EraseRows<ScalingPolicy>();
  EraseRows<ScheduledAction>();
  EraseRows<ScalableTarget>();
  EraseRows<ScalingActivity>();
  EraseRows<Usage>();
  EraseRows<UsageShare>();
  EraseRows<Token>();
  EraseRows<AccountSetting>();
  orphan_revisions_.clear();
  scaling_ = {};
  subnets_in_region_.clear();
  dirty_services_.clear();
  dirty_providers_.clear();
  dirty_instances_.clear();
  dirty_queues_.clear();
  arrivals_.clear();
  awaiting_room_.clear();
}

absl::Status State::FinishLoad(const WorldHeader& header) {
  // What linking touches counts as changed by the newest stored step: a read that saw it has nothing to wait for.
  seq_ = header.seq == 0 ? 0 : header.seq - 1;
  next_serial_ = header.next_serial;
  // Before any row is linked: the references of a damaged one lead nowhere.
  if (state_hash_ != header.state_hash) {
    return absl::DataLossError(absl::StrCat("state hash ", absl::Hex(state_hash_), " of the rows read differs from ",
                                            absl::Hex(header.state_hash), " written with them"));
  }
  // Placement hears of an instance once, with what its tasks leave, rather than once per task.
  PlacementListener* const placement = std::exchange(placement_, nullptr);
  // Parents before children, so that every list head and counter exists when its members come.
  LinkLoaded<Document>();
  LinkLoaded<Cluster>();
  LinkLoaded<Family>();
  LinkLoaded<TaskDefinition>();
  LinkLoaded<Subnet>();
  LinkLoaded<CapacityProvider>();
  LinkLoaded<Service>();
  LinkLoaded<ServiceRevision>();
  LinkLoaded<Deployment>();
  LinkLoaded<ServiceDeployment>();
  LinkLoaded<ServiceEvent>();
  LinkLoaded<ContainerInstance>();
  LinkLoaded<BehaviorRule>();
  LinkLoaded<Queue>();
  LinkLoaded<Task>();
  LinkLoaded<Message>();
  LinkLoaded<Alarm>();
  LinkLoaded<Metric>();
  LinkLoaded<ScalableTarget>();
  LinkLoaded<ScalingPolicy>();
  LinkLoaded<ScheduledAction>();
  LinkLoaded<ScalingActivity>();
  LinkLoaded<Usage>();
  LinkLoaded<UsageShare>();
  LinkLoaded<Token>();
  LinkLoaded<AccountSetting>();
  placement_ = placement;
  if (placement_ != nullptr) ReportPlacement();
  seq_ = header.seq;
  // What was committed was settled: these sets were empty then.
  scaling_.dirty_alarms.clear();
  scaling_.dirty_targets.clear();
  scaling_.dirty_measured_services.clear();
  for (const Serial serial : told_.rooms()) Mutable<ContainerInstance>().Find(serial)->room_told = false;
  told_.rooms().clear();
  if (!orphan_revisions_.empty()) return absl::DataLossError("a service revision without a row that names it");
  if (!orphan_documents_.empty()) return absl::DataLossError("a document without a row that names it");
  return absl::OkStatus();
}

#define ECSMI_INSTANTIATE(T)                      \
  template void State::OnInsert<T>(T&);           \
  template void State::OnUpdate<T>(const T&, T&); \
  template void State::OnErase<T>(T&);
ECSMI_INSTANTIATE(Document)
ECSMI_INSTANTIATE(Cluster)
ECSMI_INSTANTIATE(CapacityProvider)
ECSMI_INSTANTIATE(TaskDefinition)
ECSMI_INSTANTIATE(Service)
ECSMI_INSTANTIATE(Deployment)
ECSMI_INSTANTIATE(ServiceEvent)
ECSMI_INSTANTIATE(ServiceRevision)
ECSMI_INSTANTIATE(ServiceDeployment)
ECSMI_INSTANTIATE(Task)
ECSMI_INSTANTIATE(ContainerInstance)
ECSMI_INSTANTIATE(Subnet)
ECSMI_INSTANTIATE(BehaviorRule)
ECSMI_INSTANTIATE(Queue)
ECSMI_INSTANTIATE(Message)
ECSMI_INSTANTIATE(Alarm)
ECSMI_INSTANTIATE(Metric)
ECSMI_INSTANTIATE(ScalableTarget)
ECSMI_INSTANTIATE(ScalingPolicy)
ECSMI_INSTANTIATE(ScheduledAction)
ECSMI_INSTANTIATE(ScalingActivity)
ECSMI_INSTANTIATE(Usage)
ECSMI_INSTANTIATE(UsageShare)
ECSMI_INSTANTIATE(Token)
ECSMI_INSTANTIATE(Family)
ECSMI_INSTANTIATE(AccountSetting)
#undef ECSMI_INSTANTIATE

}  // namespace ecsmi::model
