#include "ecsmi/api/registry.h"

#include "absl/strings/str_join.h"
#include "api/check.h"
#include "api/required.h"
#include "api/stored_only.h"
#include "ecsmi/base/check.h"

namespace ecsmi::api {
void Registry::AddHandler(std::string_view service, std::string_view method, Handler handler) {
  Handler checked = [handler = std::move(handler)](control::Engine& engine, const CallContext& context,
                                                   const google::protobuf::Message& request,
                                                   google::protobuf::Message* response, Done done) {
    if (absl::Status status = CheckMessage(request); !status.ok()) return done(std::move(status));
    handler(engine, context, request, response, std::move(done));
  };
  const bool is_new = handlers_[std::string(service)].emplace(std::string(method), std::move(checked)).second;
  ECSMI_CHECK(is_new);
}

const Handler* Registry::Find(std::string_view service, std::string_view method) const {
  const auto of_service = handlers_.find(service);
  if (of_service == handlers_.end()) return nullptr;
  const auto at = of_service->second.find(method);
  return at == of_service->second.end() ? nullptr : &at->second;
}

void Registry::AddStream(std::string_view service, std::string_view method, StreamHandler handler) {
  StreamHandler checked = [handler = std::move(handler)](
                              control::Engine& engine, const CallContext& context,
                              const google::protobuf::Message& request) -> absl::StatusOr<std::unique_ptr<Stream>> {
    if (absl::Status status = CheckMessage(request); !status.ok()) return status;
    return handler(engine, context, request);
  };
  const bool is_new = streams_.emplace(Say(service, "/", method), std::move(checked)).second;
  ECSMI_CHECK(is_new);
}

const StreamHandler* Registry::FindStream(std::string_view service, std::string_view method) const {
  const auto at = streams_.find(Say(service, "/", method));
  return at == streams_.end() ? nullptr : &at->second;
}

bool Registry::IsReading(std::string_view method) {
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"Describe", "Dump", "Explain", "Get", "List", "Plan"},
      [&](std::string_view verb) { return method.starts_with(verb); });
}

std::vector<std::string> Registry::Operations() const {
  std::vector<std::string> operations;
  for (const auto& [service, methods] : handlers_) {
    for (const auto& [method, handler] : methods) operations.push_back(Say(service, "/", method));
  }
  return operations;
}

absl::Status Registry::CheckMessage(const google::protobuf::Message& request) {
  return CheckKnownValues(request);
}

absl::Status Registry::NoteStoredOnly(const control::Settings& settings, const google::protobuf::Message& request,
                                      std::vector<std::string>& warnings) {
  if (settings.strict) {
    if (absl::Status status = RefusalOfMissing(request); !status.ok()) return status;
  }
  const StoredOnly found = FindStoredOnly(request);
  if (settings.strict && !found.fields.empty()) {
    return Ours(
        AwsException::kInvalidParameter,
        Say("Nothing acts on ", absl::StrJoin(found.fields, ", "), " here, and --strict refuses such settings."),
        "stored-and-echoed-only");
  }
  for (const auto* list : {&found.fields, &found.required}) {
    for (const std::string& field : *list) warnings.push_back(Say(field, " is not acted on"));
  }
  warnings_given_ += static_cast<std::int64_t>(warnings.size());
  return absl::OkStatus();
}

}  // namespace ecsmi::api
