#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "ctl/context.h"
#include "ctl/table.h"

namespace ecsmi::ctl {

// What a `get` shows: as a table and as a document.
struct Listing {
  std::string kind;  // "tasks"
  Table table;
  std::string json;
  std::string note;   // below the table, or in its place when it is empty; may be empty; lines end in '\n'
  bool told = false;  // WatchEvents tells when it may have changed
};
using Lister = std::function<absl::StatusOr<Listing>(Client&)>;

// Prints it once; or, `watch`, again and again whenever what it says has changed: a screenful on a terminal until q or
// ctrl-C, one listing after the other elsewhere. Of an empty one it says so on standard error, with its note; of
// one without a note, when all of the world is empty, which worlds are not.
absl::Status ShowListing(Context& context, const Lister& lister, bool watch);

// "account 000000000000, us-east-1".
std::string WorldName(const Globals& globals);

}  // namespace ecsmi::ctl
