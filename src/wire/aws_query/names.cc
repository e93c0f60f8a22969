#include "wire/aws_query/names.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ecsmi::wire {
namespace {

// Lists of scalars and maps; a list of structures is called as the structure. Source: SQS's service model as it was in
// the query protocol's days.
constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kEntries = {{
    {"AWSAccountIds", "AWSAccountId"},
    {"Actions", "ActionName"},
    {"AttributeNames", "AttributeName"},
    {"Attributes", "Attribute"},
    {"BinaryListValues", "BinaryListValue"},
    {"MessageAttributeNames", "MessageAttributeName"},
    {"MessageAttributes", "MessageAttribute"},
    {"MessageSystemAttributeNames", "MessageSystemAttributeName"},
    {"MessageSystemAttributes", "MessageSystemAttribute"},
    {"QueueUrls", "QueueUrl"},
    {"StringListValues", "StringListValue"},
    {"TagKeys", "TagKey"},
    {"Tags", "Tag"},
    {"queueUrls", "QueueUrl"},
    {"tags", "Tag"},
}};

}  // namespace

std::string_view QueryName(const Member& member) {
  if (member.arity == Arity::kOne) return member.name;
  const auto* at =
      std::find_if(kEntries.begin(), kEntries.end(), [&](const auto& row) { return row.first == member.name; });
  if (at != kEntries.end()) return at->second;
  return member.shape != nullptr ? std::string_view(member.shape->descriptor->name()) : member.name;
}

const Member* FindQueryMember(const Shape& shape, std::string_view name) {
  const auto at = std::find_if(shape.members.begin(), shape.members.end(),
                               [&](const Member& member) { return QueryName(member) == name; });
  return at == shape.members.end() ? nullptr : &*at;
}

std::string_view QueryKeyName(const Member& member) {
  return QueryName(member) == "Tag" ? "Key" : "Name";
}

}  // namespace ecsmi::wire
