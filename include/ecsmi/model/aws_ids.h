#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ecsmi/base/keyed_hash.h"
#include "ecsmi/model/ids.h"

namespace ecsmi::model {

// AWS ids from serials and back. An id is a keyed permutation of (table, serial) under the world's key: it looks
// random, is the same for the same seed and account, and needs no index: the way back recomputes the serial and refuses
// ids this world never made (docs/decisions/0004-ids.md). Pure; any thread.

// "aws", "aws-cn" or "aws-us-gov" by region.
std::string_view Partition(std::string_view region);

// 32 lower-case hex digits: tasks and container instances (H40).
std::string HexId(const base::Key128& world_key, TableId table, Serial serial);
// nullopt unless `id` is the HexId of some serial of `table` in this world (the row may be gone).
std::optional<Serial> SerialOfHexId(const base::Key128& world_key, TableId table, std::string_view id);

// 21 letters, digits, '-' and '_': service deployments (H41).
std::string WordId(const base::Key128& world_key, TableId table, Serial serial);
std::optional<Serial> SerialOfWordId(const base::Key128& world_key, TableId table, std::string_view id);
// 19 digits: service revisions and, as "ecs-svc/<digits>", what rolls them out (H41, H44).
std::string NumberId(const base::Key128& world_key, TableId table, Serial serial);
std::optional<Serial> SerialOfNumberId(const base::Key128& world_key, TableId table, std::string_view id);

// "i-" and 17 hex digits (H44).
std::string Ec2InstanceId(const base::Key128& world_key, Serial instance);
// 8-4-4-4-12 hex digits. One way.
std::string Uuid(const base::Key128& world_key, TableId table, Serial serial, std::uint64_t part = 0);

// A receipt handle: one receive of one message of one queue, opaque and authenticated (F63). The number of the receive
// (Message::receive_count) tells an old handle from the newest.
struct Receipt {
  Serial message = kNoSerial;
  std::int32_t receive = 0;
};
std::string ReceiptHandle(const base::Key128& world_key, Serial queue, const Receipt& receipt);
// nullopt for what this world never gave out for that queue.
std::optional<Receipt> ParseReceiptHandle(const base::Key128& world_key, Serial queue, std::string_view handle);

}  // namespace ecsmi::model
