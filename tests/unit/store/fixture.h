#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "ecsmi/model/changes.h"
#include "ecsmi/ports/store.h"
#include "store/sqlite_store.h"

namespace ecsmi::store {

// A folder of its own, gone with the test.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "ecsmi-store-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::string File(const std::string& name = "world.db") const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// One row of a step, as a test writes it down.
struct StepRow {
  model::TableId table{};
  model::Serial serial = 0;
  std::string bytes;
  bool erased = false;
};

inline model::ChangeSet Step(model::CommitSeq seq, std::vector<StepRow> rows, model::TimeMs now_ms = 1000) {
  std::sort(rows.begin(), rows.end(), [](const StepRow& left, const StepRow& right) {
    return std::tie(left.table, left.serial) < std::tie(right.table, right.serial);
  });
  model::ChangeSet changes;
  changes.header = {.seq = seq, .next_serial = 1, .now_ms = now_ms, .state_hash = ~seq, .settings = "settings"};
  for (const StepRow& row : rows) {
    changes.header.next_serial = std::max(changes.header.next_serial, row.serial + 1);
    changes.rows.push_back({.table = row.table,
                            .erased = row.erased,
                            .serial = row.serial,
                            .offset = static_cast<std::uint32_t>(changes.buffer.size()),
                            .size = static_cast<std::uint32_t>(row.bytes.size())});
    changes.buffer += row.bytes;
  }
  return changes;
}

inline std::string AccountOf(ports::WorldNumber world) {
  std::string digits = std::to_string(world);
  return std::string(12 - digits.size(), '0') + digits;
}

inline absl::Status CommitBatch(ports::Store& store, const std::vector<ports::CommitItem>& items) {
  absl::Status result = absl::InternalError("done was not called");
  int calls = 0;
  store.Commit(items, [&](absl::Status status) {
    result = std::move(status);
    ++calls;
  });
  EXPECT_EQ(calls, 1);
  return result;
}

inline absl::Status CommitStep(ports::Store& store, ports::WorldNumber world, const model::ChangeSet& changes,
                               std::uint64_t lease_epoch = 1) {
  const std::string account = AccountOf(world);
  return CommitBatch(store, {{.world = world,
                              .account = account,
                              .lease_epoch = lease_epoch,
                              .expected_seq = changes.header.seq - 1,
                              .changes = &changes}});
}

using LoadedRow = std::tuple<model::TableId, model::Serial, std::string>;

inline std::vector<LoadedRow> Load(ports::Store& store, ports::WorldNumber world) {
  std::vector<LoadedRow> rows;
  const absl::Status status =
      store.LoadWorld(world, [&](model::TableId table, model::Serial serial, std::string_view bytes) {
        rows.emplace_back(table, serial, std::string(bytes));
        return true;
      });
  EXPECT_TRUE(status.ok()) << status;
  return rows;
}

inline std::unique_ptr<SqliteStore> MustOpen(const SqliteStoreOptions& options) {
  auto store = OpenSqliteStore(options);
  EXPECT_TRUE(store.ok()) << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}
inline std::unique_ptr<SqliteStore> MustOpen(const std::string& path) {
  return MustOpen(SqliteStoreOptions{.path = path, .engine_version = "1.2.3", .catalog_hash = "c0ffee"});
}

// Runs `body` in a process of its own, for what would harm this one: limits, locks, sudden death. True when it returned
// true. The child leaves without destructors, as a killed process would. (Nothing here has threads when it forks:
// stores are opened in the child.)
inline bool InChild(const std::function<bool()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body() ? 0 : 1);
  int status = 0;
  if (waitpid(child, &status, 0) != child) return false;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace ecsmi::store
