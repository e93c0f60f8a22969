#include "ecsmi/base/log.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace ecsmi::base {
namespace {

TEST(JsonQuoted, EscapesWhatJsonAsksFor) {
  EXPECT_EQ(JsonQuoted("plain"), "\"plain\"");
  EXPECT_EQ(JsonQuoted("a\"b\\c\n\x01"), "\"a\\\"b\\\\c\\u000a\\u0001\"");
  EXPECT_EQ(JsonQuoted("größe €"), "\"größe €\"");
}

TEST(JsonQuoted, ReplacesWhatIsNoUtf8) {
  for (const std::string& bad :
       std::vector<std::string>{"\xff", "\xc1\x81", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    const std::string quoted = JsonQuoted(bad);
    EXPECT_EQ(quoted.find(bad), std::string::npos);
    EXPECT_NE(quoted.find("\xef\xbf\xbd"), std::string::npos);
  }
}

class LogTest : public ::testing::Test {
 protected:
  void TearDown() override { ConfigureLog(LogFormat::kText, LogLevel::kInfo); }
};

TEST_F(LogTest, ALineOfTextNamesItsFieldsAndCannotBeForged) {
  ConfigureLog(LogFormat::kText, LogLevel::kInfo);
  ::testing::internal::CaptureStderr();
  LogInfo("call failed", {{"operation", "RunTask"}, {"error", "a\n2026 error fake=1"}});
  const std::string line = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(line.find(" info call failed operation=RunTask error=\"a\\u000a2026 error fake=1\"\n"), std::string::npos)
      << line;
  EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST_F(LogTest, JsonIsOneObjectALine) {
  ConfigureLog(LogFormat::kJson, LogLevel::kInfo);
  ::testing::internal::CaptureStderr();
  LogError("stopped", {{"world", "1\"2"}});
  const std::string line = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(line.find(R"("level":"error","message":"stopped","world":"1\"2"})"), std::string::npos) << line;
  EXPECT_EQ(line.rfind("{\"time\":\"", 0), 0u);
}

TEST_F(LogTest, LinesBelowTheLevelAreLeftOut) {
  ConfigureLog(LogFormat::kText, LogLevel::kWarning);
  ::testing::internal::CaptureStderr();
  LogDebug("no");
  LogInfo("no");
  LogWarning("yes");
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("warning yes"), std::string::npos);
}

}  // namespace
}  // namespace ecsmi::base
