#pragma once

#include <string_view>

#include "google/protobuf/message.h"
#include "wire/aws_json/shapes.h"

namespace ecsmi::wire {

// Where one decoded value goes: a field, one more entry of a list, or the value of a map's new entry. Setters answer
// false when the value is of the wrong type or out of range; the message is then as before.
struct Slot {
  google::protobuf::Message* message = nullptr;
  const google::protobuf::FieldDescriptor* field = nullptr;
  const Member* member = nullptr;
  bool append = false;

  // A JSON true or false, number (as its text), or string.
  bool SetBool(bool value) const;
  bool SetNumber(std::string_view number) const;
  bool SetText(std::string_view text) const;
  // The message in it, made when absent. REQUIRES: the field holds messages.
  google::protobuf::Message* Mutable() const;
};

}  // namespace ecsmi::wire
