#include <memory>
#include <string>
#include <vector>

#include "api/emulator/emulator.h"
#include "builders/step_fixture.h"
#include "ecsmi/model/dump.h"

namespace ecsmi::api {
namespace {

namespace emu = ::ecsmi::emulator::v1;
using control::Step;
using testing::ApiWorld;

const auto kNoCheck = +[](const emu::DumpWorldRequest&) { return absl::OkStatus(); };

// An hour of a small world with a bit of everything that acts. `reload`: in the middle all is read back from its rows.
std::string HourOf(bool reload) {
  ApiWorld world;
  const model::Serial cluster = world.AddCluster("c");
  const model::Serial provider = world.AddProvider(cluster, 3);
  EXPECT_TRUE(world
                  .Call(CheckPutBehavior, PutBehavior,
                        std::string("rule {name: 'r' behavior {key: 'ecsmi.run-seconds' value: 'exp(300)'}}"))
                  .ok());
  std::vector<model::Serial> tasks;
  for (int i = 0; i < 30; ++i) {
    const model::Serial definition = world.AddDefinition({256 << (i % 4), 512 << (i % 3), 0, 1});
    tasks.push_back(
        world.Do([&](Step& step) { return control::CreateTask(step, world.ATask(cluster, provider, definition)); }));
    world.Advance(2 * model::kMinuteMs);
    world.state().TakeChanges(world.now);
    if (reload && i == 15) {
      auto fresh = std::make_unique<model::State>();
      const model::WorldHeader header{.seq = world.state().seq(),
                                      .next_serial = world.state().next_serial(),
                                      .now_ms = world.now,
                                      .state_hash = world.state().state_hash(),
                                      .settings = {}};
      EXPECT_TRUE(testing::CopyRows(world.state(), *fresh).ok());
      EXPECT_EQ(model::DumpAll(world.state()).size() > 10'000, true);
      world.Reset(std::move(fresh));
      EXPECT_TRUE(world.state().FinishLoad(header).ok());
    }
  }
  world.state().TakeChanges(world.now);
  return model::DumpAll(world.state());
}

TEST(DumpWorld, SameSeedAndSameCommandsGiveTheSameBytesAlsoAfterAReload) {
  const std::string once = HourOf(false);
  EXPECT_EQ(once, HourOf(false));
  EXPECT_EQ(once, HourOf(true));
}

TEST(DumpWorld, APageHoldsTheRowsAndSaysOfWhichStateTheyAre) {
  ApiWorld world;
  world.AddCluster("c");
  world.state().TakeChanges(world.now);
  const auto page = world.Call(kNoCheck, DumpWorld, "");
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->rows_size(), 1);
  EXPECT_EQ(page->rows(0) + "\n", model::DumpAll(world.state()));
  EXPECT_EQ(page->seq(), 1);
  EXPECT_EQ(page->next_serial(), 2);
  EXPECT_EQ(page->now().seconds(), world.now / 1000);
  EXPECT_FALSE(page->has_next_token());
}

TEST(DumpWorld, PagesAreOfOneStateAndATokenOfAnotherIsRefused) {
  ApiWorld world;
  for (int i = 0; i < 8'000; ++i) world.AddCluster("a-cluster-with-a-rather-long-name-" + std::to_string(i));
  world.state().TakeChanges(world.now);
  std::string joined;
  emu::DumpWorldRequest request;
  int pages = 0;
  std::string first_token;
  for (;; ++pages) {
    const auto page = world.Call(kNoCheck, DumpWorld, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const std::string& row : page->rows()) joined += row + "\n";
    if (!page->has_next_token()) break;
    if (first_token.empty()) first_token = page->next_token();
    request.set_next_token(page->next_token());
  }
  EXPECT_GT(pages, 0);
  EXPECT_EQ(joined, model::DumpAll(world.state()));

  world.AddCluster("one-more");
  world.state().TakeChanges(world.now);
  world.ExpectRefused(kNoCheck, DumpWorld,
                      {{"next_token: '" + first_token + "'", "InvalidParameterException", {first_token, "begin again"}},
                       {"next_token: 'zz'", "InvalidParameterException", {"zz", "nextToken"}}});
}

}  // namespace
}  // namespace ecsmi::api
