// What is due next: rows that moved often, rows that are gone, and the order of all.
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "ecsmi/base/keyed_hash.h"
#include "ecsmi/model/state.h"
#include "gtest/gtest.h"

namespace ecsmi::model {
namespace {

// The simplest row with one due time.
Serial AddToken(State& state, TimeMs due_at) {
  Token token;
  token.serial = state.NewSerial();
  token.scope = "test";
  token.token = std::to_string(token.serial);
  token.due_at = due_at;
  return state.Insert(std::move(token)).serial;
}
void Move(State& state, Serial serial, TimeMs due_at) {
  state.Update<Token>(serial, [&](Token& row) { row.due_at = due_at; });
}
// kNever when nothing is due; else takes it off.
TimeMs TakeNext(State& state) {
  DueItem item;
  if (!state.PeekDue(&item)) return kNever;
  state.PopDue(item);
  return item.at;
}

TEST(Dues, ARowThatMovedOftenBetweenTwoLooksIsDueOnceAtItsLastTime) {
  State state;
  const Serial token = AddToken(state, 100);
  Move(state, token, 50);
  Move(state, token, 70);
  EXPECT_EQ(TakeNext(state), 70);
  EXPECT_EQ(TakeNext(state), kNever);
}

TEST(Dues, ARowThatMovedAfterItWasSeenIsDueAtItsNewTime) {
  State state;
  const Serial token = AddToken(state, 100);
  DueItem item;
  ASSERT_TRUE(state.PeekDue(&item));
  Move(state, token, 200);
  EXPECT_EQ(TakeNext(state), 200);
  EXPECT_EQ(TakeNext(state), kNever);
}

TEST(Dues, ARowErasedBeforeAnyoneAskedIsNotDue) {
  State state;
  const Serial token = AddToken(state, 100);
  state.Erase<Token>(token);
  AddToken(state, 300);
  EXPECT_EQ(TakeNext(state), 300);
}

TEST(Dues, ARowThatWasTakenOffMayWishForTheSameMomentAgain) {
  State state;
  const Serial token = AddToken(state, 100);
  EXPECT_EQ(TakeNext(state), 100);
  EXPECT_EQ(TakeNext(state), kNever);
  Move(state, token, 100);
  EXPECT_EQ(TakeNext(state), 100);
}

TEST(Dues, ARowThatNoLongerWishesAnythingIsNotDue) {
  State state;
  const Serial token = AddToken(state, 100);
  Move(state, token, kNever);
  EXPECT_EQ(TakeNext(state), kNever);
}

// Against a sorted set of all wishes, looked at after some of the changes only.
TEST(Dues, AgreeWithASortedSetWhateverRowsDo) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    State state;
    std::map<Serial, TimeMs> wishes;
    std::set<std::pair<TimeMs, Serial>> expected;
    std::uint64_t draws = 0;
    const auto below = [&](std::uint64_t bound) {
      return base::Reduce(base::KeyedHash64({seed, 1}, {++draws}), bound);
    };
    const auto wish = [&](Serial serial, TimeMs at) {
      if (const auto known = wishes.find(serial); known != wishes.end()) expected.erase({known->second, serial});
      wishes[serial] = at;
      expected.emplace(at, serial);
    };
    for (int i = 0; i < 4'000; ++i) {
      const auto at = static_cast<TimeMs>(below(50));
      const std::uint64_t what = below(10);
      if (what < 3 || wishes.empty()) {
        wish(AddToken(state, at), at);
        continue;
      }
      const Serial some = std::next(wishes.begin(), static_cast<std::ptrdiff_t>(below(wishes.size())))->first;
      if (what < 7) {
        Move(state, some, at);
        wish(some, at);
      } else if (what < 8) {
        state.Erase<Token>(some);
        expected.erase({wishes[some], some});
        wishes.erase(some);
      } else {
        DueItem item;
        ASSERT_EQ(state.PeekDue(&item), !expected.empty());
        if (expected.empty()) continue;
        ASSERT_EQ((std::pair<TimeMs, Serial>{item.at, item.serial}), *expected.begin());
        // As a step does: the row moves on, be it to the same moment.
        state.PopDue(item);
        Move(state, item.serial, at);
        wish(item.serial, at);
      }
    }
  }
}

}  // namespace
}  // namespace ecsmi::model
