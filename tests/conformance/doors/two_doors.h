#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <future>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "builders/world_fixture.h"
#include "clock/real_clock.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/base/check.h"
#include "ecsmi/model/dump.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "store/sqlite_store.h"
#include "wire/aws/door.h"
#include "wire/aws_json/codec.h"
#include "wire/grpc/server.h"

namespace ecsmi::testing {

// What a door said to a call, in the words that both have in common.
struct DoorAnswer {
  std::string error;  // the exception's name; empty when all went well
  std::string message;
  std::unique_ptr<google::protobuf::Message> response;
  std::map<std::string, std::string> notes;  // x-ecsmi-…
};

// Two daemons with the same seed on clocks that stand; the gRPC door of the one, over a socket, and the AWS door of the
// other, as its HTTP server calls it.
class TwoDoors {
 public:
  TwoDoors() {
    auto started = wire::GrpcServer::Start({.listen = "127.0.0.1:0"}, grpc_.registry, *grpc_.engine);
    ECSMI_CHECK(started.ok());
    server_ = *std::move(started);
    stub_ = std::make_unique<grpc::GenericStub>(
        grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials()));
  }
  ~TwoDoors() { server_->Shutdown(1'000); }

  DoorAnswer OverGrpc(const std::string& account, const wire::Operation& operation,
                      const google::protobuf::Message& request) {
    grpc::ClientContext context;
    context.AddMetadata("x-ecsmi-world", account);
    const grpc::Slice bytes(request.SerializeAsString());
    const grpc::ByteBuffer sent(&bytes, 1);
    grpc::ByteBuffer got;
    std::promise<grpc::Status> done;
    stub_->UnaryCall(&context,
                     absl::StrCat("/", absl::string_view(operation.service.data(), operation.service.size()), "/",
                                  absl::string_view(operation.method.data(), operation.method.size())),
                     grpc::StubOptions(), &sent, &got, [&](grpc::Status status) { done.set_value(std::move(status)); });
    const grpc::Status status = done.get_future().get();
    DoorAnswer answer;
    for (const auto& [name, value] : context.GetServerInitialMetadata()) {
      Note(std::string(name.data(), name.size()), std::string(value.data(), value.size()), &answer);
    }
    if (!status.ok()) {
      answer.message = status.error_message();
      answer.error = "no reason";
      for (const api::ExceptionRow& row : api::ExceptionTable()) {
        // Field 1 of ErrorInfo: its number, its length, the name.
        const std::string field = absl::StrCat(std::string("\x0a") + static_cast<char>(row.name.size()),
                                               absl::string_view(row.name.data(), row.name.size()));
        if (status.error_details().find(field) != std::string::npos) answer.error = std::string(row.name);
      }
      return answer;
    }
    answer.response.reset(operation.response->New());
    grpc::Slice whole;
    ECSMI_CHECK(got.DumpToSingleSlice(&whole).ok());
    ECSMI_CHECK(answer.response->ParseFromArray(whole.begin(), static_cast<int>(whole.size())));
    return answer;
  }

  DoorAnswer OverJson(const std::string& account, const wire::Operation& operation,
                      const google::protobuf::Message& request) {
    wire::HttpRequest http;
    http.method = "POST";
    http.target = "/";
    http.headers = {{"host", "127.0.0.1:4566"},
                    {"x-amz-target", operation.target},
                    {"authorization",
                     absl::StrCat("AWS4-HMAC-SHA256 Credential=", account, "/20260101/us-east-1/any/aws4_request")}};
    http.body = wire::Encode(request);
    std::promise<wire::HttpResponse> done;
    door_.Handle(std::move(http), [&](wire::HttpResponse response) { done.set_value(std::move(response)); });
    const wire::HttpResponse got = done.get_future().get();
    DoorAnswer answer;
    for (const auto& [name, value] : got.headers) Note(name, value, &answer);
    if (got.status == 200) {
      answer.response.reset(operation.response->New());
      wire::DecodeNotes notes;
      const absl::Status status = wire::Decode(got.body, answer.response.get(), &notes);
      if (!status.ok()) answer.error = absl::StrCat("unreadable: ", status.ToString(), " ", got.body);
      if (!notes.empty()) answer.error = absl::StrCat("unknown members: ", got.body);
      return answer;
    }
    google::protobuf::Struct error;
    ECSMI_CHECK(google::protobuf::util::JsonStringToMessage(got.body, &error).ok());
    answer.error = error.fields().at("__type").string_value();
    answer.message = error.fields().at(std::string(operation.wire->error_message)).string_value();
    return answer;
  }

  const api::Registry& registry() const { return grpc_.registry; }

  std::string GrpcDump(const std::string& account) { return Dump(*grpc_.engine, account); }
  std::string JsonDump(const std::string& account) { return Dump(*json_.engine, account); }

 private:
  struct Daemon {
    Daemon() {
      api::RegisterAll(registry);
      auto opened = store::OpenSqliteStore({.path = ":memory:", .durability = store::Durability::kMemory});
      ECSMI_CHECK(opened.ok());
      store = *std::move(opened);
      control::Settings settings;
      settings.clock = control::ClockMode::kVirtual;
      engine = std::make_unique<control::Engine>(settings, *store, TestCatalog(), clock);
      ECSMI_CHECK(engine->Start().ok());
    }
    ~Daemon() { engine->Stop(); }
    api::Registry registry;
    clock::RealClock clock;
    std::unique_ptr<store::SqliteStore> store;
    std::unique_ptr<control::Engine> engine;
  };

  static void Note(const std::string& name, const std::string& value, DoorAnswer* answer) {
    if (name.starts_with("x-ecsmi-")) answer->notes[name] = value;
  }

  static std::string Dump(control::Engine& engine, const std::string& account) {
    std::string text;
    std::promise<void> done;
    engine.Submit(account, std::make_unique<FunctionCommand>(
                               [&](control::Step& step) {
                                 text = absl::StrCat(model::DumpAll(step.state), "next ", step.state.next_serial(),
                                                     " now ", step.now);
                                 return absl::OkStatus();
                               },
                               [&](absl::Status) { done.set_value(); }));
    done.get_future().get();
    return text;
  }

  Daemon grpc_;
  Daemon json_;
  wire::Door calls_{json_.registry, *json_.engine, wire::kCallsMax};
  wire::AwsDoor door_{calls_, json_.clock, {}};
  std::unique_ptr<wire::GrpcServer> server_;
  std::unique_ptr<grpc::GenericStub> stub_;
};

}  // namespace ecsmi::testing
