#pragma once

#include <memory>

#include "absl/status/status.h"
#include "wire/aws/door.h"
#include "wire/aws_json/codec.h"
#include "wire/aws_json/operations.h"
#include "wire/call/call.h"

namespace ecsmi::wire {

// A call over either of AWS's protocols, and all that lives as long as it.
class ServedCall {
 public:
  // The answer in the protocol's form, but for what every answer has (request id, notes).
  using Shape = HttpResponse (*)(const ServedCall& call, const absl::Status& status);

  ServedCall(Door& calls, const AwsCaller& caller, const Operation& its_operation, const HttpRequest& http,
             HttpReply reply, Shape shape);

  const Operation& operation;
  const std::unique_ptr<google::protobuf::Message> request;
  const std::unique_ptr<google::protobuf::Message> response;
  const std::string& request_id() const { return call_.context.request_id; }

  // Hands the call over, or answers what decoding its request refused: `decoded`, and with --strict what `notes` hold.
  // From here on the call owns itself until it is answered.
  static void Serve(std::unique_ptr<ServedCall> made, absl::Status decoded, const DecodeNotes& notes);

 private:
  void Answer(const absl::Status& status);

  const bool strict_;
  const Shape shape_;
  Call call_;
  HttpReply reply_;
};

}  // namespace ecsmi::wire
