#include "builders/queue_world.h"

namespace ecsmi::api {
namespace {

using testing::BadInput;
using testing::ExceptionName;
using testing::QueueWorld;

std::string Url(const std::string& name) {
  return "http://127.0.0.1:4566/000000000000/" + name;
}
std::string Set(const std::string& name, const std::string& value) {
  return "attributes { key: '" + name + "' value: '" + value + "' } ";
}

TEST(Queues, ANewQueueHasTheDefaultsOfTheReference) {
  QueueWorld world;  // F60, F64
  const std::string url = world.Create("orders");
  EXPECT_EQ(url, Url("orders"));
  const auto all =
      world.Call(CheckGetQueueAttributes, GetQueueAttributes, "queue_url: '" + url + "' attribute_names: All");
  const std::map<std::string, std::string> attributes(all->attributes().begin(), all->attributes().end());
  EXPECT_EQ(attributes, (std::map<std::string, std::string>{{"ApproximateNumberOfMessages", "0"},
                                                            {"ApproximateNumberOfMessagesDelayed", "0"},
                                                            {"ApproximateNumberOfMessagesNotVisible", "0"},
                                                            {"CreatedTimestamp", "1767225600"},
                                                            {"DelaySeconds", "0"},
                                                            {"LastModifiedTimestamp", "1767225600"},
                                                            {"MaximumMessageSize", "1048576"},
                                                            {"MessageRetentionPeriod", "345600"},
                                                            {"QueueArn", "arn:aws:sqs:us-east-1:000000000000:orders"},
                                                            {"ReceiveMessageWaitTimeSeconds", "0"},
                                                            {"SqsManagedSseEnabled", "true"},
                                                            {"VisibilityTimeout", "30"}}));
  // Without names nothing is returned; a name that the queue has no value for is left out.
  EXPECT_TRUE(
      world.Call(CheckGetQueueAttributes, GetQueueAttributes, "queue_url: '" + url + "'")->attributes().empty());
  EXPECT_TRUE(
      world
          .Call(CheckGetQueueAttributes, GetQueueAttributes, "queue_url: '" + url + "' attribute_names: RedrivePolicy")
          ->attributes()
          .empty());
}

TEST(Queues, TheSameNameIsTheSameQueueUnlessAnAttributeDiffers) {
  QueueWorld world;  // F68
  const std::string url = world.Create("orders", Set("VisibilityTimeout", "60"));
  EXPECT_EQ(world.Create("orders", Set("VisibilityTimeout", "60")), url);
  EXPECT_EQ(world.Create("orders"), url);
  world.ExpectRefused(CheckCreateQueue, CreateQueue,
                      {{"queue_name: 'orders' " + Set("VisibilityTimeout", "61"),
                        "QueueNameExists",
                        {"VisibilityTimeout", "'60'", "'61'"}},
                       {"queue_name: 'orders' " + Set("Policy", "{}"), "QueueNameExists", {"Policy"}}});
  EXPECT_EQ(world.state().table<model::Queue>().size(), 1u);
}

TEST(Queues, ADeletedQueueTakesItsMessagesAndKeepsItsNameForAMinute) {
  QueueWorld world;  // F68
  const std::string url = world.Create("orders");
  world.Send(url, "one");
  world.Receive(url);
  world.Send(url, "two");
  ASSERT_TRUE(world.Call(CheckDeleteQueue, DeleteQueue, "queue_url: '" + url + "'").ok());
  EXPECT_EQ(world.state().table<model::Message>().size(), 0u);
  world.ExpectRefused(CheckCreateQueue, CreateQueue,
                      {{"queue_name: 'orders'", "QueueDeletedRecently", {"You must wait 60 seconds"}}});
  world.ExpectRefused(CheckDeleteQueue, DeleteQueue, {{"queue_url: '" + url + "'", "QueueDoesNotExist", {}}});
  EXPECT_TRUE(world.Call(CheckListQueues, ListQueues, "")->queue_urls().empty());
  world.Advance(59'999);
  EXPECT_FALSE(world.Call(CheckCreateQueue, CreateQueue, "queue_name: 'orders'").ok());
  world.Advance(1);
  EXPECT_EQ(world.Create("orders"), url);
  EXPECT_EQ(world.state().table<model::Queue>().size(), 1u);
}

TEST(Queues, AreRegionalAndNamedByAnyUrlThatEndsInAccountAndName) {
  QueueWorld world;
  world.Create("orders");
  for (const char* url : {"orders", "http://sqs.us-east-1.amazonaws.com/000000000000/orders",
                          "https://localhost:4566/w/a/000000000000/orders", "000000000000/orders"}) {
    EXPECT_TRUE(world.Call(CheckGetQueueAttributes, GetQueueAttributes, "queue_url: '" + std::string(url) + "'").ok())
        << url;
  }
  world.ExpectRefused(
      CheckGetQueueAttributes, GetQueueAttributes,
      {{"queue_url: 'http://127.0.0.1:4566/111111111111/orders'", "QueueDoesNotExist", {}},
       {"queue_url: 'http://127.0.0.1:4566/000000000000/'", "InvalidAddress", {"/<account>/<queue name>"}},
       {"queue_url: '//orders'", "InvalidAddress", {}},
       {"queue_url: ''", "MissingParameter", {"QueueUrl"}},
       {"", "MissingParameter", {"QueueUrl"}}});
  world.context.region = "eu-west-1";
  EXPECT_EQ(ExceptionName(world.Call(CheckGetQueueUrl, GetQueueUrl, "queue_name: 'orders'").status()),
            "QueueDoesNotExist");
  world.Create("orders");
  EXPECT_EQ(world.state().table<model::Queue>().size(), 2u);
}

TEST(Queues, ListsByPrefixInPages) {
  QueueWorld world;
  for (const char* name : {"a-1", "b-1", "a-2", "a-3"}) world.Create(name);
  const auto first = *world.Call(CheckListQueues, ListQueues, "queue_name_prefix: 'a-' max_results: 2");
  EXPECT_THAT(first.queue_urls(), ::testing::ElementsAre(Url("a-1"), Url("a-2")));
  const auto second = *world.Call(CheckListQueues, ListQueues,
                                  "queue_name_prefix: 'a-' max_results: 2 next_token: '" + first.next_token() + "'");
  EXPECT_THAT(second.queue_urls(), ::testing::ElementsAre(Url("a-3")));
  EXPECT_FALSE(second.has_next_token());
  EXPECT_EQ(world.Call(CheckListQueues, ListQueues, "")->queue_urls_size(), 4);
  world.ExpectRefused(CheckListQueues, ListQueues,
                      {{"max_results: 0", "InvalidParameterValue", {"MaxResults", "0", "between 1 and 1000"}},
                       {"max_results: 1001", "InvalidParameterValue", {"1001"}},
                       {"next_token: 'abc'", "InvalidParameterValue", {"NextToken", "abc"}}});
}

TEST(Queues, SetAttributesChangesWhatIsNamedAndTheRetentionOfWhatIsThere) {
  QueueWorld world;
  const std::string url = world.Create("orders", Set("DelaySeconds", "0"));
  world.Send(url, "old");
  world.Advance(100 * model::kSecondMs);
  ASSERT_TRUE(world
                  .Call(CheckSetQueueAttributes, SetQueueAttributes,
                        "queue_url: '" + url + "' " + Set("MessageRetentionPeriod", "160") + Set("DelaySeconds", "7") +
                            Set("Policy", "{\"Version\":\"2012-10-17\"}"))
                  .ok());
  EXPECT_EQ(world.Attribute(url, "DelaySeconds"), "7");
  EXPECT_EQ(world.Attribute(url, "VisibilityTimeout"), "30");
  EXPECT_EQ(world.Attribute(url, "Policy"), "{\"Version\":\"2012-10-17\"}");
  EXPECT_EQ(world.Attribute(url, "LastModifiedTimestamp"), "1767225700");
  world.Advance(59'999);
  EXPECT_EQ(world.Counts(url), "1/0/0");
  world.Advance(1);
  EXPECT_EQ(world.Counts(url), "0/0/0");
  // The empty text takes a policy away.
  ASSERT_TRUE(
      world.Call(CheckSetQueueAttributes, SetQueueAttributes, "queue_url: '" + url + "' " + Set("Policy", "")).ok());
  EXPECT_EQ(world.Attribute(url, "Policy"), "absent");
}

TEST(Queues, BadAttributesAreRefusedByNameAndValue) {
  QueueWorld world;
  const std::string url = world.Create("orders");
  world.Create("dead");
  world.Create("closed", Set("RedriveAllowPolicy", "{\"redrivePermission\":\"denyAll\"}"));
  const std::string arn = "arn:aws:sqs:us-east-1:000000000000:";
  const auto redrive = [&](const std::string& policy) { return Set("RedrivePolicy", policy); };
  std::vector<BadInput> inputs = {
      {Set("VisibilityTimeout", "43201"), "InvalidAttributeValue", {"VisibilityTimeout", "43201", "0 to 43200"}},
      {Set("VisibilityTimeout", "-1"), "InvalidAttributeValue", {"-1"}},
      {Set("VisibilityTimeout", "ten"), "InvalidAttributeValue", {"ten"}},
      {Set("VisibilityTimeout", ""), "InvalidAttributeValue", {"VisibilityTimeout"}},
      {Set("VisibilityTimeout", "99999999999"), "InvalidAttributeValue", {"99999999999"}},
      {Set("DelaySeconds", "901"), "InvalidAttributeValue", {"DelaySeconds", "901", "0 to 900"}},
      {Set("MessageRetentionPeriod", "59"), "InvalidAttributeValue", {"59", "60 to 1209600"}},
      {Set("MessageRetentionPeriod", "1209601"), "InvalidAttributeValue", {"1209601"}},
      {Set("MaximumMessageSize", "1023"), "InvalidAttributeValue", {"1023", "1024 to 1048576"}},
      {Set("MaximumMessageSize", "1048577"), "InvalidAttributeValue", {"1048577"}},
      {Set("ReceiveMessageWaitTimeSeconds", "21"), "InvalidAttributeValue", {"21", "0 to 20"}},
      {Set("KmsDataKeyReusePeriodSeconds", "59"), "InvalidAttributeValue", {"59", "60 to 86400"}},
      {Set("SqsManagedSseEnabled", "yes"), "InvalidAttributeValue", {"yes", "true or false"}},
      {Set("Policy", "nonsense"), "InvalidAttributeValue", {"Policy", "nonsense", "JSON object"}},
      {Set("Policy", std::string(8'193, 'x')), "InvalidAttributeValue", {"Policy", "8192"}},
      {Set("All", "1"), "InvalidAttributeName", {"Unknown Attribute All."}},
      {Set("QueueArn", "x"), "InvalidAttributeName", {"QueueArn"}},
      {Set("ApproximateNumberOfMessages", "1"), "InvalidAttributeName", {"ApproximateNumberOfMessages"}},
      {Set("visibilitytimeout", "1"), "InvalidAttributeName", {"visibilitytimeout"}},
      {Set("FifoQueue", "true"), "UnsupportedOperation", {"FifoQueue", "docs/FIDELITY.md#fifo-queues"}},
      {Set("ContentBasedDeduplication", "true"), "UnsupportedOperation", {"ContentBasedDeduplication"}},
      {redrive("x"), "InvalidAttributeValue", {"RedrivePolicy", "'x'", "JSON"}},
      {redrive("{}"), "InvalidAttributeValue", {"deadLetterTargetArn"}},
      {redrive("{\"deadLetterTargetArn\":\"dead\"}"), "InvalidAttributeValue", {"ARN"}},
      {redrive("{\"deadLetterTargetArn\":\"" + arn + "dead\",\"maxReceiveCount\":0}"),
       "InvalidParameterValue",
       {"Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive."}},
      {redrive("{\"deadLetterTargetArn\":\"" + arn + "dead\",\"maxReceiveCount\":1.5}"),
       "InvalidAttributeValue",
       {"maxReceiveCount"}},
      {redrive("{\"deadLetterTargetArn\":\"" + arn + "dead\",\"more\":1}"), "InvalidAttributeValue", {"more"}},
      {redrive("{\"deadLetterTargetArn\":\"" + arn + "none\"}"),
       "InvalidParameterValue",
       {"Dead letter target does not exist."}},
      {redrive("{\"deadLetterTargetArn\":\"arn:aws:sqs:eu-west-1:000000000000:dead\"}"),
       "InvalidParameterValue",
       {"Dead letter target does not exist."}},
      {redrive("{\"deadLetterTargetArn\":\"" + arn + "closed\"}"), "InvalidParameterValue", {"RedriveAllowPolicy"}},
      {Set("RedriveAllowPolicy", "{\"redrivePermission\":\"some\"}"), "InvalidAttributeValue", {"byQueue"}},
      {Set("RedriveAllowPolicy", "{\"redrivePermission\":\"byQueue\"}"), "InvalidAttributeValue", {"sourceQueueArns"}},
  };
  std::vector<BadInput> create = inputs;
  for (BadInput& input : create) input.request = "queue_name: 'new' " + input.request;
  world.ExpectRefused(CheckCreateQueue, CreateQueue, create);
  for (BadInput& input : inputs) input.request = "queue_url: '" + url + "' " + input.request;
  inputs.push_back({"queue_url: '" + url + "'", "MissingParameter", {"Attribute.Name"}});
  inputs.push_back({Set("DelaySeconds", "1"), "MissingParameter", {"QueueUrl"}});
  inputs.push_back({"queue_url: 'none' " + Set("DelaySeconds", "1"), "QueueDoesNotExist", {}});
  world.ExpectRefused(CheckSetQueueAttributes, SetQueueAttributes, inputs);
}

TEST(Queues, BadNamesAreRefused) {
  QueueWorld world;
  world.ExpectRefused(CheckCreateQueue, CreateQueue,
                      {{"", "MissingParameter", {"QueueName"}},
                       {"queue_name: 'a b'", "InvalidParameterValue", {"'a b'", "1 to 80 in length"}},
                       {"queue_name: '" + std::string(81, 'q') + "'", "InvalidParameterValue", {"1 to 80"}},
                       {"queue_name: 'orders.fifo'", "UnsupportedOperation", {"orders.fifo", "#fifo-queues"}},
                       {"queue_name: 'q' tags { key: '' value: 'v' }", "InvalidParameterValue", {"1 to 128"}}});
  world.ExpectRefused(CheckGetQueueUrl, GetQueueUrl,
                      {{"", "MissingParameter", {"QueueName"}}, {"queue_name: 'q'", "QueueDoesNotExist", {}}});
  world.Create("q");
  world.ExpectRefused(CheckGetQueueUrl, GetQueueUrl,
                      {{"queue_name: 'q' queue_owner_aws_account_id: '111111111111'", "QueueDoesNotExist", {}}});
  EXPECT_EQ(world.Call(CheckGetQueueUrl, GetQueueUrl, "queue_name: 'q' queue_owner_aws_account_id: '000000000000'")
                ->queue_url(),
            Url("q"));
}

TEST(Queues, PurgeTakesWhatIsInFlightTooAndNotTwiceAMinute) {
  QueueWorld world;  // F78
  const std::string url = world.Create("orders");
  world.Send(url, "one");
  world.Send(url, "two");
  world.Send(url, "three", 60);
  world.Receive(url);
  EXPECT_EQ(world.Counts(url), "1/1/1");
  ASSERT_TRUE(world.Call(CheckPurgeQueue, PurgeQueue, "queue_url: '" + url + "'").ok());
  EXPECT_EQ(world.Counts(url), "0/0/0");
  world.Advance(59'999);
  world.ExpectRefused(CheckPurgeQueue, PurgeQueue,
                      {{"queue_url: '" + url + "'", "PurgeQueueInProgress", {"orders", "every 60 seconds"}},
                       {"queue_url: 'none'", "QueueDoesNotExist", {}},
                       {"", "MissingParameter", {"QueueUrl"}}});
  world.Advance(1);
  EXPECT_TRUE(world.Call(CheckPurgeQueue, PurgeQueue, "queue_url: '" + url + "'").ok());
}

TEST(Queues, TagsComeAndGo) {
  QueueWorld world;
  const std::string url = world.Create("orders", "tags { key: 'team' value: 'a' } tags { key: 'env' value: 'test' }");
  const std::string at = "queue_url: '" + url + "' ";
  ASSERT_TRUE(world.Call(CheckTagQueue, TagQueue, at + "tags { key: 'team' value: 'b' }").ok());
  ASSERT_TRUE(world.Call(CheckUntagQueue, UntagQueue, at + "tag_keys: 'env' tag_keys: 'none'").ok());
  const auto tags = *world.Call(CheckListQueueTags, ListQueueTags, at);
  EXPECT_EQ(tags.tags_size(), 1);
  EXPECT_EQ(tags.tags().at("team"), "b");
  world.ExpectRefused(CheckTagQueue, TagQueue,
                      {{at, "MissingParameter", {"Tags"}},
                       {at + "tags { key: 'aws:x' value: 'v' }", "InvalidParameterValue", {"aws:x"}},
                       {"tags { key: 'a' value: 'v' }", "MissingParameter", {"QueueUrl"}},
                       {"queue_url: 'none' tags { key: 'a' value: 'v' }", "QueueDoesNotExist", {}}});
  world.ExpectRefused(CheckUntagQueue, UntagQueue, {{at, "MissingParameter", {"TagKeys"}}});
  world.ExpectRefused(CheckListQueueTags, ListQueueTags, {{"queue_url: 'none'", "QueueDoesNotExist", {}}});
}

TEST(Queues, ADeadLetterQueueKnowsItsSources) {
  QueueWorld world;
  const std::string dead = world.Create("dead");
  const std::string url = world.Create(
      "orders", Set("RedrivePolicy",
                    "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:dead\",\"maxReceiveCount\":\"3\"}"));
  EXPECT_EQ(world.Queue("orders").max_receive_count, 3);
  EXPECT_THAT(world.Call(CheckListDeadLetterSourceQueues, ListDeadLetterSourceQueues, "queue_url: '" + dead + "'")
                  ->queue_urls(),
              ::testing::ElementsAre(url));
  world.ExpectRefused(CheckListDeadLetterSourceQueues, ListDeadLetterSourceQueues,
                      {{"queue_url: 'none'", "QueueDoesNotExist", {}},
                       {"queue_url: 'dead' max_results: 0", "InvalidParameterValue", {"MaxResults"}}});
}

TEST(Queues, ACallKeepsMetricsComingForSixHoursAndWritesAtMostOncePerMinute) {
  QueueWorld world;  // F55
  const std::string url = world.Create("orders");
  const model::TimeMs first = world.Queue("orders").active_until;
  EXPECT_EQ(first, world.now + 6 * model::kHourMs);
  world.Advance(59 * model::kSecondMs);
  world.state().TakeChanges(world.now);
  world.Receive(url);
  EXPECT_TRUE(world.state().TakeChanges(world.now).empty());
  world.Advance(2 * model::kSecondMs);
  world.Receive(url);
  EXPECT_EQ(world.Queue("orders").active_until, world.now + 6 * model::kHourMs);
}

}  // namespace
}  // namespace ecsmi::api
