#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/model/queue.h"
#include "google/protobuf/map.h"

// The attributes of a queue, which travel as a map of strings (F60, F64, F66).
namespace ecsmi::api {

using AttributeMap = google::protobuf::Map<std::string, std::string>;

// Names that can be set, values in range and well-formed. Errors: InvalidAttributeName, InvalidAttributeValue; FIFO
// attributes are refused by name.
absl::Status CheckSettableAttributes(const AttributeMap& attributes);

// Writes `attributes` into `queue`, a copy of the row or a new one. Errors: InvalidParameterValue where the dead-letter
// queue does not exist or refuses this source. REQUIRES: CheckSettableAttributes passed.
absl::Status ApplyAttributes(const control::Step& step, const CallContext& context, const AttributeMap& attributes,
                             model::Queue* queue);
// Takes over what ApplyAttributes can write, but for the retention, which control::SetRetention changes.
void CopySettings(const model::Queue& from, model::Queue* to);

// Every attribute the queue has, as GetQueueAttributes shows it with `All`.
std::map<std::string, std::string> ShowAttributes(const control::Step& step, const model::Queue& queue);

}  // namespace ecsmi::api
