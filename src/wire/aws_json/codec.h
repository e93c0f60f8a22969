#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "google/protobuf/struct.pb.h"

// AWS JSON over descriptors: one codec for every message of the contract, no code per operation. A member is named by
// its field's json_name, an enum value by the option aws_name; where stock proto-JSON differs from AWS (int64, moments,
// enums, null, empty lists) AWS's way is taken. Pure; any thread.
namespace ecsmi::wire {

// What a body gives that reaches no handler although the call goes on (promise 6).
class DecodeNotes {
 public:
  // `member`: its path, "containerDefinitions[0].colour"; `why` follows it in the text.
  void Ignore(std::string member, std::string_view why);
  // "colour is no member of CreateClusterRequest and was ignored". The first kIgnoredMax; then one that counts the
  // rest.
  std::vector<std::string> Warnings() const;
  bool empty() const { return ignored_.empty(); }
  // With --strict what would be a warning is a refusal: OK when there is none, else InvalidParameterException.
  absl::Status Refusal() const;

  static constexpr std::size_t kIgnoredMax = 20;

 private:
  std::vector<std::string> ignored_;
  std::size_t more_ = 0;
};

// Fills `message`, which should be empty, from a request's body. Zero bytes stand for {}.
//   integer, long      a number without fraction (1.0 and 1e3 are such), in range, exact
//   double             a number, or the strings "NaN", "Infinity", "-Infinity"
//   timestamp          a number, seconds since the Unix epoch, rounded to milliseconds; or "2026-01-01T00:00:00Z"
//   duration (ours)    a number of seconds, rounded to milliseconds; or "1.5s"
//   blob, document     base64; any JSON, whose whole numbers must fit a double exactly
//   enum, union        one of AWS's spellings; exactly one member
//   null               as if the member were not there; no entry of a list or map
//   an empty list      named in `explicitly_set` where the message has such a mask
// A member given twice counts as given last, as AWS's parser has it, and is noted like a member that the message does
// not have. Errors, all with AWS's exception attached and the member's path in the text: SerializationException for
// what is no JSON in UTF-8, is nested deeper than kDepthMax, asks for more memory than kMessageBytesMax, or has a value
// of the wrong type; for an enum the refusal that the API room words. `message` is then unusable.
// Cost: one pass; memory in proportion to the body, no recursion.
// REQUIRES: `message` is of the contract, or of the same kinds of fields.
absl::Status Decode(std::string_view body, google::protobuf::Message* message, DecodeNotes* notes);

// Objects and lists one inside the other, the outermost included.
inline constexpr int kDepthMax = 100;
// Messages that a body makes, together; the largest that AWS takes, a PutMetricData of 1,000 values, makes a tenth.
inline constexpr std::size_t kMessageBytesMax = std::size_t{32} << 20;

// An answer's body. Absent members are left out, but lists that AWS always sends are [] (option always_emit), and so
// are empty ones named in `explicitly_set`. Maps are sorted by key, so that equal messages give equal bytes. Moments
// are seconds with up to three decimals, doubles the shortest text that reads back the same, 5 as 5.0.
// REQUIRES: as Decode; its strings are UTF-8.
std::string Encode(const google::protobuf::Message& message);

// A document as JSON: members sorted, numbers the shortest text that reads back the same, 5 as 5.
void AppendDocument(const google::protobuf::Value& document, std::string& out);

}  // namespace ecsmi::wire
