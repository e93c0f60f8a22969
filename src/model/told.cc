#include "ecsmi/model/told.h"

namespace ecsmi::model {

InstanceFacts InstanceFacts::Of(const ContainerInstance& row) {
  return {row.stage,     row.agent_connected, row.version,       row.registered_at, row.status_reason,
          row.remaining, row.used_ports,      row.running_tasks, row.pending_tasks};
}

void InstanceFacts::PutInto(ContainerInstance& row) const {
  row.stage = stage;
  row.agent_connected = agent_connected;
  row.version = version;
  row.registered_at = registered_at;
  row.status_reason = status_reason;
  row.remaining = remaining;
  row.used_ports = used_ports;
  row.running_tasks = running_tasks;
  row.pending_tasks = pending_tasks;
}

Told* ToldLog::FindUnsealed(TableId table, Serial serial) {
  for (; indexed_ < told_.size(); ++indexed_) {
    const Told& told = told_[indexed_];
    if (!told.erased) newest_[{told.table, told.serial}] = static_cast<std::uint32_t>(indexed_);
  }
  const auto at = newest_.find({table, serial});
  return at == newest_.end() || told_[at->second].image_size > 0 ? nullptr : &told_[at->second];
}

void ToldLog::Take(ChangeSet& changes) {
  changes.told_first = first_;
  first_ += told_.size();
  changes.told = std::move(told_);
  changes.told_buffer = std::move(buffer_);
  told_.clear();
  buffer_.clear();
  newest_.clear();
  indexed_ = 0;
  step_begin_ = 0;
}

}  // namespace ecsmi::model
