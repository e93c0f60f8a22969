#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/sigv4/sigv4.h"

namespace ecsmi::wire {

// A line of --auth-file.
struct AuthKey {
  std::string access_key_id;
  std::string secret_access_key;
  std::vector<std::string> worlds;  // accounts or names it may touch, the first by default; empty = all
};
using AuthKeys = std::vector<AuthKey>;

// A key shown as it is, for doors and pages to which nobody signs: "Bearer <access key id>:<secret access key>".
// Nothing when `header` is not of that form.
struct BearerKey {
  std::string access_key_id;
  std::string secret_access_key;
};
std::optional<BearerKey> ParseBearer(std::string_view header);

// Temporary credentials as AssumeRole gives them.
struct RoleCredentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;
  std::int64_t expires_at_s = 0;
};

// Who may call, and the secrets to check it with. Temporary credentials are not stored: their secret and token follow
// from the key id, the end of their life, and a secret of this daemon's. Immutable; any thread.
class Credentials {
 public:
  Credentials(AuthKeys keys, std::uint64_t seed);
  // False: any signature, or none, is taken.
  bool required() const { return !keys_.empty(); }

  RoleCredentials ForRole(std::string_view account, std::uint64_t session, std::int64_t expires_at_s) const;
  // The secret behind a key id and the token that came with it; nothing when nobody knows the key.
  std::optional<SigningKey> Find(std::string_view access_key_id, std::string_view session_token) const;
  // Nothing when `secret` is the key's, with the token that came with it, and still good at `now_s` (host time, seconds
  // since the Unix epoch); who names a wrong secret hears what an unknown key hears. For doors that take no signature.
  std::optional<SignatureRefusal> CheckSecret(std::string_view access_key_id, std::string_view secret,
                                              std::string_view session_token, std::int64_t now_s) const;
  // Whether the file has the key. Temporary ones are not in it.
  bool Has(std::string_view access_key_id) const { return FindKey(access_key_id) != nullptr; }
  // Whether the key may touch that account; `account` empty = which account it stands for by default.
  bool MayTouch(std::string_view access_key_id, std::string_view account) const;
  std::string AccountOf(std::string_view access_key_id) const;

 private:
  const AuthKey* FindKey(std::string_view access_key_id) const;
  std::string RoleSecret(std::string_view access_key_id, std::int64_t expires_at_s) const;

  const AuthKeys keys_;
  std::string master_;
};

}  // namespace ecsmi::wire
