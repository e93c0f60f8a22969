#include "wire/sigv4/canonical.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"

namespace ecsmi::wire {
namespace {

constexpr std::string_view kUpperHex = "0123456789ABCDEF";
constexpr std::string_view kLowerHex = "0123456789abcdef";

bool IsUnreserved(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' || c == '~';
}

std::string Encode(std::string_view text, bool keep_slash) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (IsUnreserved(c) || (keep_slash && c == '/')) {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(kUpperHex[static_cast<unsigned char>(c) >> 4]);
      out.push_back(kUpperHex[static_cast<unsigned char>(c) & 15]);
    }
  }
  return out;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string Decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = high >= 0 ? HexDigit(text[i + 2]) : -1;
    if (low >= 0) {
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::string WithoutDotSegments(std::string_view path) {
  std::vector<std::string_view> segments;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view segment = path.substr(at, end - at);
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (!segment.empty() && segment != ".") {
      segments.push_back(segment);
    }
    at = end + 1;
  }
  std::string out;
  for (const std::string_view segment : segments) out.append("/").append(segment);
  const bool ends = path.empty() || path.back() == '/' || out.empty();
  return ends ? out + "/" : out;
}

std::string PayloadHash(const SignedMessage& message, const RequestSignature& signature) {
  for (const auto& [name, value] : message.headers) {
    if (name == "x-amz-content-sha256") return value;
  }
  // S3 signs links without knowing what will be sent through them.
  if (signature.expires_s.has_value() && signature.service == "s3") return "UNSIGNED-PAYLOAD";
  return BodyHash(message);
}

}  // namespace

std::string CanonicalPath(std::string_view path, bool s3) {
  if (path.empty()) return "/";
  if (s3) return Encode(Decode(path), /*keep_slash=*/true);
  return Encode(WithoutDotSegments(path), /*keep_slash=*/true);
}

std::vector<std::pair<std::string, std::string>> QueryParameters(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  for (std::size_t at = 0; at < query.size();) {
    const std::size_t end = std::min(query.find('&', at), query.size());
    const std::string_view pair = query.substr(at, end - at);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (!pair.empty()) {
      parameters.emplace_back(Decode(pair.substr(0, equals)), Decode(pair.substr(std::min(equals + 1, pair.size()))));
    }
    at = end + 1;
  }
  return parameters;
}

std::string CanonicalQuery(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters = QueryParameters(query);
  for (auto& [name, value] : parameters) {
    name = Encode(name, /*keep_slash=*/false);
    value = Encode(value, /*keep_slash=*/false);
  }
  std::sort(parameters.begin(), parameters.end());
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (name == "X-Amz-Signature") continue;
    if (!out.empty()) out.push_back('&');
    out.append(name).append("=").append(value);
  }
  return out;
}

std::string CanonicalHeader(const std::vector<std::pair<std::string, std::string>>& headers, std::string_view name) {
  std::string out;
  bool first = true;
  for (const auto& [its_name, value] : headers) {
    if (its_name != name) continue;
    if (!first) out.push_back(',');
    first = false;
    const std::size_t begin = out.size();
    bool blank = false;
    for (const char c : value) {
      if (absl::ascii_isspace(static_cast<unsigned char>(c))) {
        blank = true;
        continue;
      }
      if (blank && out.size() > begin) out.push_back(' ');
      blank = false;
      out.push_back(c);
    }
  }
  return out;
}

std::string BodyHash(const SignedMessage& message) {
  return message.body_sha256.empty() ? Sha256Hex(message.body) : std::string(message.body_sha256);
}

std::string CanonicalRequest(const SignedMessage& message, const RequestSignature& signature) {
  std::string out(message.method);
  out.append("\n").append(CanonicalPath(PathOf(message.target), signature.service == "s3"));
  out.append("\n").append(CanonicalQuery(QueryOf(message.target))).append("\n");
  std::string names;
  for (const std::string& name : signature.signed_headers) {
    out.append(name).append(":").append(CanonicalHeader(message.headers, name)).append("\n");
    names.append(names.empty() ? "" : ";").append(name);
  }
  return out.append("\n").append(names).append("\n").append(PayloadHash(message, signature));
}

std::string_view PathOf(std::string_view target) {
  return target.substr(0, target.find('?'));
}

std::string_view QueryOf(std::string_view target) {
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

std::string Hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out.push_back(kLowerHex[static_cast<unsigned char>(c) >> 4]);
    out.push_back(kLowerHex[static_cast<unsigned char>(c) & 15]);
  }
  return out;
}

std::string Sha256Hex(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return Hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string HmacSha256(std::string_view key, std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(bytes.data()),
       bytes.size(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace ecsmi::wire
