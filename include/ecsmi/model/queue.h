#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "ecsmi/model/record.h"

namespace ecsmi::model {

struct QueueAttribute {
  std::string name;
  std::string value;
  friend bool operator==(const QueueAttribute&, const QueueAttribute&) = default;
  static constexpr auto Fields() {
    return std::tuple(F("name", &QueueAttribute::name), F("value", &QueueAttribute::value));
  }
};

// A standard SQS queue.
struct Queue : RowBase {
  static constexpr TableId kTable = TableId::kQueue;
  std::string region;
  std::string name;
  bool deleted = false;  // kept 60 s after deletion, so that re-creation is refused (F68)
  TimeMs created_at = kUnset;
  TimeMs modified_at = kUnset;
  TimeMs deleted_at = kUnset;
  TimeMs purged_at = kUnset;
  std::int32_t visibility_timeout_seconds = 30;
  std::int32_t delay_seconds = 0;
  std::int32_t retention_seconds = 345'600;
  std::int32_t maximum_message_bytes = 1'048'576;
  std::int32_t receive_wait_seconds = 0;
  Serial dead_letter_queue = kNoSerial;
  std::int32_t max_receive_count = 0;
  std::string redrive_policy;              // as given
  std::vector<QueueAttribute> attributes;  // stored and echoed only (policy, KMS …)
  Serial document = kNoSerial;             // tags
  TimeMs active_until = kUnset;            // metrics are emitted until then (F55)
  TimeMs metric_due_at = kNever;
  TimeMs due_at = kNever;  // tombstone's end
  // Since the queue was made: what the metrics of the same names are differences of (F55).
  std::int64_t messages_sent = 0;
  std::int64_t messages_received = 0;
  std::int64_t messages_deleted = 0;

  // Derived. Which messages are visible and which workers idle is asked of State (FirstVisible, FirstIdleWorker).
  std::uint32_t visible = 0;
  std::uint32_t in_flight = 0;
  std::uint32_t delayed = 0;
  ListHead messages;

  static constexpr auto Fields() {
    using Q = Queue;
    return std::tuple(
        F("region", &Q::region), F("name", &Q::name), F("deleted", &Q::deleted), F("created_at", &Q::created_at),
        F("modified_at", &Q::modified_at), F("deleted_at", &Q::deleted_at), F("purged_at", &Q::purged_at),
        F("visibility_timeout_seconds", &Q::visibility_timeout_seconds), F("delay_seconds", &Q::delay_seconds),
        F("retention_seconds", &Q::retention_seconds), F("maximum_message_bytes", &Q::maximum_message_bytes),
        F("receive_wait_seconds", &Q::receive_wait_seconds), F("dead_letter_queue", &Q::dead_letter_queue),
        F("max_receive_count", &Q::max_receive_count), F("redrive_policy", &Q::redrive_policy),
        F("attributes", &Q::attributes), F("document", &Q::document), F("active_until", &Q::active_until),
        F("metric_due_at", &Q::metric_due_at), F("due_at", &Q::due_at), F("messages_sent", &Q::messages_sent),
        F("messages_received", &Q::messages_received), F("messages_deleted", &Q::messages_deleted));
  }
};

enum class MessageState : std::uint8_t { kVisible = 1, kInFlight = 2, kDelayed = 3 };

struct Message : RowBase {
  static constexpr TableId kTable = TableId::kMessage;
  Serial queue = kNoSerial;
  MessageState state = MessageState::kVisible;
  std::string body;             // a long one is in the document, so that a receive does not write it again
  Serial document = kNoSerial;  // sqs.v1.SendMessageRequest: attributes, long body
  TimeMs sent_at = kUnset;
  TimeMs due_at = kNever;      // visible again, or no longer delayed
  TimeMs expires_at = kNever;  // retention
  TimeMs first_received_at = kUnset;
  TimeMs received_at = kUnset;
  std::int32_t receive_count = 0;  // also the nonce of the newest receipt handle
  Serial holder = kNoSerial;       // the simulated worker's task that received it last; 0 = an outside client or nobody
  Serial dead_letter_source = kNoSerial;  // the queue it was moved from (F66)
  std::int32_t receives_before_move = 0;  // of receive_count: those in the queue it was moved from

  // Derived.
  ListLink in_queue;

  static constexpr auto Fields() {
    using M = Message;
    return std::tuple(F("queue", &M::queue), F("state", &M::state), F("body", &M::body), F("document", &M::document),
                      F("sent_at", &M::sent_at), F("due_at", &M::due_at), F("expires_at", &M::expires_at),
                      F("first_received_at", &M::first_received_at), F("received_at", &M::received_at),
                      F("receive_count", &M::receive_count), F("holder", &M::holder),
                      F("dead_letter_source", &M::dead_letter_source),
                      F("receives_before_move", &M::receives_before_move));
  }
};

}  // namespace ecsmi::model
