#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "ecsmi/options/v1/options.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"

// Members of any message by AWS's spelling: "deployments[0].rolloutState", "Attributes.VisibilityTimeout"; what follows
// a map is its key. In a request `name[+]` appends to a list, and a list of values is one value with commas; in an
// answer `name[#]` is a list's length.
namespace ecsmi::testing {

namespace path_internal {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

struct Part {
  std::string name;
  std::optional<std::string> index;
};

inline std::vector<Part> Split(std::string_view path) {
  std::vector<Part> parts;
  for (absl::string_view piece : absl::StrSplit(absl::string_view(path.data(), path.size()), '.')) {
    Part part{std::string(piece), std::nullopt};
    if (const std::size_t open = part.name.find('['); open != std::string::npos && part.name.back() == ']') {
      part.index = part.name.substr(open + 1, part.name.size() - open - 2);
      part.name.resize(open);
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

// A map's key is the rest of the path, dots included.
inline std::string KeyFrom(const std::vector<Part>& parts, std::size_t at) {
  std::string key = parts[at].name;
  for (++at; at < parts.size(); ++at) key += "." + parts[at].name;
  return key;
}

inline const FieldDescriptor* FindField(const Message& message, const std::string& name) {
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    if (field->json_name() == name) return field;
  }
  return nullptr;
}

inline absl::Status NoMember(const Message& message, const std::string& name) {
  return absl::InvalidArgumentError(absl::StrCat(message.GetDescriptor()->name(), " has no member '", name, "'"));
}

// Sets, or appends to, one scalar.
inline absl::Status SetScalar(Message* message, const FieldDescriptor* field, const std::string& text) {
  const auto* reflection = message->GetReflection();
  const bool list = field->is_repeated();
  const auto bad = [&](absl::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat(field->json_name(), "=", text, " is not ", what));
  };
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      list ? reflection->AddString(message, field, text) : reflection->SetString(message, field, text);
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_BOOL: {
      bool value = false;
      if (!absl::SimpleAtob(text, &value)) return bad("true or false");
      list ? reflection->AddBool(message, field, value) : reflection->SetBool(message, field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_INT32: {
      std::int32_t value = 0;
      if (!absl::SimpleAtoi(text, &value)) return bad("a whole number");
      list ? reflection->AddInt32(message, field, value) : reflection->SetInt32(message, field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      std::int64_t value = 0;
      if (!absl::SimpleAtoi(text, &value)) return bad("a whole number");
      list ? reflection->AddInt64(message, field, value) : reflection->SetInt64(message, field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      double value = 0;
      if (!absl::SimpleAtod(text, &value)) return bad("a number");
      list ? reflection->AddDouble(message, field, value) : reflection->SetDouble(message, field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value = field->enum_type()->FindValueByName(text);
      for (int i = 0; value == nullptr && i < field->enum_type()->value_count(); ++i) {
        const auto* candidate = field->enum_type()->value(i);
        if (candidate->options().GetExtension(options::v1::aws_name) == text) value = candidate;
      }
      if (value == nullptr) return bad(absl::StrCat("a value of ", field->enum_type()->full_name()));
      list ? reflection->AddEnum(message, field, value) : reflection->SetEnum(message, field, value);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return bad("of a type that can be written here; use call with JSON");
}

inline absl::Status SetAt(Message* message, const std::vector<Part>& parts, std::size_t at, const std::string& value) {
  const auto* reflection = message->GetReflection();
  const FieldDescriptor* field = FindField(*message, parts[at].name);
  if (field == nullptr) return NoMember(*message, parts[at].name);
  const bool last = at + 1 == parts.size();
  if (field->is_map()) {
    if (last) return absl::InvalidArgumentError(absl::StrCat(parts[at].name, " needs a key"));
    Message* entry = reflection->AddMessage(message, field);
    const auto* type = entry->GetDescriptor();
    if (absl::Status status = SetScalar(entry, type->field(0), KeyFrom(parts, at + 1)); !status.ok()) return status;
    return SetScalar(entry, type->field(1), value);
  }
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    Message* inner = nullptr;
    if (!field->is_repeated()) {
      inner = reflection->MutableMessage(message, field);
    } else {
      const int size = reflection->FieldSize(*message, field);
      int index = size;
      if (parts[at].index && *parts[at].index != "+" && !absl::SimpleAtoi(*parts[at].index, &index)) {
        return absl::InvalidArgumentError(absl::StrCat("[", *parts[at].index, "] is no index"));
      }
      if (index < 0 || index > size) return absl::InvalidArgumentError(absl::StrCat(parts[at].name, " has a gap"));
      inner = index == size ? reflection->AddMessage(message, field)
                            : reflection->MutableRepeatedMessage(message, field, index);
    }
    if (!last) return SetAt(inner, parts, at + 1, value);
    const auto parsed = google::protobuf::util::JsonStringToMessage(value, inner);
    if (!parsed.ok()) return absl::InvalidArgumentError(absl::StrCat(parts[at].name, ": ", parsed.ToString()));
    return absl::OkStatus();
  }
  if (!last) return absl::InvalidArgumentError(absl::StrCat(parts[at].name, " has no members"));
  if (!field->is_repeated()) return SetScalar(message, field, value);
  for (const std::string& piece : std::vector<std::string>(absl::StrSplit(value, ','))) {
    if (absl::Status status = SetScalar(message, field, piece); !status.ok()) return status;
  }
  return absl::OkStatus();
}

inline std::string ScalarText(const Message& message, const FieldDescriptor* field, int index) {
  const auto* reflection = message.GetReflection();
  const bool list = index >= 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return list ? reflection->GetRepeatedString(message, field, index) : reflection->GetString(message, field);
    case FieldDescriptor::CPPTYPE_BOOL:
      return (list ? reflection->GetRepeatedBool(message, field, index) : reflection->GetBool(message, field))
                 ? "true"
                 : "false";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(list ? reflection->GetRepeatedInt32(message, field, index)
                               : reflection->GetInt32(message, field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(list ? reflection->GetRepeatedInt64(message, field, index)
                               : reflection->GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(list ? reflection->GetRepeatedUInt64(message, field, index)
                               : reflection->GetUInt64(message, field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(list ? reflection->GetRepeatedDouble(message, field, index)
                               : reflection->GetDouble(message, field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return (list ? reflection->GetRepeatedEnum(message, field, index) : reflection->GetEnum(message, field))->name();
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      std::string json;
      (void)google::protobuf::util::MessageToJsonString(
          list ? reflection->GetRepeatedMessage(message, field, index) : reflection->GetMessage(message, field), &json);
      return json;
    }
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_FLOAT:
      break;  // the contract has neither
  }
  return "?";
}

inline absl::StatusOr<std::string> GetAt(const Message& message, const std::vector<Part>& parts, std::size_t at) {
  const auto* reflection = message.GetReflection();
  const FieldDescriptor* field = FindField(message, parts[at].name);
  if (field == nullptr) return NoMember(message, parts[at].name);
  const bool last = at + 1 == parts.size();
  const auto size = [&] { return reflection->FieldSize(message, field); };
  if (field->is_map() && !last) {
    for (int i = 0; i < size(); ++i) {
      const Message& entry = reflection->GetRepeatedMessage(message, field, i);
      if (ScalarText(entry, entry.GetDescriptor()->field(0), -1) == KeyFrom(parts, at + 1)) {
        return ScalarText(entry, entry.GetDescriptor()->field(1), -1);
      }
    }
    return std::string("absent");
  }
  if (field->is_repeated()) {
    if (!parts[at].index) {
      std::vector<std::string> all;
      for (int i = 0; i < size(); ++i) all.push_back(ScalarText(message, field, i));
      return all.empty() ? std::string("absent") : absl::StrJoin(all, ",");
    }
    if (*parts[at].index == "#") return absl::StrCat(size());
    int index = 0;
    if (!absl::SimpleAtoi(*parts[at].index, &index)) return absl::InvalidArgumentError("an index is a number or #");
    if (index < 0 || index >= size()) return std::string("absent");
    if (last) return ScalarText(message, field, index);
    return GetAt(reflection->GetRepeatedMessage(message, field, index), parts, at + 1);
  }
  if (field->has_presence() && !reflection->HasField(message, field)) return std::string("absent");
  if (last) return ScalarText(message, field, -1);
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    return absl::InvalidArgumentError(absl::StrCat(parts[at].name, " has no members"));
  }
  return GetAt(reflection->GetMessage(message, field), parts, at + 1);
}

}  // namespace path_internal

// INVALID_ARGUMENT says which part of `path` or `value` is not understood.
inline absl::Status SetPath(google::protobuf::Message* message, std::string_view path, const std::string& value) {
  return path_internal::SetAt(message, path_internal::Split(path), 0, value);
}

// "absent" for what is not set. INVALID_ARGUMENT when the message's type has no such member.
inline absl::StatusOr<std::string> GetPath(const google::protobuf::Message& message, std::string_view path) {
  return path_internal::GetAt(message, path_internal::Split(path), 0);
}

}  // namespace ecsmi::testing
