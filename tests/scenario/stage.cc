#include "scenario/stage.h"

#include <regex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "builders/message_path.h"
#include "ecsmi/emulator/v1/clock.pb.h"
#include "google/protobuf/util/json_util.h"

namespace ecsmi::scenario {
namespace {
namespace emu = ::ecsmi::emulator::v1;
}  // namespace

Stage::Stage(control::Settings settings) : emulator(std::move(settings)) {
  epoch_ = Now();
}

absl::Status Stage::Call(const std::string& rpc, const google::protobuf::Message& request,
                         std::unique_ptr<google::protobuf::Message>* response) {
  const auto* method = testing::Emulator::FindMethod(rpc);
  if (method == nullptr) return absl::InvalidArgumentError(absl::StrCat("there is no operation ", rpc));
  *response = testing::Emulator::NewMessage(method->output_type());
  return emulator.Call(*method, request, response->get());
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Stage::Ask(const std::string& rpc, const std::string& json) {
  const auto* method = testing::Emulator::FindMethod(rpc);
  if (method == nullptr) return absl::InvalidArgumentError(absl::StrCat("there is no operation ", rpc));
  auto request = testing::Emulator::NewMessage(method->input_type());
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, request.get());
  if (!parsed.ok()) return absl::InvalidArgumentError(absl::StrCat(rpc, ": ", parsed.ToString()));
  std::unique_ptr<google::protobuf::Message> response;
  if (absl::Status status = Call(rpc, *request, &response); !status.ok()) return status;
  return response;
}

model::TimeMs Stage::Now() {
  const auto reply = Ask("GetClock", "{}");
  ECSMI_CHECK(reply.ok());
  const auto& now = static_cast<const emu::GetClockResponse&>(**reply).clock().now();
  return now.seconds() * 1000 + now.nanos() / 1'000'000;
}

model::DurationMs Stage::Elapsed() {
  return Now() - epoch_;
}

absl::Status Stage::Advance(model::DurationMs by) {
  emu::AdvanceClockRequest request;
  request.mutable_by()->set_seconds(by / 1000);
  request.mutable_by()->set_nanos(static_cast<std::int32_t>(by % 1000 * 1'000'000));
  return Call("AdvanceClock", request, &last_reply);
}

absl::Status Stage::Quiesce(model::DurationMs limit) {
  emu::RunUntilQuiescentRequest request;
  request.mutable_limit()->set_seconds(limit / 1000);
  return Call("RunUntilQuiescent", request, &last_reply);
}

absl::StatusOr<std::string> Stage::Expand(const std::string& word) const {
  std::string out;
  std::size_t at = 0;
  while (true) {
    const std::size_t open = word.find("${", at);
    if (open == std::string::npos) return out + word.substr(at);
    const std::size_t close = word.find('}', open);
    if (close == std::string::npos) return absl::InvalidArgumentError("${ is not closed");
    const std::string name = word.substr(open + 2, close - open - 2);
    const auto found = names.find(name);
    if (found == names.end()) return absl::InvalidArgumentError(absl::StrCat("nothing is named ", name));
    out += word.substr(at, open - at) + found->second;
    at = close + 1;
  }
}

std::string Stage::Mask(const std::string& text) const {
  std::string out = text;
  for (const auto& [family, arns] : tasks) {
    for (std::size_t i = 0; i < arns.size(); ++i) {
      const std::string id = arns[i].substr(arns[i].rfind('/') + 1);
      if (out.find(id) != std::string::npos) {
        absl::StrReplaceAll({{id, absl::StrCat("<", family, ".", i + 1, ">")}}, &out);
      }
    }
  }
  static const std::regex uuid("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  static const std::regex hex("\\b[0-9a-f]{32}\\b");
  static const std::regex ec2("\\bi-[0-9a-f]{17}\\b");
  static const std::regex deployment("ecs-svc/[0-9]+");
  out = std::regex_replace(out, uuid, "<uuid>");
  out = std::regex_replace(out, hex, "<id>");
  out = std::regex_replace(out, ec2, "i-<id>");
  return std::regex_replace(out, deployment, "ecs-svc/<n>");
}

}  // namespace ecsmi::scenario
