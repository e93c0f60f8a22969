#include "wire/grpc/identify.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "wire/account/account.h"

namespace ecsmi::wire {
namespace {

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

std::string Metadata(const grpc::CallbackServerContext& context, const char* key) {
  const auto at = context.client_metadata().find(key);
  return at == context.client_metadata().end() ? "" : std::string(at->second.data(), at->second.size());
}

// The common name of the client's certificate; empty when it showed none that the client CA vouches for.
std::string CommonName(const grpc::CallbackServerContext& context) {
  const auto auth = context.auth_context();
  if (auth == nullptr || !auth->IsPeerAuthenticated()) return "";
  const auto names = auth->FindPropertyValues(GRPC_X509_CN_PROPERTY_NAME);
  return names.empty() ? "" : std::string(names.front().data(), names.front().size());
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

}  // namespace

grpc::Status StatusWithInfo(grpc::StatusCode code, std::string_view message, std::string_view reason,
                            std::string_view service, std::string_view resource_ids) {
  // google.rpc.Status{code, message, details = [Any{type_url, ErrorInfo{reason, domain, metadata}}]}
  std::string info = absl::StrCat(Field(1, View(reason)), Field(2, DomainOf(service)));
  // Members that AWS gives an exception beside its message go into the map of ErrorInfo (C64).
  if (!resource_ids.empty()) {
    absl::StrAppend(&info, Field(3, absl::StrCat(Field(1, "resourceIds"), Field(2, View(resource_ids)))));
  }
  const std::string any = absl::StrCat(Field(1, "type.googleapis.com/google.rpc.ErrorInfo"), Field(2, info));
  std::string details(1, '\x08');
  details.push_back(static_cast<char>(code));
  absl::StrAppend(&details, Field(2, View(message)), Field(3, any));
  return {code, std::string(message), details};
}

grpc::Status Identify(const GrpcDoor& door, const grpc::CallbackServerContext& context, std::string_view service,
                      api::CallContext* call) {
  const auto unauthenticated = [&](const SignatureRefusal& refusal) {
    return StatusWithInfo(grpc::StatusCode::UNAUTHENTICATED, refusal.message,
                          ErrorNameOf(refusal.fault, SignatureProtocol::kJson), service);
  };
  std::string key_id;
  if (const std::string header = Metadata(context, "authorization"); !header.empty()) {
    const std::optional<BearerKey> bearer = ParseBearer(header);
    if (bearer) key_id = bearer->access_key_id;
    if (door.credentials.required()) {
      if (!bearer) {
        return unauthenticated({SignatureFault::kIncompleteSignature,
                                "The metadata 'authorization' must be 'Bearer <access key id>:<secret access key>'."});
      }
      const auto refusal =
          door.credentials.CheckSecret(bearer->access_key_id, bearer->secret_access_key,
                                       Metadata(context, "x-amz-security-token"), door.clock->WallMs() / 1'000);
      if (refusal) return unauthenticated(*refusal);
    }
  } else if (std::string name = CommonName(context); !name.empty()) {
    if (door.credentials.required() && !door.credentials.Has(name)) return unauthenticated(UnrecognizedClient());
    key_id = std::move(name);
  } else if (door.credentials.required()) {
    return unauthenticated({SignatureFault::kMissingAuthenticationToken, "Missing Authentication Token"});
  }
  const std::string world = Metadata(context, "x-ecsmi-world");
  call->account = world.empty() ? door.credentials.AccountOf(key_id) : AccountOfWorld(world);
  if (std::string region = Metadata(context, "x-ecsmi-region"); !region.empty()) call->region = std::move(region);
  if (door.credentials.required()) {
    call->may_touch = [&credentials = door.credentials, key_id](std::string_view account) {
      return credentials.MayTouch(key_id, account);
    };
  }
  if (door.credentials.MayTouch(key_id, call->account)) return grpc::Status::OK;
  return StatusWithInfo(grpc::StatusCode::PERMISSION_DENIED,
                        absl::StrCat("the key ", key_id, " may not touch account ", call->account),
                        "AccessDeniedException", service);
}

}  // namespace ecsmi::wire
