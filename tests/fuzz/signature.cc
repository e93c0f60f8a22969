// Requests that claim a signature: parsing and spelling what was signed never trips, and no random one is believed.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "ecsmi/base/check.h"
#include "wire/sigv4/canonical.h"
#include "wire/sigv4/sigv4.h"

namespace {

// Lines: method, target, then headers "name:value"; what follows an empty line is the body.
std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ecsmi::wire;  // NOLINT: one function
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view method = TakeLine(text);
  const std::string_view target = TakeLine(text);
  std::vector<std::pair<std::string, std::string>> headers;
  for (std::string_view line = TakeLine(text); !line.empty(); line = TakeLine(text)) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    headers.emplace_back(line.substr(0, colon), line.substr(std::min(colon + 1, line.size())));
  }
  const SignedMessage message{method, target, headers, text};
  const auto parsed = ParseSignature(message);
  if (const auto* signature = std::get_if<RequestSignature>(&parsed)) {
    const SigningKey key{
        .secret = "nobody knows this", .security_token = signature->security_token, .expires_at_s = {}};
    ECSMI_CHECK(VerifySignature(message, *signature, key, signature->signed_at_s).has_value());
  }
  // What is canonical stays so.
  const std::string query = CanonicalQuery(QueryOf(target));
  ECSMI_CHECK(CanonicalQuery(query) == query);
  const std::string path = CanonicalPath(PathOf(target), /*s3=*/true);
  ECSMI_CHECK(CanonicalPath(path, /*s3=*/true) == path);
  return 0;
}
