// How long a read takes while a hundred thousand tasks are submitted and placed.
#include <algorithm>
#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "bench/report.h"
#include "bench/rig.h"

namespace ecsmi::bench {
namespace {

constexpr double kReadsPerSecond = 500;

// DescribeTasks on a fixed schedule whatever the answers do (open loop); a latency counts from the scheduled moment.
class Reader {
 public:
  Reader(ecs::EcsService::Stub& stub, std::string task) : stub_(stub) {
    request_.set_cluster("bench");
    request_.add_tasks(std::move(task));
  }

  // Reads until `enough` says so; then waits for what is under way.
  CallStats Run(const std::function<bool(double elapsed_s)>& enough) {
    struct Read {
      grpc::ClientContext context;
      ecs::DescribeTasksResponse response;
    };
    base::Mutex mutex;
    base::CondVar changed;
    std::uint64_t open = 0;
    CallStats stats;
    bool failed = false;
    const auto began = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0;; ++i) {
      const auto due =
          began + std::chrono::nanoseconds(static_cast<std::int64_t>(static_cast<double>(i) * 1e9 / kReadsPerSecond));
      std::this_thread::sleep_until(due);
      if (enough(std::chrono::duration<double>(due - began).count())) break;
      {
        base::MutexLock lock(mutex);
        ++open;
      }
      auto read = std::make_shared<Read>();
      stub_.async()->DescribeTasks(
          &read->context, &request_, &read->response, [&, read, due](const grpc::Status& status) {
            const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - due).count();
            base::MutexLock lock(mutex);
            stats.latencies_s.push_back(took);
            failed = failed || !status.ok() || read->response.tasks_size() != 1;
            if (--open == 0) changed.NotifyOne();
          });
    }
    base::MutexLock lock(mutex);
    while (open > 0) changed.Wait(mutex);
    Require(!failed, "every read finds its task");
    stats.calls = stats.latencies_s.size();
    stats.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return stats;
  }

 private:
  ecs::EcsService::Stub& stub_;
  ecs::DescribeTasksRequest request_;
};

}  // namespace

void BenchReadsInBurst(const Options& options) {
  const TemporaryFolder folder;
  Daemon daemon(folder.File("burst.db"));
  daemon.MakeFleet();
  grpc::ClientContext context;
  ecs::RunTaskResponse first;
  Require(daemon.stub().RunTask(&context, RunTaskOf(1), &first).ok(), "RunTask answers");
  Reader reader(daemon.stub(), first.tasks(0).task_arn());
  const std::uint64_t calls = options.quick ? 500 : 10'000;
  const double idle_s = options.quick ? 1 : 4;
  const ecs::RunTaskRequest ten = RunTaskOf(10);

  Result result{.metric = "describe_tasks_p99_in_burst_over_idle",
                .n = static_cast<std::int64_t>(calls * 10),
                .value_unit = "ms, p99 in the burst",
                .base_unit = "ms, p99 idle",
                .bar = 20,
                .at_least = false};
  std::vector<double> p50, base_p50, rate;
  std::size_t tasks = daemon.RunningTasks();
  for (int repeat = 0; repeat < (options.quick ? 1 : 5); ++repeat) {
    const CallStats idle = reader.Run([&](double elapsed) { return elapsed >= idle_s; });
    std::atomic<bool> over{false};
    CallStats burst;
    std::thread writer([&] {
      burst = CallInLoop(daemon.stub(), ten, 64, calls);
      over.store(true);
    });
    const CallStats busy = reader.Run([&](double) { return over.load(); });
    writer.join();
    tasks += calls * 10;
    Require(daemon.RunningTasks() == tasks, "the burst's tasks run");
    result.values.push_back(busy.Percentile(0.99) * 1e3);
    result.bases.push_back(idle.Percentile(0.99) * 1e3);
    p50.push_back(busy.Percentile(0.5) * 1e3);
    base_p50.push_back(idle.Percentile(0.5) * 1e3);
    rate.push_back(burst.Rate() * 10);
  }
  result.more = {{"p50_ms", Median(p50)}, {"idle_p50_ms", Median(base_p50)}, {"burst_tasks_per_s", Median(rate)}};
  Print(options, result);
}

}  // namespace ecsmi::bench
