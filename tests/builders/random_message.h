#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/timestamp.pb.h"

// Messages of the contract with any contents that the contract admits: every type of field, unions with one member,
// empty lists named in a mask. Equal seeds give equal messages.
namespace ecsmi::testing {

class RandomMessage {
 public:
  explicit RandomMessage(std::uint64_t seed) : random_(seed) {}

  // `fill`: of 100 fields, how many are set; below the first level fewer and fewer.
  void Fill(google::protobuf::Message* message, int fill) { FillBelow(message, fill, 0); }

  std::uint64_t Draw(std::uint64_t bound) { return random_() % bound; }

  std::string Text() {
    static constexpr const char* kPieces[] = {"a", "web", "0",  " ",  "\"",   "\\", "\n",   "\t", "\x01",
                                              "/", "é",   "日", "😀",  "\x7f", "\r", "null", "{}", "\xe2\x80\xa8",
                                              ",", "]",   "\b", "\f", ";",    ":",  "arn:"};
    std::string text;
    for (std::uint64_t i = Draw(8); i > 0; --i) text += kPieces[Draw(std::size(kPieces))];
    return text;
  }

 private:
  using FieldDescriptor = google::protobuf::FieldDescriptor;

  static constexpr int kDepthMax = 7;

  template <typename Integer>
  Integer Number() {
    switch (Draw(5)) {
      case 0:
        return std::numeric_limits<Integer>::min();
      case 1:
        return std::numeric_limits<Integer>::max();
      case 2:
        return 0;
      default:
        return static_cast<Integer>(random_() >> Draw(64));
    }
  }

  double Real() {
    if (Draw(3) == 0) return static_cast<double>(Number<std::int32_t>());
    if (Draw(2) == 0) return static_cast<double>(Number<std::int32_t>()) / 8;
    const std::uint64_t bits = random_();
    double value = 0;
    std::memcpy(&value, &bits, sizeof(value));
    return std::isfinite(value) ? value : 0.1;
  }

  std::string Blob() {
    std::string bytes;
    for (std::uint64_t i = Draw(12); i > 0; --i) bytes.push_back(static_cast<char>(Draw(256)));
    return bytes;
  }

  void FillMoment(google::protobuf::Message* message, const char* seconds, const char* nanos, std::int64_t bound) {
    const auto* type = message->GetDescriptor();
    const std::int64_t whole = static_cast<std::int64_t>(Draw(static_cast<std::uint64_t>(bound)));
    message->GetReflection()->SetInt64(message, type->FindFieldByName(seconds), whole);
    message->GetReflection()->SetInt32(message, type->FindFieldByName(nanos),
                                       static_cast<std::int32_t>(Draw(1000)) * 1'000'000);
  }

  void FillDocument(google::protobuf::Value* value, int depth) {
    switch (Draw(depth > 3 ? 3 : 6)) {
      case 0:
        return value->set_string_value(Text());
      case 1:
        return value->set_bool_value(Draw(2) == 0);
      case 2:
        // Doubles beyond 2^53 are whole; written out they read back, with an exponent as well.
        return value->set_number_value(Real());
      case 3:
        if (depth > 0) return value->set_null_value(google::protobuf::NULL_VALUE);
        return value->set_string_value("top");
      case 4: {
        auto* list = value->mutable_list_value();
        for (std::uint64_t i = Draw(4); i > 0; --i) FillDocument(list->add_values(), depth + 1);
        return;
      }
      default: {
        auto* fields = value->mutable_struct_value()->mutable_fields();
        for (std::uint64_t i = Draw(4); i > 0; --i) FillDocument(&(*fields)[Text()], depth + 1);
      }
    }
  }

  void FillBelow(google::protobuf::Message* message, int fill, int depth) {
    const auto* type = message->GetDescriptor();
    const std::string& name = type->full_name();
    if (name == "google.protobuf.Timestamp") return FillMoment(message, "seconds", "nanos", 253'402'300'799);
    if (name == "google.protobuf.Duration") return FillMoment(message, "seconds", "nanos", 315'576'000'000);
    if (name == "google.protobuf.Value") return FillDocument(static_cast<google::protobuf::Value*>(message), 0);
    const auto* reflection = message->GetReflection();
    const int unions = type->real_oneof_decl_count();
    for (int i = 0; i < unions; ++i) {
      const auto* chosen = type->oneof_decl(i)->field(
          static_cast<int>(Draw(static_cast<std::uint64_t>(type->oneof_decl(i)->field_count()))));
      Set(message, chosen, fill, depth);
    }
    const FieldDescriptor* mask = nullptr;
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      if (field->message_type() != nullptr && field->message_type()->full_name() == "google.protobuf.FieldMask") {
        mask = field;
        continue;
      }
      if (field->real_containing_oneof() != nullptr || depth > kDepthMax) continue;
      if (static_cast<int>(Draw(100)) >= fill) continue;
      const std::uint64_t entries = field->is_repeated() ? 1 + Draw(3) : 1;
      for (std::uint64_t n = 0; n < entries; ++n) Set(message, field, fill * 3 / 4, depth);
    }
    for (int i = 0; mask != nullptr && i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      if (!field->is_repeated() || field->is_map() || reflection->FieldSize(*message, field) > 0 || Draw(3) > 0)
        continue;
      static_cast<google::protobuf::FieldMask*>(reflection->MutableMessage(message, mask))->add_paths(field->name());
    }
  }

  void Set(google::protobuf::Message* message, const FieldDescriptor* field, int fill, int depth) {
    const auto* reflection = message->GetReflection();
    const bool list = field->is_repeated();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string text = field->type() == FieldDescriptor::TYPE_BYTES ? Blob() : Text();
        list ? reflection->AddString(message, field, std::move(text))
             : reflection->SetString(message, field, std::move(text));
        return;
      }
      case FieldDescriptor::CPPTYPE_BOOL: {
        const bool value = Draw(2) == 0;
        list ? reflection->AddBool(message, field, value) : reflection->SetBool(message, field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_INT32: {
        const auto value = Number<std::int32_t>();
        list ? reflection->AddInt32(message, field, value) : reflection->SetInt32(message, field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_INT64: {
        const auto value = Number<std::int64_t>();
        list ? reflection->AddInt64(message, field, value) : reflection->SetInt64(message, field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_UINT64: {
        const auto value = Number<std::uint64_t>();
        list ? reflection->AddUInt64(message, field, value) : reflection->SetUInt64(message, field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_DOUBLE: {
        const double value = Real();
        list ? reflection->AddDouble(message, field, value) : reflection->SetDouble(message, field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        // Value 0 is "absent".
        const auto* values = field->enum_type();
        const int number =
            values->value(1 + static_cast<int>(Draw(static_cast<std::uint64_t>(values->value_count() - 1))))->number();
        list ? reflection->AddEnumValue(message, field, number) : reflection->SetEnumValue(message, field, number);
        return;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        break;
      case FieldDescriptor::CPPTYPE_FLOAT:
      case FieldDescriptor::CPPTYPE_UINT32:
        return;  // the contract has neither
    }
    if (!field->is_map()) {
      FillBelow(list ? reflection->AddMessage(message, field) : reflection->MutableMessage(message, field), fill,
                depth + 1);
      return;
    }
    // Keys of a map differ.
    google::protobuf::Message* entry = reflection->AddMessage(message, field);
    entry->GetReflection()->SetString(entry, field->message_type()->map_key(),
                                      Text() + std::to_string(reflection->FieldSize(*message, field)));
    Set(entry, field->message_type()->map_value(), fill, depth + 1);
  }

  std::mt19937_64 random_;
};

}  // namespace ecsmi::testing
