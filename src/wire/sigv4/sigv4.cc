#include "wire/sigv4/sigv4.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "wire/sigv4/canonical.h"

namespace ecsmi::wire {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTerminator = "aws4_request";
constexpr char kIsoBasic[] = "%E4Y%m%dT%H%M%SZ";
constexpr char kMismatch[] =
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details.";

absl::string_view Abseil(std::string_view text) {
  return {text.data(), text.size()};
}

const std::string* Find(const std::vector<std::pair<std::string, std::string>>& pairs, std::string_view name) {
  for (const auto& [its_name, value] : pairs) {
    if (its_name == name) return &value;
  }
  return nullptr;
}

SignatureRefusal Incomplete(std::string message) {
  return {SignatureFault::kIncompleteSignature, std::move(message)};
}

std::string IsoBasic(std::int64_t unix_s) {
  return absl::FormatTime(kIsoBasic, absl::FromUnixSeconds(unix_s), absl::UTCTimeZone());
}

// "20150830T123600Z" → seconds; nothing for any other form.
std::optional<std::int64_t> ParseIsoBasic(const std::string& text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  for (std::size_t i = 0; i < 15; ++i) {
    if (i != 8 && !absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (std::size_t i = at; i < at + digits; ++i) value = value * 10 + (text[i] - '0');
    return value;
  };
  const absl::CivilSecond moment(number(0, 4), number(4, 2), number(6, 2), number(9, 2), number(11, 2), number(13, 2));
  const std::int64_t seconds = absl::ToUnixSeconds(absl::FromCivil(moment, absl::UTCTimeZone()));
  // A day or an hour that does not exist was carried over into the next.
  if (IsoBasic(seconds) != text) return std::nullopt;
  return seconds;
}

// The moment of signing: X-Amz-Date, or HTTP's Date.
bool ReadTimestamp(const SignedMessage& message, RequestSignature& signature) {
  if (const std::string* date = Find(message.headers, "x-amz-date"); date != nullptr) {
    const std::optional<std::int64_t> at = ParseIsoBasic(*date);
    if (!at.has_value()) return false;
    signature.timestamp = *date;
    signature.signed_at_s = *at;
    return true;
  }
  const std::string* date = Find(message.headers, "date");
  if (date == nullptr) return false;
  absl::Time time;
  if (!absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", *date, absl::UTCTimeZone(), &time, nullptr)) {
    const std::optional<std::int64_t> at = ParseIsoBasic(*date);
    if (!at.has_value()) return false;
    time = absl::FromUnixSeconds(*at);
  }
  signature.signed_at_s = absl::ToUnixSeconds(time);
  signature.timestamp = IsoBasic(signature.signed_at_s);
  return true;
}

std::optional<SignatureRefusal> ReadCredential(const std::string& text, RequestSignature& signature) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  if (parts.size() != 5) {
    return Incomplete(absl::StrCat(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '", text,
        "'"));
  }
  if (parts[4] != kTerminator) {
    return SignatureRefusal{
        SignatureFault::kSignatureDoesNotMatch,
        absl::StrCat("Credential should be scoped with a valid terminator: 'aws4_request', not '", parts[4], "'.")};
  }
  signature.access_key_id = parts[0];
  signature.date = parts[1];
  signature.region = parts[2];
  signature.service = parts[3];
  return std::nullopt;
}

std::optional<SignatureRefusal> ReadSignedHeaders(const std::string& text, RequestSignature& signature) {
  for (const absl::string_view name : absl::StrSplit(text, ';')) {
    signature.signed_headers.push_back(absl::AsciiStrToLower(name));
  }
  if (std::find(signature.signed_headers.begin(), signature.signed_headers.end(), "host") ==
      signature.signed_headers.end()) {
    return SignatureRefusal{SignatureFault::kSignatureDoesNotMatch,
                            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."};
  }
  return std::nullopt;
}

std::variant<RequestSignature, SignatureRefusal> FromHeader(const SignedMessage& message,
                                                            const std::string& authorization) {
  const absl::string_view text = absl::StripAsciiWhitespace(authorization);
  const std::size_t blank = std::min(text.find(' '), text.size());
  if (text.substr(0, blank) != Abseil(kAlgorithm)) {
    // Bearer, Basic and the like are no signature; another of AWS's algorithms is one we do not know (text: ours).
    if (text.substr(0, 3) != "AWS") {
      return SignatureRefusal{SignatureFault::kMissingAuthenticationToken, "Missing Authentication Token"};
    }
    return Incomplete(absl::StrCat("Unsupported AWS 'algorithm': '", text.substr(0, blank), "'."));
  }
  const std::string* credential = nullptr;
  const std::string* signed_headers = nullptr;
  const std::string* hex = nullptr;
  std::vector<std::pair<std::string, std::string>> parts;
  for (absl::string_view part : absl::StrSplit(text.substr(blank), ',')) {
    part = absl::StripAsciiWhitespace(part);
    const std::size_t equals = std::min(part.find('='), part.size());
    parts.emplace_back(part.substr(0, equals), part.substr(std::min(equals + 1, part.size())));
  }
  credential = Find(parts, "Credential");
  signed_headers = Find(parts, "SignedHeaders");
  hex = Find(parts, "Signature");
  RequestSignature signature;
  const bool dated = ReadTimestamp(message, signature);
  if (credential == nullptr || signed_headers == nullptr || hex == nullptr || !dated) {
    std::string missing;
    if (credential == nullptr) absl::StrAppend(&missing, "Authorization header requires 'Credential' parameter. ");
    if (hex == nullptr) absl::StrAppend(&missing, "Authorization header requires 'Signature' parameter. ");
    if (signed_headers == nullptr) {
      absl::StrAppend(&missing, "Authorization header requires 'SignedHeaders' parameter. ");
    }
    if (!dated) {
      absl::StrAppend(&missing,
                      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
    }
    return Incomplete(absl::StrCat(missing, "Authorization=", text.substr(0, blank)));
  }
  if (auto refusal = ReadCredential(*credential, signature)) return *std::move(refusal);
  if (auto refusal = ReadSignedHeaders(*signed_headers, signature)) return *std::move(refusal);
  signature.signature = *hex;
  if (const std::string* token = Find(message.headers, "x-amz-security-token")) signature.security_token = *token;
  return signature;
}

std::variant<RequestSignature, SignatureRefusal> FromQuery(
    const std::vector<std::pair<std::string, std::string>>& parameters) {
  RequestSignature signature;
  std::string missing;
  const auto take = [&](const char* name) -> std::string {
    const std::string* value = Find(parameters, name);
    if (value == nullptr) absl::StrAppend(&missing, "AWS query-string parameters must include '", name, "'. ");
    return value == nullptr ? "" : *value;
  };
  const std::string algorithm = take("X-Amz-Algorithm");
  const std::string credential = take("X-Amz-Credential");
  signature.signature = take("X-Amz-Signature");
  const std::string signed_headers = take("X-Amz-SignedHeaders");
  signature.timestamp = take("X-Amz-Date");
  const std::string expires = take("X-Amz-Expires");
  if (!missing.empty()) {
    return Incomplete(absl::StrCat(missing, "Re-examine the query-string parameters."));
  }
  if (algorithm != kAlgorithm) {
    return Incomplete(absl::StrCat("Unsupported AWS 'algorithm': '", algorithm, "'."));
  }
  const std::optional<std::int64_t> at = ParseIsoBasic(signature.timestamp);
  if (!at.has_value()) {
    return Incomplete(absl::StrCat("Date must be in ISO-8601 'basic format'. Got '", signature.timestamp,
                                   "'. See http://en.wikipedia.org/wiki/ISO_8601"));
  }
  signature.signed_at_s = *at;
  std::int64_t seconds = 0;
  if (!absl::SimpleAtoi(expires, &seconds) || seconds < 0 || seconds > kExpiresMaxS) {
    // Text: ours, after S3's.
    return Incomplete(
        absl::StrCat("X-Amz-Expires must be a number of seconds from 0 to ", kExpiresMaxS, ", got '", expires, "'"));
  }
  signature.expires_s = seconds;
  if (auto refusal = ReadCredential(credential, signature)) return *std::move(refusal);
  if (auto refusal = ReadSignedHeaders(signed_headers, signature)) return *std::move(refusal);
  if (const std::string* token = Find(parameters, "X-Amz-Security-Token")) signature.security_token = *token;
  return signature;
}

std::optional<SignatureRefusal> RefusalOfTime(const RequestSignature& signature, std::int64_t now_s) {
  const auto refuse = [](std::string message) {
    return SignatureRefusal{SignatureFault::kSignatureDoesNotMatch, std::move(message)};
  };
  if (signature.date != signature.timestamp.substr(0, 8)) {
    return refuse(absl::StrCat(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
        "HTTP: '",
        signature.date, "' != '", signature.timestamp.substr(0, 8), "', from '", signature.timestamp, "'."));
  }
  if (signature.signed_at_s > now_s + kClockSkewMaxS) {
    return refuse(absl::StrCat("Signature not yet current: ", signature.timestamp, " is still later than ",
                               IsoBasic(now_s + kClockSkewMaxS), " (", IsoBasic(now_s), " + 15 min.)"));
  }
  if (signature.expires_s.has_value()) {
    if (now_s <= signature.signed_at_s + *signature.expires_s) return std::nullopt;
    return SignatureRefusal{SignatureFault::kRequestExpired, "Request has expired."};
  }
  if (signature.signed_at_s < now_s - kClockSkewMaxS) {
    return refuse(absl::StrCat("Signature expired: ", signature.timestamp, " is now earlier than ",
                               IsoBasic(now_s - kClockSkewMaxS), " (", IsoBasic(now_s), " - 15 min.)"));
  }
  return std::nullopt;
}

// A hash that the client states is worth something only if it is the body's.
bool PayloadIsAsStated(const SignedMessage& message, const RequestSignature& signature) {
  const std::string* stated = Find(message.headers, "x-amz-content-sha256");
  if (stated == nullptr || *stated == "UNSIGNED-PAYLOAD") return true;
  // Chunk-wise signatures (S3) hold for parts that are not looked into here.
  if (signature.service == "s3" && stated->rfind("STREAMING-", 0) == 0) return true;
  return *stated == BodyHash(message);
}

}  // namespace

std::string_view ErrorNameOf(SignatureFault fault, SignatureProtocol protocol) {
  const bool json = protocol == SignatureProtocol::kJson;
  switch (fault) {
    case SignatureFault::kMissingAuthenticationToken:
      return json ? "MissingAuthenticationTokenException" : "MissingAuthenticationToken";
    case SignatureFault::kIncompleteSignature:
      return json ? "IncompleteSignatureException" : "IncompleteSignature";
    case SignatureFault::kSignatureDoesNotMatch:
      return json ? "InvalidSignatureException" : "SignatureDoesNotMatch";
    case SignatureFault::kUnrecognizedClient:
      return json ? "UnrecognizedClientException" : "InvalidClientTokenId";
    case SignatureFault::kExpiredToken:
      return json ? "ExpiredTokenException" : "ExpiredToken";
    case SignatureFault::kRequestExpired:
      return "RequestExpired";
  }
  return "";
}

SignatureRefusal UnrecognizedClient() {
  return {SignatureFault::kUnrecognizedClient, "The security token included in the request is invalid."};
}

SignatureRefusal ExpiredToken() {
  return {SignatureFault::kExpiredToken, "The security token included in the request is expired"};
}

std::variant<RequestSignature, SignatureRefusal> ParseSignature(const SignedMessage& message) {
  if (const std::string* authorization = Find(message.headers, "authorization")) {
    return FromHeader(message, *authorization);
  }
  const auto parameters = QueryParameters(QueryOf(message.target));
  for (const char* name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"}) {
    if (Find(parameters, name) != nullptr) return FromQuery(parameters);
  }
  return SignatureRefusal{SignatureFault::kMissingAuthenticationToken, "Missing Authentication Token"};
}

std::optional<SignatureRefusal> VerifySignature(const SignedMessage& message, const RequestSignature& signature,
                                                const SigningKey& key, std::int64_t now_s) {
  if (signature.security_token != key.security_token) return UnrecognizedClient();
  if (auto refusal = RefusalOfTime(signature, now_s)) return refusal;
  std::string signing = HmacSha256(absl::StrCat("AWS4", key.secret), signature.date);
  for (const std::string_view part :
       {std::string_view(signature.region), std::string_view(signature.service), kTerminator}) {
    signing = HmacSha256(signing, part);
  }
  const std::string to_sign =
      absl::StrCat(Abseil(kAlgorithm), "\n", signature.timestamp, "\n", signature.date, "/", signature.region, "/",
                   signature.service, "/", Abseil(kTerminator), "\n", Sha256Hex(CanonicalRequest(message, signature)));
  const std::string expected = Hex(HmacSha256(signing, to_sign));
  const bool equal = signature.signature.size() == expected.size() &&
                     CRYPTO_memcmp(signature.signature.data(), expected.data(), expected.size()) == 0;
  if (!equal || !PayloadIsAsStated(message, signature))
    return SignatureRefusal{SignatureFault::kSignatureDoesNotMatch, kMismatch};
  // Asked last: only the key's holder learns that it is over.
  if (key.expires_at_s.has_value() && now_s >= *key.expires_at_s) {
    return ExpiredToken();
  }
  return std::nullopt;
}

}  // namespace ecsmi::wire
