#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ecsmi::wire {

// The account (twelve digits) of requests that say nothing about it.
inline constexpr std::string_view kDefaultAccount = "000000000000";

// Of a world by name: twelve digits are the account itself, nothing is the default one, any other name stands for an
// account derived from it, the same on every machine.
std::string AccountOfWorld(std::string_view world);

// Of an access key id: twelve digits → that account; `world-<name>` → AccountOfWorld(name); a key of AssumeRole's → the
// account of the role; any other → the default one.
std::string AccountOfKey(std::string_view access_key_id);

// The id of temporary credentials in `account`: ASIA and sixteen of A-Z2-7, as AWS spells them. It carries the account,
// `session` (modulo 2^20, to tell sessions apart) and a check. Readable by anyone: it says where a request belongs,
// never that it may. REQUIRES: `account` is twelve digits.
std::string MakeRoleKeyId(std::string_view account, std::uint64_t session);
// The account in such an id; nothing for keys made elsewhere (one in a million random ones passes the check).
std::optional<std::string> AccountOfRoleKeyId(std::string_view access_key_id);

}  // namespace ecsmi::wire
