#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

// What can be called over AWS's protocols, from the linked descriptors.
namespace ecsmi::wire {

enum class AwsService : std::uint8_t { kEcs, kSqs, kApplicationAutoScaling, kCloudWatch, kEmulator };

// What the clients of a service expect of its wire (H1; the service models).
struct ServiceWire {
  AwsService service = AwsService::kEcs;
  std::string_view full_name;      // "ecsmi.sqs.v1.SqsService", as the registry has it
  std::string_view signing_name;   // "sqs": the scope of a signature; ours: "ecsmi"
  std::string_view endpoint;       // "SQS": AWS_ENDPOINT_URL_SQS
  std::string_view content_type;   // "application/x-amz-json-1.0"
  bool query_compatible = false;   // errors carry the code of the older query protocol, too
  std::string_view error_message;  // the error body's member: "message" or "Message"
};
std::span<const ServiceWire> Services();

struct Operation {
  const ServiceWire* wire = nullptr;
  std::string target;        // "AmazonSQS.SendMessage"
  std::string_view service;  // the registry's two keys
  std::string_view method;
  const google::protobuf::MethodDescriptor* method_descriptor = nullptr;
  // Empty messages of the operation's types, to call New() on.
  const google::protobuf::Message* request = nullptr;
  const google::protobuf::Message* response = nullptr;
};

// All that answer once, by service and in order of declaration. Built on the first call; lives as long as the program.
// Any thread.
std::span<const Operation> Operations();
// By X-Amz-Target; nullptr when the contract has no such operation. `EcsmiEmulator.<Rpc>` names those of
// EmulatorService.
const Operation* FindTarget(std::string_view target);
// By the service and the query protocol's Action; nullptr when there is none.
const Operation* FindOperation(AwsService service, std::string_view method);
// By the part of a target before the dot: nullptr for a service that is none of ours.
const ServiceWire* FindServiceOfTarget(std::string_view target);

}  // namespace ecsmi::wire
