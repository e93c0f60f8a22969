#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "scenario/setters.h"

namespace ecsmi::scenario {

// A shorthand for one API request. An option that it does not list is a path of the request.
struct Verb {
  std::string rpc;
  std::vector<Setter> places;  // of the words after the verb
  std::map<std::string, Setter> options;
  std::vector<std::pair<std::string, std::string>> defaults;  // option or path → value, where it is not given
  std::string binds;                                          // name of the answer's ARN or URL: "queue"
  std::string bound;                                          // its path in the answer
  // Fills in what AWS requires and the line does not say, once its options are set.
  std::function<absl::Status(Stage&, google::protobuf::Message*)> complete = {};
};
using VerbTable = std::map<std::string, Verb>;

VerbTable CapacityVerbs();  // clusters, capacity providers, the world
VerbTable TaskVerbs();      // task definitions, tasks
VerbTable ServiceVerbs();
VerbTable QueueVerbs();
VerbTable ScalingVerbs();  // targets, policies, alarms, metrics

}  // namespace ecsmi::scenario
