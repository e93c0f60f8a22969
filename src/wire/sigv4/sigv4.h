#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// AWS Signature Version 4, the server's side. Source: AWS's "Signature Version 4 for API requests" (documented); texts
// of errors as AWS's services answer them (observed), but where a comment says ours. Pure; any thread.
namespace ecsmi::wire {

// What was signed, seen from the wire. Refers to what the caller holds.
struct SignedMessage {
  std::string_view method;                                          // "POST"
  std::string_view target;                                          // path and query as sent
  const std::vector<std::pair<std::string, std::string>>& headers;  // names in lower case
  std::string_view body;                                            // as sent, content encoding not undone
  std::string_view body_sha256 =
      {};  // its hash (hex) where the body itself is not at hand; then `body` counts for nothing
};

// Who says to have signed, for where, and with what. Nothing here is proven before VerifySignature.
struct RequestSignature {
  std::string access_key_id;
  std::string date;     // of the scope: YYYYMMDD
  std::string region;   // "us-east-1"
  std::string service;  // signing name: "ecs", "monitoring"
  std::vector<std::string> signed_headers;
  std::string signature;  // hex, as sent
  std::string timestamp;  // YYYYMMDDTHHMMSSZ
  std::int64_t signed_at_s = 0;
  std::optional<std::int64_t> expires_s;  // presigned in the query: valid so long from signed_at_s
  std::string security_token;
};

enum class SignatureFault {
  kMissingAuthenticationToken,  // not signed at all
  kIncompleteSignature,         // the signature's parts are missing or malformed
  kSignatureDoesNotMatch,       // also: signed too long ago, in the future, or for another day
  kUnrecognizedClient,          // no such key, or not with this token
  kExpiredToken,                // temporary credentials after their end
  kRequestExpired,              // presigned, and its time is over
};
// How AWS's protocols call it: AWS JSON "InvalidSignatureException", AWS Query "SignatureDoesNotMatch".
enum class SignatureProtocol { kJson, kQuery };
std::string_view ErrorNameOf(SignatureFault fault, SignatureProtocol protocol);

struct SignatureRefusal {
  SignatureFault fault;
  std::string message;
};
// For a key that nobody knows: the caller looks keys up.
SignatureRefusal UnrecognizedClient();
// For temporary credentials after their end.
SignatureRefusal ExpiredToken();

// From the Authorization header, or from X-Amz-… in the query when there is none.
std::variant<RequestSignature, SignatureRefusal> ParseSignature(const SignedMessage& message);

// The secret behind RequestSignature::access_key_id.
struct SigningKey {
  std::string secret;
  std::string security_token;                // of temporary credentials; empty for lasting ones
  std::optional<std::int64_t> expires_at_s;  // of temporary credentials
};

// Seconds that a signer's clock may be off, either way: fifteen minutes.
inline constexpr std::int64_t kClockSkewMaxS = 900;
// Longest life of a presigned request, in seconds: seven days.
inline constexpr std::int64_t kExpiresMaxS = 604'800;

// Nothing when `key` signed exactly this message and it is still good at `now_s` (host time, seconds since the Unix
// epoch). Compares in constant time.
std::optional<SignatureRefusal> VerifySignature(const SignedMessage& message, const RequestSignature& signature,
                                                const SigningKey& key, std::int64_t now_s);

}  // namespace ecsmi::wire
