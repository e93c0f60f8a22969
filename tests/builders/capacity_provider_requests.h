#pragma once

#include <string>

namespace ecsmi::testing {

// CreateCapacityProvider requests in protobuf's text format: a good one by default.
struct CreateTextOptions {
  std::string name = "mi";
  std::string cluster = "c";
  std::string role = "arn:aws:iam::123456789012:role/ecsInfrastructureRole";
  std::string profile = "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole";
  std::string network = "network_configuration {subnets: 'subnet-0000000a' subnets: 'subnet-0123456789abcdef0'}";
  std::string requirements{};  // beside the two required ranges; empty = no instanceRequirements
  std::string launch{};        // more fields of the launch template
  std::string optimization{};  // more fields of the block
  std::string rest{};          // more fields of the request
};

inline std::string CreateText(const CreateTextOptions& options = {}) {
  const auto quoted = [](const char* field, const std::string& value) {
    return value.empty() ? std::string() : std::string(field) + ": '" + value + "' ";
  };
  std::string requirements;
  if (!options.requirements.empty()) {
    // A range that the text gives itself replaces the default one.
    requirements = "instance_requirements {";
    if (options.requirements.find("v_cpu_count") == std::string::npos) requirements += "v_cpu_count {min: 0} ";
    if (options.requirements.find("memory_mib {") != 0) requirements += "memory_mib {min: 0} ";
    requirements += options.requirements + "} ";
  }
  return quoted("name", options.name) + quoted("cluster", options.cluster) + "managed_instances_provider {" +
         quoted("infrastructure_role_arn", options.role) + "instance_launch_template {" +
         quoted("ec2_instance_profile_arn", options.profile) + options.network + " " + requirements + options.launch +
         "} " + options.optimization + "} " + options.rest;
}

}  // namespace ecsmi::testing
