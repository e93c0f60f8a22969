#include "api/check.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "ecsmi/api/naming.h"
#include "ecsmi/api/values.h"
#include "ecsmi/base/status.h"
#include "ecsmi/base/utf8.h"
#include "ecsmi/options/v1/options.pb.h"

namespace ecsmi::api {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::size_t kTextBytesMax = 1 << 20;  // an SQS message's body, the longest text AWS takes
constexpr int kListEntriesMax = 5'000;          // beyond any list AWS takes
constexpr int kDepthMax = 32;          // our deepest request has nine levels; free-form JSON documents may have more
constexpr int kStrategyItemsMax = 20;  // A66
constexpr int kWeightMax = 1000;       // A76
constexpr int kBaseMax = 100'000;      // A76
constexpr std::size_t kTagKeyMax = 128;
constexpr std::size_t kTagValueMax = 256;
constexpr char kIsolationTag[] = "ecsmi:isolation";
constexpr char kIsolationTask[] = "task";

// Where in the request a value stands; put into words only when it is refused.
class Path {
 public:
  // Of a whole message.
  Path() = default;
  // `index` < 0: not of a list.
  Path(const Path& above, const FieldDescriptor& field, int index) : above_(&above), field_(&field), index_(index) {}
  std::string Text() const {
    if (field_ == nullptr) return "";
    const std::string above = above_->Text();
    std::string text = above.empty() ? field_->json_name() : Say(above, ".", field_->json_name());
    if (index_ >= 0) absl::StrAppend(&text, "[", index_, "]");
    return text;
  }

 private:
  const Path* above_ = nullptr;
  const FieldDescriptor* field_ = nullptr;
  int index_ = -1;
};

absl::Status CheckEnum(const Path& path, const EnumDescriptor& type, int number, bool zero_is_absent) {
  // A list cannot hold "absent", and numbers beyond the contract mean nothing here.
  if (type.FindValueByNumber(number) != nullptr && (number != 0 || zero_is_absent)) return absl::OkStatus();
  return UnknownEnumValue(path.Text(), type, Say(number));
}

absl::Status CheckText(const Path& path, const std::string& text) {
  if (text.size() > kTextBytesMax) {
    return InvalidParameter(
        Say(path.Text(), " has ", text.size(), " bytes; no value may have more than ", kTextBytesMax));
  }
  if (const std::size_t at = text.find('\0'); at != std::string::npos) {
    return InvalidParameter(Say(path.Text(), " has a NUL character at byte ", at, "; no value may have one"));
  }
  if (!base::IsUtf8(text)) return InvalidParameter(Say(path.Text(), " is not valid UTF-8"));
  return absl::OkStatus();
}

absl::Status CheckDouble(const Path& path, double value) {
  if (std::isfinite(value)) return absl::OkStatus();
  return InvalidParameter(Say(path.Text(), " must be a finite number; it is ", value));
}

// Protobuf's own bounds: years 1 to 9999, and ten thousand years either way.
absl::Status CheckTime(const Path& path, const Message& message) {
  constexpr std::int64_t kFirstSecond = -62'135'596'800;
  constexpr std::int64_t kLastSecond = 253'402'300'799;
  constexpr std::int64_t kDurationMax = 315'576'000'000;
  constexpr std::int32_t kNanosMax = 999'999'999;
  if (message.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
    const auto& moment = static_cast<const google::protobuf::Timestamp&>(message);
    ECSMI_RETURN_IF_ERROR(CheckRange(Say(path.Text(), ".seconds"), moment.seconds(), kFirstSecond, kLastSecond));
    return CheckRange(Say(path.Text(), ".nanos"), moment.nanos(), 0, kNanosMax);
  }
  if (message.GetDescriptor() == google::protobuf::Duration::descriptor()) {
    const auto& duration = static_cast<const google::protobuf::Duration&>(message);
    ECSMI_RETURN_IF_ERROR(CheckRange(Say(path.Text(), ".seconds"), duration.seconds(), -kDurationMax, kDurationMax));
    ECSMI_RETURN_IF_ERROR(CheckRange(Say(path.Text(), ".nanos"), duration.nanos(), -kNanosMax, kNanosMax));
    if ((duration.seconds() < 0 && duration.nanos() > 0) || (duration.seconds() > 0 && duration.nanos() < 0)) {
      return InvalidParameter(Say(path.Text(), " has seconds ", duration.seconds(), " and nanos ", duration.nanos(),
                                  "; their signs must agree"));
    }
  }
  return absl::OkStatus();
}

// A map's entries by key: its own order hangs on a hash, and which of two mistakes is named must not.
std::vector<const Message*> EntriesOf(const Message& message, const FieldDescriptor& field, int count) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const Message*> entries;
  entries.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) entries.push_back(&reflection.GetRepeatedMessage(message, &field, i));
  const FieldDescriptor* key = field.message_type()->map_key();
  std::sort(entries.begin(), entries.end(), [&](const Message* a, const Message* b) {
    return a->GetReflection()->GetString(*a, key) < b->GetReflection()->GetString(*b, key);
  });
  return entries;
}

absl::Status CheckBelow(const Message& message, const Path& above, int depth) {
  if (depth > kDepthMax) {
    return InvalidParameter(Say(above.Text(), " is nested deeper than ", kDepthMax, " levels"));
  }
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    if (count > kListEntriesMax) {
      return InvalidParameter(Say(Path(above, *field, -1).Text(), " has ", count,
                                  " entries; no list may have more than ", kListEntriesMax));
    }
    const bool built_in =
        field->enum_type() != nullptr && field->enum_type()->full_name() == "google.protobuf.NullValue";
    const std::vector<const Message*> entries =
        field->is_map() ? EntriesOf(message, *field, count) : std::vector<const Message*>();
    for (int i = 0; i < count; ++i) {
      const Path at(above, *field, field->is_repeated() ? i : -1);
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM && !built_in) {
        const int number = field->is_repeated() ? reflection.GetRepeatedEnumValue(message, field, i)
                                                : reflection.GetEnumValue(message, field);
        ECSMI_RETURN_IF_ERROR(CheckEnum(at, *field->enum_type(), number, !field->is_repeated()));
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        ECSMI_RETURN_IF_ERROR(CheckText(at, field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                                                 : reflection.GetString(message, field)));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
        ECSMI_RETURN_IF_ERROR(CheckDouble(at, field->is_repeated() ? reflection.GetRepeatedDouble(message, field, i)
                                                                   : reflection.GetDouble(message, field)));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        const Message& below = field->is_map()        ? *entries[static_cast<std::size_t>(i)]
                               : field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                      : reflection.GetMessage(message, field);
        ECSMI_RETURN_IF_ERROR(CheckTime(at, below));
        ECSMI_RETURN_IF_ERROR(CheckBelow(below, at, depth + 1));
      }
    }
  }
  return absl::OkStatus();
}

// Code points, as AWS counts characters.
std::size_t Characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// AWS allows Unicode letters, separators and digits; beyond ASCII every character counts as one of them.
bool IsTagText(std::string_view text) {
  constexpr std::string_view kPunctuation = "_.:/=+-@ ";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || kPunctuation.find(c) != std::string_view::npos;
  });
}

absl::Status CheckTagText(const std::string& path, std::string_view text) {
  if (IsTagText(text)) return absl::OkStatus();
  return InvalidParameter(
      Say(path, " '", text, "' may hold letters, spaces, digits and the characters _ . : / = + - @ only"));
}

absl::Status CheckTagKey(const std::string& path, std::string_view key) {
  if (key.empty() || Characters(key) > kTagKeyMax) {
    return InvalidParameter(Say(path, " '", key, "' must have 1 to ", kTagKeyMax, " characters"));
  }
  ECSMI_RETURN_IF_ERROR(CheckTagText(path, key));
  const bool reserved =
      key.size() >= 4 && (key[0] | 0x20) == 'a' && (key[1] | 0x20) == 'w' && (key[2] | 0x20) == 's' && key[3] == ':';
  if (reserved) return InvalidParameter(Say(path, " '", key, "' begins with aws:, which AWS reserves"));
  return absl::OkStatus();
}

absl::Status CheckTag(const std::string& path, const pb::Tag& tag) {
  ECSMI_RETURN_IF_ERROR(CheckTagKey(Say(path, ".key"), tag.key()));
  if (Characters(tag.value()) > kTagValueMax) {
    return InvalidParameter(Say(path, ".value '", tag.value(), "' must have at most ", kTagValueMax, " characters"));
  }
  ECSMI_RETURN_IF_ERROR(CheckTagText(Say(path, ".value"), tag.value()));
  if (tag.key() == kIsolationTag && tag.value() != kIsolationTask) {
    return Ours(AwsException::kInvalidParameter,
                Say(path, ".value '", tag.value(), "' of tag ", kIsolationTag, " must be '", kIsolationTask, "'"),
                "isolation");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckKnownValues(const Message& message) {
  absl::Status status = CheckBelow(message, Path(), 0);
  if (status.ok() || ExceptionOf(status).exception != AwsException::kInvalidParameter) return status;
  return RefusedValue(message.GetDescriptor()->file()->package(), std::string(status.message()));
}

absl::Status CheckName(std::string_view field, std::string_view value) {
  if (IsName(value)) return absl::OkStatus();
  return InvalidParameter(
      Say(field, " '", value, "' must be 1 to 255 characters long: letters, digits, underscores and hyphens"));
}

absl::Status CheckRequired(std::string_view field, std::string_view value) {
  if (!value.empty()) return absl::OkStatus();
  return InvalidParameter(Say(field, " can not be blank."));
}

absl::Status CheckRange(std::string_view field, std::int64_t value, std::int64_t min, std::int64_t max) {
  if (value >= min && value <= max) return absl::OkStatus();
  return InvalidParameter(Say(field, " is ", value, "; it must be between ", min, " and ", max));
}

absl::Status CheckCount(std::string_view field, int count, int max) {
  if (count <= max) return absl::OkStatus();
  return InvalidParameter(Say(field, " has ", count, " entries; at most ", max, " are allowed"));
}

absl::Status CheckTags(const TagList& tags, int max) {
  ECSMI_RETURN_IF_ERROR(CheckCount("tags", tags.size(), max));
  std::set<std::string_view> keys;
  for (int i = 0; i < tags.size(); ++i) {
    const std::string path = Say("tags[", i, "]");
    ECSMI_RETURN_IF_ERROR(CheckTag(path, tags[i]));
    if (!keys.insert(tags[i].key()).second) {
      return InvalidParameter(Say(path, ".key '", tags[i].key(), "' is given twice; tag keys must be unique"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckTagKeys(const google::protobuf::RepeatedPtrField<std::string>& keys) {
  for (int i = 0; i < keys.size(); ++i) ECSMI_RETURN_IF_ERROR(CheckTagKey(Say("tagKeys[", i, "]"), keys[i]));
  return absl::OkStatus();
}

bool AsksForIsolation(const TagList& tags) {
  return std::any_of(tags.begin(), tags.end(),
                     [](const pb::Tag& tag) { return tag.key() == kIsolationTag && tag.value() == kIsolationTask; });
}

absl::Status CheckStrategy(std::string_view field, const StrategyList& items) {
  ECSMI_RETURN_IF_ERROR(CheckCount(field, items.size(), kStrategyItemsMax));
  std::set<std::string_view> names;
  int based = -1;
  for (int i = 0; i < items.size(); ++i) {
    const std::string path = Say(field, "[", i, "]");
    const pb::CapacityProviderStrategyItem& item = items[i];
    ECSMI_RETURN_IF_ERROR(CheckRequired(Say(path, ".capacityProvider"), item.capacity_provider()));
    ECSMI_RETURN_IF_ERROR(CheckRange(Say(path, ".weight"), item.weight(), 0, kWeightMax));
    ECSMI_RETURN_IF_ERROR(CheckRange(Say(path, ".base"), item.base(), 0, kBaseMax));
    if (!names.insert(item.capacity_provider()).second) {
      return InvalidParameter(
          Say(path, ".capacityProvider '", item.capacity_provider(), "' is given twice in one strategy"));
    }
    if (item.base() > 0 && based >= 0) {
      return InvalidParameter(Say(path, ".base is ", item.base(), ", but ", field, "[", based,
                                  "] has a base already; only one item of a strategy may have one"));
    }
    if (item.base() > 0) based = i;
  }
  return absl::OkStatus();
}

absl::Status SpotRefused(std::string_view field, std::string_view instead) {
  return Ours(
      AwsException::kInvalidParameter,
      Say(field, " asks for Spot, but managed instances here run On-Demand only. ", instead,
          " AWS has offered Spot for managed instances since 2026; a daemon started with "
          "--spot-settings=on-demand accepts, stores and echoes such settings and runs On-Demand all the same."),
      "spot");
}

bool IsFargate(std::string_view provider) {
  return provider == "FARGATE" || provider == "FARGATE_SPOT";
}

bool IsResourceId(std::string_view id, std::string_view prefix) {
  if (id.substr(0, prefix.size()) != prefix) return false;
  id.remove_prefix(prefix.size());
  return (id.size() == 8 || id.size() == 17) &&
         std::all_of(id.begin(), id.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

google::protobuf::Timestamp ToTimestamp(std::int64_t ms) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(ms / 1000);
  timestamp.set_nanos(static_cast<std::int32_t>(ms % 1000) * 1'000'000);
  return timestamp;
}

std::int64_t ToMs(const google::protobuf::Timestamp& moment) {
  return moment.seconds() * 1000 + moment.nanos() / 1'000'000;
}

std::int64_t ToMs(const google::protobuf::Duration& duration) {
  return duration.seconds() * 1000 + duration.nanos() / 1'000'000;
}

}  // namespace ecsmi::api
