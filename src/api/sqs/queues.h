#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/sqs/v1/queue.pb.h"

// Operations on queues: a `Check…` needs no state (Registry::Add), the function beside it runs on the strand.
namespace ecsmi::api {

#define ECSMI_SQS_OPERATION(NAME)                                                                           \
  absl::Status Check##NAME(const sqs::v1::NAME##Request& request);                                          \
  absl::Status NAME(control::Step& step, const CallContext& context, const sqs::v1::NAME##Request& request, \
                    sqs::v1::NAME##Response* response)

ECSMI_SQS_OPERATION(CreateQueue);
ECSMI_SQS_OPERATION(DeleteQueue);
ECSMI_SQS_OPERATION(PurgeQueue);
ECSMI_SQS_OPERATION(SetQueueAttributes);
ECSMI_SQS_OPERATION(GetQueueAttributes);
ECSMI_SQS_OPERATION(GetQueueUrl);
ECSMI_SQS_OPERATION(ListQueues);
ECSMI_SQS_OPERATION(ListDeadLetterSourceQueues);
ECSMI_SQS_OPERATION(TagQueue);
ECSMI_SQS_OPERATION(UntagQueue);
ECSMI_SQS_OPERATION(ListQueueTags);

#undef ECSMI_SQS_OPERATION

}  // namespace ecsmi::api
