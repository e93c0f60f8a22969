#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

// What the codec needs to know of a message, worked out once from its descriptor.
namespace ecsmi::wire {

enum class Kind : std::uint8_t {
  kString,
  kBytes,
  kBool,
  kInt32,
  kInt64,
  kUint64,
  kDouble,
  kEnum,
  kMessage,
  kTimestamp,
  kDuration,
  kDocument,
};
// AWS's word for it: "Integer", "structure".
std::string_view KindName(Kind kind);

enum class Arity : std::uint8_t { kOne, kList, kMap };

// An enum's values by AWS's spelling and by number; zero, "absent", has none.
struct EnumShape {
  const google::protobuf::EnumDescriptor* descriptor = nullptr;
  bool any_case = false;  // requests may spell them in lower case, too
  absl::flat_hash_map<std::string, int> numbers;
  absl::flat_hash_map<int, std::string> names;
};

struct Shape;

struct Member {
  std::string name;    // "taskArn"
  std::string prefix;  // "\"taskArn\":"
  const google::protobuf::FieldDescriptor* field = nullptr;
  // A union's list member lies in a message of its own, since a oneof holds no lists: the field that holds it.
  const google::protobuf::FieldDescriptor* wrapper = nullptr;
  Kind kind = Kind::kString;
  Arity arity = Arity::kOne;
  bool always_emit = false;
  bool in_union = false;
  std::uint32_t index = 0;                 // among the shape's members
  const EnumShape* enumeration = nullptr;  // kEnum: a map's values, too
  const Shape* shape = nullptr;            // kMessage: a map's values, too
  // A list of enum values: the list that takes those which this one's enum lacks. Known for ReceiveMessage, whose
  // AttributeNames clients fill with what the younger MessageSystemAttributeNames is for.
  const Member* overflow = nullptr;
  // A map's entries: the fields of key and value.
  const google::protobuf::FieldDescriptor* map_key = nullptr;
  const google::protobuf::FieldDescriptor* map_value = nullptr;
};

struct Shape {
  const google::protobuf::Descriptor* descriptor = nullptr;
  std::vector<Member> members;  // in order of declaration
  absl::flat_hash_map<std::string, const Member*> by_name;
  // The mask that names lists given empty; nullptr where AWS does not tell them from absent ones.
  const google::protobuf::FieldDescriptor* explicitly_set = nullptr;
  bool is_union = false;
  std::size_t bytes = 0;  // of an empty message in memory
};

// The shape of a generated message, and with it those of all that it holds: built when first asked for, alive as long
// as the program. Any thread.
// REQUIRES: every field below is of a kind that the contract uses.
const Shape& ShapeOf(const google::protobuf::Descriptor* message);

}  // namespace ecsmi::wire
