#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ctl/exit.h"
#include "ctl/globals.h"
#include "google/protobuf/message.h"

namespace ecsmi::ctl {

// One connection to a daemon, made by the first call. Calls send the world and the Region along and wait for their
// answer. One thread. Messages travel as bytes, so that generated stubs, which take seconds to compile and descriptors
// of everything to load, are not needed. Errors: kNoConnection, or kRefused with "name: message".
class Client {
 public:
  explicit Client(Globals globals);
  ~Client();

  const Globals& globals() const { return globals_; }

  // The path of the rpc whose input `request` is.
  static std::string PathOf(const google::protobuf::Message& request);

  // A call of minutes (a clock's move) has no deadline; any other gives up after a minute.
  enum class Patience { kBrief, kEndless };

  // The rpc whose input `Request` is: ListTasksRequest of ecsmi.ecs.v1 → ecsmi.ecs.v1.EcsService/ListTasks.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const Request& request, Patience patience = Patience::kBrief) {
    auto bytes = CallBytes(PathOf(request), request.SerializeAsString(), patience);
    if (!bytes.ok()) return bytes.status();
    Response response;
    if (!response.ParseFromString(bytes->answer)) return Refused("the answer is no " + response.GetTypeName());
    return response;
  }

  // Calls until there is no further page; `take` gets each.
  template <typename Response, typename Request, typename Take>
  absl::Status Pages(Request request, const Take& take) {
    for (;;) {
      auto page = Call<Response>(request);
      if (!page.ok()) return page.status();
      const std::string next = page->next_token();
      take(*std::move(page));
      if (next.empty()) return absl::OkStatus();
      request.set_next_token(next);
    }
  }

  struct Answer {
    std::string answer;
    std::string warning;  // x-ecsmi-warning; empty = none
  };
  // `path`: "/package.Service/Method".
  absl::StatusOr<Answer> CallBytes(const std::string& path, const std::string& request, Patience patience);

  // One request, answers without end: `take` gets each, until it returns false or the server ends the stream.
  absl::Status Stream(const std::string& path, const std::string& request,
                      const std::function<bool(const std::string& message)>& take);
  // A stream that is looked at now and then, beside other calls. Ends with its destruction; the client outlives it.
  class Subscription {
   public:
    virtual ~Subscription() = default;
    enum class News { kNothing, kMessage, kEnded };
    // What has come since the last look, waiting for it at most `longest`; the content is not kept.
    virtual News Look(absl::Duration longest) = 0;
  };
  std::unique_ptr<Subscription> Subscribe(const std::string& path, const std::string& request);
  // A stream in which each request is answered by one message (reflection).
  absl::StatusOr<std::vector<std::string>> Converse(const std::string& path, const std::vector<std::string>& requests);

 private:
  struct Connection;
  Connection& Connected();
  const Globals globals_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace ecsmi::ctl
