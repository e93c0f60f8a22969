#include "wire/grpc/call.h"

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "ecsmi/api/conflict.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/hex.h"
#include "ecsmi/base/log.h"
#include "wire/account/account.h"

namespace ecsmi::wire {
namespace {

constexpr std::size_t kWarningBytesMax = 1'024;  // a client takes 8 KiB of metadata in all
constexpr std::size_t kWarningsRemembered = 1'000;

std::string Metadata(const grpc::CallbackServerContext& context, const char* key) {
  const auto at = context.client_metadata().find(key);
  return at == context.client_metadata().end() ? "" : std::string(at->second.data(), at->second.size());
}

// Length-delimited field of a protobuf message, by hand: google.rpc's messages are in no Debian package.
std::string Field(int number, absl::string_view bytes) {
  std::string out(1, static_cast<char>((number << 3) | 2));
  for (std::size_t size = bytes.size();; size >>= 7) {
    if (size < 0x80) {
      out.push_back(static_cast<char>(size));
      break;
    }
    out.push_back(static_cast<char>((size & 0x7f) | 0x80));
  }
  return absl::StrCat(out, bytes);
}

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

// Whose error it is: the endpoint of the AWS service that the contract's service stands for.
absl::string_view DomainOf(std::string_view service) {
  constexpr std::array kDomains = {
      std::pair{"ecsmi.ecs.", "ecs.amazonaws.com"},
      std::pair{"ecsmi.sqs.", "sqs.amazonaws.com"},
      std::pair{"ecsmi.cloudwatch.", "monitoring.amazonaws.com"},
      std::pair{"ecsmi.autoscaling.", "application-autoscaling.amazonaws.com"},
  };
  for (const auto& [package, domain] : kDomains) {
    if (service.starts_with(package)) return domain;
  }
  return "ecsmi";
}

// One unary call from its arrival to its Finish.
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  UnaryCall(Door& door, grpc::CallbackServerContext* context, const char* service, const char* method)
      : door_(door), context_(context), service_(service), method_(method) {
    call_.account = AccountOfWorld(Metadata(*context, "x-ecsmi-world"));
    if (std::string region = Metadata(*context, "x-ecsmi-region"); !region.empty()) call_.region = std::move(region);
    base::AppendHex(call_.request_id, door.next_request.fetch_add(1), 16);
    call_.abandoned = [cancelled = cancelled_] { return cancelled->load(); };
    context->AddInitialMetadata("x-amzn-requestid", call_.request_id);
  }

  void Run(const google::protobuf::Message& request, google::protobuf::Message* response) {
    // Counted first: what is refused below is given back in Done like everything else.
    const bool too_many = door_.calls.fetch_add(1) >= door_.calls_max;
    const api::Handler* handler = door_.registry.Find(service_, method_);
    if (handler == nullptr) {
      return Done(api::Ours(api::AwsException::kUnknownOperation,
                            absl::StrCat("operation ", method_, " is not emulated yet"), "operations"));
    }
    if (too_many) return Done(api::AwsError(api::AwsException::kThrottling, "Rate exceeded"));
    (*handler)(door_.engine, call_, request, response, [this](absl::Status status) { Done(std::move(status)); });
  }

  void OnCancel() override { cancelled_->store(true); }
  void OnDone() override { delete this; }

 private:
  void Done(absl::Status status) {
    ECSMI_CHECK(!finished_.exchange(true));
    status = api::FromEngine(std::move(status));
    const model::TimeMs shown =
        call_.notes->answered_at_ms ? *call_.notes->answered_at_ms : door_.engine.ShownNow(call_.account);
    context_->AddInitialMetadata("x-ecsmi-time", Rfc3339(shown));
    const std::vector<std::string>& warnings = call_.notes->warnings;
    if (!warnings.empty()) {
      const std::string header = WarningHeader(warnings);
      context_->AddInitialMetadata("x-ecsmi-warning", header);
      if (door_.warnings.IsNew(absl::StrCat(method_, " ", header))) {
        base::LogInfo(
            "stored without acting on it",
            {{"request", call_.request_id}, {"world", call_.account}, {"operation", method_}, {"warning", header}});
      }
    }
    if (!status.ok()) Log(status);
    door_.calls.fetch_sub(1);
    Finish(ToGrpcStatus(status, service_));
  }

  // Once per failed call, here at the edge. Callers' own mistakes are information; ours are errors, with the text that
  // does not leave the daemon.
  void Log(const absl::Status& status) const {
    const api::ExceptionRow& row = api::ExceptionOf(status);
    const bool known = absl::IsUnavailable(status) || absl::IsCancelled(status);
    const bool ours = row.exception == api::AwsException::kServer && !known;
    const auto passed = std::chrono::steady_clock::now() - began_;
    const std::string micros = absl::StrCat(std::chrono::duration_cast<std::chrono::microseconds>(passed).count());
    const std::string exception = known ? std::string(absl::StatusCodeToString(status.code())) : std::string(row.name);
    const auto write = ours                                              ? base::LogError
                       : row.exception == api::AwsException::kThrottling ? base::LogDebug
                                                                         : base::LogInfo;
    write("call failed", {{"request", call_.request_id},
                          {"world", call_.account},
                          {"operation", method_},
                          {"exception", exception},
                          {"us", micros},
                          {"error", std::string(status.message())}});
  }

  Door& door_;
  grpc::CallbackServerContext* const context_;
  const char* const service_;
  const char* const method_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  // Shared: the engine may ask when gRPC has already let go of the call.
  const std::shared_ptr<std::atomic<bool>> cancelled_ = std::make_shared<std::atomic<bool>>(false);
  std::atomic<bool> finished_{false};
  api::CallContext call_;
};

}  // namespace

bool WarningLog::IsNew(const std::string& text) {
  base::MutexLock lock(mutex_);
  return seen_.size() < kWarningsRemembered && seen_.insert(text).second;
}

grpc::Status ToGrpcStatus(const absl::Status& status, std::string_view service) {
  if (status.ok()) return grpc::Status::OK;
  if (absl::IsCancelled(status)) return {grpc::StatusCode::CANCELLED, std::string(status.message())};
  if (absl::IsUnavailable(status)) return {grpc::StatusCode::UNAVAILABLE, std::string(status.message())};
  const api::ExceptionRow& row = api::ExceptionOf(status);
  const bool ours = row.exception == api::AwsException::kServer;
  const std::string message = ours ? "An internal error occurred." : std::string(status.message());
  // google.rpc.Status{code, message, details = [Any{type_url, ErrorInfo{reason, domain, metadata}}]}
  std::string info =
      absl::StrCat(Field(1, absl::string_view(row.name.data(), row.name.size())), Field(2, DomainOf(service)));
  // Members that AWS gives an exception beside its message go into the map of ErrorInfo (C64).
  if (const std::string ids = api::ResourceIdsOf(status); !ids.empty()) {
    absl::StrAppend(&info, Field(3, absl::StrCat(Field(1, "resourceIds"), Field(2, ids))));
  }
  const std::string any = absl::StrCat(Field(1, "type.googleapis.com/google.rpc.ErrorInfo"), Field(2, info));
  std::string details(1, '\x08');
  details.push_back(static_cast<char>(row.code));
  absl::StrAppend(&details, Field(2, message), Field(3, any));
  return {static_cast<grpc::StatusCode>(row.code), message, details};
}

grpc::ServerUnaryReactor* Dispatch(Door& door, grpc::CallbackServerContext* context, const char* service,
                                   const char* method, const google::protobuf::Message& request,
                                   google::protobuf::Message* response) {
  // Deletes itself in OnDone, after Finish.
  auto* call = new UnaryCall(door, context, service, method);
  call->Run(request, response);
  return call;
}

}  // namespace ecsmi::wire
