#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "wire/aws_json/codec.h"
#include "wire/aws_json/operations.h"
#include "wire/aws_query/form.h"
#include "wire/http/message.h"

// SQS's query protocol over the contract's descriptors, as clients older than November 2023 speak it. Pure; any thread.
namespace ecsmi::wire {

enum class StsAction : std::uint8_t { kGetCallerIdentity, kAssumeRole };

// What a form asks for: an operation of SQS, or one of the two calls of STS.
struct QueryCall {
  const Operation* operation = nullptr;  // nullptr for STS
  StsAction sts = StsAction::kGetCallerIdentity;
};
// By Action and Version (2012-11-05, 2011-06-15; absent = whichever has the action). Errors: MissingParameter without
// an Action; UnknownOperationException, whose query code is InvalidAction, for one that is not here, naming it.
absl::StatusOr<QueryCall> FindCall(const Form& form);

// Fills an SQS request, which should be empty. Lists and maps are flat, as AWS has them: AttributeName.1,
// Attribute.1.Name, Attribute.1.Value, MessageAttribute.2.Value.StringValue, SendMessageBatchRequestEntry.3.Id,
// Tag.1.Key; numbers give the order and may have gaps; without one, an entry is the only one (Attribute.Name). An empty
// "AttributeName=" is an empty list. Parameters that the request does not have are noted, but for those of the
// protocol: Action, Version, and signatures in a URL. Errors name the parameter: InvalidParameterValue for a value of
// the wrong type, InvalidAttributeName for an unknown one.
// REQUIRES: `request` is of SqsService.
absl::Status DecodeQuery(const Form& form, google::protobuf::Message* request, DecodeNotes* notes);

// The answer to a call of SQS that went well.
HttpResponse EncodeQuery(const Operation& operation, const google::protobuf::Message& response,
                         std::string_view request_id);

}  // namespace ecsmi::wire
