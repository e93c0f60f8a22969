#include "ctl/reflection.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ctl/text.h"
#include "ecsmi/base/status.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/unknown_field_set.h"

namespace ecsmi::ctl {
namespace {

using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

// grpc.reflection.v1alpha, which no Debian package has the messages of: fields by number.
constexpr char kPath[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr int kFileContainingSymbol = 4;
constexpr int kListServices = 7;
constexpr int kFileDescriptorResponse = 4;
constexpr int kListServicesResponse = 6;

std::string Request(int field, const std::string& value) {
  UnknownFieldSet fields;
  fields.AddLengthDelimited(field, value);
  std::string bytes;
  fields.SerializeToString(&bytes);
  return bytes;
}

// All of a message's fields of that number that hold bytes.
std::vector<std::string> All(const std::string& message, int number) {
  std::vector<std::string> found;
  UnknownFieldSet fields;
  if (!fields.ParseFromString(message)) return found;
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    if (field.number() == number && field.type() == UnknownField::TYPE_LENGTH_DELIMITED) {
      found.push_back(field.length_delimited());
    }
  }
  return found;
}

// Full names of the services in a file that have that method.
std::vector<std::string> ServicesWith(const google::protobuf::FileDescriptorProto& file, const std::string& method) {
  std::vector<std::string> names;
  for (const auto& service : file.service()) {
    const bool has = std::any_of(service.method().begin(), service.method().end(),
                                 [&](const auto& one) { return one.name() == method; });
    if (has) names.push_back(absl::StrCat(file.package(), file.package().empty() ? "" : ".", service.name()));
  }
  return names;
}

absl::StatusOr<std::vector<std::string>> Services(Client& client) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<std::string> answers, client.Converse(kPath, {Request(kListServices, "*")}));
  std::vector<std::string> names;
  for (const std::string& answer : answers) {
    for (const std::string& list : All(answer, kListServicesResponse)) {
      for (const std::string& service : All(list, 1)) {
        for (const std::string& name : All(service, 1)) names.push_back(name);
      }
    }
  }
  return names;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RemoteMethod>> RemoteMethod::Find(Client& client, const std::string& name) {
  const std::size_t slash = name.rfind('/');
  const std::string service = slash == std::string::npos ? "" : name.substr(0, slash);
  const std::string method = name.substr(slash + 1);
  std::vector<std::string> services = {service};
  if (!absl::StrContains(service, ".")) {
    ECSMI_ASSIGN_OR_RETURN(services, Services(client));
    std::erase_if(services, [&](const std::string& one) {
      return !service.empty() && !absl::EndsWith(one, absl::StrCat(".", service));
    });
  }
  std::vector<std::string> requests;
  requests.reserve(services.size());
  // By the method's own name: services without it answer with a short error instead of all their files.
  for (const std::string& one : services) {
    requests.push_back(Request(kFileContainingSymbol, absl::StrCat(one, ".", method)));
  }
  ECSMI_ASSIGN_OR_RETURN(const std::vector<std::string> answers, client.Converse(kPath, requests));
  std::unique_ptr<RemoteMethod> found(new RemoteMethod());
  std::set<std::string> seen;
  std::vector<std::string> candidates;
  std::string owner;
  for (const std::string& answer : answers) {
    for (const std::string& response : All(answer, kFileDescriptorResponse)) {
      for (const std::string& bytes : All(response, 1)) {
        google::protobuf::FileDescriptorProto file;
        if (!file.ParseFromString(bytes) || !seen.insert(file.name()).second) continue;
        for (const std::string& one : ServicesWith(file, method)) {
          if (std::find(services.begin(), services.end(), one) == services.end()) continue;
          candidates.push_back(absl::StrCat(one, "/", method));
          owner = one;
        }
        found->files_.Add(file);
      }
    }
  }
  if (candidates.empty()) return Refused(absl::StrCat("the daemon has no rpc '", Safe(name), "'"));
  if (candidates.size() > 1) {
    return Refused(absl::StrCat("'", Safe(name), "' may be ", Safe(absl::StrJoin(candidates, " or "))));
  }
  // Only now are descriptors made, and of what this service needs alone: all of them take as long as the call.
  const auto* service_descriptor = found->pool_.FindServiceByName(owner);
  found->method_ = service_descriptor == nullptr ? nullptr : service_descriptor->FindMethodByName(method);
  if (found->method_ == nullptr) return Refused(absl::StrCat("the daemon's description of ", Safe(owner), " has gaps"));
  return found;
}

std::string RemoteMethod::path() const {
  return absl::StrCat("/", method_->service()->full_name(), "/", method_->name());
}

std::unique_ptr<google::protobuf::Message> RemoteMethod::NewRequest() {
  return std::unique_ptr<google::protobuf::Message>(factory_.GetPrototype(method_->input_type())->New());
}

std::unique_ptr<google::protobuf::Message> RemoteMethod::NewResponse() {
  return std::unique_ptr<google::protobuf::Message>(factory_.GetPrototype(method_->output_type())->New());
}

}  // namespace ecsmi::ctl
