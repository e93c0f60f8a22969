#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <cmath>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/api/values.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/utf8.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/struct.pb.h"
#include "wire/aws_json/codec.h"
#include "wire/aws_json/shapes.h"
#include "wire/aws_json/slot.h"
#include "wire/aws_json/text.h"

namespace ecsmi::wire {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::Value;

// Roughly what one more takes: of a map's entries, a document's values, a list's strings.
constexpr std::size_t kEntryBytes = 128;
constexpr std::size_t kDocumentBytes = 96;
constexpr std::size_t kStringBytes = 40;
constexpr double kExactMax = 9'007'199'254'740'992.0;

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

absl::Status Malformed(std::string_view text) {
  return api::AwsError(api::AwsException::kSerialization, text);
}

enum class Where : std::uint8_t { kStructure, kList, kMap, kDocument, kIgnored };

// An object or list that has begun and not ended.
struct Frame {
  Where where = Where::kIgnored;
  Message* message = nullptr;  // kStructure: what it fills; kList, kMap: what has the field
  const Shape* shape = nullptr;
  const Member* member = nullptr;  // kStructure: whose value comes next, nullptr for an unknown one; else the field's
  Value* document = nullptr;
  std::size_t entries = 0;                          // begun
  std::string key = {};                             // kMap, kDocument and unknown members: the latest
  absl::InlinedVector<std::uint64_t, 2> seen = {};  // kStructure: a bit per member
  absl::flat_hash_map<std::string, int> keys = {};  // kMap, kDocument
};

// Takes a parser's events in and fills messages. No recursion: what is open stands in `frames_`.
class Builder {
 public:
  Builder(Message* root, const Shape* shape, DecodeNotes* notes) : root_(root), shape_(shape), notes_(notes) {
    frames_.reserve(16);
  }

  absl::Status TakeStatus() { return std::move(status_); }

  bool Null() {
    if (frames_.empty()) return RefuseRoot();
    Frame& top = frames_.back();
    if (top.where == Where::kStructure || top.where == Where::kIgnored) return true;
    if (top.where == Where::kDocument) {
      Value* value = NextDocument(top);
      if (value != nullptr) value->set_null_value(google::protobuf::NULL_VALUE);
      return value != nullptr;
    }
    ++top.entries;
    return Refuse(Malformed(
        absl::StrCat("null found where not expected (", Path(), " takes a ", View(KindName(top.member->kind)), ")")));
  }

  bool Bool(bool value) {
    return Scalar(value ? "TRUE_VALUE" : "FALSE_VALUE", value ? "true" : "false", [&](const Slot& slot) {
      if (slot.member->kind != Kind::kBool) return false;
      slot.SetBool(value);
      return true;
    });
  }

  bool RawNumber(const char* data, rapidjson::SizeType size, bool /*copy*/) {
    const std::string_view number(data, size);
    return Scalar("NUMBER_VALUE", number, [&](const Slot& slot) { return slot.SetNumber(number); });
  }
  // Numbers come as text, so that none loses a digit.
  bool Int(int) { return Unreachable(); }
  bool Uint(unsigned) { return Unreachable(); }
  bool Int64(std::int64_t) { return Unreachable(); }
  bool Uint64(std::uint64_t) { return Unreachable(); }
  bool Double(double) { return Unreachable(); }

  bool String(const char* data, rapidjson::SizeType size, bool /*copy*/) {
    const std::string_view text(data, size);
    if (!base::IsUtf8(text)) return RefuseText();
    if (!frames_.empty() && frames_.back().where == Where::kList && !Charge(kStringBytes)) return false;
    return Scalar("STRING_VALUE", text, [&](const Slot& slot) { return slot.SetText(text); });
  }

  bool Key(const char* data, rapidjson::SizeType size, bool /*copy*/) {
    const std::string_view key(data, size);
    if (!base::IsUtf8(key)) return RefuseText();
    Frame& top = frames_.back();
    if (top.where == Where::kIgnored) return true;
    if (top.where != Where::kStructure) {
      top.key.assign(key);
      if (!top.keys.emplace(key, kNoEntry).second) notes_->Ignore(Path(), kTwice);
      return true;
    }
    const auto at = top.shape->by_name.find(View(key));
    if (at == top.shape->by_name.end()) {
      top.member = nullptr;
      top.key = Excerpt(key);
      notes_->Ignore(Path(), absl::StrCat("is no member of ", top.shape->descriptor->name(), " and was ignored"));
      return true;
    }
    top.member = at->second;
    std::uint64_t& word = top.seen[top.member->index / 64];
    const std::uint64_t bit = std::uint64_t{1} << (top.member->index % 64);
    if ((word & bit) != 0) {
      notes_->Ignore(Path(), kTwice);
      top.message->GetReflection()->ClearField(top.message, OuterField(*top.member));
      MarkExplicit(top.message, *top.shape, *top.member, false);
    }
    word |= bit;
    return true;
  }

  bool StartObject() {
    if (frames_.empty()) return Open(root_, shape_);
    Frame& top = frames_.back();
    if (top.where == Where::kIgnored) return Push(Frame{});
    if (top.where == Where::kDocument) return OpenDocument(NextDocument(top), true);
    if (top.where == Where::kStructure) {
      if (top.member == nullptr) return Push(Frame{});
      if (!EnterUnion(top)) return false;
      if (top.member->arity == Arity::kMap) {
        return Push({.where = Where::kMap, .message = top.message, .shape = top.shape, .member = top.member});
      }
    }
    const bool at_member = top.where == Where::kStructure;
    const bool wants_one = !at_member || top.member->arity == Arity::kOne;
    const Kind kind = top.member->kind;
    if (!wants_one || (kind != Kind::kMessage && kind != Kind::kDocument)) {
      ++top.entries;
      return Refuse(Malformed(absl::StrCat("Start of structure or map found where not expected (", Path(), " takes a ",
                                           View(wants_one ? KindName(kind) : "List"), ")")));
    }
    const Slot slot = NextSlot(top);
    if (slot.message == nullptr) return false;
    Message* message = slot.Mutable();
    if (kind == Kind::kDocument) return OpenDocument(static_cast<Value*>(message), true);
    return Open(message, slot.member->shape);
  }

  bool EndObject(rapidjson::SizeType /*members*/) {
    const Frame& top = frames_.back();
    if (top.where == Where::kStructure && top.shape->is_union && frames_.size() > 1 && !HasUnionMember(top)) {
      frames_.pop_back();
      return RefuseUnion(Path(), *top.shape);
    }
    frames_.pop_back();
    return true;
  }

  bool StartArray() {
    if (frames_.empty()) return RefuseRoot();
    Frame& top = frames_.back();
    if (top.where == Where::kIgnored || (top.where == Where::kStructure && top.member == nullptr)) return Push(Frame{});
    if (top.where == Where::kDocument) return OpenDocument(NextDocument(top), false);
    if (top.where == Where::kStructure && !EnterUnion(top)) return false;
    if (top.where == Where::kStructure && top.member->arity == Arity::kList) {
      Message* holder = top.message;
      if (top.member->wrapper != nullptr) {
        holder = holder->GetReflection()->MutableMessage(holder, top.member->wrapper);
      }
      return Push({.where = Where::kList, .message = holder, .shape = top.shape, .member = top.member});
    }
    const bool at_map = top.where == Where::kStructure && top.member->arity == Arity::kMap;
    if (!at_map && top.member->kind == Kind::kDocument) {
      const Slot slot = NextSlot(top);
      return slot.message != nullptr && OpenDocument(static_cast<Value*>(slot.Mutable()), false);
    }
    ++top.entries;
    return Refuse(Malformed(absl::StrCat("Start of list found where not expected (", Path(), " takes a ",
                                         View(at_map ? "Map" : KindName(top.member->kind)), ")")));
  }

  bool EndArray(rapidjson::SizeType /*entries*/) {
    const Frame& top = frames_.back();
    if (top.where == Where::kList && top.entries == 0) MarkExplicit(top.message, *top.shape, *top.member, true);
    frames_.pop_back();
    return true;
  }

 private:
  static constexpr int kNoEntry = -1;
  static constexpr char kTwice[] = "is given twice; the last one counts";

  static const FieldDescriptor* OuterField(const Member& member) {
    return member.wrapper != nullptr ? member.wrapper : member.field;
  }

  // Any scalar: `set` answers whether the slot took it.
  template <typename Set>
  bool Scalar(std::string_view token, std::string_view raw, const Set& set) {
    if (frames_.empty()) return RefuseRoot();
    Frame& top = frames_.back();
    if (top.where == Where::kIgnored) return true;
    if (top.where == Where::kDocument) return SetDocument(NextDocument(top), token, raw);
    if (top.where == Where::kStructure) {
      if (top.member == nullptr) return true;
      if (!EnterUnion(top)) return false;
      const Arity arity = top.member->arity;
      if (arity != Arity::kOne) {
        return Refuse(Malformed(absl::StrCat("Expected ", arity == Arity::kList ? "list" : "map", " or null (", Path(),
                                             " is ", Shown(token, raw), ")")));
      }
    }
    const Slot slot = NextSlot(top);
    if (slot.message == nullptr) return false;
    if (slot.member->kind == Kind::kDocument) return SetDocument(static_cast<Value*>(slot.Mutable()), token, raw);
    if (set(slot)) return true;
    if (slot.member->kind == Kind::kEnum && token == "STRING_VALUE") {
      return Refuse(api::UnknownEnumValue(Path(), *slot.member->enumeration->descriptor, Excerpt(raw)));
    }
    return Refuse(Malformed(absl::StrCat(View(token), " cannot be converted to ", View(KindName(slot.member->kind)),
                                         " (", Path(), " is ", Shown(token, raw), ")")));
  }

  // Where the next value of the top frame goes; without a message when the body asks for too much.
  Slot NextSlot(Frame& top) {
    ++top.entries;
    const Member& member = *top.member;
    if (top.where == Where::kMap) {
      if (!Charge(kEntryBytes)) return {};
      const auto* reflection = top.message->GetReflection();
      int& index = top.keys[top.key];
      Message* entry = nullptr;
      if (index == kNoEntry) {
        index = reflection->FieldSize(*top.message, member.field);
        entry = reflection->AddMessage(top.message, member.field);
      } else {
        entry = reflection->MutableRepeatedMessage(top.message, member.field, index);
        entry->Clear();
      }
      entry->GetReflection()->SetString(entry, member.map_key, top.key);
      return {entry, member.map_value, &member, false};
    }
    return {top.message, member.field, &member, top.where == Where::kList};
  }

  bool Open(Message* message, const Shape* shape) {
    if (!Charge(shape->bytes)) return false;
    Frame frame{.where = Where::kStructure, .message = message, .shape = shape};
    frame.seen.resize((shape->members.size() + 63) / 64);
    return Push(std::move(frame));
  }

  bool Push(Frame frame) {
    if (frames_.size() == kDepthMax) {
      return Refuse(Malformed(absl::StrCat("The body is nested deeper than ", kDepthMax, " levels")));
    }
    frames_.push_back(std::move(frame));
    return true;
  }

  // A free-form value's next part; nullptr when refused.
  Value* NextDocument(Frame& top) {
    ++top.entries;
    if (!Charge(kDocumentBytes)) return nullptr;
    if (top.document->has_list_value()) return top.document->mutable_list_value()->add_values();
    return &(*top.document->mutable_struct_value()->mutable_fields())[top.key];
  }

  bool OpenDocument(Value* value, bool object) {
    if (value == nullptr) return false;
    // Begun anew: of a name given twice the last counts.
    value->Clear();
    object ? static_cast<void>(value->mutable_struct_value()) : static_cast<void>(value->mutable_list_value());
    return Push({.where = Where::kDocument, .document = value});
  }

  bool SetDocument(Value* value, std::string_view token, std::string_view raw) {
    if (value == nullptr) return false;
    if (token == "STRING_VALUE") {
      value->set_string_value(std::string(raw));
      return true;
    }
    if (token != "NUMBER_VALUE") {
      value->set_bool_value(raw == "true");
      return true;
    }
    const std::optional<double> number = ReadDouble(raw);
    if (!number || (std::abs(*number) >= kExactMax && *number == std::floor(*number) && !SameWhole(raw, *number))) {
      return Refuse(Malformed(absl::StrCat("NUMBER_VALUE cannot be converted to Document (", Path(), " is ",
                                           Excerpt(raw), ", which a double cannot hold)")));
    }
    value->set_number_value(*number);
    return true;
  }

  // Whether digits written out, "9007199254740993", are those of the double; with an exponent nobody expects all
  // digits.
  static bool SameWhole(std::string_view raw, double number) {
    if (raw.find_first_of(".eE") != std::string_view::npos) return true;
    const std::optional<std::int64_t> whole = ReadInt64(raw);
    constexpr double kInt64Max = 9.2e18;
    return whole && std::abs(number) < kInt64Max && static_cast<std::int64_t>(number) == *whole;
  }

  // A union takes one member: a second one is refused, since it would push the first out.
  bool EnterUnion(const Frame& top) {
    if (!top.member->in_union) return true;
    const FieldDescriptor* own = OuterField(*top.member);
    const auto* reflection = top.message->GetReflection();
    const auto* oneof = own->real_containing_oneof();
    if (!reflection->HasOneof(*top.message, oneof)) return true;
    if (reflection->GetOneofFieldDescriptor(*top.message, oneof) == own) return true;
    return RefuseUnion(PathOf(absl::MakeConstSpan(frames_).first(frames_.size() - 1)), *top.shape);
  }
  static bool HasUnionMember(const Frame& top) {
    for (const Member& member : top.shape->members) {
      if (member.in_union && top.message->GetReflection()->HasField(*top.message, OuterField(member))) return true;
    }
    return false;
  }
  bool RefuseUnion(const std::string& path, const Shape& shape) {
    std::string names;
    for (const Member& member : shape.members) {
      if (member.in_union) absl::StrAppend(&names, names.empty() ? "" : ", ", member.name);
    }
    return Refuse(
        Malformed(absl::StrCat(path.empty() ? "The body" : path, " must have exactly one member of [", names, "]")));
  }

  // Adds the list to the mask of lists given empty, or takes it out.
  static void MarkExplicit(Message* message, const Shape& shape, const Member& member, bool given) {
    if (shape.explicitly_set == nullptr || member.arity != Arity::kList) return;
    auto* mask = static_cast<FieldMask*>(message->GetReflection()->MutableMessage(message, shape.explicitly_set));
    auto& paths = *mask->mutable_paths();
    for (int i = 0; i < paths.size(); ++i) {
      if (paths[i] == member.field->name()) paths.DeleteSubrange(i--, 1);
    }
    if (given) *paths.Add() = member.field->name();
    if (paths.empty()) message->GetReflection()->ClearField(message, shape.explicitly_set);
  }

  bool Charge(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ <= kMessageBytesMax) return true;
    return Refuse(Malformed("The body has more structures than any request needs"));
  }

  // "containerDefinitions[0].name".
  std::string Path() const { return PathOf(frames_); }
  static std::string PathOf(absl::Span<const Frame> frames) {
    std::string path;
    for (const Frame& frame : frames) {
      if (frame.where == Where::kIgnored) break;
      const bool list =
          frame.where == Where::kList || (frame.where == Where::kDocument && frame.document->has_list_value());
      if (list) {
        absl::StrAppend(&path, "[", frame.entries == 0 ? 0 : frame.entries - 1, "]");
        continue;
      }
      const bool named = frame.where == Where::kStructure && frame.member != nullptr;
      const std::string name = named ? frame.member->name : Excerpt(frame.key);
      if (name.empty() && frame.where == Where::kStructure) break;
      absl::StrAppend(&path, path.empty() ? "" : ".", name);
    }
    return path;
  }

  static std::string Shown(std::string_view token, std::string_view raw) {
    const char* quote = token == "STRING_VALUE" ? "\"" : "";
    return absl::StrCat(quote, Excerpt(raw), quote);
  }

  bool Refuse(absl::Status status) {
    status_ = std::move(status);
    return false;
  }
  bool RefuseRoot() { return Refuse(Malformed("The body must be a JSON object")); }
  bool RefuseText() {
    if (!frames_.empty() && frames_.back().where == Where::kList) ++frames_.back().entries;
    const std::string path = Path();
    return Refuse(Malformed(absl::StrCat("The body is not valid UTF-8, or escapes half a surrogate pair",
                                         path.empty() ? "" : " at ", path)));
  }
  bool Unreachable() {
    ECSMI_CHECK(false && "numbers are asked for as text");
    return false;
  }

  Message* const root_;
  const Shape* const shape_;
  DecodeNotes* const notes_;
  std::vector<Frame> frames_;
  std::size_t bytes_ = 0;
  absl::Status status_;
};

}  // namespace

absl::Status Decode(std::string_view body, Message* message, DecodeNotes* notes) {
  const Shape& shape = ShapeOf(message->GetDescriptor());
  if (body.empty()) return absl::OkStatus();
  Builder builder(message, &shape, notes);
  rapidjson::MemoryStream stream(body.data(), body.size());
  rapidjson::Reader reader;
  // Iterative: a thousand brackets must not take a thousand of the parser's own calls.
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, builder);
  if (result.Code() == rapidjson::kParseErrorTermination) return builder.TakeStatus();
  if (result.IsError()) {
    return Malformed(absl::StrCat("The body is no JSON: ", rapidjson::GetParseError_En(result.Code()), " (byte ",
                                  result.Offset(), ")"));
  }
  // The parser takes a NUL for the end.
  if (stream.Tell() != body.size()) {
    return Malformed(absl::StrCat("The body is no JSON: it goes on after its end (byte ", stream.Tell(), ")"));
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::wire
