#pragma once

#include <algorithm>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "builders/world_fixture.h"
#include "clock/real_clock.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/model/dump.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "store/sqlite_store.h"

namespace ecsmi::testing {

// Every registered operation on a real engine in virtual time with a store in memory, called as a door calls it.
class ApiEngine {
 public:
  explicit ApiEngine(control::Settings settings = {}) {
    api::RegisterAll(registry_);
    auto store = store::OpenSqliteStore({.path = ":memory:", .durability = store::Durability::kMemory});
    ECSMI_CHECK(store.ok());
    store_ = *std::move(store);
    settings.clock = control::ClockMode::kVirtual;
    engine_ = std::make_unique<control::Engine>(settings, *store_, TestCatalog(), clock_);
    ECSMI_CHECK(engine_->Start().ok());
  }
  ~ApiEngine() { engine_->Stop(); }

  const api::Registry& registry() const { return registry_; }

  // The method of "service/method".
  static const google::protobuf::MethodDescriptor* MethodOf(std::string_view operation) {
    const std::size_t slash = operation.find('/');
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(operation.substr(0, slash)));
    ECSMI_CHECK(service != nullptr);
    const auto* method = service->FindMethodByName(std::string(operation.substr(slash + 1)));
    ECSMI_CHECK(method != nullptr);
    return method;
  }
  static std::unique_ptr<google::protobuf::Message> New(const google::protobuf::Descriptor* type) {
    return std::unique_ptr<google::protobuf::Message>(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  }

  struct Answer {
    absl::Status status;
    std::unique_ptr<google::protobuf::Message> response;
    std::optional<model::TimeMs> answered_at_ms;
  };
  // Calls and waits until the operation is done.
  Answer Call(std::string_view account, std::string_view operation, const google::protobuf::Message& request) {
    const std::size_t slash = operation.find('/');
    const api::Handler* handler = registry_.Find(operation.substr(0, slash), operation.substr(slash + 1));
    ECSMI_CHECK(handler != nullptr);
    Answer answer;
    answer.response = New(MethodOf(operation)->output_type());
    api::CallContext context;
    context.account = std::string(account);
    std::promise<absl::Status> done;
    (*handler)(*engine_, context, request, answer.response.get(),
               [&](absl::Status status) { done.set_value(std::move(status)); });
    answer.status = done.get_future().get();
    answer.answered_at_ms = context.notes->answered_at_ms;
    return answer;
  }
  // With the request in text format. REQUIRES: it is a request of the operation.
  Answer Call(std::string_view account, std::string_view operation, const std::string& text) {
    const auto request = New(MethodOf(operation)->input_type());
    ECSMI_CHECK(google::protobuf::TextFormat::ParseFromString(text, request.get()));
    return Call(account, operation, *request);
  }

  control::Engine* operator->() { return engine_.get(); }

  // Of the worlds that the store has, sorted.
  std::vector<std::string> StoredAccounts() {
    const auto worlds = store_->ListWorlds();
    ECSMI_CHECK(worlds.ok());
    std::vector<std::string> accounts;
    for (const ports::StoredWorld& world : *worlds) accounts.push_back(world.account);
    std::sort(accounts.begin(), accounts.end());
    return accounts;
  }

  // All rows of the account's world, and the counter that a refused command must not move.
  std::string Dump(std::string_view account) {
    std::string text;
    std::promise<void> done;
    engine_->Submit(account, std::make_unique<FunctionCommand>(
                                 [&](control::Step& step) {
                                   text = model::DumpAll(step.state) + "next " +
                                          std::to_string(step.state.next_serial()) + " now " + std::to_string(step.now);
                                   return absl::OkStatus();
                                 },
                                 [&](absl::Status) { done.set_value(); }));
    done.get_future().get();
    return text;
  }

 private:
  api::Registry registry_;
  clock::RealClock clock_;
  std::unique_ptr<store::SqliteStore> store_;
  std::unique_ptr<control::Engine> engine_;
};

}  // namespace ecsmi::testing
