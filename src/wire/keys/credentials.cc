#include "wire/keys/credentials.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wire/account/account.h"
#include "wire/sigv4/canonical.h"

namespace ecsmi::wire {
namespace {

constexpr absl::string_view kTokenPrefix = "ecsmi-";
constexpr std::size_t kSecretCharacters = 40;  // as AWS's are

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

std::optional<BearerKey> ParseBearer(std::string_view header) {
  constexpr absl::string_view kScheme = "Bearer ";
  absl::string_view rest = View(header);
  if (!absl::StartsWithIgnoreCase(rest, kScheme)) return std::nullopt;
  rest.remove_prefix(kScheme.size());
  const std::size_t colon = rest.find(':');
  if (colon == absl::string_view::npos || colon == 0) return std::nullopt;
  return BearerKey{std::string(rest.substr(0, colon)), std::string(rest.substr(colon + 1))};
}

Credentials::Credentials(AuthKeys keys, std::uint64_t seed) : keys_(std::move(keys)) {
  // Nobody without the file can work out what a role's secret is; without a file nothing is checked.
  master_ = absl::StrCat("ecsmi/role-keys/", seed);
  for (const AuthKey& key : keys_)
    master_ = HmacSha256(master_, absl::StrCat(key.access_key_id, "/", key.secret_access_key));
}

const AuthKey* Credentials::FindKey(std::string_view access_key_id) const {
  const auto at =
      std::find_if(keys_.begin(), keys_.end(), [&](const AuthKey& key) { return key.access_key_id == access_key_id; });
  return at == keys_.end() ? nullptr : &*at;
}

std::string Credentials::RoleSecret(std::string_view access_key_id, std::int64_t expires_at_s) const {
  return Hex(HmacSha256(master_, absl::StrCat(View(access_key_id), "/", expires_at_s))).substr(0, kSecretCharacters);
}

RoleCredentials Credentials::ForRole(std::string_view account, std::uint64_t session, std::int64_t expires_at_s) const {
  RoleCredentials role;
  role.access_key_id = MakeRoleKeyId(account, session);
  role.secret_access_key = RoleSecret(role.access_key_id, expires_at_s);
  const std::string seal = Hex(HmacSha256(master_, absl::StrCat("token/", role.access_key_id, "/", expires_at_s)));
  role.session_token = absl::StrCat(kTokenPrefix, expires_at_s, "-", seal);
  role.expires_at_s = expires_at_s;
  return role;
}

std::optional<SigningKey> Credentials::Find(std::string_view access_key_id, std::string_view session_token) const {
  if (const AuthKey* key = FindKey(access_key_id)) return SigningKey{key->secret_access_key, "", std::nullopt};
  const std::optional<std::string> account = AccountOfRoleKeyId(access_key_id);
  if (!account || View(session_token).substr(0, kTokenPrefix.size()) != kTokenPrefix) return std::nullopt;
  const absl::string_view rest = View(session_token).substr(kTokenPrefix.size());
  std::int64_t expires_at_s = 0;
  if (!absl::SimpleAtoi(rest.substr(0, rest.find('-')), &expires_at_s)) return std::nullopt;
  const std::string seal = Hex(HmacSha256(master_, absl::StrCat("token/", View(access_key_id), "/", expires_at_s)));
  SigningKey key;
  key.secret = RoleSecret(access_key_id, expires_at_s);
  key.security_token = absl::StrCat(kTokenPrefix, expires_at_s, "-", seal);
  key.expires_at_s = expires_at_s;
  return key;
}

std::optional<SignatureRefusal> Credentials::CheckSecret(std::string_view access_key_id, std::string_view secret,
                                                         std::string_view session_token, std::int64_t now_s) const {
  const std::optional<SigningKey> key = Find(access_key_id, session_token);
  if (!key || key->security_token != session_token || key->secret.size() != secret.size() ||
      CRYPTO_memcmp(key->secret.data(), secret.data(), secret.size()) != 0) {
    return UnrecognizedClient();
  }
  if (key->expires_at_s && now_s >= *key->expires_at_s) return ExpiredToken();
  return std::nullopt;
}

std::string Credentials::AccountOf(std::string_view access_key_id) const {
  const AuthKey* key = FindKey(access_key_id);
  if (key != nullptr && !key->worlds.empty()) return AccountOfWorld(key->worlds.front());
  return AccountOfKey(access_key_id);
}

bool Credentials::MayTouch(std::string_view access_key_id, std::string_view account) const {
  if (!required()) return true;
  const AuthKey* key = FindKey(access_key_id);
  if (key == nullptr) return AccountOfRoleKeyId(access_key_id) == account;
  return key->worlds.empty() || std::any_of(key->worlds.begin(), key->worlds.end(),
                                            [&](const std::string& world) { return AccountOfWorld(world) == account; });
}

}  // namespace ecsmi::wire
