#include "ecsmi/api/errors.h"

#include <array>
#include <cstddef>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/utf8.h"

namespace ecsmi::api {
namespace {

using absl::StatusCode;

// Names and HTTP statuses: the service models (H2, H5). One row per value of AwsException, in its order.
constexpr std::array kTable = {
    ExceptionRow{AwsException::kAccessDenied, "AccessDeniedException", 403, StatusCode::kPermissionDenied},
    ExceptionRow{AwsException::kAttributeLimitExceeded, "AttributeLimitExceededException", 400,
                 StatusCode::kResourceExhausted},
    ExceptionRow{AwsException::kClient, "ClientException", 400, StatusCode::kInvalidArgument},
    ExceptionRow{AwsException::kClusterContainsCapacityProvider, "ClusterContainsCapacityProviderException", 400,
                 StatusCode::kFailedPrecondition},
    ExceptionRow{AwsException::kClusterContainsContainerInstances, "ClusterContainsContainerInstancesException", 400,
                 StatusCode::kFailedPrecondition},
    ExceptionRow{AwsException::kClusterContainsServices, "ClusterContainsServicesException", 400,
                 StatusCode::kFailedPrecondition},
    ExceptionRow{AwsException::kClusterContainsTasks, "ClusterContainsTasksException", 400,
                 StatusCode::kFailedPrecondition},
    ExceptionRow{AwsException::kClusterNotFound, "ClusterNotFoundException", 400, StatusCode::kNotFound},
    ExceptionRow{AwsException::kConflict, "ConflictException", 400, StatusCode::kAlreadyExists},
    ExceptionRow{AwsException::kInvalidParameter, "InvalidParameterException", 400, StatusCode::kInvalidArgument},
    ExceptionRow{AwsException::kLimitExceeded, "LimitExceededException", 400, StatusCode::kResourceExhausted},
    ExceptionRow{AwsException::kNamespaceNotFound, "NamespaceNotFoundException", 400, StatusCode::kNotFound},
    ExceptionRow{AwsException::kResourceInUse, "ResourceInUseException", 400, StatusCode::kFailedPrecondition},
    ExceptionRow{AwsException::kResourceNotFound, "ResourceNotFoundException", 400, StatusCode::kNotFound},
    ExceptionRow{AwsException::kServer, "ServerException", 500, StatusCode::kInternal},
    ExceptionRow{AwsException::kServiceDeploymentNotFound, "ServiceDeploymentNotFoundException", 400,
                 StatusCode::kNotFound},
    ExceptionRow{AwsException::kServiceNotActive, "ServiceNotActiveException", 400, StatusCode::kFailedPrecondition},
    ExceptionRow{AwsException::kServiceNotFound, "ServiceNotFoundException", 400, StatusCode::kNotFound},
    ExceptionRow{AwsException::kTargetNotFound, "TargetNotFoundException", 400, StatusCode::kNotFound},
    ExceptionRow{AwsException::kUnsupportedFeature, "UnsupportedFeatureException", 400, StatusCode::kUnimplemented},
    ExceptionRow{AwsException::kUpdateInProgress, "UpdateInProgressException", 400, StatusCode::kAborted},
    ExceptionRow{AwsException::kBatchEntryIdsNotDistinct, "BatchEntryIdsNotDistinct", 400, StatusCode::kInvalidArgument,
                 "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"},
    ExceptionRow{AwsException::kBatchRequestTooLong, "BatchRequestTooLong", 400, StatusCode::kInvalidArgument,
                 "AWS.SimpleQueueService.BatchRequestTooLong"},
    ExceptionRow{AwsException::kEmptyBatchRequest, "EmptyBatchRequest", 400, StatusCode::kInvalidArgument,
                 "AWS.SimpleQueueService.EmptyBatchRequest"},
    ExceptionRow{AwsException::kInvalidAddress, "InvalidAddress", 404, StatusCode::kInvalidArgument, "InvalidAddress"},
    ExceptionRow{AwsException::kInvalidAttributeName, "InvalidAttributeName", 400, StatusCode::kInvalidArgument},
    ExceptionRow{AwsException::kInvalidAttributeValue, "InvalidAttributeValue", 400, StatusCode::kInvalidArgument},
    ExceptionRow{AwsException::kInvalidBatchEntryId, "InvalidBatchEntryId", 400, StatusCode::kInvalidArgument,
                 "AWS.SimpleQueueService.InvalidBatchEntryId"},
    ExceptionRow{AwsException::kInvalidMessageContents, "InvalidMessageContents", 400, StatusCode::kInvalidArgument},
    ExceptionRow{AwsException::kInvalidParameterValue, "InvalidParameterValue", 400, StatusCode::kInvalidArgument},
    ExceptionRow{AwsException::kMessageNotInflight, "MessageNotInflight", 400, StatusCode::kFailedPrecondition,
                 "AWS.SimpleQueueService.MessageNotInflight"},
    ExceptionRow{AwsException::kMissingParameter, "MissingParameter", 400, StatusCode::kInvalidArgument},
    ExceptionRow{AwsException::kOverLimit, "OverLimit", 403, StatusCode::kResourceExhausted, "OverLimit"},
    ExceptionRow{AwsException::kPurgeQueueInProgress, "PurgeQueueInProgress", 403, StatusCode::kAborted,
                 "AWS.SimpleQueueService.PurgeQueueInProgress"},
    ExceptionRow{AwsException::kQueueDeletedRecently, "QueueDeletedRecently", 400, StatusCode::kAborted,
                 "AWS.SimpleQueueService.QueueDeletedRecently"},
    ExceptionRow{AwsException::kQueueDoesNotExist, "QueueDoesNotExist", 400, StatusCode::kNotFound,
                 "AWS.SimpleQueueService.NonExistentQueue"},
    ExceptionRow{AwsException::kQueueNameExists, "QueueNameExists", 400, StatusCode::kAlreadyExists,
                 "QueueAlreadyExists"},
    ExceptionRow{AwsException::kReceiptHandleIsInvalid, "ReceiptHandleIsInvalid", 404, StatusCode::kInvalidArgument,
                 "ReceiptHandleIsInvalid"},
    ExceptionRow{AwsException::kRequestThrottled, "RequestThrottled", 403, StatusCode::kResourceExhausted,
                 "RequestThrottled"},
    ExceptionRow{AwsException::kTooManyEntriesInBatchRequest, "TooManyEntriesInBatchRequest", 400,
                 StatusCode::kInvalidArgument, "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"},
    ExceptionRow{AwsException::kUnsupportedOperation, "UnsupportedOperation", 400, StatusCode::kUnimplemented,
                 "AWS.SimpleQueueService.UnsupportedOperation"},
    ExceptionRow{AwsException::kCloudWatchInternalService, "InternalServiceFault", 500, StatusCode::kInternal,
                 "InternalServiceError"},
    ExceptionRow{AwsException::kCloudWatchInvalidFormat, "InvalidFormatFault", 400, StatusCode::kInvalidArgument,
                 "InvalidFormat"},
    ExceptionRow{AwsException::kCloudWatchInvalidNextToken, "InvalidNextToken", 400, StatusCode::kInvalidArgument},
    ExceptionRow{AwsException::kCloudWatchInvalidParameterCombination, "InvalidParameterCombinationException", 400,
                 StatusCode::kInvalidArgument, "InvalidParameterCombination"},
    ExceptionRow{AwsException::kCloudWatchInvalidParameterValue, "InvalidParameterValueException", 400,
                 StatusCode::kInvalidArgument, "InvalidParameterValue"},
    ExceptionRow{AwsException::kCloudWatchLimitExceeded, "LimitExceededFault", 400, StatusCode::kResourceExhausted,
                 "LimitExceeded"},
    ExceptionRow{AwsException::kCloudWatchMissingParameter, "MissingRequiredParameterException", 400,
                 StatusCode::kInvalidArgument, "MissingParameter"},
    ExceptionRow{AwsException::kCloudWatchResourceNotFound, "ResourceNotFound", 404, StatusCode::kNotFound},
    ExceptionRow{AwsException::kInternalService, "InternalServiceException", 500, StatusCode::kInternal},
    ExceptionRow{AwsException::kInvalidNextToken, "InvalidNextTokenException", 400, StatusCode::kInvalidArgument},
    ExceptionRow{AwsException::kObjectNotFound, "ObjectNotFoundException", 400, StatusCode::kNotFound},
    ExceptionRow{AwsException::kScalingResourceNotFound, "ResourceNotFoundException", 404, StatusCode::kNotFound},
    ExceptionRow{AwsException::kTooManyTags, "TooManyTagsException", 400, StatusCode::kResourceExhausted},
    ExceptionRow{AwsException::kTrimmedDataAccess, "TrimmedDataAccessException", 400, StatusCode::kOutOfRange},
    ExceptionRow{AwsException::kThrottling, "ThrottlingException", 400, StatusCode::kResourceExhausted},
    ExceptionRow{AwsException::kSerialization, "SerializationException", 400, StatusCode::kInvalidArgument},
    ExceptionRow{AwsException::kUnknownOperation, "UnknownOperationException", 400, StatusCode::kUnimplemented,
                 "InvalidAction"},
    ExceptionRow{AwsException::kValidation, "ValidationException", 400, StatusCode::kInvalidArgument,
                 "ValidationError"},
};

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].exception) != i) return false;
  }
  return kTable.size() == static_cast<std::size_t>(AwsException::kValidation) + 1;
}
static_assert(InOrder(), "the table is indexed by AwsException");

// The payload's type; its content is the row's number in decimal. Never leaves the process.
constexpr char kPayload[] = "ecsmi/aws-exception";

const ExceptionRow& RowOf(AwsException exception) {
  const auto index = static_cast<std::size_t>(exception);
  ECSMI_CHECK(index < kTable.size());
  return kTable[index];
}

// A value quoted in a message may be a megabyte long or no text at all, but a message has to fit into HTTP/2 trailers
// and be UTF-8. The middle goes: a text begins with the field's name and ends with the rule.
constexpr std::size_t kMessageBytesMax = 2'048;
std::string Legible(std::string_view message) {
  constexpr std::string_view kGap = " ... ";
  constexpr std::size_t kHead = kMessageBytesMax * 2 / 3;
  constexpr std::size_t kTail = kMessageBytesMax - kHead - kGap.size();
  std::string text(message);
  if (message.size() > kMessageBytesMax) {
    text = std::string(message.substr(0, kHead)).append(kGap).append(message.substr(message.size() - kTail));
  }
  if (base::IsUtf8(text)) return text;
  for (char& c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return text;
}

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

std::span<const ExceptionRow> ExceptionTable() {
  return kTable;
}

absl::Status AwsError(AwsException exception, std::string_view message) {
  absl::Status status(RowOf(exception).code, Legible(message));
  status.SetPayload(kPayload, absl::Cord(absl::StrCat(static_cast<int>(exception))));
  return status;
}

const ExceptionRow& ExceptionOf(const absl::Status& status) {
  std::size_t index = 0;
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayload);
  if (payload && absl::SimpleAtoi(std::string(*payload), &index) && index < kTable.size()) return kTable[index];
  return RowOf(AwsException::kServer);
}

const ExceptionRow& ExceptionOf(const absl::Status& status, std::string_view service) {
  const ExceptionRow& row = ExceptionOf(status);
  if (row.exception != AwsException::kServer) return row;
  if (service.starts_with("ecsmi.cloudwatch.")) return RowOf(AwsException::kCloudWatchInternalService);
  if (service.starts_with("ecsmi.autoscaling.")) return RowOf(AwsException::kInternalService);
  return row;
}

absl::Status FromEngine(absl::Status status) {
  if (absl::IsResourceExhausted(status) && !status.GetPayload(kPayload)) {
    return AwsError(AwsException::kLimitExceeded, std::string(status.message()));
  }
  return status;
}

absl::Status ClusterNotFound() {
  return AwsError(AwsException::kClusterNotFound, "Cluster not found.");
}
absl::Status InvalidParameter(std::string_view message) {
  return AwsError(AwsException::kInvalidParameter, message);
}
absl::Status ClientError(std::string_view message) {
  return AwsError(AwsException::kClient, message);
}
absl::Status Ours(AwsException exception, std::string_view message, std::string_view anchor) {
  return AwsError(exception, absl::StrCat(View(message), " (ecsmi: docs/FIDELITY.md#", View(anchor), ")"));
}

}  // namespace ecsmi::api
