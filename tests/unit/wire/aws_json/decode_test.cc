#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/autoscaling/v1/application_auto_scaling_service.pb.h"
#include "ecsmi/cloudwatch/v1/cloudwatch_service.pb.h"
#include "ecsmi/ecs/v1/ecs_service.pb.h"
#include "ecsmi/emulator/v1/emulator_service.pb.h"
#include "ecsmi/sqs/v1/sqs_service.pb.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "wire/aws_json/codec.h"

namespace ecsmi::wire {
namespace {

using google::protobuf::Message;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

template <typename Request>
Request Decoded(const std::string& json) {
  Request request;
  DecodeNotes notes;
  const absl::Status status = Decode(json, &request, &notes);
  EXPECT_TRUE(status.ok()) << json << ": " << status;
  EXPECT_THAT(notes.Warnings(), IsEmpty()) << json;
  return request;
}

template <typename Request>
void ExpectDecodes(const std::string& json, const std::string& text) {
  Request expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &expected)) << text;
  const Request decoded = Decoded<Request>(json);
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(decoded, expected)) << json << "\n"
                                                                                     << decoded.DebugString();
}

TEST(AwsJsonDecode, ReadsAwsShapes) {
  ExpectDecodes<ecs::v1::RunTaskRequest>("", "");
  ExpectDecodes<ecs::v1::RunTaskRequest>(" {} \n", "");
  ExpectDecodes<ecs::v1::RunTaskRequest>(
      R"({"cluster":"web","count":10,"enableECSManagedTags":true,"launchType":"MANAGED_INSTANCES",
          "tags":[{"key":"a","value":"\u00e9\ud83d\ude00"},{"key":"b"}],"group":null,"taskDefinition":"t:1"})",
      R"(cluster: "web" count: 10 enable_ecs_managed_tags: true launch_type: MANAGED_INSTANCES
         tags { key: "a" value: "é😀" } tags { key: "b" } task_definition: "t:1")");
  // Enum values whose spelling is no identifier.
  ExpectDecodes<emulator::v1::ListInstanceTypesRequest>(
      R"({"instanceRequirements":{"acceleratorNames":["radeon-pro-v520","t4g"],"memoryMiB":{"min":0}}})",
      R"(instance_requirements { accelerator_names: radeon_pro_v520 accelerator_names: t4g memory_mib { min: 0 } })");
  // Maps and blobs; the last of a map's equal keys is another test's.
  ExpectDecodes<sqs::v1::SendMessageRequest>(
      R"({"QueueUrl":"http://h/0/q","MessageAttributes":{"n":{"DataType":"Binary","BinaryValue":"AAH+"},"e":{}}})",
      R"(queue_url: "http://h/0/q"
         message_attributes { key: "n" value { data_type: "Binary" binary_value: "\000\001\376" } }
         message_attributes { key: "e" value {} })");
  // A union, and a long with all its digits.
  ExpectDecodes<ecs::v1::RegisterTaskDefinitionRequest>(
      R"({"containerDefinitions":[{"resourceRequirements":[{"type":"GPU","sharingStrategy":
          {"nvidiaMps":{"memory":9223372036854775807}}}]}]})",
      R"(container_definitions { resource_requirements { type: GPU
           sharing_strategy { nvidia_mps { memory: 9223372036854775807 } } } })");
  ExpectDecodes<emulator::v1::GetInfoResponse>(R"({"seed":18446744073709551615})", "seed: 18446744073709551615");
}

TEST(AwsJsonDecode, ReadsNumbersAsTheirTypeHasThem) {
  const struct {
    const char* number;
    int value;
  } kWhole[] = {{"7", 7},   {"-7", -7},   {"0", 0},     {"-0", 0},
                {"7.0", 7}, {"7e2", 700}, {"70e-1", 7}, {"2147483647", 2147483647}};
  for (const auto& [number, value] : kWhole) {
    const auto request = Decoded<ecs::v1::RunTaskRequest>(std::string(R"({"count":)") + number + "}");
    EXPECT_TRUE(request.has_count()) << number;
    EXPECT_EQ(request.count(), value) << number;
  }
  const struct {
    const char* number;
    double value;
  } kReal[] = {{"1", 1},
               {"0.1", 0.1},
               {"-2.5e-3", -0.0025},
               {"1e-400", 0},
               {"1.7976931348623157e308", 1.7976931348623157e308},
               {"\"Infinity\"", HUGE_VAL},
               {"\"-Infinity\"", -HUGE_VAL}};
  for (const auto& [number, value] : kReal) {
    const auto request = Decoded<emulator::v1::SetClockRequest>(std::string(R"({"speed":)") + number + "}");
    EXPECT_EQ(request.speed(), value) << number;
  }
  EXPECT_TRUE(std::isnan(Decoded<emulator::v1::SetClockRequest>(R"({"speed":"NaN"})").speed()));
}

TEST(AwsJsonDecode, ReadsMomentsToTheMillisecond) {
  const struct {
    const char* json;
    std::int64_t seconds;
    int nanos;
  } kMoments[] = {{"1763900000", 1763900000, 0},
                  {"1763900000.123", 1763900000, 123'000'000},
                  {"1763900000.9996", 1763900001, 0},
                  {"1.479412798493E9", 1479412798, 493'000'000},
                  {"-0.25", -1, 750'000'000},
                  {"\"2026-01-01T00:00:00Z\"", 1767225600, 0},
                  {"\"2026-01-01T01:00:00.5+01:00\"", 1767225600, 500'000'000}};
  for (const auto& [json, seconds, nanos] : kMoments) {
    const auto request = Decoded<emulator::v1::SetClockRequest>(std::string(R"({"now":)") + json + "}");
    EXPECT_EQ(request.now().seconds(), seconds) << json;
    EXPECT_EQ(request.now().nanos(), nanos) << json;
  }
  for (const char* json : {"90.5", "\"90.5s\""}) {
    const auto request = Decoded<emulator::v1::AdvanceClockRequest>(std::string(R"({"by":)") + json + "}");
    EXPECT_EQ(request.by().seconds(), 90) << json;
    EXPECT_EQ(request.by().nanos(), 500'000'000) << json;
  }
}

// Moments that protobuf cannot hold, and texts that are none: refused, whatever the library behind it does with them.
TEST(AwsJsonDecode, RefusesMomentsAndDurationsOutOfRange) {
  for (const char* json : {"\"1-01-01T00:00:00.5+01:00\"", "\"0000-12-31T23:59:59Z\"", "\"9999-12-31T23:59:59-01:00\"",
                           "\"infinite-future\"", "\"\"", "\"2026-13-01T00:00:00Z\"", "1e300", "-1e300"}) {
    emulator::v1::SetClockRequest request;
    DecodeNotes notes;
    EXPECT_FALSE(Decode(std::string(R"({"now":)") + json + "}", &request, &notes).ok()) << json;
  }
  for (const char* json :
       {"\"315576000001s\"", "\"-315576000001s\"", "\"s\"", "\"1.5\"", "\"1e9s\"", "\"--1s\"", "1e300"}) {
    emulator::v1::AdvanceClockRequest request;
    DecodeNotes notes;
    EXPECT_FALSE(Decode(std::string(R"({"by":)") + json + "}", &request, &notes).ok()) << json;
  }
}

// D8: AWS tells [] from absent in UpdateService.
TEST(AwsJsonDecode, NamesListsThatAreGivenEmpty) {
  const auto request = Decoded<ecs::v1::UpdateServiceRequest>(
      R"({"service":"web","loadBalancers":[],"placementStrategy":[{"type":"spread"}],"capacityProviderStrategy":[]})");
  EXPECT_THAT(request.explicitly_set().paths(), ElementsAre("load_balancers", "capacity_provider_strategy"));
  EXPECT_FALSE(Decoded<ecs::v1::UpdateServiceRequest>(R"({"loadBalancers":null})").has_explicitly_set());
}

// SDKs' users ask for AttributeNames=["SentTimestamp"], which AWS's own enum of that list does not have.
TEST(AwsJsonDecode, OldAttributeNamesTakeWhatTheirSuccessorTakes) {
  const auto request = Decoded<sqs::v1::ReceiveMessageRequest>(R"({"AttributeNames":["All","SentTimestamp"]})");
  EXPECT_THAT(request.attribute_names(), ElementsAre(sqs::v1::QueueAttributeName::All));
  EXPECT_THAT(request.message_system_attribute_names(),
              ElementsAre(sqs::v1::MessageSystemAttributeName::SentTimestamp));
}

TEST(AwsJsonDecode, ReadsDocuments) {
  const auto request = Decoded<ecs::v1::UpdateServiceRequest>(
      R"({"deploymentConfiguration":{"lifecycleHooks":[{"hookDetails":{"a":[1,null,true,{"b":"c"},[]],"d":2.5}}]}})");
  const auto& document = request.deployment_configuration().lifecycle_hooks(0).hook_details();
  EXPECT_EQ(
      Encode(request),
      R"({"deploymentConfiguration":{"lifecycleHooks":[{"hookDetails":{"a":[1,null,true,{"b":"c"},[]],"d":2.5}}]}})")
      << document.DebugString();
}

// H6, promise 6: the call goes on, and the caller hears of it.
TEST(AwsJsonDecode, NotesWhatItIgnores) {
  ecs::v1::CreateClusterRequest request;
  DecodeNotes notes;
  ASSERT_TRUE(Decode(R"({"clusterNme":{"x":[{}]},"clusterName":"a","settings":[{"name":"containerInsights","colour":1}],
                         "clusterName":"b","explicitlySet":"x"})",
                     &request, &notes)
                  .ok());
  EXPECT_EQ(request.cluster_name(), "b");
  EXPECT_THAT(notes.Warnings(), ElementsAre("clusterNme is no member of CreateClusterRequest and was ignored",
                                            "settings[0].colour is no member of ClusterSetting and was ignored",
                                            "clusterName is given twice; the last one counts",
                                            "explicitlySet is no member of CreateClusterRequest and was ignored"));
  EXPECT_EQ(api::ExceptionOf(notes.Refusal()).name, "InvalidParameterException");
  EXPECT_THAT(std::string(notes.Refusal().message()), HasSubstr("clusterNme is no member"));
  EXPECT_TRUE(DecodeNotes().Refusal().ok());
}

TEST(AwsJsonDecode, NamesOnlySoManyIgnoredMembers) {
  std::string json = "{";
  for (int i = 0; i < 5'000; ++i)
    json += (i > 0 ? ",\"x" : "\"x") + std::string(i == 3 ? 500 : 1, 'y') + std::to_string(i) + "\":1";
  ecs::v1::CreateClusterRequest request;
  DecodeNotes notes;
  ASSERT_TRUE(Decode(json + "}", &request, &notes).ok());
  ASSERT_THAT(notes.Warnings(), SizeIs(DecodeNotes::kIgnoredMax + 1));
  EXPECT_EQ(notes.Warnings().back(), "and 4980 more");
  EXPECT_LT(notes.Warnings()[3].size(), 150U);
}

TEST(AwsJsonDecode, OfEqualNamesTheLastCounts) {
  sqs::v1::CreateQueueRequest queue;
  DecodeNotes notes;
  ASSERT_TRUE(
      Decode(R"({"Attributes":{"a":"1","b":"2","a":"3"},"tags":{"x":"1"},"tags":{"y":"2"}})", &queue, &notes).ok());
  EXPECT_EQ(Encode(queue), R"({"Attributes":{"a":"3","b":"2"},"tags":{"y":"2"}})");
  EXPECT_EQ(queue.attributes().at("a"), "3");
  EXPECT_EQ(queue.attributes().size(), 2U);
  EXPECT_EQ(queue.tags().size(), 1U);
  EXPECT_EQ(queue.tags().at("y"), "2");
  EXPECT_THAT(notes.Warnings(), ElementsAre("Attributes.a is given twice; the last one counts",
                                            "tags is given twice; the last one counts"));
  ecs::v1::UpdateServiceRequest service;
  ASSERT_TRUE(
      Decode(R"({"loadBalancers":[],"loadBalancers":[{}],"service":"a","service":null})", &service, &notes).ok());
  EXPECT_EQ(service.load_balancers_size(), 1);
  EXPECT_FALSE(service.has_explicitly_set());
  EXPECT_FALSE(service.has_service());
}

struct Bad {
  std::string json;
  std::string message;  // a part of it
};
template <typename Request>
void ExpectRefused(const std::vector<Bad>& table, std::string_view exception = "SerializationException") {
  for (const auto& [json, message] : table) {
    Request request;
    DecodeNotes notes;
    const absl::Status status = Decode(json, &request, &notes);
    EXPECT_FALSE(status.ok()) << json;
    EXPECT_EQ(api::ExceptionOf(status).name, exception) << json;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message)) << json;
  }
}

// H4.
TEST(AwsJsonDecode, RefusesWhatIsNoJson) {
  using namespace std::string_literals;
  ExpectRefused<ecs::v1::RunTaskRequest>({
      {" ", "no JSON"},
      {"{", "no JSON"},
      {"}", "no JSON"},
      {"{\"cluster\":\"a\"", "no JSON"},
      {"{\"cluster\":\"a\",}", "no JSON"},
      {"{'cluster':'a'}", "no JSON"},
      {"{cluster:\"a\"}", "no JSON"},
      {"{\"cluster\" \"a\"}", "no JSON"},
      {"{\"tags\":[{},]}", "no JSON"},
      {"{\"tags\":[{}}", "no JSON"},
      {"{} {}", "no JSON"},
      {"{}x", "no JSON"},
      {"{}\0{}"s, "goes on after its end"},
      {"{\"cluster\":\"a\0b\"}"s, "no JSON"},
      {"{\"cluster\":\"a\nb\"}", "no JSON"},
      {"{\"cluster\":\"\\x41\"}", "no JSON"},
      {"{\"cluster\":\"\\u12g4\"}", "no JSON"},
      {"{\"count\":NaN}", "no JSON"},
      {"{\"count\":Infinity}", "no JSON"},
      {"{\"count\":-}", "no JSON"},
      {"{\"count\":01}", "no JSON"},
      {"{\"count\":+1}", "no JSON"},
      {"{\"count\":.5}", "no JSON"},
      {"{\"count\":1.}", "no JSON"},
      {"{\"count\":1e}", "no JSON"},
      {"{\"count\":0x10}", "no JSON"},
      {"{\"count\":1e400}", "too big"},
      {"{/**/}", "no JSON"},
      {"\xef\xbb\xbf{}", "no JSON"},
      {"[]", "must be a JSON object"},
      {"\"a\"", "must be a JSON object"},
      {"7", "must be a JSON object"},
      {"null", "must be a JSON object"},
      {"{\"cluster\":\"\\ud800\"}", ""},
      {"{\"cluster\":\"\\ud800x\"}", ""},
      {"{\"cluster\":\"\\udc00\"}", "half a surrogate pair at cluster"},
      {"{\"\\udc00\":1}", "half a surrogate pair"},
      {"{\"unknown\":\"\\udc00\"}", "half a surrogate pair at unknown"},
      {"{\"cluster\":\"\xff\"}", "not valid UTF-8"},
      {"{\"cluster\":\"\xc0\xaf\"}", "not valid UTF-8"},
      {"{\"cluster\":\"\xed\xa0\x80\"}", "not valid UTF-8"},
      {"{\"cluster\":\"\xf5\x80\x80\x80\"}", "not valid UTF-8"},
      {"{\"tags\":[{},{\"key\":\"\xff\"}]}", "at tags[1].key"},
  });
}

// H6.
TEST(AwsJsonDecode, RefusesValuesOfTheWrongType) {
  ExpectRefused<ecs::v1::RunTaskRequest>({
      {R"({"count":"two"})", R"(STRING_VALUE cannot be converted to Integer (count is "two"))"},
      {R"({"count":"2"})", R"((count is "2"))"},
      {R"({"count":2.5})", "NUMBER_VALUE cannot be converted to Integer (count is 2.5)"},
      {R"({"count":2147483648})", "(count is 2147483648)"},
      {R"({"count":-2147483649})", "(count is -2147483649)"},
      {R"({"count":1e10})", "(count is 1e10)"},
      {R"({"count":true})", "TRUE_VALUE cannot be converted to Integer (count is true)"},
      {R"({"count":{}})", "Start of structure or map found where not expected (count takes a Integer)"},
      {R"({"count":[1]})", "Start of list found where not expected (count takes a Integer)"},
      {R"({"cluster":1})", "NUMBER_VALUE cannot be converted to String (cluster is 1)"},
      {R"({"enableECSManagedTags":"true"})", R"(STRING_VALUE cannot be converted to Boolean)"},
      {R"({"launchType":1})", "NUMBER_VALUE cannot be converted to String (launchType is 1)"},
      {R"({"tags":{}})", "(tags takes a List)"},
      {R"({"tags":"a"})", R"(Expected list or null (tags is "a"))"},
      {R"({"tags":["a"]})", R"(STRING_VALUE cannot be converted to Structure (tags[0] is "a"))"},
      {R"({"tags":[{"key":"a"},null]})", "null found where not expected (tags[1] takes a Structure)"},
      {R"({"tags":[{"key":"a"},{"value":[]}]})", "(tags[1].value takes a String)"},
      {R"({"tags":[[]]})", "(tags[0] takes a Structure)"},
      {R"({"networkConfiguration":{"awsvpcConfiguration":{"subnets":["a",7]}}})",
       "(networkConfiguration.awsvpcConfiguration.subnets[1] is 7)"},
  });
  ExpectRefused<sqs::v1::SendMessageRequest>({
      {R"({"MessageAttributes":[]})", "(MessageAttributes takes a Map)"},
      {R"({"MessageAttributes":7})", "Expected map or null (MessageAttributes is 7)"},
      {R"({"MessageAttributes":{"a":null}})", "(MessageAttributes.a takes a Structure)"},
      {R"({"MessageAttributes":{"a":{"BinaryValue":"A*"}}})",
       R"(STRING_VALUE cannot be converted to Blob (MessageAttributes.a.BinaryValue is "A*"))"},
  });
  ExpectRefused<emulator::v1::SetClockRequest>({
      {R"({"now":"yesterday"})", R"(STRING_VALUE cannot be converted to Timestamp (now is "yesterday"))"},
      {R"({"now":1e12})", "(now is 1e12)"},
      {R"({"now":-1e11})", "(now is -1e11)"},
      {R"({"now":{"seconds":1}})", "(now takes a Timestamp)"},
      {R"({"speed":"fast"})", R"((speed is "fast"))"},
  });
  ExpectRefused<cloudwatch::v1::ListMetricsRequest>({
      {R"({"NextToken":")" + std::string(100, 'x') + R"(","MetricName":1})", "(MetricName is 1)"},
      {R"({"Dimensions":")" + std::string(62, 'x') + "\xc3\xa9\xc3\xa9\"}", std::string(62, 'x') + "\xc3\xa9...\""},
  });
}

TEST(AwsJsonDecode, UnionsTakeOneMember) {
  ExpectRefused<cloudwatch::v1::PutMetricAlarmRequest>({
      {R"({"EvaluationWindow":{}})",
       "EvaluationWindow must have exactly one member of [WallClockWindow, SlidingWindow]"},
      {R"({"EvaluationWindow":{"Lunar":{}}})", "EvaluationWindow must have exactly one member of"},
      {R"({"EvaluationWindow":{"SlidingWindow":null}})", "EvaluationWindow must have exactly one member of"},
      {R"({"EvaluationWindow":{"SlidingWindow":{},"WallClockWindow":{}}})", "must have exactly one member of"},
  });
  ExpectRefused<emulator::v1::AdvanceClockRequest>(
      {{R"({"by":1,"to":2})", "The body must have exactly one member of [by, to]"}});
  EXPECT_EQ(Decoded<emulator::v1::AdvanceClockRequest>(R"({"by":null,"to":2})").to().seconds(), 2);
}

// A28: an example of AWS's own is in lower case.
TEST(AwsJsonDecode, MonitoringIsTakenInAnyCase) {
  for (const char* spelled : {"DETAILED", "detailed", "Detailed"}) {
    ExpectDecodes<ecs::v1::CreateCapacityProviderRequest>(
        absl::StrCat(R"({"managedInstancesProvider":{"instanceLaunchTemplate":{"monitoring":")", spelled, R"("}}})"),
        "managed_instances_provider { instance_launch_template { monitoring: DETAILED } }");
  }
  ExpectRefused<ecs::v1::CreateCapacityProviderRequest>(
      {{R"({"managedInstancesProvider":{"instanceLaunchTemplate":{"monitoring":"some"}}})", "it is 'some'"},
       {R"({"managedInstancesProvider":{"instanceLaunchTemplate":{"capacityOptionType":"on_demand"}}})",
        "it is 'on_demand'"}},
      "InvalidParameterException");
}

// C68 and what each service says instead.
TEST(AwsJsonDecode, RefusesUnknownEnumValuesInTheServicesWords) {
  ExpectRefused<ecs::v1::RunTaskRequest>(
      {{R"({"launchType":"BOGUS"})",
        "launchType should be one of [EC2, EXTERNAL, FARGATE, MANAGED_INSTANCES]; it is 'BOGUS'"},
       {R"({"launchType":"UNSPECIFIED"})", "it is 'UNSPECIFIED'"},
       {R"({"launchType":""})", "it is ''"}},
      "InvalidParameterException");
  ExpectRefused<emulator::v1::ListInstanceTypesRequest>(
      {{R"({"instanceRequirements":{"acceleratorNames":["t4","radeon_pro_v520"]}})",
        "instanceRequirements.acceleratorNames[1] should be one of ["}},
      "InvalidParameterException");
  ExpectRefused<autoscaling::v1::RegisterScalableTargetRequest>(
      {{R"({"ServiceNamespace":"moon"})", "ServiceNamespace should be one of ["}}, "ValidationException");
  ExpectRefused<cloudwatch::v1::PutMetricAlarmRequest>(
      {{R"({"Statistic":"Mean"})", "Statistic should be one of [Average, "}}, "InvalidParameterValueException");
  ExpectRefused<sqs::v1::GetQueueAttributesRequest>(
      {{R"({"AttributeNames":["Colour"]})", "Unknown Attribute Colour. AttributeNames[0] should be one of ["}},
      "InvalidAttributeName");
  ExpectRefused<sqs::v1::ReceiveMessageRequest>(
      {{R"({"AttributeNames":["Colour"]})", "Unknown Attribute Colour. AttributeNames[0] should be one of ["}},
      "InvalidAttributeName");
}

TEST(AwsJsonDecode, DocumentsKeepTheirNumbers) {
  const std::string before = R"({"deploymentConfiguration":{"lifecycleHooks":[{"hookDetails":{"n":)";
  ExpectRefused<ecs::v1::UpdateServiceRequest>(
      {{before + "9007199254740993}}]}}", "lifecycleHooks[0].hookDetails.n is 9007199254740993"}});
  Decoded<ecs::v1::UpdateServiceRequest>(before + "9007199254740994}}]}}");
}

TEST(AwsJsonDecode, BoundsDepthAndMemory) {
  const auto nested = [](const std::string& open, int levels, const std::string& close) {
    std::string json;
    for (int i = 0; i < levels; ++i) json += open;
    for (int i = 0; i < levels; ++i) json += close;
    return json;
  };
  const std::string before = R"({"deploymentConfiguration":{"lifecycleHooks":[{"hookDetails":)";
  EXPECT_TRUE(Decoded<ecs::v1::UpdateServiceRequest>(before + nested("[", kDepthMax - 4, "]") + "}]}}")
                  .has_deployment_configuration());
  ExpectRefused<ecs::v1::UpdateServiceRequest>({
      {before + nested("[", kDepthMax - 3, "]") + "}]}}", "nested deeper than 100 levels"},
      {before + nested("[", 1'000'000, ""), "nested deeper than 100 levels"},
      {before + nested(R"({"a":)", 1'000'000, ""), "nested deeper than 100 levels"},
      {R"({"unknown":)" + nested("[", 1'000'000, ""), "nested deeper than 100 levels"},
  });
  std::string many = R"({"containerDefinitions":[{})";
  for (int i = 0; i < 500'000; ++i) many += ",{}";
  ExpectRefused<ecs::v1::RegisterTaskDefinitionRequest>({{many + "]}", "more structures than any request needs"}});
  std::string strings = R"({"tasks":[""
)";
  for (int i = 0; i < 1'000'000; ++i) strings += ",\"\"";
  ExpectRefused<ecs::v1::DescribeTasksRequest>({{strings + "]}", "more structures than any request needs"}});
}

}  // namespace
}  // namespace ecsmi::wire
