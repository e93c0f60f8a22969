#pragma once

#include <string>
#include <string_view>

#include "wire/aws_json/shapes.h"

namespace ecsmi::wire {

// What the query protocol calls a member: of a list or map, what it calls one entry ("Attribute" of Attributes).
std::string_view QueryName(const Member& member);
// The member of that query name; nullptr when there is none.
const Member* FindQueryMember(const Shape& shape, std::string_view name);
// Beside "Value" a map's entry has this: "Name", or "Key" of a tag.
std::string_view QueryKeyName(const Member& member);

}  // namespace ecsmi::wire
