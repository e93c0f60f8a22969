#include "bench/rig.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "bench/report.h"
#include "builders/capacity_provider_requests.h"
#include "builders/world_fixture.h"
#include "google/protobuf/text_format.h"
#include "store/sqlite_store.h"

namespace ecsmi::bench {
namespace {

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  Require(google::protobuf::TextFormat::ParseFromString(text, &message), absl::StrCat("a request reads: ", text));
  return message;
}

// A blocking call that must succeed.
template <typename Request, typename Response>
Response Must(ecs::EcsService::Stub& stub,
              grpc::Status (ecs::EcsService::Stub::*call)(grpc::ClientContext*, const Request&, Response*),
              const std::string& text) {
  grpc::ClientContext context;
  Response response;
  const grpc::Status status = (stub.*call)(&context, Parse<Request>(text), &response);
  Require(status.ok(), absl::StrCat(text, ": ", status.error_message()));
  return response;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "ecsmi-bench-XXXXXX").string();
  Require(mkdtemp(pattern.data()) != nullptr, "a temporary folder can be made");
  path_ = pattern;
}
TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void CountingStore::Commit(std::span<const ports::CommitItem> items, ports::CommitDone done) {
  ++commits_;
  for (const ports::CommitItem& item : items) {
    for (const model::RowChange& row : item.changes->rows) {
      if (row.table != model::TableId::kTask || row.erased) continue;
      ++task_rows_;
      task_row_bytes_ += row.size;
    }
  }
  store_->Commit(items, std::move(done));
}

Daemon::Daemon(const std::string& db, std::function<void(api::Registry&)> handlers) {
  auto store = store::OpenSqliteStore({.path = db, .engine_version = "bench", .catalog_hash = "bench"});
  Require(store.ok(), absl::StrCat("the store opens: ", store.status().ToString()));
  store_ = std::make_unique<CountingStore>(*std::move(store));
  control::Settings settings;
  settings.latency = control::LatencyTable::None();
  settings.limits = false;
  engine_ = std::make_unique<control::Engine>(settings, *store_, testing::TestCatalog(), clock_);
  const double began = WallSeconds();
  const absl::Status started = engine_->Start();
  start_seconds_ = WallSeconds() - began;
  Require(started.ok(), absl::StrCat("the engine starts: ", started.ToString()));
  handlers == nullptr ? api::RegisterAll(registry_) : handlers(registry_);
  auto door = wire::GrpcServer::Start({.listen = "127.0.0.1:0"}, registry_, *engine_);
  Require(door.ok(), absl::StrCat("the door opens: ", door.status().ToString()));
  door_ = *std::move(door);
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  stub_ = ecs::EcsService::NewStub(
      grpc::CreateCustomChannel(door_->address(), grpc::InsecureChannelCredentials(), arguments));
}

Daemon::~Daemon() {
  stub_.reset();
  door_->Shutdown(1'000);
  engine_->Stop();
}

void Daemon::MakeFleet() {
  using Stub = ecs::EcsService::Stub;
  Must(stub(), &Stub::CreateCluster, "cluster_name: 'bench'");
  testing::CreateTextOptions provider;
  provider.name = "large";
  provider.cluster = "bench";
  provider.network =
      "network_configuration {subnets: 'subnet-0000000a' subnets: 'subnet-0000000b' subnets: "
      "'subnet-0000000c'}";
  provider.requirements = "v_cpu_count {min: 32 max: 64} allowed_instance_types: 'm7i.*' ";
  provider.optimization = "infrastructure_optimization {scale_in_after: -1}";
  Must(stub(), &Stub::CreateCapacityProvider, testing::CreateText(provider));
  Must(stub(), &Stub::PutClusterCapacityProviders,
       "cluster: 'bench' capacity_providers: 'large' default_capacity_provider_strategy {capacity_provider: 'large' "
       "weight: 1}");
  Must(stub(), &Stub::RegisterTaskDefinition,
       "family: 'bench' network_mode: awsvpc requires_compatibilities: MANAGED_INSTANCES cpu: '256' memory: '512' "
       "container_definitions {name: 'main' image: 'example/app:1'}");
}

void Daemon::OnStrand(std::function<absl::Status(control::Step&)> run) {
  base::Mutex mutex;
  base::CondVar changed;
  bool done = false;
  absl::Status status;
  engine_->Submit("000000000000", std::make_unique<testing::FunctionCommand>(std::move(run), [&](absl::Status result) {
                    base::MutexLock lock(mutex);
                    status = std::move(result);
                    done = true;
                    changed.NotifyOne();
                  }));
  base::MutexLock lock(mutex);
  while (!done) changed.Wait(mutex);
  Require(status.ok(), absl::StrCat("a command of the benchmark: ", status.ToString()));
}

std::uint64_t Daemon::StateHash() {
  std::uint64_t hash = 0;
  OnStrand([&](control::Step& step) {
    hash = step.state.state_hash();
    return absl::OkStatus();
  });
  return hash;
}

std::size_t Daemon::RunningTasks() {
  std::size_t running = 0;
  OnStrand([&](control::Step& step) {
    step.state.table<model::Cluster>().ForEach([&](const model::Cluster& row) { running += row.running_tasks; });
    return absl::OkStatus();
  });
  return running;
}

ecs::RunTaskRequest RunTaskOf(int count) {
  auto request = Parse<ecs::RunTaskRequest>(
      "cluster: 'bench' task_definition: 'bench' network_configuration {awsvpc_configuration {subnets: "
      "'subnet-0000000a'}}");
  request.set_count(count);
  return request;
}

double CallStats::Percentile(double share) const {
  Require(!latencies_s.empty(), "latencies were measured");
  std::vector<double> sorted = latencies_s;
  const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(at), sorted.end());
  return sorted[at];
}

namespace {

// The calls under way; each slot starts its next call when one is answered.
class Loop {
 public:
  Loop(ecs::EcsService::Stub& stub, const ecs::RunTaskRequest& request, std::uint64_t calls)
      : stub_(stub), request_(request), calls_(calls) {}

  CallStats Run(int in_flight) {
    slots_.resize(static_cast<std::size_t>(in_flight));
    latencies_.resize(slots_.size());
    CallStats stats;
    const double cpu = CpuSeconds();
    const double began = WallSeconds();
    open_ = in_flight;
    for (std::size_t slot = 0; slot < slots_.size(); ++slot) Next(slot);
    {
      base::MutexLock lock(mutex_);
      while (open_ > 0) changed_.Wait(mutex_);
    }
    stats.seconds = WallSeconds() - began;
    stats.cpu_seconds = CpuSeconds() - cpu;
    for (const auto& mine : latencies_) stats.latencies_s.insert(stats.latencies_s.end(), mine.begin(), mine.end());
    stats.calls = stats.latencies_s.size();
    Require(!failed_.load(), "every call is answered with its tasks");
    return stats;
  }

 private:
  struct Slot {
    std::unique_ptr<grpc::ClientContext> context;
    ecs::RunTaskResponse response;
    double began = 0;
  };

  void Next(std::size_t at) {
    if (begun_.fetch_add(1) >= calls_ || failed_.load()) {
      base::MutexLock lock(mutex_);
      if (--open_ == 0) changed_.NotifyOne();
      return;
    }
    Slot& slot = slots_[at];
    slot.context = std::make_unique<grpc::ClientContext>();
    slot.response.Clear();
    slot.began = WallSeconds();
    stub_.async()->RunTask(slot.context.get(), &request_, &slot.response, [this, at](const grpc::Status& status) {
      latencies_[at].push_back(WallSeconds() - slots_[at].began);
      if (!status.ok() || slots_[at].response.tasks_size() != request_.count()) failed_.store(true);
      Next(at);
    });
  }

  ecs::EcsService::Stub& stub_;
  const ecs::RunTaskRequest& request_;
  const std::uint64_t calls_;
  std::atomic<std::uint64_t> begun_{0};
  std::atomic<bool> failed_{false};
  std::vector<Slot> slots_;
  std::vector<std::vector<double>> latencies_;
  base::Mutex mutex_;
  base::CondVar changed_;
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace

CallStats CallInLoop(ecs::EcsService::Stub& stub, const ecs::RunTaskRequest& request, int in_flight,
                     std::uint64_t calls) {
  return Loop(stub, request, calls).Run(in_flight);
}

}  // namespace ecsmi::bench
