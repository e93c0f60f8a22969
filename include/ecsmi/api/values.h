#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"

// How values of the contract's types are spelled and refused; both doors' way to say it.
namespace ecsmi::api {

// AWS's spelling of an enum value: "amazon-web-services".
std::string AwsName(const google::protobuf::EnumValueDescriptor& value);

// The refusal of a value that no rule of an operation has looked at yet, with the exception that the clients of a
// service know for it. `package`: "ecsmi.sqs.v1".
absl::Status RefusedValue(std::string_view package, std::string_view message);

// The refusal of a value that an enum does not have. `path`: the member as AWS spells it. `value`: as the caller gave
// it; over gRPC its number.
//   ECS, CloudWatch, Application Auto Scaling   "launchType should be one of [EC2, ...]; it is 'BOGUS'" (C68)
//   SQS, whose enums all name attributes        InvalidAttributeName "Unknown Attribute BOGUS. AttributeNames[0] should
//   …"
absl::Status UnknownEnumValue(std::string_view path, const google::protobuf::EnumDescriptor& type,
                              std::string_view value);

}  // namespace ecsmi::api
