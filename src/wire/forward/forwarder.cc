#include "wire/forward/forwarder.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "wire/forward/carried.h"

namespace ecsmi::wire {

namespace ssl = boost::asio::ssl;

Forwarder::Forwarder(ForwardTable table, std::string instance, ForwardLimits limits)
    : table_(std::move(table)),
      via_(absl::StrCat("1.1 ecsmid-", instance)),
      limits_(limits),
      tls_(ssl::context::tls_client) {
  tls_.set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
  tls_.set_verify_mode(ssl::verify_peer);
  boost::system::error_code none_found;  // then nobody's certificate holds, and each answer says so
  tls_.set_default_verify_paths(none_found);
}

const Endpoint* Forwarder::Find(std::string_view service) const {
  const auto at = table_.find(service);
  return at == table_.end() ? nullptr : &at->second;
}

bool Forwarder::IsLoop(const HttpHeaders& headers) const {
  for (const auto& [name, value] : headers) {
    if (name == "via" && value.find(via_) != std::string::npos) return true;
  }
  return false;
}

std::shared_ptr<HttpExchange> Forwarder::Carry(CarriedRequest request) {
  return std::make_shared<Carried>(std::move(request), via_, limits_, tls_);
}

}  // namespace ecsmi::wire
