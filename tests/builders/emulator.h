#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "builders/memory_store.h"
#include "catalog/embedded_catalog.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/control/engine.h"
#include "ecsmi/emulator/v1/event.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace ecsmi::testing {

// A host clock that stands until it is moved: slices end by count, so that a run repeats.
class StillClock final : public ports::HostClock {
 public:
  model::TimeMs WallMs() const override { return 1'767'225'600'000 + passed_ms_.load(); }
  std::int64_t SteadyMs() const override { return passed_ms_.load(); }
  void Pass(std::int64_t ms) { passed_ms_ += ms; }

 private:
  std::atomic<std::int64_t> passed_ms_{0};
};

// The real engine and operations in process, without a door: one world on a virtual (or, when the settings say so,
// auto) clock over a MemoryStore. Calls block; one thread at a time.
class Emulator {
 public:
  static constexpr ports::WorldNumber kWorld = 1;  // the first world an engine makes

  explicit Emulator(control::Settings settings, std::unique_ptr<MemoryStore> store = std::make_unique<MemoryStore>())
      : settings_(std::move(settings)), store_(std::move(store)) {
    if (settings_.clock != control::ClockMode::kAuto) settings_.clock = control::ClockMode::kVirtual;
    Open();
  }

  // The method of any of our services by its bare name; nullptr when there is none.
  static const google::protobuf::MethodDescriptor* FindMethod(std::string_view name) {
    constexpr std::array kServices = {"ecsmi.ecs.v1.EcsService", "ecsmi.sqs.v1.SqsService",
                                      "ecsmi.autoscaling.v1.ApplicationAutoScalingService",
                                      "ecsmi.cloudwatch.v1.CloudWatchService", "ecsmi.emulator.v1.EmulatorService"};
    for (const char* service : kServices) {
      const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
      ECSMI_CHECK(descriptor != nullptr);
      if (const auto* method = descriptor->FindMethodByName(std::string(name))) return method;
    }
    return nullptr;
  }
  static std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor* type) {
    return std::unique_ptr<google::protobuf::Message>(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  }

  // The answer of an operation, as a door would get it. UNIMPLEMENTED when no room registered it.
  absl::Status Call(const google::protobuf::MethodDescriptor& method, const google::protobuf::Message& request,
                    google::protobuf::Message* response) {
    const api::Handler* handler = Operations().Find(method.service()->full_name(), method.name());
    if (handler == nullptr) return absl::UnimplementedError("operation " + method.name() + " is not emulated yet");
    return Await([&](std::function<void(absl::Status)> done) {
      (*handler)(*engine_, context, request, response, std::move(done));
    });
  }

  // All that a watch which does not follow gives, in one response.
  absl::StatusOr<emulator::v1::WatchEventsResponse> Watch(const emulator::v1::WatchEventsRequest& request) {
    const api::StreamHandler* handler = Operations().FindStream("ecsmi.emulator.v1.EmulatorService", "WatchEvents");
    ECSMI_CHECK(handler != nullptr && request.has_follow() && !request.follow());
    auto stream = (*handler)(*engine_, context, request);
    if (!stream.ok()) return stream.status();
    emulator::v1::WatchEventsResponse all;
    while (true) {
      emulator::v1::WatchEventsResponse next;
      absl::StatusOr<api::Stream::Turn> turn = api::Stream::Turn::kEnd;
      const absl::Status status = Await([&](std::function<void(absl::Status)> done) {
        (*stream)->Next(&next, [&turn, done](absl::StatusOr<api::Stream::Turn> result) {
          turn = std::move(result);
          done(absl::OkStatus());
        });
      });
      ECSMI_CHECK(status.ok());
      if (!turn.ok()) return turn.status();
      if (*turn == api::Stream::Turn::kEnd) return all;
      all.MergeFrom(next);
    }
  }

  // A look at the rows, on the strand, without a change.
  void Inspect(std::function<void(control::Step&)> look) {
    struct Look final : control::Command {
      absl::Status Run(control::Step& step) override {
        look(step);
        return absl::OkStatus();
      }
      void Finish(absl::Status status) override { done(std::move(status)); }
      std::function<void(control::Step&)> look;
      std::function<void(absl::Status)> done;
    };
    const absl::Status status = Await([&](std::function<void(absl::Status)> done) {
      auto command = std::make_unique<Look>();
      command->look = look;
      command->done = std::move(done);
      engine_->Submit(context.account, std::move(command));
    });
    ECSMI_CHECK(status.ok());
  }

  // Ends the engine and starts another over the same rows, or over those that `store` holds.
  void Reopen(std::unique_ptr<MemoryStore> store = nullptr) {
    engine_ = nullptr;
    if (store != nullptr) store_ = std::move(store);
    Open();
  }

  // Host time goes on.
  void Pass(std::int64_t ms) { clock_.Pass(ms); }

  MemoryStore& store() { return *store_; }
  const control::Settings& settings() const { return settings_; }

  api::CallContext context;

 private:
  static const api::Registry& Operations() {
    static const api::Registry* registry = [] {
      auto* made = new api::Registry;
      api::RegisterAll(*made);
      return made;
    }();
    return *registry;
  }
  static const ports::Catalog& Types() {
    static const std::unique_ptr<ports::Catalog> catalog = [] {
      auto loaded = catalog::LoadEmbeddedCatalog();
      ECSMI_CHECK(loaded.ok());
      return *std::move(loaded);
    }();
    return *catalog;
  }

  void Open() {
    engine_ = std::make_unique<control::Engine>(settings_, *store_, Types(), clock_);
    const absl::Status started = engine_->Start();
    ECSMI_CHECK(started.ok());
  }

  static absl::Status Await(const std::function<void(std::function<void(absl::Status)>)>& begin) {
    base::Mutex mutex;
    base::CondVar changed;
    bool done = false;
    absl::Status result;
    begin([&](absl::Status status) {
      base::MutexLock lock(mutex);
      result = std::move(status);
      done = true;
      changed.NotifyOne();
    });
    base::MutexLock lock(mutex);
    while (!done) changed.Wait(mutex);
    return result;
  }

  control::Settings settings_;
  StillClock clock_;
  std::unique_ptr<MemoryStore> store_;
  std::unique_ptr<control::Engine> engine_;
};

}  // namespace ecsmi::testing
