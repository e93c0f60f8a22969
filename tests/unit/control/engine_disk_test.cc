// The whole engine over a real file that may not grow.
#include <sys/resource.h>

#include <csignal>
#include <string>

#include "builders/engine_fixture.h"
#include "gtest/gtest.h"
#include "unit/store/fixture.h"

namespace ecsmi::control {
namespace {

using store::InChild;
using store::SqliteStore;
using store::TempFolder;
using testing::RunningEngine;
using testing::StoredHash;

constexpr char kAccount[] = "111111111111";

bool LimitFileSize(rlim_t bytes) {
  rlimit limit{};
  if (getrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
  limit.rlim_cur = bytes;
  return setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

#define REQUIRE(condition)                            \
  if (!(condition)) {                                 \
    std::fprintf(stderr, "not so: %s\n", #condition); \
    return false;                                     \
  }

TEST(EngineDisk, AWriteThatMeetsAFileSizeLimitLeavesMemoryAndDiskEqual) {
  static_cast<void>(testing::TestCatalog());  // before the fork: it takes a while
  const TempFolder folder;
  EXPECT_TRUE(InChild([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    auto opened = store::OpenSqliteStore({.path = folder.File(), .durability = store::Durability::kNormal});
    REQUIRE(opened.ok());
    SqliteStore& store = **opened;
    RunningEngine engine(store);
    REQUIRE(engine.Start().ok());
    REQUIRE(engine.AddCluster(kAccount, "kept").get().ok());
    const std::uint64_t before = engine.Look(kAccount).hash;

    // Nothing may be written beyond what is there; a large step cannot be stored.
    REQUIRE(LimitFileSize(64 << 10));
    std::future<absl::Status> lost = engine.AddDueRows(kAccount, 20'000);
    while (engine->Trouble().empty() && testing::IsOpen(lost)) std::this_thread::yield();
    REQUIRE(LimitFileSize(RLIM_INFINITY));
    const absl::Status status = lost.get();
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    REQUIRE(status.code() == absl::StatusCode::kInternal);
    REQUIRE(engine.Look(kAccount).hash == before);
    REQUIRE(StoredHash(store, kAccount) == before);
    // With room again it goes on.
    REQUIRE(engine.AddDueRows(kAccount, 20'000).get().ok());
    REQUIRE(engine.Look(kAccount).tokens == 20'000);
    REQUIRE(engine.Look(kAccount).hash == StoredHash(store, kAccount));
    engine->Stop();
    return true;
  }));
  const auto store = store::MustOpen(folder.File());
  RunningEngine engine(*store);
  ASSERT_TRUE(engine.Start().ok());
  EXPECT_EQ(engine.Look(kAccount).clusters, 1u);
  EXPECT_EQ(engine.Look(kAccount).tokens, 20'000u);
}

#undef REQUIRE

}  // namespace
}  // namespace ecsmi::control
