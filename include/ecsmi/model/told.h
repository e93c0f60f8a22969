#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "ecsmi/model/changes.h"
#include "ecsmi/model/container_instance.h"

namespace ecsmi::model {

// What an event shows of an instance that its row does not say, or that may have moved on by the time it is shown. The
// rest of an instance never changes.
struct InstanceFacts {
  InstanceStage stage = InstanceStage::kLaunching;
  bool agent_connected = false;
  std::uint32_t version = 1;
  TimeMs registered_at = kUnset;
  Serial status_reason = kNoSerial;
  Resources remaining;
  std::vector<std::uint16_t> used_ports;
  std::uint32_t running_tasks = 0;
  std::uint32_t pending_tasks = 0;
  static InstanceFacts Of(const ContainerInstance& row);
  void PutInto(ContainerInstance& row) const;

  static constexpr auto Fields() {
    using I = InstanceFacts;
    return std::tuple(F("stage", &I::stage), F("agent_connected", &I::agent_connected), F("version", &I::version),
                      F("registered_at", &I::registered_at), F("status_reason", &I::status_reason),
                      F("remaining", &I::remaining), F("used_ports", &I::used_ports),
                      F("running_tasks", &I::running_tasks), F("pending_tasks", &I::pending_tasks));
  }
};

// Gathers what the steps of a commit have to tell watchers (ChangeSet::told), in the order in which it happened. Costs
// a few bytes for each thing told, watched or not; a row's bytes are kept only where the commit's own row would no
// longer show them. Belongs to a State.
class ToldLog {
 public:
  // A step begins at `now`, on the running axis.
  void BeginStep(TimeMs now) {
    now_ = now;
    step_begin_ = told_.size();
  }
  // How many things the world has told before this commit. They are numbered through the world's life, so that an
  // event's id does not depend on where commits end.
  std::uint64_t first() const { return first_; }
  void SetFirst(std::uint64_t first) { first_ = first; }
  std::uint64_t next() const { return first_ + told_.size(); }

  void Tell(TableId table, Serial serial) { told_.push_back({.table = table, .serial = serial, .at = now_}); }
  // `extra(std::string&)` appends what the row does not say, if anything.
  template <typename Extra>
  void Tell(TableId table, Serial serial, Extra&& extra) {
    Told told{.table = table, .serial = serial, .at = now_};
    told.extra_offset = Offset();
    extra(buffer_);
    told.extra_size = Offset() - told.extra_offset;
    told_.push_back(told);
  }
  // The row is about to change again, or to go: what was told of it in this commit, or in earlier steps of it, keeps
  // the bytes it had. So it is the step that an event shows, wherever commits end. `encode(std::string&)` appends them;
  // called only when there is such a thing.
  enum class Since { kCommit, kEarlierSteps };
  template <typename Encode>
  void Seal(TableId table, Serial serial, Since since, Encode&& encode) {
    Told* told = FindUnsealed(table, serial);
    if (told == nullptr || (since == Since::kEarlierSteps && told >= told_.data() + step_begin_)) return;
    told->image_offset = Offset();
    encode(buffer_);
    told->image_size = Offset() - told->image_offset;
  }
  // A row to which events refer is gone; these were its bytes.
  template <typename Encode>
  void TellErased(TableId table, Serial serial, Encode&& encode) {
    Told told{.table = table, .erased = true, .serial = serial, .at = now_};
    told.image_offset = Offset();
    encode(buffer_);
    told.image_size = Offset() - told.image_offset;
    told_.push_back(told);
  }

  // Instances whose room changed in this step, each once (ContainerInstance::room_told): told at its end.
  std::vector<Serial>& rooms() { return rooms_; }
  // Documents that rows with events let go of: told when they are dropped.
  absl::btree_set<Serial>& released_documents() { return released_documents_; }

  // Moves all that was told into the set.
  void Take(ChangeSet& changes);

 private:
  std::uint32_t Offset() const { return static_cast<std::uint32_t>(buffer_.size()); }
  Told* FindUnsealed(TableId table, Serial serial);

  TimeMs now_ = kUnset;
  std::size_t step_begin_ = 0;  // told_ before it is of earlier steps
  std::uint64_t first_ = 0;
  std::vector<Told> told_;
  std::string buffer_;
  // Newest entry of a row, for the first `indexed_` entries: filled when it is first asked for.
  absl::flat_hash_map<std::pair<TableId, Serial>, std::uint32_t> newest_;
  std::size_t indexed_ = 0;
  std::vector<Serial> rooms_;
  absl::btree_set<Serial> released_documents_;
};

}  // namespace ecsmi::model
