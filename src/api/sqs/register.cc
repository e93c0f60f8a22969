#include "api/sqs/messages.h"
#include "api/sqs/queues.h"

namespace ecsmi::api {

void RegisterQueues(Registry& registry) {
  namespace pb = sqs::v1;
  constexpr char kService[] = "ecsmi.sqs.v1.SqsService";
#define ECSMI_REGISTER(NAME) registry.Add<pb::NAME##Request, pb::NAME##Response>(kService, #NAME, Check##NAME, NAME)
  ECSMI_REGISTER(CreateQueue);
  ECSMI_REGISTER(DeleteQueue);
  ECSMI_REGISTER(PurgeQueue);
  ECSMI_REGISTER(SetQueueAttributes);
  ECSMI_REGISTER(GetQueueAttributes);
  ECSMI_REGISTER(GetQueueUrl);
  ECSMI_REGISTER(ListQueues);
  ECSMI_REGISTER(ListDeadLetterSourceQueues);
  ECSMI_REGISTER(TagQueue);
  ECSMI_REGISTER(UntagQueue);
  ECSMI_REGISTER(ListQueueTags);
  ECSMI_REGISTER(SendMessage);
  ECSMI_REGISTER(SendMessageBatch);
  ECSMI_REGISTER(ReceiveMessage);
  ECSMI_REGISTER(DeleteMessage);
  ECSMI_REGISTER(DeleteMessageBatch);
  ECSMI_REGISTER(ChangeMessageVisibility);
  ECSMI_REGISTER(ChangeMessageVisibilityBatch);
#undef ECSMI_REGISTER
}

}  // namespace ecsmi::api
