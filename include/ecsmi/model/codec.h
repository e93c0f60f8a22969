#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/numeric/int128.h"
#include "ecsmi/base/bytes.h"

// How records become bytes, hashes and text. A record lists its stored members once:
//
//   static constexpr auto Fields() { return std::tuple(F("name", &Cluster::name), …); }
//
// Rules that keep old databases readable: fields are only ever appended; a row ends where its writer's list ended, and
// members beyond that keep their initialisers. Members not listed are derived and rebuilt on load.
namespace ecsmi::model {

template <typename Record, typename Member>
struct Field {
  const char* name;
  Member Record::*member;
};
template <typename Record, typename Member>
constexpr Field<Record, Member> F(const char* name, Member Record::*member) {
  return {name, member};
}

template <typename T>
concept HasFields = requires {
  T::Fields();
};

// Version of the row layout, its first byte. Raised only when a field changes its meaning, with a reader for the old
// one.
inline constexpr char kRowVersion = 1;

template <typename T>
void EncodeValue(base::ByteWriter& out, const T& value);
template <typename T>
void DecodeValue(base::ByteReader& in, T& value);

namespace codec_internal {
template <typename T>
struct IsVector : std::false_type {};
template <typename T>
struct IsVector<std::vector<T>> : std::true_type {};
template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <typename T>
concept HasMinMax = requires(T t) {
  t.min;
  t.max;
}
&&!HasFields<T>;
}  // namespace codec_internal

template <typename T>
void EncodeValue(base::ByteWriter& out, const T& value) {
  if constexpr (HasFields<T>) {
    std::string nested;
    base::ByteWriter writer(nested);
    std::apply([&](const auto&... f) { (EncodeValue(writer, value.*(f.member)), ...); }, T::Fields());
    out.Bytes(nested);
  } else if constexpr (std::is_enum_v<T>) {
    out.Unsigned(static_cast<std::uint64_t>(value));
  } else if constexpr (std::same_as<T, bool>) {
    out.Unsigned(value ? 1 : 0);
  } else if constexpr (std::is_unsigned_v<T>) {
    out.Unsigned(value);
  } else if constexpr (std::is_integral_v<T>) {
    out.Signed(value);
  } else if constexpr (std::same_as<T, absl::int128>) {
    out.Signed(absl::Int128High64(value));
    out.Unsigned(absl::Int128Low64(value));
  } else if constexpr (std::is_floating_point_v<T>) {
    out.Double(value);
  } else if constexpr (std::same_as<T, std::string>) {
    out.Bytes(value);
  } else if constexpr (codec_internal::IsVector<T>::value) {
    out.Unsigned(value.size());
    for (const auto& item : value) EncodeValue(out, item);
  } else if constexpr (codec_internal::IsOptional<T>::value) {
    out.Unsigned(value.has_value() ? 1 : 0);
    if (value) EncodeValue(out, *value);
  } else if constexpr (codec_internal::HasMinMax<T>) {
    EncodeValue(out, value.min);
    EncodeValue(out, value.max);
  } else {
    static_assert(sizeof(T) == 0, "no encoding for this member type");
  }
}

template <typename T>
void DecodeValue(base::ByteReader& in, T& value) {
  if constexpr (HasFields<T>) {
    base::ByteReader nested(in.Bytes());
    std::apply([&](const auto&... f) { ((nested.empty() ? void() : DecodeValue(nested, value.*(f.member))), ...); },
               T::Fields());
    if (!nested.ok()) in.Fail();
  } else if constexpr (std::is_enum_v<T>) {
    value = static_cast<T>(in.Unsigned());
  } else if constexpr (std::same_as<T, bool>) {
    value = in.Unsigned() != 0;
  } else if constexpr (std::is_unsigned_v<T>) {
    value = static_cast<T>(in.Unsigned());
  } else if constexpr (std::is_integral_v<T>) {
    value = static_cast<T>(in.Signed());
  } else if constexpr (std::same_as<T, absl::int128>) {
    const std::int64_t high = in.Signed();
    value = absl::MakeInt128(high, in.Unsigned());
  } else if constexpr (std::is_floating_point_v<T>) {
    value = static_cast<T>(in.Double());
  } else if constexpr (std::same_as<T, std::string>) {
    value = std::string(in.Bytes());
  } else if constexpr (codec_internal::IsVector<T>::value) {
    const std::uint64_t count = in.Unsigned();
    value.clear();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) DecodeValue(in, value.emplace_back());
  } else if constexpr (codec_internal::IsOptional<T>::value) {
    if (in.Unsigned() != 0) DecodeValue(in, value.emplace());
  } else {
    DecodeValue(in, value.min);
    DecodeValue(in, value.max);
  }
}

// Appends a record's row: the version byte, then every stored member.
template <HasFields T>
void EncodeRow(const T& record, std::string& out) {
  out.push_back(kRowVersion);
  base::ByteWriter writer(out);
  std::apply([&](const auto&... f) { (EncodeValue(writer, record.*(f.member)), ...); }, T::Fields());
}

// False when the bytes are no row of this type; `record` is then unspecified.
template <HasFields T>
[[nodiscard]] bool DecodeRow(std::string_view row, T& record) {
  if (row.empty() || row.front() != kRowVersion) return false;
  base::ByteReader in(row.substr(1));
  std::apply([&](const auto&... f) { ((in.empty() ? void() : DecodeValue(in, record.*(f.member))), ...); },
             T::Fields());
  return in.ok();
}

}  // namespace ecsmi::model
