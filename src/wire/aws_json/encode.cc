#include <algorithm>
#include <string>
#include <vector>

#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/struct.pb.h"
#include "wire/aws_json/codec.h"
#include "wire/aws_json/shapes.h"
#include "wire/aws_json/text.h"

namespace ecsmi::wire {
namespace {

using google::protobuf::Duration;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;
using google::protobuf::Value;

constexpr std::size_t kBodyBytes = 1'024;  // most answers fit

// Recursion is as deep as the message: nine levels of the contract, and documents as deep as requests may nest them.
void AppendMessage(const Message& message, const Shape& shape, std::string& out);

void AppendEnum(int number, const EnumShape& shape, std::string& out) {
  const auto name = shape.names.find(number);
  // Numbers that the contract does not know are refused where they come in.
  out.append(name == shape.names.end() ? "null" : name->second);
}

void AppendBelow(const Message& value, const Member& member, std::string& out) {
  if (member.kind == Kind::kMessage) return AppendMessage(value, *member.shape, out);
  if (member.kind == Kind::kTimestamp) return AppendSeconds(ToMs(static_cast<const Timestamp&>(value)), out);
  if (member.kind == Kind::kDuration) return AppendSeconds(ToMs(static_cast<const Duration&>(value)), out);
  AppendDocument(static_cast<const Value&>(value), out);
}

// The field's value; of a list, its entry `i`.
void AppendValue(const Message& message, const Reflection& reflection, const FieldDescriptor* field,
                 const Member& member, int i, bool list, std::string& out) {
  switch (member.kind) {
    case Kind::kString:
    case Kind::kBytes: {
      std::string scratch;
      const std::string& text = list ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                                     : reflection.GetStringReference(message, field, &scratch);
      return member.kind == Kind::kString ? AppendQuoted(text, out) : AppendBlob(text, out);
    }
    case Kind::kBool:
      out.append((list ? reflection.GetRepeatedBool(message, field, i) : reflection.GetBool(message, field)) ? "true"
                                                                                                             : "false");
      return;
    case Kind::kInt32:
      return AppendInteger(
          std::int64_t{list ? reflection.GetRepeatedInt32(message, field, i) : reflection.GetInt32(message, field)},
          out);
    case Kind::kInt64:
      return AppendInteger(list ? reflection.GetRepeatedInt64(message, field, i) : reflection.GetInt64(message, field),
                           out);
    case Kind::kUint64:
      return AppendInteger(
          list ? reflection.GetRepeatedUInt64(message, field, i) : reflection.GetUInt64(message, field), out);
    case Kind::kDouble:
      return AppendDouble(list ? reflection.GetRepeatedDouble(message, field, i) : reflection.GetDouble(message, field),
                          true, out);
    case Kind::kEnum:
      return AppendEnum(
          list ? reflection.GetRepeatedEnumValue(message, field, i) : reflection.GetEnumValue(message, field),
          *member.enumeration, out);
    case Kind::kMessage:
    case Kind::kTimestamp:
    case Kind::kDuration:
    case Kind::kDocument:
      return AppendBelow(
          list ? reflection.GetRepeatedMessage(message, field, i) : reflection.GetMessage(message, field), member, out);
  }
}

void AppendMap(const Message& message, const Reflection& reflection, const Member& member, std::string& out) {
  std::vector<std::pair<std::string, const Message*>> entries;
  const int count = reflection.FieldSize(message, member.field);
  entries.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const Message& entry = reflection.GetRepeatedMessage(message, member.field, i);
    entries.emplace_back(entry.GetReflection()->GetString(entry, member.map_key), &entry);
  }
  std::sort(entries.begin(), entries.end());
  out.push_back('{');
  for (const auto& [key, entry] : entries) {
    AppendQuoted(key, out);
    out.push_back(':');
    AppendValue(*entry, *entry->GetReflection(), member.map_value, member, 0, false, out);
    out.push_back(',');
  }
  if (out.back() == ',') out.pop_back();
  out.push_back('}');
}

void AppendList(const Message& message, const Reflection& reflection, const Member& member, int count,
                std::string& out) {
  out.push_back('[');
  for (int i = 0; i < count; ++i) {
    if (i > 0) out.push_back(',');
    AppendValue(message, reflection, member.field, member, i, true, out);
  }
  out.push_back(']');
}

bool IsExplicit(const Message& message, const Reflection& reflection, const Shape& shape, const Member& member) {
  if (shape.explicitly_set == nullptr) return false;
  const auto& mask = static_cast<const FieldMask&>(reflection.GetMessage(message, shape.explicitly_set));
  return std::find(mask.paths().begin(), mask.paths().end(), member.field->name()) != mask.paths().end();
}

// False when the member is absent; nothing is written then.
bool AppendMember(const Message& outer, const Reflection& outer_reflection, const Shape& shape, const Member& member,
                  std::string& out) {
  if (member.arity == Arity::kOne) {
    if (!outer_reflection.HasField(outer, member.field)) return false;
    if (member.kind == Kind::kEnum && outer_reflection.GetEnumValue(outer, member.field) == 0) return false;
    out.append(member.prefix);
    AppendValue(outer, outer_reflection, member.field, member, 0, false, out);
    return true;
  }
  const bool wrapped = member.wrapper != nullptr;
  if (wrapped && !outer_reflection.HasField(outer, member.wrapper)) return false;
  const Message& message = wrapped ? outer_reflection.GetMessage(outer, member.wrapper) : outer;
  const Reflection& reflection = wrapped ? *message.GetReflection() : outer_reflection;
  const int count = reflection.FieldSize(message, member.field);
  if (count == 0 && !wrapped && !member.always_emit && !IsExplicit(message, reflection, shape, member)) return false;
  out.append(member.prefix);
  member.arity == Arity::kMap ? AppendMap(message, reflection, member, out)
                              : AppendList(message, reflection, member, count, out);
  return true;
}

void AppendMessage(const Message& message, const Shape& shape, std::string& out) {
  const Reflection& reflection = *message.GetReflection();
  out.push_back('{');
  for (const Member& member : shape.members) {
    if (AppendMember(message, reflection, shape, member, out)) out.push_back(',');
  }
  if (out.back() == ',') out.pop_back();
  out.push_back('}');
}

}  // namespace

void AppendDocument(const Value& value, std::string& out) {
  switch (value.kind_case()) {
    case Value::kNullValue:
    case Value::KIND_NOT_SET:
      out.append("null");
      return;
    case Value::kBoolValue:
      out.append(value.bool_value() ? "true" : "false");
      return;
    case Value::kNumberValue:
      return AppendDouble(value.number_value(), false, out);
    case Value::kStringValue:
      return AppendQuoted(value.string_value(), out);
    case Value::kListValue:
      out.push_back('[');
      for (const Value& entry : value.list_value().values()) {
        AppendDocument(entry, out);
        out.push_back(',');
      }
      if (out.back() == ',') out.pop_back();
      out.push_back(']');
      return;
    case Value::kStructValue: {
      std::vector<std::pair<const std::string*, const Value*>> members;
      for (const auto& [name, member] : value.struct_value().fields()) members.emplace_back(&name, &member);
      std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return *a.first < *b.first; });
      out.push_back('{');
      for (const auto& [name, member] : members) {
        AppendQuoted(*name, out);
        out.push_back(':');
        AppendDocument(*member, out);
        out.push_back(',');
      }
      if (out.back() == ',') out.pop_back();
      out.push_back('}');
      return;
    }
  }
}

std::string Encode(const Message& message) {
  const Shape& shape = ShapeOf(message.GetDescriptor());
  std::string out;
  out.reserve(kBodyBytes);
  AppendMessage(message, shape, out);
  return out;
}

}  // namespace ecsmi::wire
