#include "control/event_scene.h"

#include <algorithm>

#include "ecsmi/base/check.h"

namespace ecsmi::control {

// One pass over occurrences: copies rows and notes those it cannot find.
class EventRows::Gathering {
 public:
  Gathering(model::State& rows, const model::State& live, const Gone& gone) : rows_(rows), live_(live), gone_(gone) {}

  void Add(const Occurrence& it) {
    switch (it.table) {
      case model::TableId::kTask:
        return With<model::Task>(it, [&](const model::Task& task) {
          Want<model::Cluster>(task.cluster);
          Want<model::TaskDefinition>(task.definition);
          Want<model::CapacityProvider>(task.provider);
          Want<model::Service>(task.service);
          Want<model::ContainerInstance>(task.instance);
          if (task.service == model::kNoSerial) Want<model::Document>(task.group);
          Want<model::Document>(task.document);
          Want<model::Document>(task.stopped_reason);
          Want<model::Document>(task.behavior);
        });
      case model::TableId::kContainerInstance: {
        model::InstanceFacts facts;
        if (model::DecodeRow(it.extra, facts)) Want<model::Document>(facts.status_reason);
        const auto* row = Want<model::ContainerInstance>(it.serial);
        if (row == nullptr) return;
        Want<model::Cluster>(row->cluster);
        Want<model::CapacityProvider>(row->provider);
        Want<model::Subnet>(row->subnet);
        Want<model::Document>(row->document);
        return;
      }
      case model::TableId::kServiceEvent:
        return With<model::ServiceEvent>(it, [&](const auto& row) { WantService(row.service); });
      case model::TableId::kDeployment:
        return With<model::Deployment>(it, [&](const auto& row) { WantService(row.service); });
      case model::TableId::kService:
        return With<model::Service>(it, [&](const auto& row) { Want<model::Cluster>(row.cluster); });
      case model::TableId::kCapacityProvider:
        return With<model::CapacityProvider>(it, [&](const auto& row) { Want<model::Cluster>(row.cluster); });
      case model::TableId::kAlarm:
        return With<model::Alarm>(it, [&](const auto& row) { Want<model::Document>(row.document); });
      case model::TableId::kDocument:
      case model::TableId::kCluster:
      case model::TableId::kTaskDefinition:
      case model::TableId::kSubnet:
      case model::TableId::kBehavior:
      case model::TableId::kQueue:
      case model::TableId::kMessage:
      case model::TableId::kMetric:
      case model::TableId::kAccountSetting:
      case model::TableId::kScalableTarget:
      case model::TableId::kScalingPolicy:
      case model::TableId::kScalingActivity:
      case model::TableId::kUsage:
      case model::TableId::kUsageShare:
      case model::TableId::kToken:
      case model::TableId::kFamily:
      case model::TableId::kServiceRevision:
      case model::TableId::kServiceDeployment:
      case model::TableId::kScheduledAction:
        return;
    }
  }
  std::vector<RowKey> Missing() && {
    std::sort(missing_.begin(), missing_.end());
    missing_.erase(std::unique(missing_.begin(), missing_.end()), missing_.end());
    return std::move(missing_);
  }

 private:
  template <typename T, typename Visit>
  void With(const Occurrence& it, Visit&& visit) {
    if (T row; model::DecodeRow(it.image, row)) visit(row);
  }
  template <typename T>
  const T* Want(model::Serial serial) {
    if (serial == model::kNoSerial) return nullptr;
    if (const T* known = rows_.Find<T>(serial); known != nullptr) return known;
    std::string bytes;
    if (const T* alive = live_.Find<T>(serial); alive != nullptr) {
      model::EncodeRow(*alive, bytes);
    } else if (const std::string* last = gone_({T::kTable, serial}); last != nullptr) {
      bytes = *last;
    }
    if (bytes.empty() || !rows_.LoadRow(T::kTable, serial, bytes).ok()) {
      missing_.emplace_back(T::kTable, serial);
      return nullptr;
    }
    return rows_.Find<T>(serial);
  }
  void WantService(model::Serial serial) {
    if (const auto* service = Want<model::Service>(serial); service != nullptr) Want<model::Cluster>(service->cluster);
  }

  model::State& rows_;
  const model::State& live_;
  const Gone& gone_;
  std::vector<RowKey> missing_;
};

EventRows::EventRows(std::string account, const Settings& settings, const ports::Catalog& catalog, RegionSet& regions)
    : account_(std::move(account)),
      key_(WorldKey(settings.seed, account_)),
      placement_([](model::Serial, std::string_view) { return core::PlacementIndex::TypeFacts(); }),
      step_{state_, 0, account_, key_, settings, catalog, regions, placement_, settings.clock, settings.speed, shown_} {
}

std::vector<RowKey> EventRows::Gather(std::span<const Occurrence> occurrences, const model::State& live,
                                      const std::vector<ShownSegment>& shown, const Gone& gone) {
  shown_ = shown;
  Gathering gathering(state_, live, gone);
  for (const Occurrence& it : occurrences) gathering.Add(it);
  return std::move(gathering).Missing();
}

void EventRows::FillGaps(std::span<const RowKey> missing) {
  std::string empty;
  model::EncodeRow(model::Document(), empty);
  for (const auto& [table, serial] : missing) {
    if (table == model::TableId::kDocument) ECSMI_CHECK(state_.LoadRow(table, serial, empty).ok());
  }
}

}  // namespace ecsmi::control
