#pragma once

#include <string_view>
#include <variant>

#include "absl/status/statusor.h"
#include "api/check.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"

namespace ecsmi::api {

// A row whose document holds tags.
using TaggedRow = std::variant<const model::Cluster*, const model::CapacityProvider*, const model::TaskDefinition*,
                               const model::Service*, const model::Task*, const model::ContainerInstance*>;

// The row that the ARN names. Short forms of services, tasks and container instances name none (H43). Errors:
// ClusterNotFoundException; InvalidParameterException for a malformed ARN, for what has no tags and for what is deleted
// (clusters observed, the other texts by analogy); for what is unknown ResourceNotFoundException, which
// ListTagsForResource does not have: there it is InvalidParameterException.
enum class TagAccess { kRead, kWrite };
absl::StatusOr<TaggedRow> ResolveTagged(const control::Step& step, const CallContext& context, std::string_view arn,
                                        TagAccess access);

// In the order in which they were put.
TagList TagsOf(const control::Step& step, const TaggedRow& row);
// Replaces the row's tags, and what comes of them from now on: a provider's isolation (it counts when a task is
// created) and the tags that instances (A29) and tasks are given when they are made.
void StoreTags(control::Step& step, const TaggedRow& row, const TagList& tags);

}  // namespace ecsmi::api
