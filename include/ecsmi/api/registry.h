#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ecsmi/control/engine.h"
#include "google/protobuf/message.h"

namespace ecsmi::api {

// What the door says beside a call's answer. Filled by the thread that has the call in hand, read when it is finished.
struct ReplyNotes {
  // What the call asks for and does not get, although it succeeds (promise 6).
  std::vector<std::string> warnings;
  // The world's shown time at the step that answered, in ms since the Unix epoch; absent when none did.
  std::optional<model::TimeMs> answered_at_ms;
};

// Who calls: filled by the door from metadata, headers or the access key.
struct CallContext {
  std::string account = "000000000000";
  std::string region = "us-east-1";
  std::string request_id;
  // What QueueUrls begin with: scheme and host by which the caller reached the HTTP door.
  std::string endpoint = "http://127.0.0.1:4566";
  // Whether the client went away meanwhile, as far as the door knows; empty = no. Callable until the call is done, from
  // any thread.
  std::function<bool()> abandoned;
  // Whether the caller's key may touch an account; empty = every one. Callable until the call is done.
  std::function<bool(std::string_view account)> may_touch;
  std::shared_ptr<ReplyNotes> notes = std::make_shared<ReplyNotes>();
};

// Called exactly once, on any thread; must not block. With an error the response is to be ignored.
using Done = std::function<void(absl::Status)>;

// One operation, both doors' way in. `request` and `*response` are of the operation's types; they and `context` stay
// alive until `done`.
using Handler =
    std::function<void(control::Engine& engine, const CallContext& context, const google::protobuf::Message& request,
                       google::protobuf::Message* response, Done done)>;

// An answer that goes on: its messages are asked for one by one, so that who reads slowly holds up nobody and fills no
// queue. Destroyed when no Next is under way.
class Stream {
 public:
  enum class Turn { kMessage, kEnd };
  using NextDone = std::function<void(absl::StatusOr<Turn>)>;
  virtual ~Stream() = default;
  // kMessage: `*response` holds the next one. kEnd, or an error: there is none, nor ever will be. `done` is called
  // exactly once, on any thread; it must not block. `response` stays alive until then. REQUIRES: no other Next is under
  // way.
  virtual void Next(google::protobuf::Message* response, NextDone done) = 0;
  // Nobody listens any more: a Next under way ends soon, with CANCELLED. Any thread; idempotent.
  virtual void Cancel() = 0;
};
// An operation whose answer is a stream. Refuses a bad request at once. `context` is copied.
using StreamHandler = std::function<absl::StatusOr<std::unique_ptr<Stream>>(
    control::Engine& engine, const CallContext& context, const google::protobuf::Message& request)>;

// All operations by service and method: "ecsmi.ecs.v1.EcsService", "CreateCluster". Filled once at start, then
// read-only but for its counter. Outlives the calls.
class Registry {
 public:
  // The usual operation. `check` needs no state and runs on the door's thread; `run` runs on the world's strand in one
  // step, validates, changes, and fills the response. Unknown enum numbers are refused before `check`; what the request
  // sets and nothing acts on becomes a warning after it, or a refusal with --strict (stored_only.h).
  //   absl::Status check(const Request&);
  //   absl::Status run(control::Step&, const CallContext&, const Request&, Response*);
  // `kCommit`: it reads the world's seq or state hash (Command::ReadsCommit).
  enum class Reads { kRows, kCommit };
  template <typename Request, typename Response, typename Check, typename Run>
  void Add(std::string_view service, std::string_view method, Check check, Run run, Reads reads = Reads::kRows) {
    AddHandler(
        service, method,
        [this, check, run, reads, only_reads = IsReading(method)](control::Engine& engine, const CallContext& context,
                                                                  const google::protobuf::Message& request,
                                                                  google::protobuf::Message* response, Done done) {
          const auto& typed = static_cast<const Request&>(request);
          if (absl::Status status = check(typed); !status.ok()) return done(std::move(status));
          if (absl::Status status = NoteStoredOnly(engine.settings(), request, context.notes->warnings); !status.ok()) {
            return done(std::move(status));
          }
          engine.Submit(context.account,
                        std::make_unique<Call<Request, Response, Run>>(
                            run, reads, only_reads, context, typed, static_cast<Response*>(response), std::move(done)));
        });
  }
  // Any other operation. CheckMessage comes before the handler, too.
  void AddHandler(std::string_view service, std::string_view method, Handler handler);
  void AddStream(std::string_view service, std::string_view method, StreamHandler handler);
  const StreamHandler* FindStream(std::string_view service, std::string_view method) const;
  // nullptr when there is no such operation.
  const Handler* Find(std::string_view service, std::string_view method) const;
  // Whether operations of that name change nothing: AWS names them Describe…, Get… and List…, we one more Dump….
  static bool IsReading(std::string_view method);
  // Warnings that went into replies so far, of all worlds. Any thread.
  std::int64_t warnings_given() const { return warnings_given_.load(); }
  // All operations as "service/method", sorted.
  std::vector<std::string> Operations() const;

 private:
  template <typename Request, typename Response, typename Body>
  class Call final : public control::Command {
   public:
    Call(const Body& body, Reads reads, bool only_reads, const CallContext& context, const Request& request,
         Response* response, Done done)
        : body_(body),
          reads_(reads),
          only_reads_(only_reads),
          context_(context),
          request_(request),
          response_(response),
          done_(std::move(done)) {}
    absl::Status Run(control::Step& step) override {
      // Nobody waits for it any more, and nothing has been changed yet.
      if (Abandoned()) return absl::CancelledError("the caller gave up");
      context_.notes->answered_at_ms = step.Shown(step.now);
      return body_(step, context_, request_, response_);
    }
    bool ReadsCommit() const override { return reads_ == Reads::kCommit; }
    bool OnlyReads() const override { return only_reads_; }
    bool Abandoned() const override { return context_.abandoned && context_.abandoned(); }
    void Finish(absl::Status status) override { done_(std::move(status)); }

   private:
    Body body_;
    const Reads reads_;
    const bool only_reads_;
    const CallContext& context_;
    const Request& request_;
    Response* response_;
    Done done_;
  };
  // Stateless checks every message gets: enum values known, strings valid, nesting sane. Names field and value.
  static absl::Status CheckMessage(const google::protobuf::Message& request);
  absl::Status NoteStoredOnly(const control::Settings& settings, const google::protobuf::Message& request,
                              std::vector<std::string>& warnings);

  std::map<std::string, std::map<std::string, Handler, std::less<>>, std::less<>> handlers_;  // by service, method
  std::map<std::string, StreamHandler, std::less<>> streams_;                                 // by "service/method"
  std::atomic<std::int64_t> warnings_given_{0};
};

// One per folder of the API room; RegisterAll calls them all.
void RegisterClusters(Registry& registry);
void RegisterCapacityProviders(Registry& registry);
void RegisterTaskDefinitions(Registry& registry);
void RegisterTasks(Registry& registry);
void RegisterContainerInstances(Registry& registry);
void RegisterCloudWatch(Registry& registry);
void RegisterServices(Registry& registry);
void RegisterAutoScaling(Registry& registry);
void RegisterEmulator(Registry& registry);
void RegisterTags(Registry& registry);
void RegisterAccountSettings(Registry& registry);
void RegisterEvents(Registry& registry);
void RegisterQueues(Registry& registry);
void RegisterAll(Registry& registry);

}  // namespace ecsmi::api
