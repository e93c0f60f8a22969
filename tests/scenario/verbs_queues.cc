#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "builders/message_path.h"
#include "scenario/setters.h"
#include "scenario/verb_tables.h"

namespace ecsmi::scenario {
namespace {

using google::protobuf::Message;
using testing::SetPath;

std::map<std::string, Setter> QueueOptions() {
  return {
      {"visibility", To("Attributes.VisibilityTimeout")},
      {"delay", To("Attributes.DelaySeconds")},
      {"retention", To("Attributes.MessageRetentionPeriod")},
      {"wait", To("Attributes.ReceiveMessageWaitTimeSeconds")},
      // dead letter queue and receives: "dlq:3".
      {"redrive",
       [](Stage&, Message* request, const std::string& value) -> absl::Status {
         const std::size_t colon = value.rfind(':');
         if (colon == std::string::npos) return absl::InvalidArgumentError("redrive is queue:receives");
         return SetPath(request, "Attributes.RedrivePolicy",
                        absl::StrCat("{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:",
                                     value.substr(0, colon), "\",\"maxReceiveCount\":", value.substr(colon + 1), "}"));
       }},
  };
}
Setter QueueUrl() {
  return [](Stage& stage, Message* request, const std::string& value) -> absl::Status {
    const auto found = stage.names.find("queue." + value);
    return SetPath(request, "QueueUrl",
                   found != stage.names.end() ? found->second : "http://localhost:4566/000000000000/" + value);
  };
}
}  // namespace

VerbTable QueueVerbs() {
  return {
      {"queue", {"CreateQueue", {To("QueueName")}, QueueOptions(), {}, "queue", "QueueUrl"}},
      {"queue-attributes", {"SetQueueAttributes", {QueueUrl()}, QueueOptions(), {}, "", ""}},
      {"delete-queue", {"DeleteQueue", {QueueUrl()}, {}, {}, "", ""}},
      {"purge", {"PurgeQueue", {QueueUrl()}, {}, {}, "", ""}},
      {"send",
       {"SendMessage",
        {QueueUrl()},
        {{"body", To("MessageBody")}, {"delay", To("DelaySeconds")}},
        {{"body", "work"}},
        "",
        ""}},
      {"receive",
       {"ReceiveMessage",
        {QueueUrl()},
        {{"max", To("MaxNumberOfMessages")}, {"visibility", To("VisibilityTimeout")}, {"wait", To("WaitTimeSeconds")}},
        {},
        "",
        ""}},
      {"delete-message", {"DeleteMessage", {QueueUrl()}, {{"handle", To("ReceiptHandle")}}, {}, "", ""}},
      {"change-visibility",
       {"ChangeMessageVisibility",
        {QueueUrl()},
        {{"handle", To("ReceiptHandle")}, {"seconds", To("VisibilityTimeout")}},
        {},
        "",
        ""}},
  };
}

}  // namespace ecsmi::scenario
