#include "ctl/fields.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ctl/document.h"
#include "ctl/text.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace ecsmi::ctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Line = std::pair<std::string, std::string>;

constexpr int kIndent = 2;

// Messages that are one value to a reader.
bool IsValue(const google::protobuf::Descriptor* type) {
  return type == nullptr || type->file()->package() == "google.protobuf";
}

std::string ValueOf(const Message& message) {
  if (message.GetTypeName() == "google.protobuf.Timestamp") {
    google::protobuf::Timestamp time;
    time.CopyFrom(message);
    return Moment(TimeOf(time));
  }
  return Safe(JsonOf(message));
}

// A scalar, at `index` of a list or (-1) alone.
std::string Scalar(const Message& message, const FieldDescriptor* field, int index) {
  const Reflection* reflection = message.GetReflection();
  const bool one = index < 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(one ? reflection->GetInt32(message, field)
                              : reflection->GetRepeatedInt32(message, field, index));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(one ? reflection->GetInt64(message, field)
                              : reflection->GetRepeatedInt64(message, field, index));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(one ? reflection->GetUInt32(message, field)
                              : reflection->GetRepeatedUInt32(message, field, index));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(one ? reflection->GetUInt64(message, field)
                              : reflection->GetRepeatedUInt64(message, field, index));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(one ? reflection->GetDouble(message, field)
                              : reflection->GetRepeatedDouble(message, field, index));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return absl::StrCat(one ? reflection->GetFloat(message, field)
                              : reflection->GetRepeatedFloat(message, field, index));
    case FieldDescriptor::CPPTYPE_BOOL:
      return (one ? reflection->GetBool(message, field) : reflection->GetRepeatedBool(message, field, index)) ? "true"
                                                                                                              : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return (one ? reflection->GetEnum(message, field) : reflection->GetRepeatedEnum(message, field, index))->name();
    case FieldDescriptor::CPPTYPE_STRING:
      return Safe(one ? reflection->GetString(message, field) : reflection->GetRepeatedString(message, field, index));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ValueOf(one ? reflection->GetMessage(message, field)
                         : reflection->GetRepeatedMessage(message, field, index));
  }
  return "";
}

// {name, value} and {key, value} of strings, as tags, attributes and entries of maps are.
bool IsPair(const google::protobuf::Descriptor* type, const FieldDescriptor** key, const FieldDescriptor** value) {
  *key = type->FindFieldByName("name");
  if (*key == nullptr) *key = type->FindFieldByName("key");
  *value = type->FindFieldByName("value");
  return *key != nullptr && *value != nullptr && !(*key)->is_repeated() && IsValue((*value)->message_type()) &&
         (type->field_count() == 2 || type->name() == "Attribute");
}

void AppendLines(const std::vector<Line>& lines, int indent, std::string& out) {
  int width = 0;
  for (const auto& [name, value] : lines) width = std::max(width, WidthOf(name));
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  for (const auto& [name, value] : lines) {
    const std::string gap(static_cast<std::size_t>(width - WidthOf(name) + kIndent), ' ');
    absl::StrAppend(&out, margin, name, value.empty() ? "" : gap, value, "\n");
  }
}

void Append(const Message& message, int indent, const std::set<std::string>& left_out, std::string& out);

void AppendList(const Message& message, const FieldDescriptor* field, int indent, std::string& out) {
  const Reflection* reflection = message.GetReflection();
  const int size = reflection->FieldSize(message, field);
  const FieldDescriptor* key = nullptr;
  const FieldDescriptor* value = nullptr;
  if (IsPair(field->message_type(), &key, &value)) {
    std::vector<Line> lines;
    for (int i = 0; i < size; ++i) {
      const Message& entry = reflection->GetRepeatedMessage(message, field, i);
      const bool given = !value->has_presence() || entry.GetReflection()->HasField(entry, value);
      lines.emplace_back(Scalar(entry, key, -1), given ? Scalar(entry, value, -1) : "");
    }
    if (field->is_map()) std::sort(lines.begin(), lines.end());
    return AppendLines(lines, indent, out);
  }
  for (int i = 0; i < size; ++i) {
    std::string item;
    Append(reflection->GetRepeatedMessage(message, field, i), indent + kIndent, {}, item);
    if (item.empty()) item = std::string(static_cast<std::size_t>(indent + kIndent), ' ') + "{}\n";
    item[static_cast<std::size_t>(indent)] = '-';
    out += item;
  }
}

void Append(const Message& message, int indent, const std::set<std::string>& left_out, std::string& out) {
  const Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection->ListFields(message, &set);
  std::vector<Line> lines;
  std::string sections;
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  for (const FieldDescriptor* field : set) {
    if (left_out.contains(field->json_name())) continue;
    const bool section = field->message_type() != nullptr && !IsValue(field->message_type());
    if (!section && !field->is_repeated()) {
      lines.emplace_back(field->json_name(), Scalar(message, field, -1));
    } else if (!section) {
      const int size = reflection->FieldSize(message, field);
      std::vector<std::string> values;
      values.reserve(static_cast<std::size_t>(size));
      for (int i = 0; i < size; ++i) values.push_back(Scalar(message, field, i));
      lines.emplace_back(field->json_name(), absl::StrJoin(values, ", "));
    } else {
      absl::StrAppend(&sections, margin, field->json_name(), "\n");
      if (field->is_repeated()) {
        AppendList(message, field, indent + kIndent, sections);
      } else {
        Append(reflection->GetMessage(message, field), indent + kIndent, {}, sections);
      }
    }
  }
  AppendLines(lines, indent, out);
  out += sections;
}

}  // namespace

std::string ShowFields(const Message& message, const std::set<std::string>& left_out) {
  std::string out;
  Append(message, 0, left_out, out);
  return out;
}

}  // namespace ecsmi::ctl
