#include <set>

#include "api/sqs/md5.h"
#include "api/sqs/message_content.h"
#include "builders/queue_world.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::api {
namespace {

using testing::BadInput;
using testing::ExceptionName;
using testing::Parse;
using testing::QueueWorld;
namespace pb = ::ecsmi::sqs::v1;

TEST(Messages, TravelFromSendToDeleteWithTheDigestsClientsCheck) {
  QueueWorld world;  // F75
  const std::string url = world.Create("orders");
  const auto sent = world.Send(url, "hello");
  EXPECT_EQ(sent.md5_of_message_body(), "5d41402abc4b2a76b9719d911017c592");
  EXPECT_FALSE(sent.has_md5_of_message_attributes());
  EXPECT_EQ(world.Counts(url), "1/0/0");
  const auto received = world.Receive(url);
  ASSERT_EQ(received.size(), 1);
  EXPECT_EQ(received[0].body(), "hello");
  EXPECT_EQ(received[0].message_id(), sent.message_id());
  EXPECT_EQ(received[0].md5_of_body(), sent.md5_of_message_body());
  EXPECT_TRUE(received[0].attributes().empty());
  EXPECT_EQ(world.Counts(url), "0/1/0");
  EXPECT_TRUE(world.Delete(url, received[0].receipt_handle()).ok());
  EXPECT_EQ(world.Counts(url), "0/0/0");
  EXPECT_TRUE(world.Delete(url, received[0].receipt_handle()).ok());  // a second delete is no error
  const model::Queue& queue = world.Queue("orders");
  EXPECT_EQ(queue.messages_sent, 1);
  EXPECT_EQ(queue.messages_received, 1);
  EXPECT_EQ(queue.messages_deleted, 1);
}

TEST(Messages, AttributesAreDigestedKeptAndReturnedWhenAskedFor) {
  QueueWorld world;  // F75; digest of moto's test for one string attribute
  const std::string url = world.Create("orders");
  auto request = Parse<pb::SendMessageRequest>(
      "message_body: 'derp' message_attributes { key: 'timestamp' value { data_type: 'Number.java.lang.Long' "
      "string_value: '1493147359900' } }");
  request.set_queue_url(url);
  const auto sent = *world.Call(CheckSendMessage, SendMessage, request);
  EXPECT_EQ(sent.md5_of_message_attributes(), "2e2e4876d8e0bd6b8c2c8f556831c349");
  (*request.mutable_message_attributes())["blob"] =
      Parse<pb::MessageAttributeValue>("data_type: 'Binary' binary_value: '\\001\\002'");
  (*request.mutable_message_system_attributes())["AWSTraceHeader"] =
      Parse<pb::MessageSystemAttributeValue>("data_type: 'String' string_value: 'Root=1'");
  const auto second = *world.Call(CheckSendMessage, SendMessage, request);
  EXPECT_TRUE(second.has_md5_of_message_system_attributes());
  world.Delete(url, world.Receive(url)[0].receipt_handle()).IgnoreError();

  const auto all = world.Receive(url, 1,
                                 "message_attribute_names: 'All' message_system_attribute_names: All "
                                 "visibility_timeout: 0")[0];
  EXPECT_EQ(all.message_attributes_size(), 2);
  EXPECT_EQ(all.md5_of_message_attributes(), second.md5_of_message_attributes());
  EXPECT_EQ(all.attributes().at("AWSTraceHeader"), "Root=1");
  EXPECT_EQ(all.attributes().at("SentTimestamp"), "1767225600000");
  EXPECT_EQ(all.attributes().at("ApproximateReceiveCount"), "1");
  EXPECT_EQ(all.attributes().at("ApproximateFirstReceiveTimestamp"), "1767225600000");
  EXPECT_EQ(all.attributes().at("SenderId"), "000000000000");
  // The digest is over what is returned.
  const auto part = world.Receive(url, 1,
                                  "message_attribute_names: 'time.*' message_attribute_names: 'timestamp' "
                                  "attribute_names: All")[0];
  EXPECT_EQ(part.message_attributes_size(), 1);
  EXPECT_EQ(part.md5_of_message_attributes(), "2e2e4876d8e0bd6b8c2c8f556831c349");
  EXPECT_EQ(part.attributes().at("ApproximateReceiveCount"), "2");
}

TEST(Messages, AreHiddenUntilTheirTimeoutAndCountTheirReceives) {
  QueueWorld world;  // F61, F63
  const std::string url = world.Create("orders", "attributes { key: 'VisibilityTimeout' value: '10' }");
  world.Send(url, "job");
  const auto first = world.Receive(url)[0];
  EXPECT_TRUE(world.Receive(url).empty());
  world.Advance(9'999);
  EXPECT_TRUE(world.Receive(url).empty());
  world.Advance(1);
  const auto second = world.Receive(url, 1, "message_system_attribute_names: ApproximateReceiveCount")[0];
  EXPECT_EQ(second.attributes().at("ApproximateReceiveCount"), "2");
  EXPECT_NE(second.receipt_handle(), first.receipt_handle());
  EXPECT_TRUE(world.Delete(url, first.receipt_handle()).ok());  // an old handle: success, and nothing deleted
  EXPECT_EQ(world.Counts(url), "0/1/0");
  world.Advance(10'000);
  EXPECT_EQ(world.Counts(url), "1/0/0");
  EXPECT_TRUE(world.Delete(url, second.receipt_handle()).ok());  // the newest one deletes, hidden or not
  EXPECT_EQ(world.Counts(url), "0/0/0");
}

TEST(Messages, AReceiveTakesAsManyAsAskedForThoseSentFirst) {
  QueueWorld world;
  const std::string url = world.Create("orders");
  for (int i = 0; i < 12; ++i) world.Send(url, std::to_string(i));
  EXPECT_EQ(world.Receive(url).size(), 1);
  const auto ten = world.Receive(url, 10);
  ASSERT_EQ(ten.size(), 10);
  EXPECT_EQ(ten[0].body(), "1");
  EXPECT_EQ(ten[9].body(), "10");
  EXPECT_EQ(world.Counts(url), "1/11/0");
}

TEST(Messages, WaitWhileDelayedByThemselvesOrByTheirQueue) {
  QueueWorld world;  // F60
  const std::string url = world.Create("orders", "attributes { key: 'DelaySeconds' value: '5' }");
  world.Send(url, "queue's delay");
  world.Send(url, "own delay", 9);
  world.Send(url, "none", 0);
  EXPECT_EQ(world.Counts(url), "1/0/2");
  world.Advance(5'000);
  EXPECT_EQ(world.Counts(url), "2/0/1");
  world.Advance(4'000);
  EXPECT_EQ(world.Counts(url), "3/0/0");
}

TEST(Messages, ExpireAfterTheRetentionEvenInFlight) {
  QueueWorld world;  // F60
  const std::string url = world.Create("orders", "attributes { key: 'MessageRetentionPeriod' value: '60' }");
  world.Send(url, "one");
  world.Send(url, "two");
  world.Receive(url, 1, "visibility_timeout: 3600");
  world.Advance(59'999);
  EXPECT_EQ(world.Counts(url), "1/1/0");
  world.Advance(1);
  EXPECT_EQ(world.state().table<model::Message>().size(), 0u);
}

TEST(Messages, ChangingTheVisibilityRestartsTheClockForThisReceiveOnly) {
  QueueWorld world;  // F62, F76
  const std::string url = world.Create("orders");
  world.Send(url, "job");
  const std::string first = world.Receive(url)[0].receipt_handle();
  world.Advance(20'000);
  ASSERT_TRUE(world.Hide(url, first, 60).ok());
  world.Advance(59'999);
  EXPECT_EQ(world.Counts(url), "0/1/0");
  world.Advance(1);
  EXPECT_EQ(world.Counts(url), "1/0/0");
  EXPECT_EQ(ExceptionName(world.Hide(url, first, 5)), "MessageNotInflight");
  const std::string second = world.Receive(url)[0].receipt_handle();
  EXPECT_EQ(ExceptionName(world.Hide(url, first, 5)), "MessageNotInflight");
  world.Advance(29'999);
  EXPECT_EQ(world.Counts(url), "0/1/0");  // the queue's 30 s again
  ASSERT_TRUE(world.Hide(url, second, 0).ok());
  EXPECT_EQ(world.Counts(url), "1/0/0");

  const std::string third = world.Receive(url, 1, "visibility_timeout: 43200")[0].receipt_handle();
  world.Advance(model::kHourMs);
  const absl::Status beyond = world.Hide(url, third, 39'601);
  EXPECT_EQ(ExceptionName(beyond), "InvalidParameterValue");
  EXPECT_EQ(
      beyond.message(),
      "Value 39601 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is "
      "beyond the limit [43200 seconds]");
  EXPECT_TRUE(world.Hide(url, third, 39'600).ok());
}

TEST(Messages, MoveToTheDeadLetterQueueInsteadOfBeingReceivedOnceTooOften) {
  QueueWorld world;  // F66
  const std::string dead = world.Create("dead", "attributes { key: 'MessageRetentionPeriod' value: '100' }");
  const std::string url =
      world.Create("orders",
                   "attributes { key: 'RedrivePolicy' value: "
                   "'{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:dead\",\"maxReceiveCount\":2}' }");
  const std::string id = world.Send(url, "poison").message_id();
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(world.Receive(url).size(), 1);
    world.Advance(30'000);
  }
  world.Send(url, "good");
  const auto next = world.Receive(url, 10);
  ASSERT_EQ(next.size(), 1);
  EXPECT_EQ(next[0].body(), "good");
  EXPECT_EQ(world.Counts(dead), "1/0/0");
  const auto moved = world.Receive(dead, 1, "message_system_attribute_names: All visibility_timeout: 0")[0];
  EXPECT_EQ(moved.message_id(), id);
  EXPECT_EQ(moved.attributes().at("SentTimestamp"), "1767225600000");  // its first send
  EXPECT_EQ(moved.attributes().at("DeadLetterQueueSourceArn"), "arn:aws:sqs:us-east-1:000000000000:orders");
  world.Advance(39'999);
  EXPECT_EQ(world.Counts(dead), "1/0/0");
  world.Advance(1);
  EXPECT_EQ(world.Counts(dead), "0/0/0");  // so retention counts from there
}

TEST(Messages, BadSendsAreRefusedAndNothingIsStored) {
  QueueWorld world;
  world.Create("q", "attributes { key: 'MaximumMessageSize' value: '1024' }");
  const std::string at = "queue_url: 'q' ";
  const std::string body = at + "message_body: 'b' ";
  const auto attribute = [&](const std::string& name, const std::string& value) {
    return body + "message_attributes { key: '" + name + "' value { " + value + " } }";
  };
  std::string many = body;
  for (int i = 0; i < 11; ++i) {
    many += "message_attributes { key: 'k" + std::to_string(i) + "' value { data_type: 'String' string_value: 'v' } } ";
  }
  world.ExpectRefused(
      CheckSendMessage, SendMessage,
      {{"message_body: 'b'", "MissingParameter", {"QueueUrl"}},
       {at, "MissingParameter", {"The request must contain the parameter MessageBody."}},
       {"queue_url: 'none' message_body: 'b'", "QueueDoesNotExist", {"The specified queue does not exist."}},
       {at + "message_body: 'a\\001'", "InvalidMessageContents", {"MessageBody"}},
       {at + "message_body: '\\357\\277\\276'", "InvalidMessageContents", {}},  // U+FFFE
       {at + "message_body: '" + std::string(1'025, 'x') + "'",
        "InvalidParameterValue",
        {"Message must be shorter than 1024 bytes."}},
       {body + "delay_seconds: 901", "InvalidParameterValue", {"901", "DelaySeconds", "between 0 and 900"}},
       {body + "delay_seconds: -1", "InvalidParameterValue", {"-1"}},
       {body + "message_group_id: 'g'", "UnsupportedOperation", {"MessageGroupId", "#fifo-queues"}},
       {body + "message_deduplication_id: 'd'", "InvalidParameterValue", {"MessageDeduplicationId"}},
       {attribute("a b", "data_type: 'String' string_value: 'v'"), "InvalidParameterValue", {"'a b'"}},
       {attribute("AWS.x", "data_type: 'String' string_value: 'v'"), "InvalidParameterValue", {"AWS.x"}},
       {attribute("a..b", "data_type: 'String' string_value: 'v'"), "InvalidParameterValue", {"a..b"}},
       {attribute("a", "data_type: 'Strange' string_value: 'v'"), "InvalidParameterValue", {"'Strange'"}},
       {attribute("a", "data_type: 'String'"), "InvalidParameterValue", {"'a'", "non-empty"}},
       {attribute("a", "data_type: 'String' string_value: 'v' binary_value: 'v'"), "InvalidParameterValue", {"'a'"}},
       {attribute("a", "data_type: 'Number' string_value: 'v'"), "InvalidParameterValue", {"Can't cast", "'v'"}},
       {attribute("a", "data_type: 'String' string_list_values: 'v'"), "UnsupportedOperation", {"list values"}},
       {many, "InvalidParameterValue", {"[11]", "[10]"}},
       {body + "message_system_attributes { key: 'Other' value { data_type: 'String' string_value: 'v' } }",
        "InvalidParameterValue",
        {"Other", "AWSTraceHeader"}}});
}

TEST(Messages, BadReceivesDeletesAndChangesAreRefused) {
  QueueWorld world;
  world.Create("q");
  world.Create("other");
  world.Send("other", "m");
  const std::string foreign = world.Receive("other")[0].receipt_handle();
  const std::string at = "queue_url: 'q' ";
  world.ExpectRefused(
      CheckReceiveMessage, ReceiveMessage,
      {{"", "MissingParameter", {"QueueUrl"}},
       {"queue_url: 'none'", "QueueDoesNotExist", {}},
       {at + "max_number_of_messages: 0",
        "InvalidParameterValue",
        {"Value 0 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."}},
       {at + "max_number_of_messages: 11", "InvalidParameterValue", {"11"}},
       {at + "visibility_timeout: 43201", "InvalidParameterValue", {"43201", "VisibilityTimeout"}},
       {at + "wait_time_seconds: 21", "InvalidParameterValue", {"21", "WaitTimeSeconds"}},
       {at + "wait_time_seconds: -1", "InvalidParameterValue", {"-1"}},
       {at + "attribute_names: Policy", "InvalidAttributeName", {"Unknown Attribute Policy."}},
       {at + "receive_request_attempt_id: 'r'", "InvalidParameterValue", {"ReceiveRequestAttemptId"}}});
  const std::string wrong_last = foreign.substr(0, foreign.size() - 1) + (foreign.back() == '0' ? "1" : "0");
  for (const std::string& handle : {std::string("junk"), foreign, wrong_last, std::string(52, 'A')}) {
    const std::string request = at + "receipt_handle: '" + handle + "' ";
    world.ExpectRefused(CheckDeleteMessage, DeleteMessage, {{request, "ReceiptHandleIsInvalid", {handle}}});
    world.ExpectRefused(CheckChangeMessageVisibility, ChangeMessageVisibility,
                        {{request + "visibility_timeout: 1", "ReceiptHandleIsInvalid", {handle}}});
  }
  world.ExpectRefused(CheckDeleteMessage, DeleteMessage,
                      {{at, "MissingParameter", {"ReceiptHandle"}},
                       {"receipt_handle: 'x'", "MissingParameter", {"QueueUrl"}},
                       {"queue_url: 'none' receipt_handle: 'x'", "QueueDoesNotExist", {}}});
  world.ExpectRefused(CheckChangeMessageVisibility, ChangeMessageVisibility,
                      {{at + "receipt_handle: 'x'", "MissingParameter", {"VisibilityTimeout"}},
                       {at + "receipt_handle: 'x' visibility_timeout: 43201", "InvalidParameterValue", {"43201"}},
                       {at + "receipt_handle: 'x' visibility_timeout: -1", "InvalidParameterValue", {"-1"}},
                       {at + "visibility_timeout: 1", "MissingParameter", {"ReceiptHandle"}}});
}

TEST(Messages, ABatchSucceedsAndFailsEntryByEntry) {
  QueueWorld world;  // F77
  const std::string url = world.Create("q");
  const auto sent = *world.Call(CheckSendMessageBatch, SendMessageBatch,
                                std::string("queue_url: 'q' entries { id: 'a' message_body: 'one' } "
                                            "entries { id: 'b' message_body: '' } "
                                            "entries { id: 'c' message_body: 'two' delay_seconds: 901 } "
                                            "entries { id: 'd' message_body: 'three' delay_seconds: 5 }"));
  ASSERT_EQ(sent.successful_size(), 2);
  EXPECT_EQ(sent.successful(0).id(), "a");
  EXPECT_EQ(sent.successful(1).id(), "d");
  ASSERT_EQ(sent.failed_size(), 2);
  EXPECT_EQ(sent.failed(0).id(), "b");
  EXPECT_EQ(sent.failed(0).code(), "MissingParameter");
  EXPECT_TRUE(sent.failed(0).sender_fault());
  EXPECT_EQ(sent.failed(1).code(), "InvalidParameterValue");
  EXPECT_EQ(world.Counts(url), "1/0/1");

  const std::string receipt = world.Receive(url)[0].receipt_handle();
  const auto hidden = *world.Call(
      CheckChangeMessageVisibilityBatch, ChangeMessageVisibilityBatch,
      "queue_url: 'q' entries { id: 'a' receipt_handle: '" + receipt +
          "' visibility_timeout: 100 } entries { id: 'b' receipt_handle: 'junk' visibility_timeout: 1 } entries { id: "
          "'c' receipt_handle: '" +
          receipt + "' }");
  EXPECT_EQ(hidden.successful_size(), 1);
  ASSERT_EQ(hidden.failed_size(), 2);
  EXPECT_EQ(hidden.failed(0).code(), "ReceiptHandleIsInvalid");
  EXPECT_EQ(hidden.failed(1).code(), "MissingParameter");
  const auto deleted = *world.Call(CheckDeleteMessageBatch, DeleteMessageBatch,
                                   "queue_url: 'q' entries { id: 'a' receipt_handle: '" + receipt +
                                       "' } entries { id: 'b' receipt_handle: 'junk' }");
  EXPECT_EQ(deleted.successful_size(), 1);
  EXPECT_EQ(deleted.failed_size(), 1);
  EXPECT_EQ(world.Counts(url), "0/0/1");
}

TEST(Messages, ABadBatchIsRefusedWhole) {
  QueueWorld world;  // F77
  world.Create("q");
  const std::string at = "queue_url: 'q' ";
  std::string eleven = at;
  for (int i = 0; i < 11; ++i) eleven += "entries { id: '" + std::to_string(i) + "' message_body: 'b' } ";
  const std::string half(524'289, 'x');
  world.ExpectRefused(
      CheckSendMessageBatch, SendMessageBatch,
      {{at, "EmptyBatchRequest", {"There should be at least one SendMessageBatchRequestEntry in the request."}},
       {eleven, "TooManyEntriesInBatchRequest", {"Maximum number of entries per request are 10. You have sent 11."}},
       {at + "entries { id: 'a b' message_body: 'b' }", "InvalidBatchEntryId", {"'a b'"}},
       {at + "entries { message_body: 'b' }", "InvalidBatchEntryId", {"''"}},
       {at + "entries { id: '" + std::string(81, 'i') + "' message_body: 'b' }", "InvalidBatchEntryId", {"at most 80"}},
       {at + "entries { id: 'a' message_body: 'b' } entries { id: 'a' message_body: 'b' }",
        "BatchEntryIdsNotDistinct",
        {"Id a repeated."}},
       {at + "entries { id: 'a' message_body: '" + half + "' } entries { id: 'b' message_body: '" + half + "' }",
        "BatchRequestTooLong",
        {"1048576", "1048578"}},
       {"entries { id: 'a' message_body: 'b' }", "MissingParameter", {"QueueUrl"}},
       {"queue_url: 'none' entries { id: 'a' message_body: 'b' }", "QueueDoesNotExist", {}}});
  world.ExpectRefused(CheckDeleteMessageBatch, DeleteMessageBatch,
                      {{at, "EmptyBatchRequest", {"DeleteMessageBatchRequestEntry"}}});
  world.ExpectRefused(CheckChangeMessageVisibilityBatch, ChangeMessageVisibilityBatch,
                      {{at, "EmptyBatchRequest", {"ChangeMessageVisibilityBatchRequestEntry"}}});
}

TEST(Messages, OneBodyTooLongForItsRowIsWrittenOnceAndComesBackWhole) {
  QueueWorld world;
  const std::string url = world.Create("q");
  const std::string body(20'000, 'x');
  world.Send(url, body);
  world.state().TakeChanges(world.now);
  EXPECT_EQ(world.Receive(url)[0].body(), body);
  EXPECT_LT(world.state().TakeChanges(world.now).buffer.size(), 1'000u);
}

TEST(Messages, ALongPollThatFindsNothingAsksToWait) {
  QueueWorld world;  // F67
  const std::string url = world.Create("q");
  pb::ReceiveMessageRequest request;
  request.set_queue_url(url);
  request.set_wait_time_seconds(20);
  pb::ReceiveMessageResponse response;
  control::Step step = world.NewStep();
  ASSERT_TRUE(ReceiveMessage(step, world.context, request, &response).ok());
  ASSERT_TRUE(step.park.has_value());
  EXPECT_EQ(step.park->row, world.QueueSerial("q"));
  EXPECT_EQ(step.park->deadline, world.now + 20 * model::kSecondMs);
  control::Step full = world.NewStep();
  full.may_park = false;
  EXPECT_EQ(ExceptionName(ReceiveMessage(full, world.context, request, &response)), "RequestThrottled");
  world.Send(url, "m");
  control::Step found = world.NewStep();
  ASSERT_TRUE(ReceiveMessage(found, world.context, request, &response).ok());
  EXPECT_FALSE(found.park.has_value());
  EXPECT_EQ(response.messages_size(), 1);
}

TEST(Messages, MoreThanTheLimitInFlightIsRefusedToAShortPollAlone) {
  // F69. The limit's 120,000 messages are put in flight directly.
  control::Settings settings;
  for (const bool limits : {true, false}) {
    settings.limits = limits;
    QueueWorld world(settings);
    const std::string url = world.Create("q");
    for (int i = 0; i < 120'000; ++i) {
      model::Message row;
      row.serial = world.state().NewSerial();
      row.queue = world.QueueSerial("q");
      row.state = model::MessageState::kInFlight;
      row.due_at = world.now + model::kHourMs;
      world.state().Insert(std::move(row));
    }
    world.Send(url, "one more");
    pb::ReceiveMessageRequest request;
    request.set_queue_url(url);
    const auto answer = world.Call(CheckReceiveMessage, ReceiveMessage, request);
    EXPECT_EQ(ExceptionName(answer.status()), limits ? "OverLimit" : "OK");
    if (!limits) continue;
    request.set_wait_time_seconds(1);
    EXPECT_TRUE(world.Call(CheckReceiveMessage, ReceiveMessage, request)->messages().empty());
  }
}

TEST(ReceiptHandle, IsGoodForOneReceiveOfOneQueueAndNothingElse) {
  const base::Key128 key{3, 4};
  std::set<std::string> seen;
  for (model::Serial message = 1; message < 50; ++message) {
    for (std::int32_t receive = 1; receive < 5; ++receive) {
      const std::string handle = model::ReceiptHandle(key, 7, {message, receive});
      EXPECT_TRUE(seen.insert(handle).second);
      const auto parsed = model::ParseReceiptHandle(key, 7, handle);
      ASSERT_TRUE(parsed.has_value());
      EXPECT_EQ(parsed->message, message);
      EXPECT_EQ(parsed->receive, receive);
      EXPECT_FALSE(model::ParseReceiptHandle(key, 8, handle).has_value());
      EXPECT_FALSE(model::ParseReceiptHandle({3, 5}, 7, handle).has_value());
    }
  }
  EXPECT_FALSE(model::ParseReceiptHandle(key, 7, "").has_value());
}

}  // namespace
}  // namespace ecsmi::api
