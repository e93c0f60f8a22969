#include "ecsmi/model/waiting.h"

#include "gtest/gtest.h"

namespace ecsmi::model {
namespace {

Task ATask(Serial serial, Serial definition, TimeMs created_at = 100) {
  Task task;
  task.serial = serial;
  task.definition = definition;
  task.created_at = created_at;
  return task;
}

std::vector<Serial> Definitions(const std::vector<WaitingClass*>& classes) {
  std::vector<Serial> definitions;
  for (const WaitingClass* waiting : classes) definitions.push_back(waiting->key.definition);
  return definitions;
}

TEST(Waiting, EqualTasksAreOneClassAndTheClassOfTheOldestTaskComesFirst) {
  WaitingList list;
  list.Add(ATask(11, 5));
  list.Add(ATask(12, 4));
  list.Add(ATask(13, 5));
  EXPECT_EQ(Definitions(list.Untried()), (std::vector<Serial>{5, 4}));
  EXPECT_EQ(list.All().front()->tasks, (absl::btree_set<Serial>{11, 13}));
  list.Remove(ATask(11, 5));
  EXPECT_EQ(Definitions(list.All()), (std::vector<Serial>{4, 5}));
}

TEST(Waiting, WhatAnyPartOfTheKeyPartsIsAClassOfItsOwn) {
  WaitingList list;
  Serial serial = 1;
  const auto add = [&](void (*change)(Task&)) {
    Task task = ATask(serial++, 5);
    change(task);
    list.Add(task);
  };
  add([](Task&) {});
  add([](Task& task) { task.service = 9; });
  add([](Task& task) { task.group = 9; });
  add([](Task& task) { task.resources.memory_mib = 9; });
  add([](Task& task) { task.all_gpus = true; });
  add([](Task& task) { task.dedicated = true; });
  add([](Task& task) { task.distinct_instance = true; });
  EXPECT_EQ(list.All().size(), 7u);
  add([](Task& task) { task.document = 9; });  // what is only echoed makes no difference
  EXPECT_EQ(list.All().size(), 7u);
}

TEST(Waiting, AClassThatFoundNoHoleIsNotTriedAgainBeforeRoomAppears) {
  WaitingList list;
  list.Add(ATask(11, 5));
  list.Add(ATask(12, 4));
  for (WaitingClass* waiting : list.Untried()) list.FoundNoHole(*waiting);
  EXPECT_TRUE(list.Untried().empty());
  list.Add(ATask(13, 5));  // an equal of one that found none
  EXPECT_TRUE(list.Untried().empty());
  list.Add(ATask(14, 3));
  EXPECT_EQ(Definitions(list.Untried()), (std::vector<Serial>{3}));
  list.RoomAppeared();
  EXPECT_EQ(Definitions(list.Untried()), (std::vector<Serial>{5, 4, 3}));
  list.FoundNoHole(*list.Untried().front());
  EXPECT_EQ(Definitions(list.Untried()), (std::vector<Serial>{4, 3}));
}

TEST(Waiting, AClassThatLeavesUntriedIsForgotten) {
  WaitingList list;
  list.Add(ATask(11, 5));
  list.Add(ATask(12, 4));
  list.FoundNoHole(*list.Untried().back());
  list.Remove(ATask(11, 5));
  EXPECT_TRUE(list.Untried().empty());
  list.Remove(ATask(12, 4));
  EXPECT_TRUE(list.empty());
  list.Add(ATask(13, 4));
  EXPECT_EQ(Definitions(list.Untried()), (std::vector<Serial>{4}));
}

TEST(Waiting, TheNewestDemandStaysKnownWhenItsTaskHasLeft) {
  WaitingList list;
  list.Add(ATask(11, 5, 100));
  list.Add(ATask(12, 4, 200));
  list.Remove(ATask(12, 4, 200));
  EXPECT_EQ(list.newest_at(), 200);
}

}  // namespace
}  // namespace ecsmi::model
