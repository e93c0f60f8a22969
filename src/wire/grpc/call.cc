#include "wire/grpc/call.h"

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ecsmi/api/conflict.h"
#include "ecsmi/api/errors.h"
#include "wire/account/account.h"

namespace ecsmi::wire {
namespace {

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
      : context_(context), service_(service), call_(door, service, method) {
    IdentifyCaller(*context, &call_.context);
    call_.context.abandoned = [cancelled = cancelled_] { return cancelled->load(); };
    context->AddInitialMetadata("x-amzn-requestid", call_.context.request_id);
  }

  void Run(const google::protobuf::Message& request, google::protobuf::Message* response) {
    call_.Start(request, response, [this](const absl::Status& status) {
      for (const auto& [name, value] : call_.Notes()) context_->AddInitialMetadata(name, value);
      Finish(ToGrpcStatus(status, service_));
    });
  }

  void OnCancel() override { cancelled_->store(true); }
  void OnDone() override { delete this; }

 private:
  grpc::CallbackServerContext* const context_;
  const char* const service_;
  // Shared: the engine may ask when gRPC has already let go of the call.
  const std::shared_ptr<std::atomic<bool>> cancelled_ = std::make_shared<std::atomic<bool>>(false);
  Call call_;
};

}  // namespace

void IdentifyCaller(const grpc::CallbackServerContext& grpc_context, api::CallContext* context) {
  context->account = AccountOfWorld(Metadata(grpc_context, "x-ecsmi-world"));
  if (std::string region = Metadata(grpc_context, "x-ecsmi-region"); !region.empty()) {
    context->region = std::move(region);
  }
}

grpc::Status ToGrpcStatus(const absl::Status& status, std::string_view service) {
  if (status.ok()) return grpc::Status::OK;
  if (absl::IsCancelled(status)) return {grpc::StatusCode::CANCELLED, std::string(status.message())};
  if (absl::IsUnavailable(status)) return {grpc::StatusCode::UNAVAILABLE, std::string(status.message())};
  const api::ExceptionRow& row = api::ExceptionOf(status, service);
  const bool ours = api::ExceptionOf(status).exception == api::AwsException::kServer;
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
