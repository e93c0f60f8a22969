#include "ctl/rpc_error.h"

#include <array>
#include <cstddef>

#include "google/protobuf/unknown_field_set.h"

namespace ecsmi::ctl {
namespace {

// google.rpc's messages are in no Debian package, so their fields are read by number: the bytes of field `number`,
// empty when there is none.
std::string BytesAt(const std::string& message, int number) {
  google::protobuf::UnknownFieldSet fields;
  if (!fields.ParseFromString(message)) return "";
  for (int i = 0; i < fields.field_count(); ++i) {
    const google::protobuf::UnknownField& field = fields.field(i);
    if (field.number() == number && field.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED) {
      return field.length_delimited();
    }
  }
  return "";
}

}  // namespace

std::string ReasonOf(const std::string& details) {
  const std::string any = BytesAt(details, 3);  // Status.details, the first
  const std::string info = BytesAt(any, 2);     // Any.value
  return BytesAt(info, 1);                      // ErrorInfo.reason
}

std::string NameOfCode(int code) {
  constexpr std::array kNames = {
      "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
      "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
      "DATA_LOSS", "UNAUTHENTICATED"};
  const auto at = static_cast<std::size_t>(code);
  return code >= 0 && at < kNames.size() ? kNames[at] : std::to_string(code);
}

}  // namespace ecsmi::ctl
