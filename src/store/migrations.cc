#include "ecsmi/embedded/migrations.h"

#include <charconv>
#include <system_error>

#include "ecsmi/base/check.h"
#include "store/migrate.h"

namespace ecsmi::store {

std::vector<Migration> EmbeddedMigrations() {
  std::vector<Migration> migrations;
  for (const auto& file : embedded::migrations()) {
    Migration migration{.name = std::string(file.name), .sql = std::string(file.bytes)};
    const char* const begin = migration.name.data();
    const auto parsed = std::from_chars(begin, begin + migration.name.size(), migration.version);
    ECSMI_CHECK(parsed.ec == std::errc());
    // The build lists them sorted by name: a gap or a double number is a mistake in migrations/.
    ECSMI_CHECK(migration.version == static_cast<int>(migrations.size()) + 1);
    migrations.push_back(std::move(migration));
  }
  return migrations;
}

}  // namespace ecsmi::store
