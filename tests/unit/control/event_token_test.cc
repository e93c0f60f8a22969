#include <string>

#include "ecsmi/control/events.h"
#include "gtest/gtest.h"

namespace ecsmi::control {
namespace {

constexpr base::Key128 kKey{1, 2};

TEST(EventTokenTest, GivesBackThePlace) {
  for (const EventPosition position : {EventPosition{1, 0}, EventPosition{0, 0}, EventPosition{77, 12},
                                       EventPosition{model::kSerialMax, (1u << 24) - 1}}) {
    const std::string token = EventToken(kKey, position);
    EXPECT_EQ(token.size(), 32u);
    const auto parsed = ParseEventToken(kKey, token);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(*parsed, position);
  }
}

TEST(EventTokenTest, EveryChangedCharacterIsRefused) {
  const std::string token = EventToken(kKey, {300, 4});
  for (std::size_t i = 0; i < token.size(); ++i) {
    for (const char c : std::string("0123456789abcdef")) {
      std::string changed = token;
      changed[i] = c;
      if (changed == token) continue;
      EXPECT_FALSE(ParseEventToken(kKey, changed).has_value()) << i << c;
    }
  }
}

TEST(EventTokenTest, ForeignBytesAreRefused) {
  const std::string token = EventToken(kKey, {300, 4});
  for (const std::string& bad :
       {std::string(), std::string("x"), token.substr(1), token + "0", std::string(32, '\0'), std::string(32, '0'),
        std::string(31, 'f') + "F", std::string("\xff\xfe"), std::string(1 << 20, 'a'), " " + token.substr(1)}) {
    EXPECT_FALSE(ParseEventToken(kKey, bad).has_value()) << bad.substr(0, 40);
  }
}

TEST(EventTokenTest, IsOfOneWorld) {
  EXPECT_FALSE(ParseEventToken({1, 3}, EventToken(kKey, {300, 4})).has_value());
}

}  // namespace
}  // namespace ecsmi::control
