#include "absl/strings/str_cat.h"
#include "ctl/lists.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"

namespace ecsmi::ctl {
namespace {

absl::StatusOr<Listing> Show(Client& client, const GetOptions&) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<emu::WorldSummary> worlds, ListWorlds(client));
  Listing listing{"worlds", {}, ListOfMessages("worlds", worlds), ""};
  if (worlds.empty()) listing.note = "No world of this daemon has anything in it yet.\n";
  listing.table.columns = {{"ACCOUNT"},         {"CLUSTERS", true}, {"SERVICES", true}, {"TASKS", true},
                           {"INSTANCES", true}, {"QUEUES", true},   {"CLOCK"},          {"NOW"}};
  for (const emu::WorldSummary& world : worlds) {
    listing.table.rows.push_back(
        {world.account(), absl::StrCat(world.clusters()), absl::StrCat(world.services()), absl::StrCat(world.tasks()),
         absl::StrCat(world.container_instances()), absl::StrCat(world.queues()),
         emu::ClockMode::Value_Name(world.clock().mode()),
         absl::FormatTime("%m-%d %H:%M:%S", TimeOf(world.clock().now()), absl::UTCTimeZone())});
  }
  return listing;
}

}  // namespace

void AddGetWorlds(CLI::App& get, Chosen& chosen) {
  AddGet(get, chosen, "worlds", "world", "Worlds of the daemon that have something in them",
         {"ecsmictl get worlds", "ecsmictl get worlds -o json | jq -r '.worlds[].account'"}, false, Show);
}

}  // namespace ecsmi::ctl
