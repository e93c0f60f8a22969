#include <string>

#include "gtest/gtest.h"
#include "wire/call/call.h"

namespace ecsmi::wire {
namespace {

TEST(WarningLog, SaysOnceWhatAnOperationIsWarnedOf) {
  WarningLog log;
  EXPECT_TRUE(log.IsNew("RunTask", "a is not acted on"));
  EXPECT_FALSE(log.IsNew("RunTask", "a is not acted on"));
  EXPECT_TRUE(log.IsNew("RunTask", "b is not acted on"));
  EXPECT_TRUE(log.IsNew("CreateService", "a is not acted on"));
}

TEST(WarningLog, RemembersABoundedNumber) {
  WarningLog log;
  int told = 0;
  for (int i = 0; i < 3'000; ++i) told += log.IsNew(std::to_string(i % 7), std::to_string(i)) ? 1 : 0;
  EXPECT_EQ(told, 1'000);
}

}  // namespace
}  // namespace ecsmi::wire
