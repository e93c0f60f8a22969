#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/sqs/v1/message.pb.h"
#include "ecsmi/sqs/v1/message_batch.pb.h"

// Operations on messages: a `Check…` needs no state (Registry::Add), the function beside it runs on the strand.
namespace ecsmi::api {

#define ECSMI_SQS_OPERATION(NAME)                                                                           \
  absl::Status Check##NAME(const sqs::v1::NAME##Request& request);                                          \
  absl::Status NAME(control::Step& step, const CallContext& context, const sqs::v1::NAME##Request& request, \
                    sqs::v1::NAME##Response* response)

ECSMI_SQS_OPERATION(SendMessage);
ECSMI_SQS_OPERATION(SendMessageBatch);
ECSMI_SQS_OPERATION(ReceiveMessage);
ECSMI_SQS_OPERATION(DeleteMessage);
ECSMI_SQS_OPERATION(DeleteMessageBatch);
ECSMI_SQS_OPERATION(ChangeMessageVisibility);
ECSMI_SQS_OPERATION(ChangeMessageVisibilityBatch);

#undef ECSMI_SQS_OPERATION

}  // namespace ecsmi::api
