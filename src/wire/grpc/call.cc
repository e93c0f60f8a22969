#include "wire/grpc/call.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/base/keyed_hash.h"

namespace ecsmi::wire {
namespace {

constexpr int kCallsMax = 10'000;  // admitted at once; beyond it callers are told to slow down

std::string Metadata(const grpc::CallbackServerContext& context, const char* key) {
  const auto at = context.client_metadata().find(key);
  return at == context.client_metadata().end() ? "" : std::string(at->second.data(), at->second.size());
}

// Twelve digits are the account; any other name stands for one derived from it (design: worlds).
std::string AccountOf(std::string_view world) {
  if (world.empty()) return "000000000000";
  if (world.size() == 12 && std::all_of(world.begin(), world.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return std::string(world);
  }
  const std::uint64_t hash = base::KeyedHashBytes({0x6163636f756e74ULL, 1}, world);
  return absl::StrFormat("%012d", 100'000'000'000ULL + base::Reduce(hash, 900'000'000'000ULL));
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

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  if (absl::IsCancelled(status)) return {grpc::StatusCode::CANCELLED, std::string(status.message())};
  if (absl::IsUnavailable(status)) return {grpc::StatusCode::UNAVAILABLE, std::string(status.message())};
  const api::ExceptionRow& row = api::ExceptionOf(status);
  const bool ours = row.exception == api::AwsException::kServer;
  const std::string message = ours ? "An internal error occurred." : std::string(status.message());
  if (ours) std::fprintf(stderr, "ecsmi: ServerException: %s\n", status.ToString().c_str());
  // google.rpc.Status{code, message, details = [Any{type_url, ErrorInfo{reason, domain}}]}
  const std::string info =
      absl::StrCat(Field(1, absl::string_view(row.name.data(), row.name.size())), Field(2, "ecs.amazonaws.com"));
  const std::string any = absl::StrCat(Field(1, "type.googleapis.com/google.rpc.ErrorInfo"), Field(2, info));
  std::string details(1, '\x08');
  details.push_back(static_cast<char>(row.code));
  absl::StrAppend(&details, Field(2, message), Field(3, any));
  return {static_cast<grpc::StatusCode>(row.code), message, details};
}

grpc::ServerUnaryReactor* Dispatch(Door& door, grpc::CallbackServerContext* context, const char* service,
                                   const char* method, const google::protobuf::Message& request,
                                   google::protobuf::Message* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  api::CallContext call;
  call.account = AccountOf(Metadata(*context, "x-ecsmi-world"));
  if (std::string region = Metadata(*context, "x-ecsmi-region"); !region.empty()) call.region = std::move(region);
  call.request_id = absl::StrFormat("%016x", door.next_request.fetch_add(1));
  call.abandoned = [context] { return context->IsCancelled(); };
  context->AddInitialMetadata("x-amzn-requestid", call.request_id);
  const api::Handler* handler = door.registry.Find(service, method);
  if (handler == nullptr) {
    reactor->Finish({grpc::StatusCode::UNIMPLEMENTED, absl::StrCat("operation ", method, " is not emulated yet")});
    return reactor;
  }
  if (door.calls.fetch_add(1) >= kCallsMax) {
    door.calls.fetch_sub(1);
    reactor->Finish(ToGrpcStatus(api::AwsError(api::AwsException::kThrottling, "Rate exceeded")));
    return reactor;
  }
  (*handler)(door.engine, call, request, response, [reactor, &door](absl::Status status) {
    door.calls.fetch_sub(1);
    reactor->Finish(ToGrpcStatus(status));
  });
  return reactor;
}

}  // namespace ecsmi::wire
