#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ecsmi/autoscaling/v1/application_auto_scaling_service.grpc.pb.h"
#include "ecsmi/cloudwatch/v1/cloudwatch_service.grpc.pb.h"
#include "ecsmi/ecs/v1/ecs_service.grpc.pb.h"
#include "ecsmi/emulator/v1/emulator_service.grpc.pb.h"
#include "ecsmi/sqs/v1/sqs_service.grpc.pb.h"

namespace ecsmi::demo {

namespace ecs = ::ecsmi::ecs::v1;
namespace sqs = ::ecsmi::sqs::v1;
namespace cw = ::ecsmi::cloudwatch::v1;
namespace aas = ::ecsmi::autoscaling::v1;
namespace emu = ::ecsmi::emulator::v1;

// Reads `json`, spelled as for the AWS CLI, into `request`. Errors: what protobuf's reader did not understand.
absl::Status ReadJson(const std::string& json, google::protobuf::Message* request);
absl::Status FromGrpc(const std::string& what, const grpc::Status& status);

// One connection with a stub per service. Calls wait for their answer, five seconds at most.
class Client {
 public:
  explicit Client(const std::string& endpoint);

  std::unique_ptr<ecs::EcsService::Stub> ecs;
  std::unique_ptr<sqs::SqsService::Stub> sqs;
  std::unique_ptr<cw::CloudWatchService::Stub> cloudwatch;
  std::unique_ptr<aas::ApplicationAutoScalingService::Stub> autoscaling;
  std::unique_ptr<emu::EmulatorService::Stub> emulator;

  // `Call(*client.ecs, &ecs::EcsService::Stub::CreateCluster, R"({"clusterName": "demo"})")`.
  template <typename Stub, typename Request, typename Response>
  static absl::StatusOr<Response> Call(Stub& stub,
                                       grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                       const std::string& json) {
    Request request;
    if (absl::Status status = ReadJson(json, &request); !status.ok()) return status;
    grpc::ClientContext context;
    SetDeadline(context);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return FromGrpc(Request::descriptor()->name(), status);
    return response;
  }

 private:
  static void SetDeadline(grpc::ClientContext& context);
};

}  // namespace ecsmi::demo
