#include "control/work_queue.h"

#include <gtest/gtest.h>

#include <string>

namespace ecsmi::control {
namespace {

class WorkQueueTest : public ::testing::Test {
 protected:
  void Push(char name, bool only_reads) {
    queue_.Push(
        [name](std::string& order) {
          order += name;
          return true;
        },
        only_reads);
  }
  void RunAll() {
    while (!queue_.empty()) queue_.Pop()(order_);
  }
  WorkQueue<std::string> queue_;
  std::string order_;
};

TEST_F(WorkQueueTest, ReadsPassByWritesAndTakeTurnsWithThem) {
  for (const char name : std::string("WXYZ")) Push(name, false);
  for (const char name : std::string("abcdef")) Push(name, true);
  RunAll();
  EXPECT_EQ(order_, "aWbXcYdZef");
}

TEST_F(WorkQueueTest, WhatWasBegunGoesOnFirst) {
  Push('W', false);
  WorkQueue<std::string>::Work begun = queue_.Pop();
  Push('r', true);
  queue_.GiveBack(std::move(begun));
  RunAll();
  EXPECT_EQ(order_, "Wr");
  EXPECT_TRUE(queue_.empty());
}

}  // namespace
}  // namespace ecsmi::control
