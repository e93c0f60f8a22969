// What durability costs a caller: RunTask against a call that does nothing, and its rows against SQLite alone.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "bench/report.h"
#include "bench/rig.h"
#include "store/connection.h"
#include "store/gate.h"
#include "store/wal_pregrow.h"

namespace ecsmi::bench {
namespace {

// RunTask of the same messages that does nothing: answered at once with `canned`.
void RegisterNoOp(api::Registry& registry, const ecs::RunTaskResponse& canned) {
  registry.AddHandler("ecsmi.ecs.v1.EcsService", "RunTask",
                      [&canned](control::Engine&, const api::CallContext&, const google::protobuf::Message&,
                                google::protobuf::Message* response, api::Done done) {
                        response->CopyFrom(canned);
                        done(absl::OkStatus());
                      });
}

// What the daemon answers to RunTask(count): the no-op's answer has the same shape.
ecs::RunTaskResponse AnswerOf(Daemon& daemon, int count) {
  grpc::ClientContext context;
  ecs::RunTaskResponse response;
  Require(daemon.stub().RunTask(&context, RunTaskOf(count), &response).ok(), "RunTask answers");
  return response;
}

// Rows of the same size in transactions of the same number, by SQLite as the store sets it up, and nothing else.
class RawSqlite {
 public:
  explicit RawSqlite(const std::string& path) : connection_(Open(path)) {
    insert_ = *connection_.Prepare("REPLACE INTO task(key, row) VALUES(?1, ?2)", true);
    store::Gate gate;
    Require(store::PregrowLog(
                connection_, gate, [](const void*) { return false; }, nullptr)
                .ok(),
            "the log grows");
  }

  // Rows a second.
  double Write(std::uint64_t rows, std::uint64_t rows_per_commit, const std::string& row) {
    const double began = WallSeconds();
    for (std::uint64_t written = 0; written < rows;) {
      Execute("BEGIN IMMEDIATE");
      for (std::uint64_t i = 0; i < rows_per_commit && written < rows; ++i, ++written) {
        Require(insert_.Bind(1, next_key_++).BindBlob(2, row).Run() == SQLITE_OK, "a row is written");
      }
      Execute("COMMIT");
    }
    const double seconds = WallSeconds() - began;
    Require(*connection_.QueryInteger("SELECT count(*) FROM task") == next_key_ - 1, "every row is there");
    Execute("PRAGMA wal_checkpoint(PASSIVE)");
    return static_cast<double>(rows) / seconds;
  }

 private:
  static store::Connection Open(const std::string& path) {
    auto connection = store::Connection::Open(path);
    Require(connection.ok(), "raw SQLite opens");
    for (const char* sql : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA wal_autocheckpoint=0",
                            "PRAGMA cache_size=-65536", "PRAGMA temp_store=MEMORY",
                            "CREATE TABLE task(key INTEGER PRIMARY KEY, row BLOB NOT NULL)"}) {
      Require(connection->Execute(sql).ok(), sql);
    }
    return *std::move(connection);
  }
  void Execute(const std::string& sql) { Require(connection_.Execute(sql).ok(), sql); }

  store::Connection connection_;
  store::Statement insert_;
  std::int64_t next_key_ = 1;
};

}  // namespace

void BenchDurableCalls(const Options& options) {
  const TemporaryFolder folder;
  Daemon daemon(folder.File("durable.db"));
  daemon.MakeFleet();
  const int repeats = options.quick ? 2 : 7;
  const auto calls = [&](std::uint64_t full) { return options.quick ? full / 50 : full; };

  for (const int in_flight : {64, 16, 1}) {
    const std::string metric = absl::StrCat("durable_run_task_over_noop_", in_flight);
    if (!options.Wants(metric)) continue;
    const ecs::RunTaskResponse canned = AnswerOf(daemon, 1);
    Daemon idle(folder.File(absl::StrCat("idle-", in_flight, ".db")),
                [&](api::Registry& registry) { RegisterNoOp(registry, canned); });
    const ecs::RunTaskRequest request = RunTaskOf(1);
    const std::uint64_t each = calls(in_flight == 1 ? 2'500 : 20'000);
    CallInLoop(daemon.stub(), request, in_flight, each / 10);  // both warm
    CallInLoop(idle.stub(), request, in_flight, each / 10);
    std::size_t tasks = daemon.RunningTasks();
    Result result{.metric = metric,
                  .n = static_cast<std::int64_t>(each),
                  .value_unit = "RunTask/s, durable",
                  .base_unit = "no-op calls/s",
                  .bar = in_flight == 64 ? 0.6 : 0};
    std::vector<double> cpu, base_cpu, p50, p99, base_p99, per_commit;
    for (int repeat = 0; repeat < repeats; ++repeat) {
      const CallStats base = CallInLoop(idle.stub(), request, in_flight, each);
      const std::uint64_t commits = daemon.store().commits();
      const CallStats durable = CallInLoop(daemon.stub(), request, in_flight, each);
      per_commit.push_back(static_cast<double>(each) / static_cast<double>(daemon.store().commits() - commits));
      result.values.push_back(durable.Rate());
      result.bases.push_back(base.Rate());
      cpu.push_back(durable.cpu_seconds / static_cast<double>(durable.calls) * 1e6);
      base_cpu.push_back(base.cpu_seconds / static_cast<double>(base.calls) * 1e6);
      p50.push_back(durable.Percentile(0.5) * 1e6);
      p99.push_back(durable.Percentile(0.99) * 1e6);
      base_p99.push_back(base.Percentile(0.99) * 1e6);
    }
    tasks += each * static_cast<std::uint64_t>(repeats);
    Require(daemon.RunningTasks() == tasks, "every RunTask made a task that runs");
    result.more = {{"cpu_us_per_call", Median(cpu)},  {"noop_cpu_us_per_call", Median(base_cpu)},
                   {"p50_us", Median(p50)},           {"p99_us", Median(p99)},
                   {"noop_p99_us", Median(base_p99)}, {"calls_per_commit", Median(per_commit)}};
    Print(options, result);
  }

  const std::string metric = "durable_rows_over_raw_sqlite_16";
  if (!options.Wants(metric)) return;
  constexpr int kInFlight = 16;
  const ecs::RunTaskRequest ten = RunTaskOf(10);
  const std::uint64_t each = calls(4'000);
  RawSqlite raw(folder.File("raw.db"));
  CallInLoop(daemon.stub(), ten, kInFlight, each / 10);
  Result result{.metric = metric,
                .n = static_cast<std::int64_t>(each * 10),
                .value_unit = "task rows/s by RunTask(10)",
                .base_unit = "rows/s by SQLite alone",
                .bar = 0.4};
  std::vector<double> batch, size, cpu;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    const std::uint64_t commits = daemon.store().commits();
    const std::uint64_t rows = daemon.store().task_rows();
    const std::uint64_t bytes = daemon.store().task_row_bytes();
    const CallStats stats = CallInLoop(daemon.stub(), ten, kInFlight, each);
    const std::uint64_t written = daemon.store().task_rows() - rows;
    Require(written >= each * 10, "a row for every task");
    const std::uint64_t per_commit = std::max<std::uint64_t>(1, written / (daemon.store().commits() - commits));
    const std::uint64_t row_bytes = (daemon.store().task_row_bytes() - bytes) / written;
    batch.push_back(static_cast<double>(per_commit));
    size.push_back(static_cast<double>(row_bytes));
    cpu.push_back(stats.cpu_seconds / static_cast<double>(each * 10) * 1e6);
    result.values.push_back(stats.Rate() * 10);
    result.bases.push_back(raw.Write(each * 10, per_commit, std::string(row_bytes, 'x')));
  }
  result.more = {{"rows_per_commit", Median(batch)}, {"row_bytes", Median(size)}, {"cpu_us_per_row", Median(cpu)}};
  Print(options, result);
}

}  // namespace ecsmi::bench
