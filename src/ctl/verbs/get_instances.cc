#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ctl/lists.h"
#include "ctl/task_line.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"

namespace ecsmi::ctl {
namespace {

std::string AttributeOf(const ecs::ContainerInstance& instance, const char* name) {
  for (const ecs::Attribute& attribute : instance.attributes()) {
    if (attribute.name() == name) return attribute.value();
  }
  return "";
}

std::int64_t Amount(const google::protobuf::RepeatedPtrField<ecs::Resource>& resources, const char* name) {
  for (const ecs::Resource& resource : resources) {
    if (resource.name() == name) return resource.integer_value();
  }
  return 0;
}

// How much of a resource tasks have taken: "25%".
std::string Used(const ecs::ContainerInstance& instance, const char* name) {
  const std::int64_t all = Amount(instance.registered_resources(), name);
  const std::int64_t left = Amount(instance.remaining_resources(), name);
  return all == 0 ? "-" : absl::StrCat((all - left) * 100 / all, "%");
}

absl::StatusOr<Listing> Show(Client& client, const GetOptions& options) {
  ECSMI_ASSIGN_OR_RETURN(const std::vector<std::string> clusters, ClusterNames(client, options.cluster));
  ECSMI_ASSIGN_OR_RETURN(const emu::GetClockResponse clock, GetClock(client));
  const absl::Time now = TimeOf(clock.clock().now());
  std::vector<ecs::ContainerInstance> instances;
  Listing listing{"instances", {}, "", ""};
  listing.told = true;
  for (const std::string& cluster : clusters) {
    ECSMI_ASSIGN_OR_RETURN(std::vector<ecs::ContainerInstance> part, ListInstances(client, cluster));
    for (const ecs::ContainerInstance& instance : part) {
      const std::string age = instance.has_registered_at() ? Span(now - TimeOf(instance.registered_at())) : "-";
      listing.table.rows.push_back({instance.ec2_instance_id(),
                                    cluster,
                                    TypeOf(instance),
                                    AttributeOf(instance, "ecs.availability-zone"),
                                    {instance.status(), ColourOfStatus(instance.status())},
                                    absl::StrCat(instance.running_tasks_count() + instance.pending_tasks_count()),
                                    Used(instance, "CPU"),
                                    Used(instance, "MEMORY"),
                                    age});
      instances.push_back(instance);
    }
  }
  std::vector<std::string> ids;
  for (const auto& instance : instances) ids.push_back(instance.ec2_instance_id());
  const std::size_t length = ShortLength(ids, 6);
  for (auto& row : listing.table.rows) row[0].text.resize(std::min(row[0].text.size(), length));
  listing.table.columns = {{"INSTANCE"},    {"CLUSTER", false, 7}, {"TYPE", false, 8}, {"ZONE", false, 8}, {"STATUS"},
                           {"TASKS", true}, {"CPU", true},         {"MEM", true},      {"AGE", true}};
  listing.json = ListOfMessages("containerInstances", instances);
  return listing;
}

}  // namespace

void AddGetInstances(CLI::App& get, Chosen& chosen) {
  AddGet(get, chosen, "instances", "instance", "Container instances and what tasks have taken",
         {"ecsmictl get instances", "ecsmictl get instances -c shop -w"}, true, Show);
}

}  // namespace ecsmi::ctl
