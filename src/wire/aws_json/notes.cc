#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ecsmi/api/errors.h"
#include "wire/aws_json/codec.h"

namespace ecsmi::wire {

void DecodeNotes::Ignore(std::string member, std::string_view why) {
  if (ignored_.size() == kIgnoredMax) {
    ++more_;
    return;
  }
  ignored_.push_back(absl::StrCat(member, " ", absl::string_view(why.data(), why.size())));
}

std::vector<std::string> DecodeNotes::Warnings() const {
  std::vector<std::string> warnings = ignored_;
  if (more_ > 0) warnings.push_back(absl::StrCat("and ", more_, " more"));
  return warnings;
}

absl::Status DecodeNotes::Refusal() const {
  if (empty()) return absl::OkStatus();
  return api::Ours(api::AwsException::kInvalidParameter,
                   absl::StrCat(absl::StrJoin(Warnings(), "; "), ". AWS takes such requests; --strict refuses them."),
                   "unknown-members");
}

}  // namespace ecsmi::wire
