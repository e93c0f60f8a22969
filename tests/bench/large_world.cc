// A world with a million running tasks: what it weighs, what it costs to do nothing, and how it comes back.
#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "bench/fleet.h"
#include "bench/report.h"
#include "bench/rig.h"
#include "store/connection.h"

namespace ecsmi::bench {
namespace {

constexpr std::size_t kPerCommand = 1'000;

// Empty instances that hold ten tasks each, as an operator's fleet would before the tasks come.
void Launch(Daemon& daemon, std::size_t count) {
  for (std::size_t done = 0; done < count; done += kPerCommand) {
    daemon.OnStrand([&](control::Step& step) {
      const model::Serial provider = step.state.FindProvider("us-east-1", "large");
      const auto view = control::ViewRegion(step, "us-east-1");
      const auto subnets = step.state.Get<model::CapacityProvider>(provider).subnets;
      const ports::PricedType& type = view->catalog->types[view->requirements->OrdinalOf("m7i.xlarge")];
      for (std::size_t i = done; i < std::min(done + kPerCommand, count); ++i) {
        control::LaunchInstance(step, {provider, subnets[i % subnets.size()], &type, false});
      }
      return absl::OkStatus();
    });
  }
}

void Start(Daemon& daemon, std::size_t count) {
  for (std::size_t done = 0; done < count; done += kPerCommand) {
    daemon.OnStrand([&](control::Step& step) {
      control::NewTask task;
      task.provider = step.state.FindProvider("us-east-1", "large");
      task.cluster = step.state.FindCluster("us-east-1", "bench");
      task.definition = step.state.FindNewestDefinition("us-east-1", "bench");
      task.group = step.state.InternDocument("family:bench");
      task.resources = step.state.Get<model::TaskDefinition>(task.definition).resources;
      for (std::size_t i = done; i < std::min(done + kPerCommand, count); ++i) control::CreateTask(step, task);
      return absl::OkStatus();
    });
  }
}

// Seconds to read every row of the file's tables once, in key order, doing nothing with it.
double RawSelect(const std::string& path, std::int64_t* rows) {
  auto connection = store::Connection::Open(path);
  Require(connection.ok(), "the file opens");
  const double began = WallSeconds();
  *rows = 0;
  std::uint64_t sum = 0;
  for (const char* table : {"document", "task", "container_instance"}) {
    auto select = connection->Prepare(absl::StrCat("SELECT key, row FROM ", table, " ORDER BY key"), false);
    Require(select.ok(), "the rows can be selected");
    while (select->Step() == SQLITE_ROW) {
      sum += static_cast<std::uint64_t>(select->Integer(0)) + select->Bytes(1).size();
      ++*rows;
    }
  }
  Require(sum > 0, "rows were read");
  return WallSeconds() - began;
}

void Wait(double seconds) {
  base::Mutex mutex;
  base::CondVar never;
  base::MutexLock lock(mutex);
  const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < until) {
    never.WaitUntil(mutex, std::chrono::time_point_cast<std::chrono::nanoseconds>(until));
  }
}

struct Restart {
  double over_raw = 0;
  double seconds = 0;
};

void MeasureMemory(const Options& options, Daemon& daemon, std::size_t tasks) {
  // What the store keeps for itself fills up in the first tenth.
  const std::size_t first = tasks / 10;
  const std::size_t instances = tasks / 10;
  Launch(daemon, first / 10);
  Start(daemon, first);
  const auto resident = [] { return static_cast<double>(ResidentBytes()); };
  const double before_instances = resident();
  Launch(daemon, instances - first / 10);
  const double before_tasks = resident();
  Start(daemon, tasks - first);
  const double after = resident();
  Require(daemon.RunningTasks() == tasks, "every task runs");
  Print(options, {.metric = "resident_bytes_per_task",
                  .n = static_cast<std::int64_t>(tasks),
                  .value_unit = "bytes per further running task",
                  .values = {(after - before_tasks) / static_cast<double>(tasks - first)},
                  .base_unit = "bytes (the bar)",
                  .bases = {400},
                  .bar = 1,
                  .at_least = false,
                  .more = {{"record_bytes", static_cast<double>(sizeof(model::Task))}, {"resident_mb", after / 1e6}}});
  Print(options, {.metric = "resident_bytes_per_instance",
                  .n = static_cast<std::int64_t>(instances),
                  .value_unit = "bytes per further empty instance",
                  .values = {(before_tasks - before_instances) / static_cast<double>(instances - first / 10)},
                  .base_unit = "bytes (the bar)",
                  .bases = {1'500},
                  .bar = 1,
                  .at_least = false,
                  .more = {{"record_bytes", static_cast<double>(sizeof(model::ContainerInstance))}}});
}

void MeasureIdle(const Options& options, Daemon& daemon, std::size_t tasks) {
  const double seconds = options.quick ? 2 : 60;
  Wait(options.quick ? 0.5 : 3);  // the log is moved into the file
  const std::uint64_t commits = daemon.store().commits();
  const double cpu = CpuSeconds();
  const std::int64_t switches = ContextSwitches();
  Wait(seconds);
  const double used = CpuSeconds() - cpu;
  Require(daemon.store().commits() == commits, "an idle world writes nothing");
  Print(options, {.metric = "idle_cpu_share",
                  .n = static_cast<std::int64_t>(tasks),
                  .value_unit = "percent of a core",
                  .values = {used / seconds * 100},
                  .base_unit = "percent (the bar)",
                  .bases = {0.1},
                  .bar = 1,
                  .at_least = false,
                  .more = {{"window_s", seconds},
                           {"context_switches_per_s", static_cast<double>(ContextSwitches() - switches) / seconds},
                           {"commits", static_cast<double>(daemon.store().commits() - commits)}}});
}

// A world of `tasks` in a file; then it is started again and again, between raw reads of the same rows.
std::vector<Restart> MeasureRestart(const std::string& path, std::uint64_t hash, std::size_t tasks, int repeats,
                                    Result* result) {
  std::vector<Restart> restarts;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    std::int64_t rows = 0;
    const double raw = RawSelect(path, &rows);
    Require(rows > static_cast<std::int64_t>(tasks), "the raw read sees the tasks");
    const double cpu = CpuSeconds();
    Daemon again(path);
    const double used = CpuSeconds() - cpu;
    Require(again.StateHash() == hash, "the state comes back as it was");
    Require(again.RunningTasks() == tasks, "every task is there again");
    restarts.push_back({again.start_seconds() / raw, again.start_seconds()});
    if (result == nullptr) continue;
    result->values.push_back(again.start_seconds());
    result->bases.push_back(raw);
    if (repeat == 0) result->more = {{"cpu_s", used}, {"rows", static_cast<double>(rows)}};
  }
  return restarts;
}

}  // namespace

void BenchLargeWorld(const Options& options) {
  const std::size_t tasks = options.quick ? 20'000 : 1'000'000;
  const std::size_t small = tasks / 100;
  const int repeats = options.quick ? 1 : 5;
  const TemporaryFolder folder;
  std::uint64_t hash = 0;
  double build_s = 0;
  {
    Daemon daemon(folder.File("large.db"));
    daemon.MakeFleet();
    const double began = WallSeconds();
    MeasureMemory(options, daemon, tasks);
    build_s = WallSeconds() - began;
    if (options.Wants("idle_cpu_share")) MeasureIdle(options, daemon, tasks);
    hash = daemon.StateHash();
  }
  Result result{.metric = "restart_over_raw_select",
                .n = static_cast<std::int64_t>(tasks),
                .value_unit = "s to read all worlds",
                .base_unit = "s to select the same rows",
                .bar = 5,
                .at_least = false};
  const std::vector<Restart> large = MeasureRestart(folder.File("large.db"), hash, tasks, repeats, &result);
  result.more.emplace_back("build_s", build_s);
  Print(options, result);

  // The same at a hundredth, for the exponent.
  {
    Daemon daemon(folder.File("small.db"));
    daemon.MakeFleet();
    Launch(daemon, small / 10);
    Start(daemon, small);
    hash = daemon.StateHash();
  }
  const std::vector<Restart> little = MeasureRestart(folder.File("small.db"), hash, small, repeats, nullptr);
  std::vector<double> exponents;
  for (std::size_t i = 0; i < little.size(); ++i) {
    exponents.push_back(
        GrowthExponent(static_cast<double>(small), little[i].seconds, static_cast<double>(tasks), large[i].seconds));
  }
  Print(options, {.metric = "growth_restart",
                  .n = static_cast<std::int64_t>(tasks),
                  .value_unit = "exponent",
                  .values = exponents,
                  .base_unit = "linear",
                  .bases = std::vector<double>(exponents.size(), 1.0),
                  .bar = 1.3,
                  .at_least = false,
                  .more = {{"n_small", static_cast<double>(small)}, {"small_s", little.front().seconds}}});
}

}  // namespace ecsmi::bench
