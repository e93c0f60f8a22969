#pragma once

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace ecsmi::api {

// Every AWS exception we answer with. Order is that of the table in errors.cc.
enum class AwsException {
  // ECS
  kAccessDenied,
  kAttributeLimitExceeded,
  kClient,
  kClusterContainsCapacityProvider,
  kClusterContainsContainerInstances,
  kClusterContainsServices,
  kClusterContainsTasks,
  kClusterNotFound,
  kConflict,
  kInvalidParameter,
  kLimitExceeded,
  kNamespaceNotFound,
  kResourceInUse,
  kResourceNotFound,
  kServer,
  kServiceDeploymentNotFound,
  kServiceNotActive,
  kServiceNotFound,
  kTargetNotFound,
  kUnsupportedFeature,
  kUpdateInProgress,
  // SQS
  kBatchEntryIdsNotDistinct,
  kBatchRequestTooLong,
  kEmptyBatchRequest,
  kInvalidAddress,
  kInvalidAttributeName,
  kInvalidAttributeValue,
  kInvalidBatchEntryId,
  kInvalidMessageContents,
  kInvalidParameterValue,
  kMessageNotInflight,
  kMissingParameter,
  kOverLimit,
  kPurgeQueueInProgress,
  kQueueDeletedRecently,
  kQueueDoesNotExist,
  kQueueNameExists,
  kReceiptHandleIsInvalid,
  kRequestThrottled,
  kTooManyEntriesInBatchRequest,
  kUnsupportedOperation,
  // CloudWatch
  kCloudWatchInternalService,
  kCloudWatchInvalidFormat,
  kCloudWatchInvalidNextToken,
  kCloudWatchInvalidParameterCombination,
  kCloudWatchInvalidParameterValue,
  kCloudWatchLimitExceeded,
  kCloudWatchMissingParameter,
  kCloudWatchResourceNotFound,
  // Application Auto Scaling
  kInternalService,
  kInvalidNextToken,
  kObjectNotFound,
  kScalingResourceNotFound,
  kTooManyTags,
  // WatchEvents, in the words of DynamoDB's streams
  kTrimmedDataAccess,
  // Shared wire errors
  kThrottling,
  kSerialization,
  kUnknownOperation,
  kValidation,
};

// One row: the name on the wire, HTTP status, and gRPC code. Some thirty exceptions do not fit sixteen codes, so
// clients read the name (google.rpc.ErrorInfo.reason, or `__type` on the AWS wire) and never guess it from the code.
struct ExceptionRow {
  AwsException exception;
  std::string_view name;  // "ClusterNotFoundException"
  int http_status;
  absl::StatusCode code;
  // What `x-amzn-query-error` calls it, where a query-compatible service's clients know it by an older name.
  std::string_view query_code = {};
};
std::span<const ExceptionRow> ExceptionTable();

// A status that carries its exception as payload.
absl::Status AwsError(AwsException exception, std::string_view message);
// The row of a status made by AwsError; kServer's for any other error, whose text must then not leave the daemon.
const ExceptionRow& ExceptionOf(const absl::Status& status);
// The same as clients of `service` know it ("ecsmi.cloudwatch.v1.CloudWatchService"): what is our own fault is a
// ServerException to ECS alone; other models have names of their own for it, which their SDKs try again.
const ExceptionRow& ExceptionOf(const absl::Status& status, std::string_view service);

// What the engine itself answers, as callers see it: one world too many is a LimitExceededException. Others stay.
absl::Status FromEngine(absl::Status status);

// Makers for the texts that clients match on (behaviour H10-H14, C68, A82 …).
absl::Status ClusterNotFound();
absl::Status InvalidParameter(std::string_view message);
absl::Status ClientError(std::string_view message);
// Refusals of ours that AWS does not make end in " (ecsmi: docs/FIDELITY.md#<anchor>)".
absl::Status Ours(AwsException exception, std::string_view message, std::string_view anchor);

}  // namespace ecsmi::api
