#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "ctl/context.h"
#include "ctl/listing.h"

// How verbs are put on the command line. Each file of this folder is one verb.
namespace ecsmi::ctl {

// What the command line asked for; filled while it is parsed.
struct Chosen {
  Action action;
};

// A verb with its examples below its help, one a line.
CLI::App* AddVerb(CLI::App& parent, const std::string& name, const std::string& what,
                  const std::vector<std::string>& examples);
// `action` is chosen when the verb is given.
void OnVerb(CLI::App& verb, Chosen& chosen, Action action);

// A description that lists the values an option may have, for those with many: "One of alarm, cluster, …".
std::string OneOf(const std::vector<std::string>& values);
// The values that such a description lists; none of any other.
std::vector<std::string> ValuesIn(const std::string& description);

// Flags that listings share.
struct GetOptions {
  std::string cluster;
  bool watch = false;
};
using GetLister = std::function<absl::StatusOr<Listing>(Client&, const GetOptions&)>;
// A kind under `get`; `one` is its singular, which works too. `with_cluster`: it has --cluster.
CLI::App* AddGet(CLI::App& get, Chosen& chosen, const std::string& kind, const std::string& one,
                 const std::string& what, const std::vector<std::string>& examples, bool with_cluster,
                 GetLister lister);

// The verbs themselves. `app` and `get` outlive the parsing, as `chosen` does.
void AddGetClusters(CLI::App& get, Chosen& chosen);
void AddGetServices(CLI::App& get, Chosen& chosen);
void AddGetTasks(CLI::App& get, Chosen& chosen);
void AddGetInstances(CLI::App& get, Chosen& chosen);
void AddGetProviders(CLI::App& get, Chosen& chosen);
void AddGetQueues(CLI::App& get, Chosen& chosen);
void AddGetDefinitions(CLI::App& get, Chosen& chosen);
void AddGetAlarms(CLI::App& get, Chosen& chosen);
void AddGetWorlds(CLI::App& get, Chosen& chosen);
void AddGetInstanceTypes(CLI::App& get, Chosen& chosen);
void AddDescribe(CLI::App& app, Chosen& chosen);
void AddExplain(CLI::App& app, Chosen& chosen);
void AddWait(CLI::App& app, Chosen& chosen);
void AddAdvance(CLI::App& app, Chosen& chosen);
void AddClock(CLI::App& app, Chosen& chosen);
void AddCosts(CLI::App& app, Chosen& chosen);
void AddPlan(CLI::App& app, Chosen& chosen);
void AddReset(CLI::App& app, Chosen& chosen);
void AddEvents(CLI::App& app, Chosen& chosen);
void AddLogs(CLI::App& app, Chosen& chosen);
void AddTop(CLI::App& app, Chosen& chosen);
void AddCall(CLI::App& app, Chosen& chosen);
// `command`: what stands after "--".
void AddRun(CLI::App& app, Chosen& chosen, const std::vector<std::string>& command);
void AddCompletion(CLI::App& app, Chosen& chosen);

}  // namespace ecsmi::ctl
