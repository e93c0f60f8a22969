#include "ecsmi/api/registry.h"

#include <algorithm>

#include "api/check.h"
#include "ecsmi/base/check.h"

namespace ecsmi::api {
namespace {

std::string Key(std::string_view service, std::string_view method) {
  return Say(service, "/", method);
}

}  // namespace

void Registry::AddHandler(std::string_view service, std::string_view method, Handler handler) {
  const bool is_new = handlers_.emplace(Key(service, method), std::move(handler)).second;
  ECSMI_CHECK(is_new);
}

const Handler* Registry::Find(std::string_view service, std::string_view method) const {
  const auto at = handlers_.find(Key(service, method));
  return at == handlers_.end() ? nullptr : &at->second;
}

std::vector<std::string> Registry::Operations() const {
  std::vector<std::string> operations;
  for (const auto& [operation, handler] : handlers_) operations.push_back(operation);
  std::sort(operations.begin(), operations.end());
  return operations;
}

absl::Status Registry::CheckMessage(const google::protobuf::Message& request) {
  return CheckKnownValues(request);
}

}  // namespace ecsmi::api
