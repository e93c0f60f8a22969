#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catalog/embedded_catalog.h"
#include "control/regions.h"
#include "control/simulation.h"
#include "ecsmi/control/engine.h"
#include "gtest/gtest.h"

namespace ecsmi::testing {

// The built-in catalogue, loaded once per test binary.
inline const ports::Catalog& TestCatalog() {
  static const std::unique_ptr<ports::Catalog> catalog = [] {
    auto loaded = catalog::LoadEmbeddedCatalog();
    ECSMI_CHECK(loaded.ok());
    return *std::move(loaded);
  }();
  return *catalog;
}

// All rows of one state, encoded and decoded into another, table by table; serials rise, as a store would give them
// back, or fall.
enum class RowOrder { kRising, kFalling };
template <typename... Ts>
absl::Status CopyTables(const model::State& from, model::State& to, RowOrder order) {
  absl::Status status;
  (
      [&] {
        std::vector<const Ts*> rows;
        from.table<Ts>().ForEach([&](const Ts& row) { rows.push_back(&row); });
        std::sort(rows.begin(), rows.end(), [](const Ts* a, const Ts* b) { return a->serial < b->serial; });
        if (order == RowOrder::kFalling) std::reverse(rows.begin(), rows.end());
        for (const Ts* row : rows) {
          std::string bytes;
          model::EncodeRow(*row, bytes);
          status.Update(to.LoadRow(Ts::kTable, row->serial, bytes));
        }
      }(),
      ...);
  return status;
}
inline absl::Status CopyRows(const model::State& from, model::State& to, RowOrder order = RowOrder::kRising) {
  return CopyTables<model::Document, model::Cluster, model::CapacityProvider, model::TaskDefinition, model::Service,
                    model::Deployment, model::Task, model::ContainerInstance, model::Subnet, model::BehaviorRule,
                    model::Queue, model::Message, model::Alarm, model::Metric, model::ScalableTarget,
                    model::ScalingPolicy, model::ScalingActivity, model::Usage, model::UsageShare, model::Token,
                    model::Family, model::ServiceEvent, model::AccountSetting, model::ServiceRevision,
                    model::ServiceDeployment, model::ScheduledAction>(from, to, order);
}

// A command made of a function; `done` gets its status when it is durable.
class FunctionCommand final : public control::Command {
 public:
  FunctionCommand(std::function<absl::Status(control::Step&)> run, std::function<void(absl::Status)> done)
      : run_(std::move(run)), done_(std::move(done)) {}
  absl::Status Run(control::Step& step) override { return run_(step); }
  void Finish(absl::Status status) override { done_(std::move(status)); }

 private:
  std::function<absl::Status(control::Step&)> run_;
  std::function<void(absl::Status)> done_;
};

// A world's state without threads or store: steps run on the caller's thread, time moves when told. For decisions.
class BareWorld {
 public:
  explicit BareWorld(control::Settings settings = {})
      : settings_(std::move(settings)), regions_(TestCatalog(), settings_.strict_regions) {
    Reset(std::make_unique<model::State>());
  }

  // Puts another state (a reloaded one) in place.
  void Reset(std::unique_ptr<model::State> state) {
    state_ = std::move(state);
    placement_ = MakePlacement();
    state_->SetPlacementListener(placement_.get());
  }
  std::unique_ptr<core::PlacementIndex> MakePlacement() {
    return std::make_unique<core::PlacementIndex>([this](model::Serial provider, std::string_view name) {
      core::PlacementIndex::TypeFacts facts;
      const auto view = regions_.View(state_->Get<model::CapacityProvider>(provider).region);
      facts.ordinal = view->requirements->OrdinalOf(name);
      if (facts.ordinal != core::TypeSet::kNone) {
        facts.architecture = view->catalog->types[facts.ordinal].type->architecture;
      }
      return facts;
    });
  }

  control::Step NewStep() {
    state_->told().BeginStep(now);
    return control::Step{
        *state_, now,   account_, key_, settings_, TestCatalog(), regions_, *placement_, control::ClockMode::kVirtual,
        1.0,     shown_};
  }
  // One command with everything it brings about at once.
  template <typename Run>
  auto Do(Run&& run) {
    control::Step step = NewStep();
    auto result = run(step);
    control::Settle(step);
    FireUpTo(now);
    return result;
  }
  // Fires what is due, each item at its own instant, and moves the clock.
  void Advance(model::DurationMs by) {
    const model::TimeMs until = now + by;
    FireUpTo(until);
    now = until;
  }
  void FireUpTo(model::TimeMs until) {
    model::DueItem item;
    while (state_->PeekDue(&item) && item.at <= until) {
      state_->PopDue(item);
      now = std::max(now, item.at);
      control::Step step = NewStep();
      control::Fire(step, item);
      control::Settle(step);
    }
  }

  model::State& state() { return *state_; }
  const base::Key128& key() const { return key_; }
  control::Settings& settings() { return settings_; }

  // Rows that most tests need.
  model::Serial AddCluster(const std::string& name = "default") {
    model::Cluster row;
    row.serial = state_->NewSerial();
    row.region = "us-east-1";
    row.name = name;
    row.created_at = now;
    return state_->Insert(std::move(row)).serial;
  }
  model::Serial AddProvider(model::Serial cluster, int subnets = 3,
                            const model::InstanceRequirements* wanted = nullptr) {
    control::Step step = NewStep();
    model::CapacityProvider row;
    for (int i = 0; i < subnets; ++i) {
      row.subnets.push_back(*control::EnsureSubnet(step, "us-east-1", "subnet-0000000" + std::to_string(i)));
    }
    row.serial = state_->NewSerial();
    row.region = "us-east-1";
    row.name = "mi-" + std::to_string(row.serial);
    row.cluster = cluster;
    row.status = model::CapacityProviderStatus::kActive;
    row.created_at = now;
    if (wanted != nullptr) {
      row.has_requirements = true;
      row.requirements = *wanted;
    }
    return state_->Insert(std::move(row)).serial;
  }
  model::Serial AddDefinition(model::Resources resources, model::ContainerBehavior behavior = {}) {
    model::TaskDefinition row;
    row.serial = state_->NewSerial();
    row.region = "us-east-1";
    row.family = "family-" + std::to_string(row.serial);
    row.revision = 1;
    row.resources = resources;
    model::ContainerSpec container;
    container.name = "main";
    container.image = "example/app:1";
    container.behavior = std::move(behavior);
    row.containers.push_back(std::move(container));
    return state_->Insert(std::move(row)).serial;
  }
  control::NewTask ATask(model::Serial cluster, model::Serial provider, model::Serial definition) {
    control::NewTask task;
    task.cluster = cluster;
    task.provider = provider;
    task.definition = definition;
    task.group = state_->InternDocument("family:test");
    task.resources = state_->Get<model::TaskDefinition>(definition).resources;
    return task;
  }

  model::TimeMs now = 1'767'225'600'000;

 private:
  control::Settings settings_;
  control::RegionSet regions_;
  const std::string account_ = "000000000000";
  const base::Key128 key_{1, 2};
  const std::vector<control::ShownSegment> shown_;
  std::unique_ptr<core::PlacementIndex> placement_;
  std::unique_ptr<model::State> state_;
};

}  // namespace ecsmi::testing
