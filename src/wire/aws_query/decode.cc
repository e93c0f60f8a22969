#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/api/values.h"
#include "ecsmi/base/status.h"
#include "wire/aws_json/shapes.h"
#include "wire/aws_json/slot.h"
#include "wire/aws_json/text.h"
#include "wire/aws_query/names.h"
#include "wire/aws_query/query.h"

namespace ecsmi::wire {
namespace {

using google::protobuf::Message;

constexpr int kPartsMax = 6;  // SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

// A parameter's name taken apart at its dots: names come first, then numbers in their order.
struct Part {
  std::optional<std::uint32_t> number;
  std::string name;
  friend auto operator<=>(const Part&, const Part&) = default;
};
struct Node {
  std::map<Part, Node> children;
  std::optional<std::string> value;
};

Part PartOf(std::string_view text) {
  std::uint32_t number = 0;
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits && absl::SimpleAtoi(View(text), &number)) return {number, {}};
  return {std::nullopt, std::string(text)};
}

bool IsOfTheProtocol(std::string_view name) {
  constexpr std::array<std::string_view, 9> kNames = {"AWSAccessKeyId",   "Action",    "Expires",
                                                      "SecurityToken",    "Signature", "SignatureMethod",
                                                      "SignatureVersion", "Timestamp", "Version"};
  return name.substr(0, 6) == "X-Amz-" || std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

class QueryReader {
 public:
  explicit QueryReader(DecodeNotes* notes) : notes_(notes) {}

  absl::Status Structure(const Node& node, const std::string& path, Message* message, const Shape& shape) {
    for (const auto& [part, child] : node.children) {
      const std::string at = Join(path, part);
      const Member* member = part.number ? nullptr : FindQueryMember(shape, part.name);
      if (member == nullptr) {
        notes_->Ignore(Excerpt(at), absl::StrCat("is no parameter of ", shape.descriptor->name(), " and was ignored"));
        continue;
      }
      ECSMI_RETURN_IF_ERROR(Value(child, at, message, *member));
    }
    return absl::OkStatus();
  }

 private:
  static std::string Join(const std::string& path, const Part& part) {
    return absl::StrCat(path, path.empty() ? "" : ".", part.number ? absl::StrCat(*part.number) : part.name);
  }

  absl::Status Value(const Node& node, const std::string& path, Message* message, const Member& member) {
    if (member.arity == Arity::kOne) return One(node, path, {message, member.field, &member, false});
    if (node.value && node.value->empty() && node.children.empty()) return absl::OkStatus();
    if (member.wrapper != nullptr) message = message->GetReflection()->MutableMessage(message, member.wrapper);
    const bool numbered = !node.value && !node.children.empty() && node.children.rbegin()->first.number.has_value();
    if (!numbered) return Entry(node, path, message, member);
    for (const auto& [part, child] : node.children) {
      if (!part.number) {
        notes_->Ignore(Excerpt(Join(path, part)), "stands beside numbered entries and was ignored");
        continue;
      }
      ECSMI_RETURN_IF_ERROR(Entry(child, Join(path, part), message, member));
    }
    return absl::OkStatus();
  }

  absl::Status Entry(const Node& node, const std::string& path, Message* message, const Member& member) {
    if (member.arity == Arity::kList) return One(node, path, {message, member.field, &member, true});
    const Part key_name{std::nullopt, std::string(QueryKeyName(member))};
    const Part value_name{std::nullopt, "Value"};
    const auto key = node.children.find(key_name);
    const auto value = node.children.find(value_name);
    if (key == node.children.end() || !key->second.value) {
      return api::AwsError(api::AwsException::kMissingParameter,
                           absl::StrCat("The request must contain the parameter ", Excerpt(Join(path, key_name)), "."));
    }
    for (const auto& [part, child] : node.children) {
      if (part != key_name && part != value_name) {
        notes_->Ignore(Excerpt(Join(path, part)), "is no part of a map's entry and was ignored");
      }
    }
    Message* entry = EntryOf(*key->second.value, Join(path, key_name), message, member);
    if (value == node.children.end()) return absl::OkStatus();
    return One(value->second, Join(path, value_name), {entry, member.map_value, &member, false});
  }

  // A new entry of that key; where there is one already it is emptied, since of equal keys the last counts. Forms are
  // so small that a walk finds it soon enough.
  Message* EntryOf(const std::string& key, const std::string& path, Message* message, const Member& member) {
    const auto* reflection = message->GetReflection();
    Message* entry = nullptr;
    for (int i = 0; entry == nullptr && i < reflection->FieldSize(*message, member.field); ++i) {
      Message* other = reflection->MutableRepeatedMessage(message, member.field, i);
      if (other->GetReflection()->GetString(*other, member.map_key) == key) entry = other;
    }
    if (entry == nullptr) {
      entry = reflection->AddMessage(message, member.field);
    } else {
      notes_->Ignore(Excerpt(path), "repeats a key; the last one counts");
      entry->Clear();
    }
    entry->GetReflection()->SetString(entry, member.map_key, key);
    return entry;
  }

  absl::Status One(const Node& node, const std::string& path, const Slot& slot) {
    if (slot.member->kind == Kind::kMessage) {
      if (node.value) return WrongType(path, *node.value, "has parts and no value of its own");
      return Structure(node, path, slot.Mutable(), *slot.member->shape);
    }
    if (!node.children.empty()) {
      notes_->Ignore(Excerpt(Join(path, node.children.begin()->first)), "is part of a plain value and was ignored");
    }
    if (!node.value) return absl::OkStatus();
    const std::string& text = *node.value;
    if (slot.SetText(text) || slot.SetNumber(text)) return absl::OkStatus();
    if ((text == "true" || text == "false") && slot.SetBool(text == "true")) return absl::OkStatus();
    if (slot.member->kind == Kind::kEnum) {
      return api::UnknownEnumValue(path, *slot.member->enumeration->descriptor, Excerpt(text));
    }
    return WrongType(path, text, absl::StrCat("must be of type ", View(KindName(slot.member->kind))));
  }

  static absl::Status WrongType(const std::string& path, const std::string& value, std::string_view reason) {
    return api::AwsError(api::AwsException::kInvalidParameterValue,
                         absl::StrCat("Value ", Excerpt(value), " for parameter ", Excerpt(path),
                                      " is invalid. Reason: ", View(reason), "."));
  }

  DecodeNotes* const notes_;
};

}  // namespace

absl::Status DecodeQuery(const Form& form, Message* request, DecodeNotes* notes) {
  const Shape& shape = ShapeOf(request->GetDescriptor());
  Node root;
  for (const auto& [name, value] : form) {
    if (IsOfTheProtocol(name)) continue;
    Node* node = &root;
    std::string_view rest = name;
    for (int parts = 1;; ++parts) {
      if (parts > kPartsMax) {
        return api::AwsError(api::AwsException::kSerialization,
                             absl::StrCat("Parameter ", Excerpt(name), " has more than ", kPartsMax, " parts"));
      }
      const std::size_t dot = std::min(rest.find('.'), rest.size());
      node = &node->children[PartOf(rest.substr(0, dot))];
      if (dot == rest.size()) break;
      rest.remove_prefix(dot + 1);
    }
    if (node->value) notes->Ignore(Excerpt(name), "is given twice; the last one counts");
    node->value = value;
  }
  return QueryReader(notes).Structure(root, "", request, shape);
}

}  // namespace ecsmi::wire
