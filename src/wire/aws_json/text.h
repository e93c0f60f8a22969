#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

// Values as AWS writes them, out and in. Pure; any thread. Writers append to `out`; readers give nullopt for what is
// not such a value.
namespace ecsmi::wire {

// A JSON string with its quotes. REQUIRES: UTF-8.
void AppendQuoted(std::string_view text, std::string& out);
// The shortest text that reads back the same. `whole_as_fraction`: 5 as 5.0, which tells a client that it is a double.
// What is not finite becomes the string "NaN", "Infinity" or "-Infinity".
void AppendDouble(double value, bool whole_as_fraction, std::string& out);
void AppendInteger(std::int64_t value, std::string& out);
void AppendInteger(std::uint64_t value, std::string& out);
// Seconds with as many of three decimals as it needs: 1763900000.123, -1.5, 7.
void AppendSeconds(std::int64_t ms, std::string& out);
std::int64_t ToMs(const google::protobuf::Timestamp& moment);
std::int64_t ToMs(const google::protobuf::Duration& duration);
// Base64 in quotes.
void AppendBlob(std::string_view bytes, std::string& out);

// The beginning of a text for an error message: at most 64 bytes of it, whole characters, "..." where more follows.
std::string Excerpt(std::string_view text);

// From the text of a JSON number. A whole number may be written as 1.0 or 1e3; nullopt when it has a fraction or is out
// of range.
std::optional<std::int32_t> ReadInt32(std::string_view number);
std::optional<std::int64_t> ReadInt64(std::string_view number);
std::optional<std::uint64_t> ReadUint64(std::string_view number);
// nullopt when beyond the largest double.
std::optional<double> ReadDouble(std::string_view number);
// "NaN", "Infinity", "-Infinity".
std::optional<double> ReadNonFinite(std::string_view text);
// From seconds as a JSON number, rounded to milliseconds; within protobuf's range.
std::optional<google::protobuf::Timestamp> ReadTimestamp(std::string_view number);
std::optional<google::protobuf::Duration> ReadDuration(std::string_view number);
// From "2026-01-01T00:00:00Z", with fractions and offsets; from "1.5s".
std::optional<google::protobuf::Timestamp> ReadTimestampText(const std::string& text);
std::optional<google::protobuf::Duration> ReadDurationText(const std::string& text);
std::optional<std::string> ReadBlob(std::string_view text);

}  // namespace ecsmi::wire
