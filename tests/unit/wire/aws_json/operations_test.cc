#include "wire/aws_json/operations.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/sqs/v1/sqs_service.pb.h"
#include "wire/aws_json/error.h"

namespace ecsmi::wire {
namespace {

// H1; README of the shapes: prefix, content type, signing name of each service.
TEST(AwsJsonOperations, AreFoundByTarget) {
  const struct {
    const char* target;
    const char* service;
    const char* content_type;
    const char* signing_name;
    bool query_compatible;
  } kTable[] = {
      {"AmazonEC2ContainerServiceV20141113.RunTask", "ecsmi.ecs.v1.EcsService", "application/x-amz-json-1.1", "ecs",
       false},
      {"AmazonSQS.SendMessage", "ecsmi.sqs.v1.SqsService", "application/x-amz-json-1.0", "sqs", true},
      {"AnyScaleFrontendService.PutScalingPolicy", "ecsmi.autoscaling.v1.ApplicationAutoScalingService",
       "application/x-amz-json-1.1", "application-autoscaling", false},
      {"GraniteServiceVersion20100801.PutMetricData", "ecsmi.cloudwatch.v1.CloudWatchService",
       "application/x-amz-json-1.0", "monitoring", true},
      {"EcsmiEmulator.GetInfo", "ecsmi.emulator.v1.EmulatorService", "application/x-amz-json-1.1", "ecsmi", false},
  };
  for (const auto& row : kTable) {
    const Operation* operation = FindTarget(row.target);
    ASSERT_NE(operation, nullptr) << row.target;
    EXPECT_EQ(operation->target, row.target);
    EXPECT_EQ(operation->service, row.service);
    EXPECT_EQ(operation->wire->content_type, row.content_type);
    EXPECT_EQ(operation->wire->signing_name, row.signing_name);
    EXPECT_EQ(operation->wire->query_compatible, row.query_compatible);
    EXPECT_EQ(FindServiceOfTarget(row.target), operation->wire);
    EXPECT_EQ(FindOperation(operation->wire->service, operation->method), operation);
  }
  EXPECT_EQ(FindTarget("AmazonSQS.SendMessage")->request->GetDescriptor(), sqs::v1::SendMessageRequest::descriptor());
  EXPECT_EQ(FindTarget("AmazonSQS.SendMessage")->response->GetDescriptor(), sqs::v1::SendMessageResponse::descriptor());
}

TEST(AwsJsonOperations, UnknownTargetsAreNone) {
  for (const char* target : {"", ".", "SendMessage", "AmazonSQS.", "AmazonSQS.sendMessage", "AmazonSQS.SendMessage.",
                             "AmazonSQS.SendMessage ", "AmazonDynamoDB.GetItem", "EcsService.RunTask"}) {
    EXPECT_EQ(FindTarget(target), nullptr) << target;
  }
  EXPECT_NE(FindServiceOfTarget("AmazonSQS.NoSuch"), nullptr);
  EXPECT_EQ(FindServiceOfTarget("AmazonDynamoDB.GetItem"), nullptr);
  EXPECT_EQ(FindServiceOfTarget("RunTask"), nullptr);
  EXPECT_EQ(FindOperation(AwsService::kSqs, "RunTask"), nullptr);
}

const ServiceWire* WireOf(const std::string& target) {
  return FindServiceOfTarget(target + ".");
}

// H2.
TEST(AwsJsonError, IsTheBodyThatSdksRead) {
  const HttpResponse ecs = ErrorResponse(WireOf("AmazonEC2ContainerServiceV20141113"), api::ClusterNotFound());
  EXPECT_EQ(ecs.status, 400);
  EXPECT_EQ(ecs.body, R"({"__type":"ClusterNotFoundException","message":"Cluster not found."})");
  EXPECT_EQ(ecs.headers, (HttpHeaders{{"content-type", "application/x-amz-json-1.1"}}));

  const HttpResponse sqs =
      ErrorResponse(WireOf("AmazonSQS"), api::AwsError(api::AwsException::kQueueDoesNotExist, "The \"queue\"."));
  EXPECT_EQ(sqs.body, R"({"__type":"QueueDoesNotExist","message":"The \"queue\"."})");
  EXPECT_EQ(sqs.headers, (HttpHeaders{{"content-type", "application/x-amz-json-1.0"},
                                      {"x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender"}}));
  const HttpResponse monitoring = ErrorResponse(WireOf("GraniteServiceVersion20100801"),
                                                api::AwsError(api::AwsException::kCloudWatchResourceNotFound, "x"));
  EXPECT_EQ(monitoring.status, 404);
  EXPECT_EQ(monitoring.headers.back(),
            (std::pair<std::string, std::string>{"x-amzn-query-error", "ResourceNotFound;Sender"}));

  const HttpResponse scaling =
      ErrorResponse(WireOf("AnyScaleFrontendService"), api::AwsError(api::AwsException::kValidation, "x"));
  EXPECT_EQ(scaling.body, R"({"__type":"ValidationException","Message":"x"})");
  EXPECT_EQ(ErrorResponse(nullptr, api::AwsError(api::AwsException::kUnknownOperation, "x")).body,
            R"({"__type":"UnknownOperationException","message":"x"})");
}

TEST(AwsJsonError, OurOwnFaultsStayInside) {
  const HttpResponse ours = ErrorResponse(WireOf("AmazonSQS"), absl::InternalError("row 7 of table x"));
  EXPECT_EQ(ours.status, 500);
  EXPECT_EQ(ours.body, R"({"__type":"ServerException","message":"An internal error occurred."})");
  EXPECT_EQ(ours.headers.back().second, "ServerException;Receiver");
  EXPECT_EQ(ErrorResponse(nullptr, absl::UnavailableError("stopping")).status, 503);
}

}  // namespace
}  // namespace ecsmi::wire
