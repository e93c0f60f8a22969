#include "wire/account/account.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace ecsmi::wire {
namespace {

TEST(Account, WorldsByNameHaveTheSameAccountForEver) {
  EXPECT_EQ(AccountOfWorld(""), "000000000000");
  EXPECT_EQ(AccountOfWorld("123456789012"), "123456789012");
  EXPECT_EQ(AccountOfWorld("blue"), "457921745265");
  EXPECT_EQ(AccountOfWorld("1234567890123").size(), 12U);
  EXPECT_NE(AccountOfWorld("blue"), AccountOfWorld("green"));
}

TEST(Account, AccessKeysSayTheAccount) {
  const struct {
    const char* key;
    std::string account;
  } cases[] = {
      {"123456789012", "123456789012"},
      {"12345678901", "000000000000"},
      {"1234567890123", "000000000000"},
      {"12345678901x", "000000000000"},
      {"world-blue", AccountOfWorld("blue")},
      {"world-123456789012", "123456789012"},
      {"world-", "000000000000"},
      {"World-blue", "000000000000"},
      {"test", "000000000000"},
      {"", "000000000000"},
      {"AKIAIOSFODNN7EXAMPLE", "000000000000"},
      {"ASIAIOSFODNN7EXAMPLE", "000000000000"},
  };
  for (const auto& [key, account] : cases) EXPECT_EQ(AccountOfKey(key), account) << key;
}

TEST(Account, KeysOfAssumeRoleCarryTheirAccountAndSession) {
  std::set<std::string> keys;
  for (const char* account : {"000000000000", "000000000001", "123456789012", "999999999999"}) {
    for (const std::uint64_t session : {0ULL, 1ULL, 2ULL, (1ULL << 20) - 1}) {
      const std::string key = MakeRoleKeyId(account, session);
      EXPECT_EQ(key.size(), 20U);
      EXPECT_EQ(key.substr(0, 4), "ASIA");
      EXPECT_EQ(key.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), std::string::npos);
      EXPECT_EQ(AccountOfRoleKeyId(key), account);
      EXPECT_EQ(AccountOfKey(key), account);
      EXPECT_TRUE(keys.insert(key).second);
    }
  }
}

TEST(Account, AKeyThatWasTouchedCarriesNothing) {
  const std::string key = MakeRoleKeyId("123456789012", 7);
  for (std::size_t i = 0; i < key.size(); ++i) {
    std::string touched = key;
    touched[i] = touched[i] == 'Q' ? 'R' : 'Q';
    EXPECT_EQ(AccountOfRoleKeyId(touched), std::nullopt) << touched;
    touched[i] = '1';
    EXPECT_EQ(AccountOfRoleKeyId(touched), std::nullopt) << touched;
  }
  EXPECT_EQ(AccountOfRoleKeyId(key + "A"), std::nullopt);
  EXPECT_EQ(AccountOfRoleKeyId(key.substr(1)), std::nullopt);
}

}  // namespace
}  // namespace ecsmi::wire
