#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "ecsmi/control/queues.h"
#include "ecsmi/control/step.h"
#include "ecsmi/sqs/v1/message.pb.h"
#include "google/protobuf/map.h"

// What a message carries: a body and attributes; how they are checked, kept and digested (F75, F78).
namespace ecsmi::api {

using MessageAttributes = google::protobuf::Map<std::string, sqs::v1::MessageAttributeValue>;

// Content and options of a message, alone or as an entry of a batch. Sizes against the queue's limit are for the
// strand. Errors: MissingParameter, InvalidMessageContents, InvalidParameterValue, UnsupportedOperation.
absl::Status CheckContent(const sqs::v1::SendMessageRequest& message);

// Bytes that count against MaximumMessageSize: body, and name, type and value of each attribute.
std::size_t ContentBytes(const sqs::v1::SendMessageRequest& message);

// The row-to-be. Interns a document, so call it once nothing can be refused any more.
control::NewMessage KeepContent(control::Step& step, const sqs::v1::SendMessageRequest& message);
// The other way: what was sent, body included.
sqs::v1::SendMessageRequest ContentOf(const control::Step& step, const model::Message& message);

// Empty without attributes. Also of system attributes, which have the same shape.
std::string Md5OfAttributes(const MessageAttributes& attributes);
std::string Md5OfAttributes(const google::protobuf::Map<std::string, sqs::v1::MessageSystemAttributeValue>& attributes);

}  // namespace ecsmi::api
