#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/control/engine.h"
#include "wire/call/metrics.h"
#include "wire/call/throttle.h"

namespace ecsmi::wire {

// Warnings already logged: a caller that repeats itself a thousand times a second is logged once.
class WarningLog {
 public:
  // True the first time `text` comes of that operation, as long as there is room. Cost of a known one: a look-up.
  bool IsNew(std::string_view operation, std::string_view text);

 private:
  base::Mutex mutex_;
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> seen_ ABSL_GUARDED_BY(mutex_);
  std::size_t size_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Calls under way at one door unless its options say otherwise.
inline constexpr int kCallsMax = 10'000;

// What all calls of a door share. Outlives them.
struct Door {
  const api::Registry& registry;
  control::Engine& engine;
  const int calls_max;
  std::atomic<int> calls{0};  // under way
  std::atomic<std::uint64_t> next_request{1};
  WarningLog warnings{};
  // The buckets of --throttle=aws, of both doors together; nullptr: none. Outlives the door.
  Throttle* throttle = nullptr;
  // Where calls are counted, of both doors together, and as which door's; nullptr: nowhere. Outlives the door.
  CallMetrics* metrics = nullptr;
  std::string_view name{};
};

// What every call has, whatever its answer: a number, who calls, a place in the metrics, and a line in the log when it
// fails.
class AnyCall {
 public:
  // `service` and `method` are the registry's keys and outlive the call.
  AnyCall(Door& door, std::string_view service, std::string_view method);
  AnyCall(const AnyCall&) = delete;
  AnyCall& operator=(const AnyCall&) = delete;

  api::CallContext context;  // with a request id; the door fills in who calls

  // A call that failed before it could start is logged and counted like any other.
  void Fail(const absl::Status& status) const { Ended(status); }
  // Headers, or metadata, of the answer: names in lower case, printable ASCII values. After `done`.
  std::vector<std::pair<std::string, std::string>> Notes() const;

 protected:
  ~AnyCall() = default;
  // The refusal of an operation that nobody registered.
  absl::Status Unknown() const;
  // Logs and counts it. Once for each call.
  void Ended(const absl::Status& status) const;

  Door& door_;
  const std::string_view service_;
  const std::string_view method_;
  std::string warning_header_;  // what the call was warned of, as a header says it; once it is done

 private:
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

// One call from its arrival to its answer. Made by a door, and outlives Start's `done`.
class Call final : public AnyCall {
 public:
  using AnyCall::AnyCall;

  // Hands the call to its handler: UnknownOperationException when nobody registered one, ThrottlingException when too
  // many calls are under way or, with --throttle=aws, its account has used up its bucket (H5, H27). `done` is called
  // exactly once, on any thread, with the status for the caller; a failure has then been logged. The messages stay
  // alive until then.
  void Start(const google::protobuf::Message& request, google::protobuf::Message* response, api::Done done);

 private:
  void Done(absl::Status status);

  std::atomic<bool> finished_{false};
  api::Done done_;
};

// One call whose answer goes on: from its arrival until its door lets go of it, which it may when no Next is under way.
// It counts among the calls under way all the time.
class StreamCall final : public AnyCall {
 public:
  StreamCall(Door& door, std::string_view service, std::string_view method);
  ~StreamCall();

  // Refusals: as Call's, and what the operation says of the request. They have been logged.
  absl::Status Open(const google::protobuf::Message& request);
  // See api::Stream. An error has been logged, but for the client's own leaving. REQUIRES: Open returned OK.
  void Next(google::protobuf::Message* response, api::Stream::NextDone done);
  // Any thread, at any time after Open.
  void Cancel() { stream_->Cancel(); }

 private:
  // Once: a stream ends with the first error, or when its door lets go of it.
  void EndWith(const absl::Status& status);

  const bool too_many_;
  bool ended_ = false;
  std::unique_ptr<api::Stream> stream_;
};

}  // namespace ecsmi::wire
