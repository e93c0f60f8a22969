#include "api/sqs/message_content.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "api/check.h"
#include "api/document_bytes.h"
#include "api/sqs/md5.h"
#include "api/sqs/queue_tags.h"
#include "api/sqs/sqs_errors.h"
#include "ecsmi/base/status.h"

namespace ecsmi::api {
namespace {

using sqs::v1::MessageAttributeValue;
using sqs::v1::SendMessageRequest;

constexpr int kAttributesMax = 10;
constexpr std::size_t kNameMax = 256;
constexpr std::int32_t kDelayMaxSeconds = 900;    // F60
constexpr std::size_t kInlineBodyBytesMax = 512;  // longer ones are written once, as a document
constexpr char kTraceHeader[] = "AWSTraceHeader";

absl::Status Invalid(std::string_view message) {
  return AwsError(AwsException::kInvalidParameterValue, message);
}

// The next code point of UTF-8 `text`, which is cut; -1 when it is malformed.
std::int32_t NextCodePoint(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 0;
  if (size == 0 || text.size() < size) return -1;
  std::int32_t point = size == 1 ? lead : lead & (0x7f >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return -1;
    point = (point << 6) | (byte(i) & 0x3f);
  }
  constexpr std::array<std::int32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  text.remove_prefix(size);
  return point < kLeast[size] ? -1 : point;
}

// F78: what XML 1.0 can carry.
bool IsXmlText(std::string_view text) {
  while (!text.empty()) {
    const std::int32_t point = NextCodePoint(text);
    const bool legal = point == 0x9 || point == 0xa || point == 0xd || (point >= 0x20 && point <= 0xd7ff) ||
                       (point >= 0xe000 && point <= 0xfffd) || (point >= 0x10000 && point <= 0x10ffff);
    if (!legal) return false;
  }
  return true;
}

absl::Status CheckText(std::string_view parameter, std::string_view text) {
  if (IsXmlText(text)) return absl::OkStatus();
  return AwsError(AwsException::kInvalidMessageContents,
                  Say(parameter,
                      " contains characters outside the allowed set: tab, line feed, carriage return, "
                      "U+0020 to U+D7FF, U+E000 to U+FFFD and U+10000 to U+10FFFF"));
}

absl::Status CheckAttributeName(const std::string& name) {
  const bool characters = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
  const bool dots =
      name.find("..") != std::string::npos || (!name.empty() && (name.front() == '.' || name.back() == '.'));
  const bool reserved = absl::StartsWithIgnoreCase(name, "aws.") || absl::StartsWithIgnoreCase(name, "amazon.");
  if (!name.empty() && name.size() <= kNameMax && characters && !dots && !reserved) return absl::OkStatus();
  return Invalid(Say("The message attribute name '", name, "' is invalid: 1 to ", kNameMax,
                     " letters, digits, '_', '-' and single inner '.', not beginning with AWS. or Amazon."));
}

absl::Status CheckAttributeValue(const std::string& name, const MessageAttributeValue& value) {
  if (!value.string_list_values().empty() || !value.binary_list_values().empty()) {
    return AwsError(AwsException::kUnsupportedOperation,
                    "Message attribute list values in SendMessage operation are not supported.");
  }
  const std::string& type = value.data_type();
  const std::string base = type.substr(0, type.find('.'));
  if (type.size() > kNameMax || (base != "String" && base != "Number" && base != "Binary")) {
    return Invalid(Say("The message attribute '", name, "' has an invalid message attribute type '", type,
                       "', the set of supported type prefixes is Binary, Number, and String."));
  }
  const bool binary = base == "Binary";
  const bool given = binary ? !value.binary_value().empty() : !value.string_value().empty();
  if (!given || (binary ? value.has_string_value() : value.has_binary_value())) {
    return Invalid(Say("The message attribute '", name, "' must contain a non-empty message attribute value of type '",
                       base, "' and no other."));
  }
  if (!binary) ECSMI_RETURN_IF_ERROR(CheckText(Say("MessageAttributes.", name), value.string_value()));
  double number = 0;
  if (base == "Number" && !absl::SimpleAtod(value.string_value(), &number)) {
    return Invalid(
        Say("Can't cast the value of message attribute '", name, "' to a number: '", value.string_value(), "'."));
  }
  return absl::OkStatus();
}

absl::Status CheckSystemAttributes(const SendMessageRequest& message) {
  // In name order, so that of several mistakes always the same one is named.
  std::map<std::string_view, const sqs::v1::MessageSystemAttributeValue*> sorted;
  for (const auto& [name, value] : message.message_system_attributes()) sorted.emplace(name, &value);
  for (const auto& [name, value] : sorted) {
    if (name != kTraceHeader || value->data_type() != "String" || value->string_value().empty()) {
      return Invalid(Say("Message system attribute '", name, "' of type '", value->data_type(),
                         "' is invalid: there is AWSTraceHeader only, a non-empty String."));
    }
  }
  return absl::OkStatus();
}

void AppendField(std::string& out, std::string_view bytes) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>((bytes.size() >> shift) & 0xff));
  out.append(bytes);
}

template <typename Attributes>
std::string Digest(const Attributes& attributes) {
  if (attributes.empty()) return "";
  std::map<std::string_view, const typename Attributes::mapped_type*> sorted;
  for (const auto& [name, value] : attributes) sorted.emplace(name, &value);
  std::string bytes;
  for (const auto& [name, value] : sorted) {
    const bool binary = absl::StartsWith(value->data_type(), "Binary");
    AppendField(bytes, name);
    AppendField(bytes, value->data_type());
    bytes.push_back(binary ? '\x02' : '\x01');
    AppendField(bytes, binary ? value->binary_value() : value->string_value());
  }
  return Md5Hex(bytes);
}

}  // namespace

absl::Status CheckContent(const SendMessageRequest& message) {
  ECSMI_RETURN_IF_ERROR(CheckPresent("MessageBody", message.message_body()));
  ECSMI_RETURN_IF_ERROR(CheckText("MessageBody", message.message_body()));
  if (message.has_delay_seconds()) {
    ECSMI_RETURN_IF_ERROR(CheckBetween("DelaySeconds", message.delay_seconds(), 0, kDelayMaxSeconds));
  }
  if (message.message_attributes_size() > kAttributesMax) {
    return Invalid(Say("Number of message attributes [", message.message_attributes_size(),
                       "] exceeds the allowed maximum [", kAttributesMax, "]."));
  }
  std::map<std::string, const MessageAttributeValue*> sorted;
  for (const auto& [name, value] : message.message_attributes()) sorted.emplace(name, &value);
  for (const auto& [name, value] : sorted) {
    ECSMI_RETURN_IF_ERROR(CheckAttributeName(name));
    ECSMI_RETURN_IF_ERROR(CheckAttributeValue(name, *value));
  }
  ECSMI_RETURN_IF_ERROR(CheckSystemAttributes(message));
  // F72, the other way round: both belong to FIFO queues; a group alone makes a standard queue fair.
  if (message.has_message_deduplication_id()) {
    return InvalidValue("MessageDeduplicationId", message.message_deduplication_id(),
                        "The request include parameter that is not valid for this queue type");
  }
  if (message.has_message_group_id()) {
    return Ours(AwsException::kUnsupportedOperation,
                Say("MessageGroupId ", message.message_group_id(),
                    ": fair queues, like FIFO queues, are not emulated; leave it out"),
                "fifo-queues");
  }
  return absl::OkStatus();
}

std::size_t ContentBytes(const SendMessageRequest& message) {
  std::size_t bytes = message.message_body().size();
  for (const auto& [name, value] : message.message_attributes()) {
    bytes += name.size() + value.data_type().size() + value.string_value().size() + value.binary_value().size();
  }
  return bytes;
}

control::NewMessage KeepContent(control::Step& step, const SendMessageRequest& message) {
  control::NewMessage kept;
  SendMessageRequest document;
  if (message.message_body().size() <= kInlineBodyBytesMax) {
    kept.body = message.message_body();
  } else {
    document.set_message_body(message.message_body());
  }
  *document.mutable_message_attributes() = message.message_attributes();
  *document.mutable_message_system_attributes() = message.message_system_attributes();
  kept.document = step.state.InternDocument(DocumentBytes(document));
  return kept;
}

SendMessageRequest ContentOf(const control::Step& step, const model::Message& message) {
  SendMessageRequest content;
  content.ParseFromString(std::string(step.state.DocumentBytes(message.document)));
  if (!content.has_message_body()) content.set_message_body(message.body);
  return content;
}

std::string Md5OfAttributes(const MessageAttributes& attributes) {
  return Digest(attributes);
}
std::string Md5OfAttributes(
    const google::protobuf::Map<std::string, sqs::v1::MessageSystemAttributeValue>& attributes) {
  return Digest(attributes);
}

}  // namespace ecsmi::api
