#include "ctl/input.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "ctl/exit.h"
#include "ctl/text.h"
#include "ecsmi/base/status.h"
#include "google/protobuf/util/json_util.h"

namespace ecsmi::ctl {
namespace {

std::string ReadAll(std::istream& stream) {
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  if (path == "-") return ReadAll(std::cin);
  std::ifstream file(path, std::ios::binary);
  if (!file) return WrongUsage(absl::StrCat(path, " cannot be read: ", std::strerror(errno)));
  return ReadAll(file);
}

absl::StatusOr<std::string> ReadArgument(const std::string& argument) {
  if (argument == "-") return ReadFile("-");
  if (!argument.empty() && argument[0] == '@') return ReadFile(argument.substr(1));
  return argument;
}

absl::Status ReadJson(const std::string& json, const std::string& source, google::protobuf::Message* message) {
  const auto status = google::protobuf::util::JsonStringToMessage(json, message);
  if (status.ok()) return absl::OkStatus();
  return WrongUsage(absl::StrCat(source, " is no ", message->GetDescriptor()->name(), ": ",
                                 std::string(status.message().data(), status.message().size())));
}

absl::Status ReadJsonFile(const std::string& path, google::protobuf::Message* message) {
  ECSMI_ASSIGN_OR_RETURN(const std::string json, ReadFile(path));
  return ReadJson(json, path == "-" ? "standard input" : path, message);
}

}  // namespace ecsmi::ctl
