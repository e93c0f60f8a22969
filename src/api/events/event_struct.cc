#include "api/events/event_struct.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "api/check.h"
#include "ecsmi/api/values.h"
#include "ecsmi/options/v1/options.pb.h"
#include "google/protobuf/descriptor.h"

namespace ecsmi::api {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Struct;
using google::protobuf::Value;

Value Text(std::string text) {
  Value value;
  value.set_string_value(std::move(text));
  return value;
}

Value Number(double number) {
  Value value;
  value.set_number_value(number);
  return value;
}

Value Below(const Message& message) {
  const std::string& type = message.GetDescriptor()->full_name();
  if (type == "google.protobuf.Timestamp") {
    return Text(IsoTime(ToMs(static_cast<const google::protobuf::Timestamp&>(message))));
  }
  if (type == "google.protobuf.Value") return static_cast<const Value&>(message);
  Value value;
  *value.mutable_struct_value() = ToStruct(message);
  return value;
}

// The field's value; of a list, its entry `i`.
Value ValueOf(const Message& message, const FieldDescriptor& field, int i) {
  const Reflection& reflection = *message.GetReflection();
  const bool list = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text =
          list ? reflection.GetRepeatedString(message, &field, i) : reflection.GetString(message, &field);
      return Text(field.type() == FieldDescriptor::TYPE_BYTES ? absl::Base64Escape(text) : std::move(text));
    }
    case FieldDescriptor::CPPTYPE_BOOL: {
      Value value;
      value.set_bool_value(list ? reflection.GetRepeatedBool(message, &field, i) : reflection.GetBool(message, &field));
      return value;
    }
    case FieldDescriptor::CPPTYPE_INT32:
      return Number(list ? reflection.GetRepeatedInt32(message, &field, i) : reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return Number(list ? reflection.GetRepeatedUInt32(message, &field, i) : reflection.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return Number(static_cast<double>(list ? reflection.GetRepeatedInt64(message, &field, i)
                                             : reflection.GetInt64(message, &field)));
    case FieldDescriptor::CPPTYPE_UINT64:
      return Number(static_cast<double>(list ? reflection.GetRepeatedUInt64(message, &field, i)
                                             : reflection.GetUInt64(message, &field)));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Number(static_cast<double>(list ? reflection.GetRepeatedFloat(message, &field, i)
                                             : reflection.GetFloat(message, &field)));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Number(list ? reflection.GetRepeatedDouble(message, &field, i) : reflection.GetDouble(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value = list ? reflection.GetRepeatedEnum(message, &field, i) : reflection.GetEnum(message, &field);
      return Text(AwsName(*value));
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Below(list ? reflection.GetRepeatedMessage(message, &field, i) : reflection.GetMessage(message, &field));
  }
  return {};
}

// A map<string, …> is an object, any other list an array.
Value ListOf(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  const int count = reflection.FieldSize(message, &field);
  Value value;
  if (field.is_map()) {
    Struct& members = *value.mutable_struct_value();
    for (int i = 0; i < count; ++i) {
      const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
      const std::string key = entry.GetReflection()->GetString(entry, field.message_type()->map_key());
      (*members.mutable_fields())[key] = ValueOf(entry, *field.message_type()->map_value(), 0);
    }
    return value;
  }
  value.mutable_list_value();
  for (int i = 0; i < count; ++i) *value.mutable_list_value()->add_values() = ValueOf(message, field, i);
  return value;
}

}  // namespace

std::string IsoTime(std::int64_t ms) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(ms), absl::UTCTimeZone());
}

Struct ToStruct(const Message& message) {
  const Reflection& reflection = *message.GetReflection();
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  Struct made;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.is_repeated()) {
      if (reflection.FieldSize(message, &field) == 0 && !field.options().GetExtension(options::v1::always_emit)) {
        continue;
      }
      (*made.mutable_fields())[field.json_name()] = ListOf(message, field);
    } else if (reflection.HasField(message, &field)) {
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM && reflection.GetEnumValue(message, &field) == 0) continue;
      (*made.mutable_fields())[field.json_name()] = ValueOf(message, field, 0);
    }
  }
  return made;
}

void Put(Struct& into, const std::string& name, std::string value) {
  (*into.mutable_fields())[name].set_string_value(std::move(value));
}
void Put(Struct& into, const std::string& name, Struct value) {
  *(*into.mutable_fields())[name].mutable_struct_value() = std::move(value);
}
void PutNumber(Struct& into, const std::string& name, double value) {
  (*into.mutable_fields())[name].set_number_value(value);
}

}  // namespace ecsmi::api
