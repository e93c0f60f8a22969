#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "ecsmi/base/check.h"
#include "google/protobuf/util/time_util.h"
#include "wire/aws_json/shapes.h"
#include "wire/aws_json/text.h"
#include "wire/aws_query/names.h"
#include "wire/aws_query/query.h"
#include "wire/aws_query/xml.h"

namespace ecsmi::wire {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void AppendMembers(const Message& message, const Shape& shape, std::string& out);

// A field that is no message, or a list's entry `i`, as text.
std::string ScalarText(const Message& message, const FieldDescriptor* field, const Member& member, int i) {
  const auto& reflection = *message.GetReflection();
  const bool list = i >= 0;
  std::string out;
  switch (member.kind) {
    case Kind::kString:
      return list ? reflection.GetRepeatedString(message, field, i) : reflection.GetString(message, field);
    case Kind::kBytes:
      return absl::Base64Escape(list ? reflection.GetRepeatedString(message, field, i)
                                     : reflection.GetString(message, field));
    case Kind::kBool:
      return (list ? reflection.GetRepeatedBool(message, field, i) : reflection.GetBool(message, field)) ? "true"
                                                                                                         : "false";
    case Kind::kInt32:
      return std::to_string(list ? reflection.GetRepeatedInt32(message, field, i)
                                 : reflection.GetInt32(message, field));
    case Kind::kInt64:
      return std::to_string(list ? reflection.GetRepeatedInt64(message, field, i)
                                 : reflection.GetInt64(message, field));
    case Kind::kEnum: {
      const int number =
          list ? reflection.GetRepeatedEnumValue(message, field, i) : reflection.GetEnumValue(message, field);
      const auto name = member.enumeration->names.find(number);
      return name == member.enumeration->names.end() ? "" : name->second.substr(1, name->second.size() - 2);
    }
    case Kind::kUint64:
    case Kind::kDouble:
    case Kind::kMessage:
    case Kind::kTimestamp:
    case Kind::kDuration:
    case Kind::kDocument:
      break;
  }
  ECSMI_CHECK(false && "no operation of SQS answers with such a member");
  return {};
}

void AppendNamed(std::string_view name, const Message& message, const FieldDescriptor* field, const Member& member,
                 int i, std::string& out) {
  if (member.kind != Kind::kMessage) return AppendElement(name, ScalarText(message, field, member, i), out);
  const auto& reflection = *message.GetReflection();
  const Message& below =
      i >= 0 ? reflection.GetRepeatedMessage(message, field, i) : reflection.GetMessage(message, field);
  out.append("<").append(name).append(">");
  AppendMembers(below, *member.shape, out);
  out.append("</").append(name).append(">");
}

void AppendMap(const Message& message, const Member& member, std::string& out) {
  const auto& reflection = *message.GetReflection();
  std::vector<std::pair<std::string, const Message*>> entries;
  for (int i = 0; i < reflection.FieldSize(message, member.field); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(message, member.field, i);
    entries.emplace_back(entry.GetReflection()->GetString(entry, member.map_key), &entry);
  }
  std::sort(entries.begin(), entries.end());
  const std::string_view name = QueryName(member);
  for (const auto& [key, entry] : entries) {
    out.append("<").append(name).append(">");
    AppendElement(QueryKeyName(member), key, out);
    AppendNamed("Value", *entry, member.map_value, member, -1, out);
    out.append("</").append(name).append(">");
  }
}

void AppendMembers(const Message& message, const Shape& shape, std::string& out) {
  const auto& reflection = *message.GetReflection();
  for (const Member& member : shape.members) {
    switch (member.arity) {
      case Arity::kOne:
        if (reflection.HasField(message, member.field))
          AppendNamed(member.name, message, member.field, member, -1, out);
        break;
      case Arity::kList:
        for (int i = 0; i < reflection.FieldSize(message, member.field); ++i) {
          AppendNamed(QueryName(member), message, member.field, member, i, out);
        }
        break;
      case Arity::kMap:
        AppendMap(message, member, out);
        break;
    }
  }
}

}  // namespace

HttpResponse EncodeQuery(const Operation& operation, const Message& response, std::string_view request_id) {
  const Shape& shape = ShapeOf(response.GetDescriptor());
  std::string result;
  AppendMembers(response, shape, result);
  return QueryResponse(kSqsNamespace, operation.method, !shape.members.empty(), result, request_id);
}

}  // namespace ecsmi::wire
