#include "api/required.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "api/check.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/base/check.h"
#include "google/protobuf/descriptor.h"

namespace ecsmi::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

struct Row {
  const char* message;
  const char* member;
};
constexpr Row kRows[] = {
#include "api/required_members.inc"
};

using Index = absl::flat_hash_map<const Descriptor*, std::vector<const FieldDescriptor*>>;

// By message, in the order of the contract; built once. A name that the contract does not have is a slip in the list.
const Index& RequiredMembers() {
  static const Index* const index = [] {
    auto* made = new Index;  // lives as long as the program
    for (const Row& row : kRows) {
      const Descriptor* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(row.message);
      ECSMI_CHECK(type != nullptr);
      const FieldDescriptor* found = nullptr;
      for (int i = 0; i < type->field_count(); ++i) {
        if (type->field(i)->json_name() == row.member) found = type->field(i);
      }
      ECSMI_CHECK(found != nullptr && found->has_presence());
      (*made)[type].push_back(found);
    }
    for (auto& [type, fields] : *made) {
      std::sort(fields.begin(), fields.end(),
                [](const FieldDescriptor* a, const FieldDescriptor* b) { return a->index() < b->index(); });
    }
    return made;
  }();
  return *index;
}

void Walk(const Message& message, const std::string& prefix, std::vector<std::string>& missing) {
  const auto path = [&](const FieldDescriptor& field) {
    return prefix.empty() ? field.json_name() : Say(prefix, ".", field.json_name());
  };
  const auto& reflection = *message.GetReflection();
  if (const auto at = RequiredMembers().find(message.GetDescriptor()); at != RequiredMembers().end()) {
    for (const FieldDescriptor* field : at->second) {
      if (reflection.HasField(message, field)) continue;
      if (std::find(missing.begin(), missing.end(), path(*field)) == missing.end()) missing.push_back(path(*field));
    }
  }
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const Descriptor* below = field->message_type();
    // Documents, moments and masks have no members of AWS's.
    if (below == nullptr || absl::StartsWith(below->full_name(), "google.protobuf.")) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      Walk(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                : reflection.GetMessage(message, field),
           path(*field), missing);
    }
  }
}

AwsException ExceptionOfPackage(const std::string& package) {
  if (package == "ecsmi.sqs.v1") return AwsException::kMissingParameter;
  if (package == "ecsmi.cloudwatch.v1") return AwsException::kCloudWatchMissingParameter;
  if (package == "ecsmi.autoscaling.v1") return AwsException::kValidation;
  return AwsException::kInvalidParameter;
}

}  // namespace

std::vector<std::string> FindMissing(const Message& request) {
  std::vector<std::string> missing;
  Walk(request, "", missing);
  return missing;
}

absl::Status RefusalOfMissing(const Message& request) {
  const std::vector<std::string> missing = FindMissing(request);
  if (missing.empty()) return absl::OkStatus();
  return Ours(
      ExceptionOfPackage(request.GetDescriptor()->file()->package()),
      Say("AWS requires ", absl::StrJoin(missing, ", "), ", and --strict refuses requests without what AWS requires."),
      "required-members");
}

}  // namespace ecsmi::api
