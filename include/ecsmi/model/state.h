#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "ecsmi/model/account_setting.h"
#include "ecsmi/model/behavior.h"
#include "ecsmi/model/capacity_provider.h"
#include "ecsmi/model/changes.h"
#include "ecsmi/model/cluster.h"
#include "ecsmi/model/container_instance.h"
#include "ecsmi/model/deployment_tally.h"
#include "ecsmi/model/document.h"
#include "ecsmi/model/due_queue.h"
#include "ecsmi/model/queue.h"
#include "ecsmi/model/scaling.h"
#include "ecsmi/model/scaling_links.h"
#include "ecsmi/model/service.h"
#include "ecsmi/model/service_deployment.h"
#include "ecsmi/model/table.h"
#include "ecsmi/model/task.h"
#include "ecsmi/model/task_definition.h"
#include "ecsmi/model/told.h"
#include "ecsmi/model/usage.h"
#include "ecsmi/model/waiting.h"

namespace ecsmi::model {

// Learns of every change that matters to placement, right after it happened. Implemented by core's placement index; a
// second implementation audits in tests.
class PlacementListener {
 public:
  virtual ~PlacementListener() = default;
  // The instance was launched, changed stage, or its remaining resources or ports changed.
  virtual void InstanceChanged(const ContainerInstance& instance) = 0;
  // It accepts no more tasks, or was erased. One that drained and takes tasks again is reported changed, and its tasks
  // released before and placed after.
  virtual void InstanceGone(const ContainerInstance& instance) = 0;
  // A task took, or gave back, its room on `instance` (which was reported changed as well).
  virtual void TaskPlaced(const Task& task, const ContainerInstance& instance) = 0;
  virtual void TaskReleased(const Task& task, const ContainerInstance& instance) = 0;
};

// All rows of one world and what is derived from them: indexes by name, lists, counts, remaining resources, due times
// and the sets of things to reconcile. Changed only through Insert, Update and Erase, which keep all of that true and
// note the row for the step's ChangeSet. Owned by the world's strand; no locks.
class State {
 public:
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  template <typename T>
  const Table<T>& table() const {
    return std::get<Table<T>>(tables_);
  }
  // Calls `visit` with every table, in TableId order.
  template <typename Visit>
  void ForEachTable(Visit&& visit) const {
    std::apply([&](const auto&... table) { (visit(table), ...); }, tables_);
  }
  template <typename T>
  const T* Find(Serial serial) const {
    return table<T>().Find(serial);
  }
  // REQUIRES: there is such a row.
  template <typename T>
  const T& Get(Serial serial) const {
    const T* row = Find<T>(serial);
    ECSMI_CHECK(row != nullptr);
    return *row;
  }

  // Numbers are drawn in order and never given twice. A refused command draws none.
  Serial NewSerial() {
    ECSMI_CHECK(next_serial_ <= kSerialMax);
    return next_serial_++;
  }

  // Adds a row. REQUIRES: row.serial comes from NewSerial().
  template <typename T>
  const T& Insert(T row) {
    T& stored = Mutable<T>().Insert(std::move(row));
    OnInsert(stored);
    Note(stored);
    return stored;
  }
  // `change` is called once with the row; it may set stored members only.
  template <typename T, typename Change>
  const T& Update(Serial serial, Change&& change) {
    T* row = Mutable<T>().Find(serial);
    ECSMI_CHECK(row != nullptr);
    T before = *row;
    change(*row);
    OnUpdate(before, *row);
    Note(*row);
    return *row;
  }
  template <typename T>
  void Erase(Serial serial) {
    T* row = Mutable<T>().Find(serial);
    ECSMI_CHECK(row != nullptr);
    OnErase(*row);
    erased_.emplace_back(T::kTable, serial);
    state_hash_ ^= row->row_hash;
    Mutable<T>().Erase(serial);
  }

  // Takes every row away, as one step; numbers go on from where they were.
  void EraseAll();

  // The document with these bytes, made when there is none yet. A document nobody refers to at the end of the step
  // goes.
  Serial InternDocument(std::string_view bytes);
  // Empty for kNoSerial.
  std::string_view DocumentBytes(Serial document) const;

  // By name; kNoSerial when unknown. Deleted (INACTIVE) ones are found too: callers look at the status.
  Serial FindCluster(std::string_view region, std::string_view name) const;
  Serial FindProvider(std::string_view region, std::string_view name) const;
  Serial FindFamily(std::string_view region, std::string_view name) const;
  Serial FindDefinition(std::string_view region, std::string_view family, std::int32_t revision) const;
  // The newest ACTIVE revision (C3).
  Serial FindNewestDefinition(std::string_view region, std::string_view family) const;
  Serial FindService(Serial cluster, std::string_view name) const;
  Serial FindSubnet(std::string_view region, std::string_view id) const;
  Serial FindQueue(std::string_view region, std::string_view name) const;
  Serial FindUsageShare(Serial instance, Serial service) const;
  Serial FindAlarm(std::string_view region, std::string_view name) const;
  Serial FindMetric(const std::string& metric_key) const;  // MetricKey
  Serial FindScalableTarget(std::string_view region, std::string_view resource_id) const;
  Serial FindPolicy(Serial target, std::string_view name) const;
  Serial FindScheduledAction(Serial target, std::string_view name) const;
  // The service a target names, of any status; kNoSerial when there is none.
  Serial FindScaledService(const ScalableTarget& target) const;
  Serial FindToken(std::string_view scope, std::string_view token) const;
  Serial FindAccountSetting(std::string_view region, std::string_view principal_arn, std::string_view name) const;
  std::uint32_t SubnetsIn(std::string_view region) const;

  // The visible message of a queue sent first (lowest serial); kNoSerial when none is visible.
  Serial FirstVisible(Serial queue) const;
  // The task with the lowest serial whose worker waits for a message of the queue of that name, which need not exist
  // yet; kNoSerial when none waits.
  Serial FirstIdleWorker(std::string_view region, std::string_view queue_name) const;
  std::vector<Serial> IdleWorkers(std::string_view region, std::string_view queue_name) const;
  // Messages in flight that outside clients hold, in all queues.
  std::uint32_t outside_held() const { return outside_held_; }
  // Messages whose newest receive was by this task's worker, in serial order.
  std::vector<Serial> MessagesHeldBy(Serial task) const;

  // Walks a list of rows; the callback must not change the list.
  template <typename T, typename Visit>
  void ForEachIn(const ListHead& head, ListLink T::*link, Visit&& visit) const {
    for (Slot slot = head.first; slot != kNoSlot; slot = (table<T>().At(slot).*link).next) visit(table<T>().At(slot));
  }

  // Walks a list in serial order (as every list is that rows join when they are made and leave when they are erased),
  // from the row behind `after` until `visit` returns false. The row `after` need not exist any more, nor be in the
  // list: `is_in` says whether a row is. Cost: the rows visited, when `after` is in the list or kNoSerial; else also
  // those before it (which is rare: lists lose their oldest rows first).
  template <typename T, typename IsIn, typename Visit>
  void ForEachAfter(Serial after, const ListHead& head, ListLink T::*link, IsIn&& is_in, Visit&& visit) const {
    const T* from = after == kNoSerial ? nullptr : Find<T>(after);
    Slot slot = from != nullptr && is_in(*from) ? (from->*link).next : head.first;
    for (; slot != kNoSlot; slot = (table<T>().At(slot).*link).next) {
      if (const T& row = table<T>().At(slot); row.serial > after && !visit(row)) return;
    }
  }

  // The next thing due, foreground or background, stale entries dropped; false when there is none.
  bool PeekDue(DueItem* item);
  bool PeekForegroundDue(DueItem* item);
  // Takes `item` (the one PeekDue gave) off the queue.
  void PopDue(const DueItem& item);

  // Rows whose surroundings changed and which a pass has to look at, in serial order. A pass takes them.
  absl::btree_set<Serial>& dirty_services() { return dirty_services_; }
  absl::btree_set<Serial>& dirty_providers() { return dirty_providers_; }
  const absl::btree_set<Serial>& dirty_instances() const { return dirty_instances_; }
  // REQUIRES: there is one.
  Serial TakeDirtyInstance();
  absl::btree_set<Serial>& dirty_queues() { return dirty_queues_; }
  // Queues that a waiting receive should look at again: a message became visible, or the queue went.
  absl::btree_set<Serial>& arrivals() { return arrivals_; }

  // Who watches and moves what, with its own such sets.
  ScalingLinks& scaling() { return scaling_; }
  const ScalingLinks& scaling() const { return scaling_; }
  // What a service's pass knows of a deployment's tasks; the caller moves it on to its `now`. nullptr when there is no
  // such deployment. Valid until a deployment is inserted or erased.
  DeploymentTally* TallyOf(Serial deployment);
  // The same for its tasks on DRAINING instances, which TallyOf does not hold: they are to be replaced (E30).
  DeploymentTally* LeavingTallyOf(Serial deployment);
  // The service becomes dirty when a task of its cluster leaves PROVISIONING (C44).
  void AwaitProvisioningRoom(Serial cluster, Serial service) { awaiting_room_.emplace(cluster, service); }

  // The lowest number no live instance of this world has.
  std::uint32_t FreePlacementSlot() const;

  // The provider's tasks in PROVISIONING without an instance; a pass marks the classes that find no hole.
  WaitingList& waiting(Serial provider) { return waiting_[provider]; }
  // Instances that are not terminated: those of a provider in one subnet; those of a region by type name.
  std::uint32_t LiveInstancesIn(Serial provider, Serial subnet) const;
  const absl::btree_map<std::string, std::uint32_t>& LiveInstancesByType(std::string_view region) const;

  // What the next TakeChanges tells watchers.
  ToldLog& told() { return told_; }

  // Ends a step: documents and revisions that nobody refers to any more go. At each step's end and not later, so that
  // whether a document is found again, which saves drawing a number, never hangs on when commits happen (promise 2).
  void DropOrphans();
  // Ends a commit: the rows that one or several steps changed, encoded as they are now; empty when nothing did.
  // `header` of the result has seq, next_serial, hash.
  ChangeSet TakeChanges(TimeMs now, bool even_if_empty = false);
  CommitSeq seq() const { return seq_; }
  // The commit with which all that was changed so far is told: the next one when something is yet to be taken.
  CommitSeq newest_seq() const { return seq_ + (ChangedRows() > 0 ? 1 : 0); }
  // About how many rows the next TakeChanges tells; 0 = none.
  std::size_t ChangedRows() const { return changed_.size() + erased_.size(); }
  Serial next_serial() const { return next_serial_; }
  std::uint64_t state_hash() const { return state_hash_; }

  // What a row adds to the state's hash. Any thread.
  static std::uint64_t RowHash(TableId table, Serial serial, std::string_view bytes);
  // Rebuilding from the store: rows in any order per table (tables in TableId order), then FinishLoad. `row_hash`: by
  // RowHash, which may be had on another thread.
  absl::Status LoadRow(TableId table, Serial serial, std::string_view bytes, std::uint64_t row_hash);
  absl::Status LoadRow(TableId table, Serial serial, std::string_view bytes) {
    return LoadRow(table, serial, bytes, RowHash(table, serial, bytes));
  }
  absl::Status FinishLoad(const WorldHeader& header);

  // Null while there is none. Set before rows are changed; FinishLoad reports all instances and tasks to it.
  void SetPlacementListener(PlacementListener* listener) { placement_ = listener; }

 private:
  using Tables = std::tuple<Table<Document>, Table<Cluster>, Table<CapacityProvider>, Table<TaskDefinition>,
                            Table<Service>, Table<Deployment>, Table<Task>, Table<ContainerInstance>, Table<Subnet>,
                            Table<BehaviorRule>, Table<Queue>, Table<Message>, Table<Alarm>, Table<Metric>,
                            Table<ScalableTarget>, Table<ScalingPolicy>, Table<ScalingActivity>, Table<Usage>,
                            Table<UsageShare>, Table<Token>, Table<Family>, Table<ServiceEvent>, Table<AccountSetting>,
                            Table<ServiceRevision>, Table<ServiceDeployment>, Table<ScheduledAction>>;

  template <typename T>
  Table<T>& Mutable() {
    return std::get<Table<T>>(tables_);
  }
  template <typename T>
  void Note(T& row) {
    row.seq = seq_ + 1;
    if (row.dirty) return;
    row.dirty = true;
    changed_.emplace_back(T::kTable, row.serial);
  }

  // What a change means for everything derived; see src/model/state_links.h and links_*.cc.
  template <typename T>
  void OnInsert(T& row);
  template <typename T>
  void OnUpdate(const T& before, T& row);
  template <typename T>
  void OnErase(T& row);

  template <typename T>
  void Link(T& row);
  template <typename T>
  void Unlink(T& row);
  template <typename T>
  void Relink(const T& before, T& row);
  // The newest row of a name wins: a deleted provider may be created again while the old row is still described.
  void Name(const std::string& key, Serial serial);
  void Unname(const std::string& key, Serial serial);
  template <typename T>
  void PushDue(const T& row);
  template <typename T>
  void EraseRows();
  template <typename T>
  void LinkLoaded();
  void ReportPlacement();
  void Refer(Serial document, int by);
  void ReferRevision(Serial revision, int by);
  // A row with events lets go of a document: it is told if it goes.
  void Release(Serial document);
  void TellRooms();
  // The tally that holds the task, while its instance is in `stage`.
  DeploymentTally& TallyFor(const Task& task, InstanceStage stage);
  // The instance's tasks go from one tally to the other when it begins or ceases to drain.
  void RefileTasks(const ContainerInstance& before, const ContainerInstance& row);
  // A task's share in the counters of everything above it, and of its instance.
  void CountTask(const Task& task, int by);
  void CountAbove(const Task& task, int by);
  void CountOnInstance(const Task& task, int by);
  // A RUNNING task's share in what its service uses.
  void CountUse(const Task& task, Service& service, int by);
  // A task began or ceased to be RUNNING: its service is measured again and what scales it looks again.
  void RunningMoved(const Task& task);
  // Its counts, status or deployment changed: what scales it has to look again.
  void ServiceMoved(Service& service);
  Serial FindName(const std::string& key) const;
  void WakeAwaitingRoom(Serial cluster);
  void HoldRoom(Task& task);
  void ReleaseRoom(Task& task);
  void Wait(const Task& task);
  void StopWaiting(const Task& task);
  void RoomAppeared(Serial provider);
  // Keeps the family's set of ACTIVE revisions; `active` false takes the row out whatever its status.
  void CountRevision(const TaskDefinition& row, bool active);
  // A live instance's share in everything counted by instance, `by` 1 or -1.
  void CountLive(const ContainerInstance& instance, int by);
  // A task's worker joins or leaves those that wait for a message.
  void CountIdleWorker(const Task& task, int by);
  // A message's share in its queue.
  void CountMessage(const Message& message, int by);
  void NeedsSettling(ContainerInstance& instance);
  void RoomChanged(ContainerInstance& instance);
  // Due times are taken into the queues when somebody asks what is next: a row that several changes of a step moved
  // costs one entry.
  template <typename T>
  void NoteDue(T& row) {
    if (row.due_noted) return;
    row.due_noted = true;
    due_noted_.emplace_back(T::kTable, row.serial);
  }
  void PushNotedDues();
  bool Wishes(const DueItem& item, bool foreground) const;
  bool PeekQueue(DueQueue& queue, bool foreground, DueItem* item);

  Tables tables_;
  absl::flat_hash_map<std::string, Serial> names_;
  absl::flat_hash_map<std::uint64_t, std::vector<Serial>> documents_by_hash_;
  absl::flat_hash_map<std::string, std::uint32_t> subnets_in_region_;
  absl::flat_hash_map<std::string, absl::btree_map<std::int32_t, Serial>> active_revisions_;  // by family key
  std::map<Serial, WaitingList> waiting_;                                                     // by provider
  absl::flat_hash_map<std::pair<Serial, Serial>, std::uint32_t> live_in_subnet_;              // by provider and subnet
  std::map<std::string, absl::btree_map<std::string, std::uint32_t>, std::less<>> live_by_type_;  // by region
  // Numbers of live instances: all below next_placement_slot_ but the free ones.
  absl::btree_set<std::uint32_t> free_placement_slots_;
  std::uint32_t next_placement_slot_ = 0;
  DueQueue foreground_;
  DueQueue background_;
  std::vector<std::pair<TableId, Serial>> due_noted_;
  absl::btree_set<Serial> dirty_services_;
  absl::btree_set<Serial> dirty_providers_;
  absl::btree_set<Serial> dirty_instances_;
  absl::btree_set<Serial> dirty_queues_;
  absl::btree_set<Serial> arrivals_;
  absl::btree_set<std::pair<Serial, Serial>> visible_messages_;  // (queue, message)
  absl::btree_set<std::pair<Serial, Serial>> held_messages_;     // (task, message)
  std::uint32_t outside_held_ = 0;
  // By the queue's name rather than its row: a worker may wait for a queue that is yet to be made.
  absl::flat_hash_map<std::string, absl::btree_set<Serial>> idle_workers_;
  ScalingLinks scaling_;
  absl::flat_hash_map<Serial, DeploymentTally> tallies_;  // by deployment
  absl::flat_hash_map<Serial, DeploymentTally> leaving_tallies_;
  absl::btree_set<std::pair<Serial, Serial>> awaiting_room_;  // (cluster, service)
  absl::btree_set<Serial> orphan_documents_;
  absl::btree_set<Serial> orphan_revisions_;
  ToldLog told_;
  std::vector<std::pair<TableId, Serial>> changed_;
  std::vector<std::pair<TableId, Serial>> erased_;
  Serial popped_ = kNoSerial;  // taken off the due queue last
  Serial next_serial_ = 1;
  CommitSeq seq_ = 0;
  std::uint64_t state_hash_ = 0;
  PlacementListener* placement_ = nullptr;
};

}  // namespace ecsmi::model
