#include "demo/client.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/protobuf/util/json_util.h"

namespace ecsmi::demo {
namespace {
constexpr absl::Duration kCallMax = absl::Seconds(5);
}  // namespace

absl::Status ReadJson(const std::string& json, google::protobuf::Message* request) {
  const auto status = google::protobuf::util::JsonStringToMessage(json, request);
  if (status.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(request->GetDescriptor()->name(), ": ", status.ToString()));
}

absl::Status FromGrpc(const std::string& what, const grpc::Status& status) {
  return {static_cast<absl::StatusCode>(status.error_code()), absl::StrCat(what, ": ", status.error_message())};
}

Client::Client(const std::string& endpoint) {
  const auto channel = grpc::CreateChannel(endpoint, grpc::InsecureChannelCredentials());
  ecs = ecs::EcsService::NewStub(channel);
  sqs = sqs::SqsService::NewStub(channel);
  cloudwatch = cw::CloudWatchService::NewStub(channel);
  autoscaling = aas::ApplicationAutoScalingService::NewStub(channel);
  emulator = emu::EmulatorService::NewStub(channel);
}

void Client::SetDeadline(grpc::ClientContext& context) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + kCallMax));
}

}  // namespace ecsmi::demo
