#include "wire/aws_json/shapes.h"

#include <deque>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "ecsmi/api/values.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/options/v1/options.pb.h"
#include "wire/aws_json/text.h"

namespace ecsmi::wire {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MessageFactory;

// An example of AWS's own writes "detailed" (A28).
constexpr char kAnyCase[] = "ecsmi.ecs.v1.ManagedInstancesMonitoringOptions.Value";

constexpr char kMask[] = "google.protobuf.FieldMask";
constexpr struct {
  const char* message;
  const char* list;
  const char* overflow;
} kOverflows[] = {{"ecsmi.sqs.v1.ReceiveMessageRequest", "AttributeNames", "MessageSystemAttributeNames"}};

Kind KindOf(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_STRING:
      return Kind::kString;
    case FieldDescriptor::TYPE_BYTES:
      return Kind::kBytes;
    case FieldDescriptor::TYPE_BOOL:
      return Kind::kBool;
    case FieldDescriptor::TYPE_INT32:
      return Kind::kInt32;
    case FieldDescriptor::TYPE_INT64:
      return Kind::kInt64;
    case FieldDescriptor::TYPE_UINT64:
      return Kind::kUint64;
    case FieldDescriptor::TYPE_DOUBLE:
      return Kind::kDouble;
    case FieldDescriptor::TYPE_ENUM:
      return Kind::kEnum;
    case FieldDescriptor::TYPE_MESSAGE: {
      const std::string& type = field.message_type()->full_name();
      if (type == "google.protobuf.Timestamp") return Kind::kTimestamp;
      if (type == "google.protobuf.Duration") return Kind::kDuration;
      if (type == "google.protobuf.Value") return Kind::kDocument;
      return Kind::kMessage;
    }
    case FieldDescriptor::TYPE_FLOAT:
    case FieldDescriptor::TYPE_FIXED32:
    case FieldDescriptor::TYPE_FIXED64:
    case FieldDescriptor::TYPE_SFIXED32:
    case FieldDescriptor::TYPE_SFIXED64:
    case FieldDescriptor::TYPE_SINT32:
    case FieldDescriptor::TYPE_SINT64:
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_GROUP:
      break;
  }
  ECSMI_CHECK(false && "the contract has no field of this type; teach the codec first");
  return Kind::kString;
}

// The list inside a union's member "<Member>List"; nullptr for any other field.
const FieldDescriptor* UnwrappedList(const FieldDescriptor& field) {
  if (field.real_containing_oneof() == nullptr || field.message_type() == nullptr) return nullptr;
  return field.message_type()->containing_type() == field.containing_type() ? field.message_type()->field(0) : nullptr;
}

class Shapes {
 public:
  const Shape& Of(const Descriptor* message) {
    base::MutexLock lock(mutex_);
    return *Add(message);
  }

 private:
  const Shape* Add(const Descriptor* message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto [at, is_new] = by_descriptor_.try_emplace(message, nullptr);
    if (!is_new) return at->second;
    // In the table before its members are: a message may hold its own kind.
    Shape& shape = *(at->second = &shapes_.emplace_back());
    shape.descriptor = message;
    const google::protobuf::Message* prototype = MessageFactory::generated_factory()->GetPrototype(message);
    shape.bytes = prototype->SpaceUsedLong();
    shape.is_union = message->real_oneof_decl_count() > 0;
    shape.members.reserve(static_cast<std::size_t>(message->field_count()));
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor& field = *message->field(i);
      if (field.message_type() != nullptr && field.message_type()->full_name() == kMask) {
        shape.explicitly_set = &field;
      } else {
        shape.members.push_back(Describe(field));
      }
    }
    for (Member& member : shape.members) {
      member.index = static_cast<std::uint32_t>(&member - shape.members.data());
      shape.by_name.emplace(member.name, &member);
    }
    for (const auto& [name, list, overflow] : kOverflows) {
      if (message->full_name() != name) continue;
      shape.members[shape.by_name.at(list)->index].overflow = shape.by_name.at(overflow);
    }
    return &shape;
  }

  Member Describe(const FieldDescriptor& outer) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    Member member;
    member.name = outer.json_name();
    AppendQuoted(member.name, member.prefix);
    member.prefix.push_back(':');
    member.in_union = outer.real_containing_oneof() != nullptr;
    const FieldDescriptor* inner = UnwrappedList(outer);
    if (inner != nullptr) member.wrapper = &outer;
    const FieldDescriptor& field = inner != nullptr ? *inner : outer;
    member.field = &field;
    member.always_emit = field.options().GetExtension(options::v1::always_emit);
    const FieldDescriptor* value = &field;
    if (field.is_map()) {
      member.arity = Arity::kMap;
      member.map_key = field.message_type()->map_key();
      member.map_value = field.message_type()->map_value();
      ECSMI_CHECK(member.map_key->type() == FieldDescriptor::TYPE_STRING);
      value = member.map_value;
    } else if (field.is_repeated()) {
      member.arity = Arity::kList;
    }
    member.kind = KindOf(*value);
    if (member.kind == Kind::kMessage) member.shape = Add(value->message_type());
    if (member.kind == Kind::kEnum) member.enumeration = AddEnum(value->enum_type());
    return member;
  }

  const EnumShape* AddEnum(const EnumDescriptor* type) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto [at, is_new] = by_enum_.try_emplace(type, nullptr);
    if (!is_new) return at->second;
    EnumShape& shape = enums_.emplace_back();
    at->second = &shape;
    shape.descriptor = type;
    shape.any_case = type->full_name() == kAnyCase;
    for (int i = 0; i < type->value_count(); ++i) {
      const EnumValueDescriptor& value = *type->value(i);
      if (value.number() == 0) continue;
      const std::string name = api::AwsName(value);
      shape.numbers.emplace(name, value.number());
      AppendQuoted(name, shape.names[value.number()]);
    }
    return &shape;
  }

  base::Mutex mutex_;
  std::deque<Shape> shapes_ ABSL_GUARDED_BY(mutex_);  // never move, and change no more once they are returned
  std::deque<EnumShape> enums_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<const Descriptor*, Shape*> by_descriptor_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<const EnumDescriptor*, const EnumShape*> by_enum_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::string_view KindName(Kind kind) {
  switch (kind) {
    case Kind::kString:
    case Kind::kEnum:
      return "String";
    case Kind::kBytes:
      return "Blob";
    case Kind::kBool:
      return "Boolean";
    case Kind::kInt32:
      return "Integer";
    case Kind::kInt64:
    case Kind::kUint64:
      return "Long";
    case Kind::kDouble:
      return "Double";
    case Kind::kMessage:
      return "Structure";
    case Kind::kTimestamp:
      return "Timestamp";
    case Kind::kDuration:
      return "Duration";
    case Kind::kDocument:
      return "Document";
  }
  return "";
}

const Shape& ShapeOf(const Descriptor* message) {
  static auto* const shapes = new Shapes;
  return shapes->Of(message);
}

}  // namespace ecsmi::wire
