#include "wire/aws_json/slot.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "wire/aws_json/text.h"

namespace ecsmi::wire {
namespace {

using google::protobuf::Reflection;

// Sets or appends what was read; false for nothing.
template <typename Value, typename Set, typename Add>
bool Put(const Slot& slot, std::optional<Value> value, Set set, Add add) {
  if (!value) return false;
  const Reflection& reflection = *slot.message->GetReflection();
  if (slot.append) {
    (reflection.*add)(slot.message, slot.field, *std::move(value));
  } else {
    (reflection.*set)(slot.message, slot.field, *std::move(value));
  }
  return true;
}

template <typename Moment>
bool PutMessage(const Slot& slot, const std::optional<Moment>& value) {
  if (!value) return false;
  static_cast<Moment*>(slot.Mutable())->CopyFrom(*value);
  return true;
}

bool PutDouble(const Slot& slot, std::optional<double> value) {
  return Put(slot, value, &Reflection::SetDouble, &Reflection::AddDouble);
}

bool PutEnum(const Slot& slot, std::string_view text) {
  const auto known = [&](const Member& member) -> std::optional<int> {
    const absl::string_view spelled(text.data(), text.size());
    const auto at = member.enumeration->any_case ? member.enumeration->numbers.find(absl::AsciiStrToUpper(spelled))
                                                 : member.enumeration->numbers.find(spelled);
    return at == member.enumeration->numbers.end() ? std::nullopt : std::optional<int>(at->second);
  };
  const Member* overflow = slot.member->overflow;
  if (const auto number = known(*slot.member); number || overflow == nullptr) {
    return Put(slot, number, &Reflection::SetEnumValue, &Reflection::AddEnumValue);
  }
  return Put(Slot{slot.message, overflow->field, overflow, true}, known(*overflow), &Reflection::SetEnumValue,
             &Reflection::AddEnumValue);
}

}  // namespace

bool Slot::SetBool(bool value) const {
  return member->kind == Kind::kBool &&
         Put(*this, std::optional<bool>(value), &Reflection::SetBool, &Reflection::AddBool);
}

bool Slot::SetNumber(std::string_view number) const {
  switch (member->kind) {
    case Kind::kInt32:
      return Put(*this, ReadInt32(number), &Reflection::SetInt32, &Reflection::AddInt32);
    case Kind::kInt64:
      return Put(*this, ReadInt64(number), &Reflection::SetInt64, &Reflection::AddInt64);
    case Kind::kUint64:
      return Put(*this, ReadUint64(number), &Reflection::SetUInt64, &Reflection::AddUInt64);
    case Kind::kDouble:
      return PutDouble(*this, ReadDouble(number));
    case Kind::kTimestamp:
      return PutMessage(*this, ReadTimestamp(number));
    case Kind::kDuration:
      return PutMessage(*this, ReadDuration(number));
    case Kind::kString:
    case Kind::kBytes:
    case Kind::kBool:
    case Kind::kEnum:
    case Kind::kMessage:
    case Kind::kDocument:
      break;
  }
  return false;
}

bool Slot::SetText(std::string_view text) const {
  switch (member->kind) {
    case Kind::kString:
      return Put(*this, std::optional<std::string>(text), &Reflection::SetString, &Reflection::AddString);
    case Kind::kBytes:
      return Put(*this, ReadBlob(text), &Reflection::SetString, &Reflection::AddString);
    case Kind::kEnum:
      return PutEnum(*this, text);
    case Kind::kDouble:
      return PutDouble(*this, ReadNonFinite(text));
    case Kind::kTimestamp:
      return PutMessage(*this, ReadTimestampText(std::string(text)));
    case Kind::kDuration:
      return PutMessage(*this, ReadDurationText(std::string(text)));
    case Kind::kBool:
    case Kind::kInt32:
    case Kind::kInt64:
    case Kind::kUint64:
    case Kind::kMessage:
    case Kind::kDocument:
      break;
  }
  return false;
}

google::protobuf::Message* Slot::Mutable() const {
  const Reflection& reflection = *message->GetReflection();
  return append ? reflection.AddMessage(message, field) : reflection.MutableMessage(message, field);
}

}  // namespace ecsmi::wire
