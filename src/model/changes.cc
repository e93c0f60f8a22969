#include "ecsmi/model/changes.h"

#include <cstddef>
#include <utility>

#include "ecsmi/base/bytes.h"
#include "ecsmi/base/check.h"

namespace ecsmi::model {
namespace {

// Segment := version, header, labels, rows [, told]. All numbers are ByteWriter varints, all strings length-prefixed,
// so an empty step takes about twenty bytes.
//   header := seq next_serial now_ms state_hash settings
//   labels := count { region name status }
//   rows   := count { table serial kind [bytes] }     bytes are absent when kind is kErased
//   kind   := kErased | kUnlabelled | kFirstLabel + index into labels
//   told   := first count { table serial at parts [image] [extra] }    at: milliseconds before the header's now_ms
// A segment that tells nothing has no last part and kVersion, as all had before events were told; others kVersionTells.
constexpr std::uint64_t kVersion = 1;
constexpr std::uint64_t kVersionTells = 2;
constexpr std::uint64_t kErased = 0;
constexpr std::uint64_t kUnlabelled = 1;
constexpr std::uint64_t kFirstLabel = 2;

// The fewest bytes a label and a row take: a count that promises more than the rest of the input can hold is refused
// before anything is reserved for it.
constexpr std::size_t kLabelBytesMin = 3;
constexpr std::size_t kRowBytesMin = 3;
constexpr std::size_t kToldBytesMin = 4;

// Bits of a told thing's parts.
constexpr std::uint64_t kToldErased = 1;
constexpr std::uint64_t kToldImage = 2;
constexpr std::uint64_t kToldExtra = 4;
constexpr std::uint64_t kToldPartsEnd = 8;

// A switch without default: the compiler names this place when a table is added.
bool IsTable(std::uint64_t value) {
  if (value > 0xff) return false;
  switch (static_cast<TableId>(value)) {
    case TableId::kDocument:
    case TableId::kCluster:
    case TableId::kCapacityProvider:
    case TableId::kTaskDefinition:
    case TableId::kService:
    case TableId::kDeployment:
    case TableId::kTask:
    case TableId::kContainerInstance:
    case TableId::kSubnet:
    case TableId::kBehavior:
    case TableId::kQueue:
    case TableId::kMessage:
    case TableId::kAlarm:
    case TableId::kMetric:
    case TableId::kScalableTarget:
    case TableId::kScalingPolicy:
    case TableId::kScalingActivity:
    case TableId::kUsage:
    case TableId::kUsageShare:
    case TableId::kToken:
    case TableId::kFamily:
    case TableId::kServiceEvent:
    case TableId::kAccountSetting:
    case TableId::kServiceRevision:
    case TableId::kServiceDeployment:
    case TableId::kScheduledAction:
      return true;
  }
  return false;
}

bool Precedes(const RowChange& left, const RowChange& right) {
  return left.table != right.table ? left.table < right.table : left.serial < right.serial;
}

bool ParseLabels(base::ByteReader& reader, std::size_t size, std::vector<RowLabel>& labels) {
  const std::uint64_t count = reader.Unsigned();
  if (count > size / kLabelBytesMin) return false;
  labels.reserve(count);
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    // Named first: the order in which function arguments are evaluated is not defined.
    const std::string_view region = reader.Bytes();
    const std::string_view name = reader.Bytes();
    const std::string_view status = reader.Bytes();
    labels.push_back({.region = std::string(region), .name = std::string(name), .status = std::string(status)});
  }
  return reader.ok();
}

bool ParseRow(base::ByteReader& reader, ChangeSet& changes) {
  const std::uint64_t table = reader.Unsigned();
  const std::uint64_t serial = reader.Unsigned();
  const std::uint64_t kind = reader.Unsigned();
  if (!reader.ok() || !IsTable(table)) return false;
  if (serial == kNoSerial || serial > kSerialMax || kind >= kFirstLabel + changes.labels.size()) return false;
  RowChange row{.table = static_cast<TableId>(table), .erased = kind == kErased, .serial = serial};
  row.offset = static_cast<std::uint32_t>(changes.buffer.size());
  if (!row.erased) {
    const std::string_view bytes = reader.Bytes();
    row.size = static_cast<std::uint32_t>(bytes.size());
    changes.buffer.append(bytes);
  }
  if (kind >= kFirstLabel) row.label = static_cast<std::uint32_t>(kind - kFirstLabel);
  if (!changes.rows.empty() && !Precedes(changes.rows.back(), row)) return false;
  changes.rows.push_back(row);
  return reader.ok();
}

bool ParseTold(base::ByteReader& reader, ChangeSet& changes) {
  const std::uint64_t table = reader.Unsigned();
  const std::uint64_t serial = reader.Unsigned();
  const auto before = static_cast<std::uint64_t>(reader.Signed());
  const std::uint64_t parts = reader.Unsigned();
  if (!reader.ok() || !IsTable(table) || serial == kNoSerial || serial > kSerialMax || parts >= kToldPartsEnd) {
    return false;
  }
  Told told{.table = static_cast<TableId>(table), .erased = (parts & kToldErased) != 0, .serial = serial};
  // Unsigned: what a damaged file says must not overflow.
  told.at = static_cast<TimeMs>(static_cast<std::uint64_t>(changes.header.now_ms) - before);
  const auto read = [&](std::uint32_t& offset, std::uint32_t& size) {
    const std::string_view bytes = reader.Bytes();
    offset = static_cast<std::uint32_t>(changes.told_buffer.size());
    size = static_cast<std::uint32_t>(bytes.size());
    changes.told_buffer.append(bytes);
  };
  if ((parts & kToldImage) != 0) read(told.image_offset, told.image_size);
  if ((parts & kToldExtra) != 0) read(told.extra_offset, told.extra_size);
  changes.told.push_back(told);
  return reader.ok();
}

bool ParseAllTold(base::ByteReader& reader, std::size_t size, ChangeSet& changes) {
  changes.told_first = reader.Unsigned();
  const std::uint64_t count = reader.Unsigned();
  if (!reader.ok() || count == 0 || count > size / kToldBytesMin) return false;
  changes.told.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    if (!ParseTold(reader, changes)) return false;
  }
  return true;
}

void EncodeTold(const ChangeSet& changes, base::ByteWriter& writer) {
  writer.Unsigned(changes.told_first);
  writer.Unsigned(changes.told.size());
  for (const Told& told : changes.told) {
    writer.Unsigned(static_cast<std::uint64_t>(told.table));
    writer.Unsigned(told.serial);
    writer.Signed(static_cast<std::int64_t>(static_cast<std::uint64_t>(changes.header.now_ms) -
                                            static_cast<std::uint64_t>(told.at)));
    writer.Unsigned((told.erased ? kToldErased : 0) | (told.image_size > 0 ? kToldImage : 0) |
                    (told.extra_size > 0 ? kToldExtra : 0));
    if (told.image_size > 0) writer.Bytes(changes.ImageOf(told));
    if (told.extra_size > 0) writer.Bytes(changes.ExtraOf(told));
  }
}

}  // namespace

std::string EncodeSegment(const ChangeSet& changes) {
  std::string segment;
  segment.reserve(changes.buffer.size() + changes.header.settings.size() + changes.rows.size() * 8 +
                  changes.told_buffer.size() + changes.told.size() * 10 + 64);
  base::ByteWriter writer(segment);
  writer.Unsigned(changes.told.empty() ? kVersion : kVersionTells);
  writer.Unsigned(changes.header.seq);
  writer.Unsigned(changes.header.next_serial);
  writer.Signed(changes.header.now_ms);
  writer.Unsigned(changes.header.state_hash);
  writer.Bytes(changes.header.settings);
  writer.Unsigned(changes.labels.size());
  for (const RowLabel& label : changes.labels) {
    writer.Bytes(label.region);
    writer.Bytes(label.name);
    writer.Bytes(label.status);
  }
  writer.Unsigned(changes.rows.size());
  const RowChange* previous = nullptr;
  for (const RowChange& row : changes.rows) {
    ECSMI_CHECK(previous == nullptr || Precedes(*previous, row));
    ECSMI_CHECK(row.serial != kNoSerial && row.serial <= kSerialMax);
    ECSMI_CHECK(row.label == RowChange::kNoLabel || row.label < changes.labels.size());
    previous = &row;
    writer.Unsigned(static_cast<std::uint64_t>(row.table));
    writer.Unsigned(row.serial);
    if (row.erased) {
      writer.Unsigned(kErased);
      continue;
    }
    writer.Unsigned(row.label == RowChange::kNoLabel ? kUnlabelled : kFirstLabel + row.label);
    writer.Bytes(changes.BytesOf(row));
  }
  if (!changes.told.empty()) EncodeTold(changes, writer);
  return segment;
}

bool ParseSegment(std::string_view segment, ChangeSet* changes) {
  // Offsets into the buffer are 32 bits wide.
  if (segment.size() > 0xffffffffu) return false;
  ChangeSet parsed;
  base::ByteReader reader(segment);
  const std::uint64_t version = reader.Unsigned();
  if (version != kVersion && version != kVersionTells) return false;
  parsed.header.seq = reader.Unsigned();
  parsed.header.next_serial = reader.Unsigned();
  parsed.header.now_ms = reader.Signed();
  parsed.header.state_hash = reader.Unsigned();
  parsed.header.settings = std::string(reader.Bytes());
  if (!reader.ok() || !ParseLabels(reader, segment.size(), parsed.labels)) return false;
  const std::uint64_t count = reader.Unsigned();
  if (!reader.ok() || count > segment.size() / kRowBytesMin) return false;
  parsed.rows.reserve(count);
  parsed.buffer.reserve(segment.size());
  for (std::uint64_t i = 0; i < count; ++i) {
    if (!ParseRow(reader, parsed)) return false;
  }
  if (version == kVersionTells && !ParseAllTold(reader, segment.size(), parsed)) return false;
  if (!reader.empty()) return false;
  // A varint can be spelled longer than needed; there is one spelling of a segment, so that equal bytes mean equal
  // changes and a hash over segments means something. Encoding again is the whole check, and parsing is rare.
  if (EncodeSegment(parsed) != segment) return false;
  *changes = std::move(parsed);
  return true;
}

}  // namespace ecsmi::model
