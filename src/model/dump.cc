#include "ecsmi/model/dump.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <type_traits>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ecsmi/base/utf8.h"

namespace ecsmi::model {
namespace {

void AppendQuoted(std::string_view text, std::string& out) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

// Bytes that a line can hold as they are: UTF-8 without control characters.
bool IsPrintable(std::string_view text) {
  return base::IsUtf8(text) && std::none_of(text.begin(), text.end(),
                                            [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

template <typename T>
void AppendValue(const T& value, std::string& out);

// "name":value, of one member.
template <typename T>
void AppendMember(const char* name, const T& value, std::string& out) {
  if constexpr (std::is_same_v<T, std::string>) {
    if (IsPrintable(value)) {
      absl::StrAppend(&out, "\"", name, "\":");
      AppendQuoted(value, out);
    } else {
      absl::StrAppend(&out, "\"", name, "_base64\":\"", absl::Base64Escape(value), "\"");
    }
  } else {
    absl::StrAppend(&out, "\"", name, "\":");
    AppendValue(value, out);
  }
}

template <HasFields T>
void AppendMembers(const T& record, bool first, std::string& out) {
  std::apply(
      [&](const auto&... f) {
        ((out.append(first ? "" : ","), first = false, AppendMember(f.name, record.*(f.member), out)), ...);
      },
      T::Fields());
}

template <typename T>
void AppendValue(const T& value, std::string& out) {
  if constexpr (HasFields<T>) {
    out.push_back('{');
    AppendMembers(value, true, out);
    out.push_back('}');
  } else if constexpr (std::is_enum_v<T>) {
    absl::StrAppend(&out, static_cast<std::int64_t>(value));
  } else if constexpr (std::is_same_v<T, bool>) {
    out.append(value ? "true" : "false");
  } else if constexpr (std::is_integral_v<T>) {
    absl::StrAppend(&out, value);
  } else if constexpr (std::is_same_v<T, absl::int128>) {
    absl::StrAppend(&out, absl::StrFormat("%d", value));
  } else if constexpr (std::is_floating_point_v<T>) {
    // 17 digits bring a double back; JSON has no word for the rest.
    out.append(std::isfinite(value) ? absl::StrFormat("%.17g", value) : "null");
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (IsPrintable(value)) {
      AppendQuoted(value, out);
    } else {
      absl::StrAppend(&out, "{\"base64\":\"", absl::Base64Escape(value), "\"}");
    }
  } else if constexpr (codec_internal::IsVector<T>::value) {
    out.push_back('[');
    bool first = true;
    for (const auto& item : value) {
      if (!first) out.push_back(',');
      first = false;
      AppendValue(item, out);
    }
    out.push_back(']');
  } else if constexpr (codec_internal::IsOptional<T>::value) {
    if (value) {
      AppendValue(*value, out);
    } else {
      out.append("null");
    }
  } else {
    static_assert(codec_internal::HasMinMax<T>, "no text for this member type");
    out.append("{\"min\":");
    AppendValue(value.min, out);
    out.append(",\"max\":");
    AppendValue(value.max, out);
    out.push_back('}');
  }
}

template <typename T>
void AppendRow(const T& row, std::string& out) {
  absl::StrAppend(&out, "{\"table\":\"");
  out.append(TableName(T::kTable));
  absl::StrAppend(&out, "\",\"serial\":", row.serial);
  AppendMembers(row, false, out);
  out.append("}\n");
}

// The serials of a table from `from` on, rising, about `work_max` places looked at. `*next` gets where to go on; past
// the last number when the table is done. Tables are not in serial order: numbers are dense in the tables that are
// large, so asking for one after the other costs least there; of a small one all are taken and sorted.
template <typename T>
std::vector<Serial> SerialsFrom(const State& state, Serial from, std::size_t work_max, Serial* next) {
  const Table<T>& table = state.table<T>();
  std::vector<Serial> serials;
  const Serial end = state.next_serial();
  *next = end;
  if (from >= end || table.size() == 0) return serials;
  if (table.size() <= work_max || (end - from) / 64 > table.size()) {
    table.ForEach([&](const T& row) {
      if (row.serial >= from) serials.push_back(row.serial);
    });
    std::sort(serials.begin(), serials.end());
    if (serials.size() > work_max) {
      *next = serials[work_max];
      serials.resize(work_max);
    }
    return serials;
  }
  *next = std::min<Serial>(end, from + work_max);
  for (Serial serial = from; serial < *next; ++serial) {
    if (table.Find(serial) != nullptr) serials.push_back(serial);
  }
  return serials;
}

// One table's part of DumpRows, adding to the places looked at. True when the table is done.
template <typename T>
bool DumpTable(const State& state, const DumpLimits& limits, DumpPosition* position, std::size_t* work,
               std::string* out) {
  constexpr auto kNumber = static_cast<std::uint8_t>(T::kTable);
  if (position->table > kNumber) return true;
  if (position->table < kNumber) *position = {kNumber, kNoSerial};
  if (position->serial + 1 >= state.next_serial()) return true;  // a page ended with this table: no work to count
  Serial next = kNoSerial;
  const std::vector<Serial> serials = SerialsFrom<T>(state, position->serial + 1, limits.work_max, &next);
  *work += std::min(state.table<T>().size(), limits.work_max);
  for (const Serial serial : serials) {
    AppendRow(state.Get<T>(serial), *out);
    position->serial = serial;
    if (out->size() >= limits.bytes_max && serial != serials.back()) return false;
  }
  position->serial = next - 1;
  return next >= state.next_serial();
}

}  // namespace

std::string_view TableName(TableId table) {
  switch (table) {
    case TableId::kDocument:
      return "document";
    case TableId::kCluster:
      return "cluster";
    case TableId::kCapacityProvider:
      return "capacity_provider";
    case TableId::kTaskDefinition:
      return "task_definition";
    case TableId::kService:
      return "service";
    case TableId::kDeployment:
      return "deployment";
    case TableId::kTask:
      return "task";
    case TableId::kContainerInstance:
      return "container_instance";
    case TableId::kSubnet:
      return "subnet";
    case TableId::kBehavior:
      return "behavior";
    case TableId::kQueue:
      return "queue";
    case TableId::kMessage:
      return "message";
    case TableId::kAlarm:
      return "alarm";
    case TableId::kMetric:
      return "metric";
    case TableId::kScalableTarget:
      return "scalable_target";
    case TableId::kScalingPolicy:
      return "scaling_policy";
    case TableId::kScalingActivity:
      return "scaling_activity";
    case TableId::kUsage:
      return "usage";
    case TableId::kUsageShare:
      return "usage_share";
    case TableId::kToken:
      return "token";
    case TableId::kFamily:
      return "family";
    case TableId::kServiceEvent:
      return "service_event";
    case TableId::kAccountSetting:
      return "account_setting";
    case TableId::kServiceRevision:
      return "service_revision";
    case TableId::kServiceDeployment:
      return "service_deployment";
    case TableId::kScheduledAction:
      return "scheduled_action";
  }
  return "";
}

bool DumpRows(const State& state, const DumpLimits& limits, DumpPosition* position, std::string* out) {
  bool done = true;
  std::size_t work = 0;
  state.ForEachTable([&]<typename T>(const Table<T>&) {
    if (!done) return;
    const bool full = out->size() >= limits.bytes_max || work >= limits.work_max;
    done = !full && DumpTable<T>(state, limits, position, &work, out);
  });
  return done;
}

std::string DumpAll(const State& state) {
  std::string all;
  DumpPosition position;
  for (bool done = false; !done;) {
    std::string part;
    done = DumpRows(state, {}, &position, &part);
    all += part;
  }
  return all;
}

}  // namespace ecsmi::model
