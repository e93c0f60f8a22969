#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "clock/real_clock.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/control/engine.h"
#include "ecsmi/ecs/v1/ecs_service.grpc.pb.h"
#include "ecsmi/ports/store.h"
#include "wire/grpc/server.h"

namespace ecsmi::bench {

namespace ecs = ::ecsmi::ecs::v1;

// A folder of its own under the system's temporary one, gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A store that counts what goes through it to the real one.
class CountingStore final : public ports::Store {
 public:
  explicit CountingStore(std::unique_ptr<ports::Store> store) : store_(std::move(store)) {}
  void Commit(std::span<const ports::CommitItem> items, ports::CommitDone done) override;
  absl::Status Settle() override { return store_->Settle(); }
  absl::StatusOr<std::vector<ports::StoredWorld>> ListWorlds() override { return store_->ListWorlds(); }
  absl::Status LoadWorld(ports::WorldNumber world, const RowSink& row) override {
    return store_->LoadWorld(world, row);
  }
  absl::StatusOr<ports::StoredWorld> ReadWorld(ports::WorldNumber world) override { return store_->ReadWorld(world); }
  absl::StatusOr<std::vector<LogSegment>> ReadLog(ports::WorldNumber world, model::CommitSeq from, std::size_t limit,
                                                  model::CommitSeq* floor) override {
    return store_->ReadLog(world, from, limit, floor);
  }

  std::uint64_t commits() const { return commits_.load(); }
  std::uint64_t task_rows() const { return task_rows_.load(); }
  std::uint64_t task_row_bytes() const { return task_row_bytes_.load(); }

 private:
  std::unique_ptr<ports::Store> store_;
  std::atomic<std::uint64_t> commits_{0};
  std::atomic<std::uint64_t> task_rows_{0};
  std::atomic<std::uint64_t> task_row_bytes_{0};
};

// The daemon's rooms in this process: store on a file with fsync, engine, registry, door; and a client's channel to it.
// Settings: no latency, no limits, a wall clock.
class Daemon {
 public:
  // `handlers` fills the registry in place of the real operations when given: a door to an operation that does nothing.
  explicit Daemon(const std::string& db, std::function<void(api::Registry&)> handlers = nullptr);
  ~Daemon();

  control::Engine& engine() { return *engine_; }
  CountingStore& store() { return *store_; }
  ecs::EcsService::Stub& stub() { return *stub_; }
  double start_seconds() const { return start_seconds_; }  // of the engine: reading all worlds

  // A cluster "bench", a provider of it that launches large instances, a definition "bench" of 256 CPU and 512 MiB.
  void MakeFleet();
  // Runs `run` on the strand of the default world and waits until it is durable.
  void OnStrand(std::function<absl::Status(control::Step&)> run);
  std::uint64_t StateHash();
  std::size_t RunningTasks();

 private:
  clock::RealClock clock_;
  std::unique_ptr<CountingStore> store_;
  std::unique_ptr<control::Engine> engine_;
  api::Registry registry_;
  std::unique_ptr<wire::GrpcServer> door_;
  std::unique_ptr<ecs::EcsService::Stub> stub_;
  double start_seconds_ = 0;
};

ecs::RunTaskRequest RunTaskOf(int count);

// How a number of calls went.
struct CallStats {
  std::uint64_t calls = 0;
  double seconds = 0;
  double cpu_seconds = 0;
  std::vector<double> latencies_s{};  // unordered
  double Rate() const { return static_cast<double>(calls) / seconds; }
  double Percentile(double share) const;  // of the latencies
};

// Calls RunTask over and over, `in_flight` at a time, until `calls` are done; each must answer OK with `count` tasks.
CallStats CallInLoop(ecs::EcsService::Stub& stub, const ecs::RunTaskRequest& request, int in_flight,
                     std::uint64_t calls);

}  // namespace ecsmi::bench
