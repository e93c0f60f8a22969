#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

// Pure functions around text for a terminal. Text from a server is foreign: whatever is printed has gone through Safe.
namespace ecsmi::ctl {

// `text` with everything that could move a cursor, hide or reorder what is read written out: control characters (C0,
// DEL, C1), bidirectional overrides and bytes that are no UTF-8 as \n, \t, \xHH or \u{HHHH}.
std::string Safe(const std::string& text);
// Columns a terminal uses for it: wide East Asian characters are two, combining ones none. REQUIRES: it is Safe.
int WidthOf(const std::string& text);
// At most `columns` (>= 1) wide; what was cut ends in "…".
std::string Cut(const std::string& text, int columns);
// Words broken into lines of at most `columns`; a longer word keeps a line to itself.
std::vector<std::string> Wrap(const std::string& text, int columns);

// In the two largest units at most where the second one matters: "12 s", "95 s", "3 min", "27 h", "4 d".
std::string Span(absl::Duration duration);
absl::Time TimeOf(const google::protobuf::Timestamp& timestamp);
// "2026-01-01T00:10:00Z", with milliseconds where there are any.
std::string Moment(absl::Time time);

// What follows the last '/' (or ':' where there is none): the name or id in an ARN or URL.
std::string LastPart(const std::string& arn);
// "shop" of "arn:aws:ecs:us-east-1:000000000000:task/shop/3f2a…" and of "…:cluster/shop".
std::string ClusterOf(const std::string& arn);

// The shortest length, `least` or more, to which all ids may be cut and still differ.
std::size_t ShortLength(const std::vector<std::string>& ids, std::size_t least);

// Dollars, four digits after the point, of nano-dollars: "0.0851".
std::string Usd(std::int64_t nano_usd);
// "512 MiB", "16 GiB".
std::string Mebibytes(std::int64_t mebibytes);
// `count` with a noun: "1 task", "3 tasks".
std::string Count(std::int64_t count, const std::string& noun);

}  // namespace ecsmi::ctl
