#include "wire/aws_json/operations.h"

#include <array>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "ecsmi/base/check.h"
#include "ecsmi/options/v1/options.pb.h"

namespace ecsmi::wire {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::MessageFactory;
using google::protobuf::ServiceDescriptor;

constexpr char kJson10[] = "application/x-amz-json-1.0";
constexpr char kJson11[] = "application/x-amz-json-1.1";

constexpr std::array kServices = {
    ServiceWire{AwsService::kEcs, "ecsmi.ecs.v1.EcsService", "ecs", "ECS", kJson11, false, "message"},
    ServiceWire{AwsService::kSqs, "ecsmi.sqs.v1.SqsService", "sqs", "SQS", kJson10, true, "message"},
    ServiceWire{AwsService::kApplicationAutoScaling, "ecsmi.autoscaling.v1.ApplicationAutoScalingService",
                "application-autoscaling", "APPLICATION_AUTO_SCALING", kJson11, false, "Message"},
    ServiceWire{AwsService::kCloudWatch, "ecsmi.cloudwatch.v1.CloudWatchService", "monitoring", "CLOUDWATCH", kJson10,
                true, "message"},
    ServiceWire{AwsService::kEmulator, "ecsmi.emulator.v1.EmulatorService", "ecsmi", "ECSMI", kJson11, false,
                "message"},
};

struct Table {
  std::vector<Operation> operations;
  absl::flat_hash_map<std::string, const Operation*> by_target;
  absl::flat_hash_map<std::string, const ServiceWire*> by_prefix;

  Table() {
    for (const ServiceWire& wire : kServices) {
      const ServiceDescriptor* service =
          DescriptorPool::generated_pool()->FindServiceByName(std::string(wire.full_name));
      ECSMI_CHECK(service != nullptr);
      const std::string& prefix = service->options().GetExtension(options::v1::target_prefix);
      ECSMI_CHECK(!prefix.empty());
      by_prefix.emplace(prefix, &wire);
      for (int i = 0; i < service->method_count(); ++i) {
        const google::protobuf::MethodDescriptor& method = *service->method(i);
        // An answer that does not end fits no AWS JSON call; GET /events is its way over HTTP.
        if (method.client_streaming() || method.server_streaming()) continue;
        auto* factory = MessageFactory::generated_factory();
        operations.push_back({.wire = &wire,
                              .target = absl::StrCat(prefix, ".", method.name()),
                              .service = service->full_name(),
                              .method = method.name(),
                              .method_descriptor = &method,
                              .request = factory->GetPrototype(method.input_type()),
                              .response = factory->GetPrototype(method.output_type())});
      }
    }
    for (const Operation& operation : operations) by_target.emplace(operation.target, &operation);
  }
};

const Table& TheTable() {
  static const auto* const table = new Table;
  return *table;
}

}  // namespace

std::span<const ServiceWire> Services() {
  return kServices;
}

std::span<const Operation> Operations() {
  return TheTable().operations;
}

const Operation* FindTarget(std::string_view target) {
  const auto at = TheTable().by_target.find(absl::string_view(target.data(), target.size()));
  return at == TheTable().by_target.end() ? nullptr : at->second;
}

const Operation* FindOperation(AwsService service, std::string_view method) {
  for (const Operation& operation : Operations()) {
    if (operation.wire->service == service && operation.method == method) return &operation;
  }
  return nullptr;
}

const ServiceWire* FindServiceOfTarget(std::string_view target) {
  const std::size_t dot = target.rfind('.');
  if (dot == std::string_view::npos) return nullptr;
  const auto at = TheTable().by_prefix.find(absl::string_view(target.data(), dot));
  return at == TheTable().by_prefix.end() ? nullptr : at->second;
}

}  // namespace ecsmi::wire
