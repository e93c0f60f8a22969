#include <gtest/gtest.h>

#include <string>

#include "ecsmi/cloudwatch/v1/cloudwatch_service.pb.h"
#include "ecsmi/ecs/v1/ecs_service.pb.h"
#include "ecsmi/emulator/v1/emulator_service.pb.h"
#include "ecsmi/sqs/v1/sqs_service.pb.h"
#include "google/protobuf/text_format.h"
#include "wire/aws_json/codec.h"
#include "wire/aws_json/text.h"

namespace ecsmi::wire {
namespace {

template <typename Answer>
std::string Encoded(const std::string& text) {
  Answer answer;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &answer)) << text;
  return Encode(answer);
}

TEST(AwsJsonEncode, WritesWhatAwsWrites) {
  EXPECT_EQ(Encoded<sqs::v1::DeleteMessageResponse>(""), "{}");
  // Lists that AWS always sends, and what is absent.
  EXPECT_EQ(Encoded<ecs::v1::RunTaskResponse>(""), R"({"tasks":[],"failures":[]})");
  EXPECT_EQ(Encoded<ecs::v1::RunTaskResponse>(
                R"(tasks { task_arn: "arn:a" last_status: "PENDING" version: 3 launch_type: UNSPECIFIED
                     health_status: UNKNOWN created_at { seconds: 1763900000 nanos: 123999999 } enable_execute_command: false })"),
            R"({"tasks":[{"attachments":[],"attributes":[],"containers":[],"createdAt":1763900000.123,)"
            R"("enableExecuteCommand":false,"healthStatus":"UNKNOWN","lastStatus":"PENDING",)"
            R"("tags":[],"taskArn":"arn:a","version":3}],"failures":[]})");
  // Maps by key, blobs, a list of nothing left out.
  EXPECT_EQ(Encoded<sqs::v1::ReceiveMessageResponse>(
                R"(messages { body: "\"\\\n\001é" attributes { key: "b" value: "2" } attributes { key: "a" value: "1" }
                     message_attributes { key: "n" value { binary_value: "\377" } } })"),
            "{\"Messages\":[{\"Body\":\"\\\"\\\\\\n\\u0001é\",\"Attributes\":{\"a\":\"1\",\"b\":\"2\"},"
            "\"MessageAttributes\":{\"n\":{\"BinaryValue\":\"/w==\"}}}]}");
  EXPECT_EQ(Encoded<cloudwatch::v1::GetMetricStatisticsResponse>(
                R"(datapoints { timestamp { seconds: 60 } average: 5 maximum: 0.1 minimum: inf })"),
            R"({"Datapoints":[{"Timestamp":60,"Average":5.0,"Minimum":"Infinity","Maximum":0.1}]})");
  EXPECT_EQ(Encoded<emulator::v1::GetInfoResponse>(
                R"(seed: 18446744073709551615 clock { mode: AUTO now { seconds: -1 nanos: 500000000 } })"),
            R"({"seed":18446744073709551615,"clock":{"mode":"AUTO","now":-0.5}})");
  EXPECT_EQ(Encoded<emulator::v1::AdvanceClockRequest>("by { seconds: 90 nanos: 250000000 }"), R"({"by":90.25})");
  EXPECT_EQ(Encoded<ecs::v1::UpdateServiceRequest>(R"(explicitly_set { paths: "load_balancers" })"),
            R"({"loadBalancers":[]})");
}

TEST(AwsJsonText, Doubles) {
  const struct {
    double value;
    const char* member;
    const char* document;
  } kTable[] = {{0, "0.0", "0"},
                {-0.0, "-0", "-0"},
                {5, "5.0", "5"},
                {-70, "-70.0", "-70"},
                {0.1, "0.1", "0.1"},
                {1e22, "1e+22", "1e+22"},
                {1e-7, "1e-07", "1e-07"},
                {123456.5, "123456.5", "123456.5"},
                {12345678901234567168.0, "1.2345678901234567e+19", "1.2345678901234567e+19"}};
  for (const auto& [value, member, document] : kTable) {
    std::string text;
    AppendDouble(value, true, text);
    EXPECT_EQ(text, member);
    text.clear();
    AppendDouble(value, false, text);
    EXPECT_EQ(text, document);
  }
}

TEST(AwsJsonText, Seconds) {
  const struct {
    std::int64_t ms;
    const char* text;
  } kTable[] = {{0, "0"},     {1, "0.001"},    {10, "0.01"},     {100, "0.1"},
                {1'000, "1"}, {1'050, "1.05"}, {-1'500, "-1.5"}, {-1, "-0.001"}};
  for (const auto& [ms, text] : kTable) {
    std::string out;
    AppendSeconds(ms, out);
    EXPECT_EQ(out, text);
  }
}

}  // namespace
}  // namespace ecsmi::wire
