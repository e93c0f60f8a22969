#include "ecsmi/base/utf8.h"

#include <string_view>

#include "gtest/gtest.h"

namespace ecsmi::base {
namespace {

using namespace std::string_view_literals;

TEST(Utf8, TakesEveryWellFormedFormAndNoOther) {
  for (const std::string_view good :
       {""sv, "a\0b"sv, "\xc2\x80"sv, "\xdf\xbf"sv, "\xe0\xa0\x80"sv, "\xed\x9f\xbf"sv, "\xee\x80\x80"sv,
        "\xf0\x90\x80\x80"sv, "\xf4\x8f\xbf\xbf"sv, "x\xe2\x82\xacy"sv}) {
    EXPECT_TRUE(IsUtf8(good)) << good;
  }
  for (const std::string_view bad :
       {"\x80"sv, "\xbf"sv, "\xc0\x80"sv, "\xc1\xbf"sv, "\xc2"sv, "\xc2\x41"sv, "\xe0\x9f\xbf"sv, "\xed\xa0\x80"sv,
        "\xe2\x82"sv, "\xe2\x28\xa1"sv, "\xf0\x8f\xbf\xbf"sv, "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "\xff"sv}) {
    EXPECT_FALSE(IsUtf8(bad));
  }
}

}  // namespace
}  // namespace ecsmi::base
