// Placements in memory: the index alone, and through State with all that hangs on a task.
#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "bench/fleet.h"
#include "bench/report.h"
#include "builders/world_fixture.h"
#include "ecsmi/core/usable_resources.h"

namespace ecsmi::bench {
namespace {

constexpr std::size_t kBatch = 1'000;  // as many as a pass places

struct Rates {
  double fill_per_s = 0;
  double start_per_s = 0;
  double stop_per_s = 0;
  double encode_per_s = 0;  // rows of the filling
  double unplaced = 0;      // share
};

// Which group the i-th task of the run belongs to: every group its share, in drawn order.
std::vector<std::uint32_t> Order(const FleetShape& shape, Draws& draws) {
  std::vector<std::uint32_t> order(shape.tasks);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i % shape.groups.size());
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[draws.Below(i)]);
  return order;
}

// --- The index alone: what placement itself costs ---

class IndexFleet {
 public:
  IndexFleet(const FleetShape& shape, const core::RequirementsIndex& requirements)
      : shape_(shape), index_([&](model::Serial, std::string_view name) {
          core::PlacementIndex::TypeFacts facts;
          facts.ordinal = requirements.OrdinalOf(name);
          facts.architecture = requirements.region().types[facts.ordinal].type->architecture;
          return facts;
        }) {
    instances_.resize(shape.instances);
    for (std::size_t i = 0; i < shape.instances; ++i) {
      model::ContainerInstance& row = instances_[i];
      const model::InstanceType& type = *shape.TypeOf(i).type;
      row.serial = i + 1;
      row.provider = 1;
      row.type = type.name;
      row.zone = static_cast<std::uint8_t>(i % 3);
      row.placement_slot = static_cast<std::uint32_t>(i);
      row.registered = row.remaining = core::UsableResources(type);
      row.dedicated = shape.IsDedicated(i);
      index_.InstanceChanged(row);
    }
    for (const FleetShape::Group& group : shape.groups) classes_.push_back(shape.ClassOf(group));
  }

  bool Start(std::uint32_t group) {
    const core::PlacementClass& wanted = classes_[group];
    const model::Serial found = index_.Find(1, wanted, group + 1);
    if (found == model::kNoSerial) return false;
    model::ContainerInstance& row = instances_[found - 1];
    row.used = true;
    row.remaining -= wanted.need;
    ++row.tasks.count;
    index_.InstanceChanged(row);
    task_.group = group + 1;
    index_.TaskPlaced(task_, row);
    placed_.push_back({group, static_cast<std::uint32_t>(found - 1)});
    return true;
  }
  void Stop(std::size_t at) {
    const Placed placed = placed_[at];
    placed_[at] = placed_.back();
    placed_.pop_back();
    model::ContainerInstance& row = instances_[placed.instance];
    row.remaining += classes_[placed.group].need;
    --row.tasks.count;
    if (row.dedicated) row.used = false;  // stands for the instance that a new dedicated task would get
    index_.InstanceChanged(row);
    task_.group = placed.group + 1;
    index_.TaskReleased(task_, row);
  }
  std::size_t size() const { return placed_.size(); }

  // The rooms add up, and nobody has more than there is.
  void Check() const {
    std::vector<model::Resources> held(instances_.size());
    for (const Placed& placed : placed_) held[placed.instance] += classes_[placed.group].need;
    for (std::size_t i = 0; i < instances_.size(); ++i) {
      model::Resources left = instances_[i].registered;
      left -= held[i];
      Require(left == instances_[i].remaining && instances_[i].registered.Contains(held[i]),
              "what is placed fits and adds up");
      Require(!instances_[i].dedicated || instances_[i].tasks.count <= 1, "a dedicated instance holds one task");
    }
  }

 private:
  struct Placed {
    std::uint32_t group = 0;
    std::uint32_t instance = 0;
  };
  const FleetShape& shape_;
  core::PlacementIndex index_;
  std::vector<model::ContainerInstance> instances_;
  std::vector<core::PlacementClass> classes_;
  std::vector<Placed> placed_;
  model::Task task_;
};

// --- Through State: the task's row, every list, counter and due time, and the instance's pass ---

class StateFleet {
 public:
  StateFleet(const FleetShape& shape, const ports::RegionCatalog&) : shape_(shape) {
    world_.settings().limits = false;
    cluster_ = world_.AddCluster();
    provider_ = world_.AddProvider(cluster_, 3);
    world_.state().Update<model::CapacityProvider>(
        provider_, [](model::CapacityProvider& row) { row.scale_in_after_seconds = -1; });
    for (const core::PlacementClass& wanted : shape.definitions) {
      definitions_.push_back(world_.AddDefinition(wanted.need));
    }
    for (std::size_t i = 0; i < shape.groups.size(); ++i) {
      groups_.push_back(absl::StrCat("group-", i));
      classes_.push_back(shape.ClassOf(shape.groups[i]));
    }
    control::Step step = world_.NewStep();
    const auto subnets = step.state.Get<model::CapacityProvider>(provider_).subnets;
    for (std::size_t i = 0; i < shape.instances; ++i) {
      control::LaunchInstance(step, {provider_, subnets[i % subnets.size()], &shape.TypeOf(i), shape.IsDedicated(i)});
    }
    Pass(step);
    world_.state().TakeChanges(world_.now);
  }

  bool Start(control::Step& step, std::uint32_t group) {
    control::NewTask wanted;
    wanted.cluster = cluster_;
    wanted.provider = provider_;
    wanted.definition = definitions_[shape_.groups[group].definition];
    wanted.group = step.state.InternDocument(groups_[group]);
    wanted.resources = classes_[group].need;
    wanted.dedicated = classes_[group].dedicated;
    wanted.distinct_instance = classes_[group].distinct_instance;
    const model::Serial task = control::CreateTask(step, wanted);
    const model::Serial instance = step.placement.Find(provider_, classes_[group], wanted.group);
    if (instance == model::kNoSerial) {
      step.state.Erase<model::Task>(task);
      return false;
    }
    control::PlaceTask(step, task, instance);
    placed_.push_back(task);
    return true;
  }
  // The task ends and gives its room back; it stays describable.
  void Stop(control::Step& step, std::size_t at) {
    control::StopTask(step, placed_[at], model::StopCode::kUserInitiated, "Task stopped by user");
    stopped_.push_back(placed_[at]);
    placed_[at] = placed_.back();
    placed_.pop_back();
  }
  // What a step's end brings: instances that were touched are looked at. The provider would launch for tasks that
  // found nothing; here they are gone already.
  void Pass(control::Step& step) {
    while (!step.state.dirty_instances().empty()) control::SettleInstance(step, step.state.TakeDirtyInstance());
    step.state.dirty_providers().clear();
    model::DueItem next;
    step.state.PeekDue(&next);  // takes the due times in
  }
  void ForgetStopped() {
    for (model::Serial task : stopped_) world_.state().Erase<model::Task>(task);
    stopped_.clear();
    TakeRows();
  }
  std::size_t TakeRows() { return world_.state().TakeChanges(world_.now).rows.size(); }
  control::Step NewStep() { return world_.NewStep(); }
  std::size_t size() const { return placed_.size(); }

  void Check() {
    std::vector<model::Resources> held(world_.state().next_serial());
    std::size_t tasks = 0;
    world_.state().table<model::Task>().ForEach([&](const model::Task& task) {
      if (!task.HoldsRoom()) return;
      held[task.instance] += task.resources;
      ++tasks;
    });
    Require(tasks == placed_.size(), "every task that was placed holds room");
    world_.state().table<model::ContainerInstance>().ForEach([&](const model::ContainerInstance& row) {
      model::Resources left = row.registered;
      left -= held[row.serial];
      Require(left == row.remaining && row.registered.Contains(held[row.serial]), "what is placed fits and adds up");
    });
  }

 private:
  const FleetShape& shape_;
  testing::BareWorld world_;
  model::Serial cluster_ = model::kNoSerial;
  model::Serial provider_ = model::kNoSerial;
  std::vector<model::Serial> definitions_;
  std::vector<std::string> groups_;
  std::vector<core::PlacementClass> classes_;
  std::vector<model::Serial> placed_;
  std::vector<model::Serial> stopped_;
};

Rates RunIndex(const FleetShape& shape, const core::RequirementsIndex& requirements, Draws draws) {
  const std::vector<std::uint32_t> order = Order(shape, draws);
  IndexFleet fleet(shape, requirements);
  Rates rates;
  double began = WallSeconds();
  for (std::uint32_t group : order) fleet.Start(group);
  rates.fill_per_s = static_cast<double>(fleet.size()) / (WallSeconds() - began);
  rates.unplaced = 1 - static_cast<double>(fleet.size()) / static_cast<double>(shape.tasks);
  fleet.Check();
  double starting = 0;
  double stopping = 0;
  std::size_t started = 0;
  std::size_t stopped = 0;
  for (std::size_t round = 0; round < std::max<std::size_t>(shape.tasks / 4 / kBatch, 5); ++round) {
    std::vector<std::size_t> leaving(kBatch);
    std::vector<std::uint32_t> coming(kBatch);
    for (std::size_t i = 0; i < kBatch; ++i) {
      leaving[i] = draws.Below(fleet.size() - i);
      coming[i] = order[draws.Below(order.size())];
    }
    began = WallSeconds();
    for (std::size_t at : leaving) fleet.Stop(at);
    const double between = WallSeconds();
    for (std::uint32_t group : coming) started += fleet.Start(group) ? 1u : 0u;
    stopping += between - began;
    starting += WallSeconds() - between;
    stopped += kBatch;
  }
  fleet.Check();
  rates.start_per_s = static_cast<double>(started) / starting;
  rates.stop_per_s = static_cast<double>(stopped) / stopping;
  return rates;
}

Rates RunState(const FleetShape& shape, const ports::RegionCatalog& region, Draws draws) {
  const std::vector<std::uint32_t> order = Order(shape, draws);
  StateFleet fleet(shape, region);
  Rates rates;
  double placing = 0;
  double encoding = 0;
  std::size_t rows = 0;
  for (std::size_t at = 0; at < order.size(); at += kBatch) {
    const double began = WallSeconds();
    control::Step step = fleet.NewStep();
    for (std::size_t i = at; i < std::min(at + kBatch, order.size()); ++i) fleet.Start(step, order[i]);
    fleet.Pass(step);
    const double placed = WallSeconds();
    rows += fleet.TakeRows();
    placing += placed - began;
    encoding += WallSeconds() - placed;
  }
  Require(rows >= fleet.size(), "every placed task has its row in a ChangeSet");
  rates.fill_per_s = static_cast<double>(fleet.size()) / placing;
  rates.encode_per_s = static_cast<double>(rows) / encoding;
  rates.unplaced = 1 - static_cast<double>(fleet.size()) / static_cast<double>(shape.tasks);
  fleet.Check();
  double starting = 0;
  double stopping = 0;
  std::size_t started = 0;
  std::size_t stopped = 0;
  for (std::size_t round = 0; round < std::max<std::size_t>(shape.tasks / 4 / kBatch, 5); ++round) {
    control::Step step = fleet.NewStep();
    double began = WallSeconds();
    for (std::size_t i = 0; i < kBatch; ++i) fleet.Stop(step, draws.Below(fleet.size()));
    fleet.Pass(step);
    stopping += WallSeconds() - began;
    stopped += kBatch;
    fleet.TakeRows();
    began = WallSeconds();
    for (std::size_t i = 0; i < kBatch; ++i) {
      started += fleet.Start(step, order[draws.Below(order.size())]) ? 1u : 0u;
    }
    fleet.Pass(step);
    starting += WallSeconds() - began;
    fleet.ForgetStopped();
  }
  fleet.Check();
  rates.start_per_s = static_cast<double>(started) / starting;
  rates.stop_per_s = static_cast<double>(stopped) / stopping;
  return rates;
}

struct Series {
  std::vector<double> fill, start, stop, encode, unplaced;
  void Add(const Rates& rates) {
    fill.push_back(rates.fill_per_s);
    start.push_back(rates.start_per_s);
    stop.push_back(rates.stop_per_s);
    encode.push_back(rates.encode_per_s);
    unplaced.push_back(rates.unplaced);
  }
};

void PrintRate(const Options& options, const std::string& metric, std::size_t n, const std::vector<double>& rates,
               double bar, std::vector<std::pair<std::string, double>> more) {
  Print(options, {.metric = metric,
                  .n = static_cast<std::int64_t>(n),
                  .value_unit = "placements/s",
                  .values = rates,
                  .base_unit = "placements/s (the bar)",
                  .bases = std::vector<double>(rates.size(), bar),
                  .bar = 1,
                  .more = std::move(more)});
}

// Cost per operation at the largest size against the smallest, as the exponent of total cost over N.
void PrintGrowth(const Options& options, const std::string& metric, std::size_t small, std::size_t large,
                 const std::vector<double>& small_rates, const std::vector<double>& large_rates) {
  std::vector<double> exponents;
  for (std::size_t i = 0; i < std::min(small_rates.size(), large_rates.size()); ++i) {
    exponents.push_back(GrowthExponent(static_cast<double>(small), static_cast<double>(small) / small_rates[i],
                                       static_cast<double>(large), static_cast<double>(large) / large_rates[i]));
  }
  Print(options, {.metric = metric,
                  .n = static_cast<std::int64_t>(large),
                  .value_unit = "exponent",
                  .values = exponents,
                  .base_unit = "linear",
                  .bases = std::vector<double>(exponents.size(), 1.0),
                  .bar = 1.3,
                  .at_least = false,
                  .more = {{"n_small", static_cast<double>(small)},
                           {"rate_small", Median(small_rates)},
                           {"rate_large", Median(large_rates)}}});
}

}  // namespace

void BenchPlacements(const Options& options) {
  const ports::Catalog& catalog = testing::TestCatalog();
  const ports::RegionCatalog& region = **catalog.Region("us-east-1", false);
  const core::RequirementsIndex requirements(region);
  const std::vector<std::size_t> sizes =
      options.quick ? std::vector<std::size_t>{2'000, 20'000} : std::vector<std::size_t>{10'000, 100'000, 1'000'000};
  std::vector<Series> index(sizes.size());
  std::vector<Series> state(sizes.size());
  const int repeats = options.quick ? 1 : 5;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      Draws draws(options.seed);
      const FleetShape shape(sizes[i], region, draws);
      index[i].Add(RunIndex(shape, requirements, draws));
      state[i].Add(RunState(shape, region, draws));
      Require(state[i].unplaced.back() < 0.1 && index[i].unplaced.back() == state[i].unplaced.back(),
              "nine in ten tasks find a hole, and the index answers State as it answers alone");
    }
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const std::vector<std::pair<std::string, double>> unplaced = {{"unplaced_share", Median(index[i].unplaced)}};
    PrintRate(options, "placements_fill_index", sizes[i], index[i].fill, 1e6, unplaced);
    PrintRate(options, "placements_churn_index", sizes[i], index[i].start, 5e5,
              {{"stops_per_s", Median(index[i].stop)}});
    PrintRate(options, "placements_fill_state", sizes[i], state[i].fill, 1e6,
              {{"rows_encoded_per_s", Median(state[i].encode)}});
    PrintRate(options, "placements_churn_state", sizes[i], state[i].start, 5e5,
              {{"stops_per_s", Median(state[i].stop)}});
  }
  const std::size_t last = sizes.size() - 1;
  PrintGrowth(options, "growth_fill_index", sizes[0], sizes[last], index[0].fill, index[last].fill);
  PrintGrowth(options, "growth_churn_index", sizes[0], sizes[last], index[0].start, index[last].start);
  PrintGrowth(options, "growth_fill_state", sizes[0], sizes[last], state[0].fill, state[last].fill);
  PrintGrowth(options, "growth_churn_state", sizes[0], sizes[last], state[0].start, state[last].start);
}

}  // namespace ecsmi::bench
