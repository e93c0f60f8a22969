#pragma once

#include <string>

#include "api/sqs/messages.h"
#include "api/sqs/queues.h"
#include "builders/step_fixture.h"

namespace ecsmi::testing {

namespace pb = ::ecsmi::sqs::v1;

// A world with queues, spoken to as clients do.
class QueueWorld : public ApiWorld {
 public:
  explicit QueueWorld(control::Settings settings = {}) : ApiWorld(std::move(settings)) {}

  // `attributes`: "key: 'VisibilityTimeout' value: '5'", each in braces of its own by the caller.
  std::string Create(const std::string& name, const std::string& attributes = "") {
    return Call(api::CheckCreateQueue, api::CreateQueue, "queue_name: '" + name + "' " + attributes)->queue_url();
  }
  model::Serial QueueSerial(const std::string& name) { return state().FindQueue("us-east-1", name); }
  const model::Queue& Queue(const std::string& name) { return state().Get<model::Queue>(QueueSerial(name)); }

  pb::SendMessageResponse Send(const std::string& queue, const std::string& body, int delay_seconds = -1) {
    pb::SendMessageRequest request;
    request.set_queue_url(queue);
    request.set_message_body(body);
    if (delay_seconds >= 0) request.set_delay_seconds(delay_seconds);
    return *Call(api::CheckSendMessage, api::SendMessage, request);
  }
  google::protobuf::RepeatedPtrField<pb::Message> Receive(const std::string& queue, int count = 1,
                                                          const std::string& options = "") {
    auto request = Parse<pb::ReceiveMessageRequest>(options);
    request.set_queue_url(queue);
    request.set_max_number_of_messages(count);
    return Call(api::CheckReceiveMessage, api::ReceiveMessage, request)->messages();
  }
  absl::Status Delete(const std::string& queue, const std::string& receipt) {
    pb::DeleteMessageRequest request;
    request.set_queue_url(queue);
    request.set_receipt_handle(receipt);
    return Call(api::CheckDeleteMessage, api::DeleteMessage, request).status();
  }
  absl::Status Hide(const std::string& queue, const std::string& receipt, int seconds) {
    pb::ChangeMessageVisibilityRequest request;
    request.set_queue_url(queue);
    request.set_receipt_handle(receipt);
    request.set_visibility_timeout(seconds);
    return Call(api::CheckChangeMessageVisibility, api::ChangeMessageVisibility, request).status();
  }
  std::string Attribute(const std::string& queue, const std::string& name) {
    const auto response =
        Call(api::CheckGetQueueAttributes, api::GetQueueAttributes, "queue_url: '" + queue + "' attribute_names: All");
    const auto at = response->attributes().find(name);
    return at == response->attributes().end() ? "absent" : at->second;
  }
  // "visible/in flight/delayed"
  std::string Counts(const std::string& queue) {
    return Attribute(queue, "ApproximateNumberOfMessages") + "/" +
           Attribute(queue, "ApproximateNumberOfMessagesNotVisible") + "/" +
           Attribute(queue, "ApproximateNumberOfMessagesDelayed");
  }
};

}  // namespace ecsmi::testing
