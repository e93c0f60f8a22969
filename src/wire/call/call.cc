#include "wire/call/call.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/hex.h"
#include "ecsmi/base/log.h"

namespace ecsmi::wire {
namespace {

constexpr std::size_t kWarningBytesMax = 1'024;  // a gRPC client takes 8 KiB of metadata in all
constexpr std::size_t kWarningsRemembered = 1'000;

// One header value: printable ASCII, cut where it would be too long.
std::string WarningHeader(const std::vector<std::string>& warnings) {
  std::string header;
  for (std::size_t i = 0; i < warnings.size(); ++i) {
    if (header.size() + warnings[i].size() > kWarningBytesMax) {
      absl::StrAppend(&header, "; and ", warnings.size() - i, " more");
      break;
    }
    absl::StrAppend(&header, i == 0 ? "" : "; ", warnings[i]);
  }
  for (char& c : header) {
    if (c < ' ' || c > '~') c = '?';
  }
  return header;
}

// "2026-01-01T00:00:00.000Z".
std::string Rfc3339(model::TimeMs ms) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(ms), absl::UTCTimeZone());
}

}  // namespace

bool WarningLog::IsNew(std::string_view operation, std::string_view text) {
  base::MutexLock lock(mutex_);
  if (size_ >= kWarningsRemembered) return false;
  auto at = seen_.find(operation);
  if (at == seen_.end()) at = seen_.emplace(operation, std::set<std::string, std::less<>>()).first;
  if (at->second.contains(text)) return false;
  at->second.emplace(text);
  ++size_;
  return true;
}

AnyCall::AnyCall(Door& door, std::string_view service, std::string_view method)
    : door_(door), service_(service), method_(method) {
  base::AppendHex(context.request_id, door.next_request.fetch_add(1), 16);
}

absl::Status AnyCall::Unknown() const {
  const absl::string_view method(method_.data(), method_.size());
  if (door_.registry.FindStream(service_, method_) != nullptr) {
    return api::Ours(api::AwsException::kUnknownOperation,
                     absl::StrCat("operation ", method, " answers with a stream: over gRPC, or GET /events over HTTP"),
                     "operations");
  }
  return api::Ours(api::AwsException::kUnknownOperation, absl::StrCat("operation ", method, " is not emulated yet"),
                   "operations");
}

void Call::Start(const google::protobuf::Message& request, google::protobuf::Message* response, api::Done done) {
  done_ = std::move(done);
  // Counted first: what is refused below is given back in Done like everything else.
  const bool too_many = door_.calls.fetch_add(1) >= door_.calls_max;
  const api::Handler* handler = door_.registry.Find(service_, method_);
  if (handler == nullptr) return Done(Unknown());
  const bool throttled =
      door_.throttle != nullptr && !door_.throttle->Admit(context.account, context.region, service_, method_);
  if (too_many || throttled) return Done(api::AwsError(api::AwsException::kThrottling, "Rate exceeded"));
  (*handler)(door_.engine, context, request, response, [this](absl::Status status) { Done(std::move(status)); });
}

void Call::Done(absl::Status status) {
  ECSMI_CHECK(!finished_.exchange(true));
  status = api::FromEngine(std::move(status));
  Ended(status);
  if (!context.notes->warnings.empty()) {
    warning_header_ = WarningHeader(context.notes->warnings);
    if (door_.warnings.IsNew(method_, warning_header_)) {
      base::LogInfo("stored without acting on it", {{"request", context.request_id},
                                                    {"world", context.account},
                                                    {"operation", std::string(method_)},
                                                    {"warning", warning_header_}});
    }
  }
  door_.calls.fetch_sub(1);
  done_(std::move(status));  // the door may delete this call now
}

StreamCall::StreamCall(Door& door, std::string_view service, std::string_view method)
    : AnyCall(door, service, method), too_many_(door.calls.fetch_add(1) >= door.calls_max) {}

StreamCall::~StreamCall() {
  EndWith(absl::OkStatus());
  door_.calls.fetch_sub(1);
}

void StreamCall::EndWith(const absl::Status& status) {
  if (!std::exchange(ended_, true)) Ended(status);
}

absl::Status StreamCall::Open(const google::protobuf::Message& request) {
  const auto open = [&]() -> absl::Status {
    const api::StreamHandler* handler = door_.registry.FindStream(service_, method_);
    if (handler == nullptr) return Unknown();
    if (too_many_) return api::AwsError(api::AwsException::kThrottling, "Rate exceeded");
    absl::StatusOr<std::unique_ptr<api::Stream>> stream = (*handler)(door_.engine, context, request);
    if (!stream.ok()) return stream.status();
    stream_ = *std::move(stream);
    return absl::OkStatus();
  };
  absl::Status status = open();
  if (!status.ok()) EndWith(status);
  return status;
}

void StreamCall::Next(google::protobuf::Message* response, api::Stream::NextDone done) {
  stream_->Next(response, [this, done = std::move(done)](absl::StatusOr<api::Stream::Turn> turn) {
    // Who left needs no line; the daemon's own end has one.
    const absl::StatusCode code = turn.status().code();
    if (!turn.ok() && code != absl::StatusCode::kCancelled && code != absl::StatusCode::kUnavailable) {
      EndWith(turn.status());
    }
    done(std::move(turn));
  });
}

std::vector<std::pair<std::string, std::string>> AnyCall::Notes() const {
  const model::TimeMs shown =
      context.notes->answered_at_ms ? *context.notes->answered_at_ms : door_.engine.ShownNow(context.account);
  std::vector<std::pair<std::string, std::string>> notes = {{"x-ecsmi-time", Rfc3339(shown)}};
  if (!context.notes->warnings.empty()) {
    notes.emplace_back("x-ecsmi-warning",
                       warning_header_.empty() ? WarningHeader(context.notes->warnings) : warning_header_);
  }
  return notes;
}

// Here at the edge: one line for each failed call, and with --log-level=debug for every call. Callers' own mistakes are
// information; ours are errors, with the text that does not leave the daemon.
void AnyCall::Ended(const absl::Status& status) const {
  const auto passed = std::chrono::steady_clock::now() - began_;
  const std::string_view outcome = OutcomeOf(status);
  if (door_.metrics != nullptr) {
    door_.metrics->Count(door_.name, service_, method_, outcome, std::chrono::duration<double>(passed).count());
  }
  if (status.ok() && !base::LogsDebug()) return;
  const std::string micros = absl::StrCat(std::chrono::duration_cast<std::chrono::microseconds>(passed).count());
  if (status.ok()) {
    return base::LogDebug("call answered", {{"request", context.request_id},
                                            {"world", context.account},
                                            {"operation", std::string(method_)},
                                            {"us", micros}});
  }
  const api::AwsException exception = api::ExceptionOf(status).exception;
  const bool known = absl::IsUnavailable(status) || absl::IsCancelled(status);
  const auto write = exception == api::AwsException::kServer && !known ? base::LogError
                     : exception == api::AwsException::kThrottling     ? base::LogDebug
                                                                       : base::LogInfo;
  write("call failed", {{"request", context.request_id},
                        {"world", context.account},
                        {"operation", std::string(method_)},
                        {"exception", std::string(outcome)},
                        {"us", micros},
                        {"error", std::string(status.message())}});
}

}  // namespace ecsmi::wire
