#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ctl/lists.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"

namespace ecsmi::ctl {
namespace {

absl::StatusOr<Listing> Show(Client& client, const std::string& family) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<ecs::TaskDefinition> definitions, ListDefinitions(client, family));
  Listing listing{"definitions", {}, ListOfMessages("taskDefinitions", definitions), ""};
  listing.table.columns = {{"DEFINITION", false, 12}, {"STATUS"},  {"CPU", true},
                           {"MEMORY", true},          {"NETWORK"}, {"CONTAINERS", false, 16}};
  for (const ecs::TaskDefinition& definition : definitions) {
    const std::string status = ecs::TaskDefinitionStatus::Value_Name(definition.status());
    const std::string containers = absl::StrJoin(definition.container_definitions(), ", ",
                                                 [](std::string* out, const ecs::ContainerDefinition& container) {
                                                   absl::StrAppend(out, container.name(), "=", container.image());
                                                 });
    listing.table.rows.push_back(
        {absl::StrCat(definition.family(), ":", definition.revision()),
         {status, ColourOfStatus(status)},
         definition.cpu().empty() ? "-" : definition.cpu(),
         definition.memory().empty() ? "-" : definition.memory(),
         definition.has_network_mode() ? ecs::NetworkMode::Value_Name(definition.network_mode()) : "-",
         containers});
  }
  return listing;
}

}  // namespace

void AddGetDefinitions(CLI::App& get, Chosen& chosen) {
  auto family = std::make_shared<std::string>();
  CLI::App* verb = AddGet(get, chosen, "definitions", "definition", "Task definitions, ACTIVE ones",
                          {"ecsmictl get definitions", "ecsmictl get definitions -f web"}, false,
                          [family](Client& client, const GetOptions&) { return Show(client, *family); });
  verb->add_option("-f,--family", *family, "Of this family");
}

}  // namespace ecsmi::ctl
