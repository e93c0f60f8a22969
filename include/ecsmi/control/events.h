#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ecsmi/base/keyed_hash.h"
#include "ecsmi/control/step.h"
#include "ecsmi/model/changes.h"

// What happened in a world, read from its change segments (model/changes.h): nothing is stored for it beyond what every
// commit writes anyway, and nothing is said that is not on disk (promise 1).
namespace ecsmi::control {

// The next thing told: the `index`th of commit `seq`.
struct EventPosition {
  model::CommitSeq seq = 1;
  std::uint32_t index = 0;
  friend bool operator==(const EventPosition&, const EventPosition&) = default;
};

// One thing that happened to a row.
struct Occurrence {
  model::TableId table{};
  model::Serial serial = model::kNoSerial;
  model::TimeMs at = model::kUnset;  // running time
  std::uint64_t number = 0;          // in the world's life; the same however commits fell
  EventPosition after;               // where to go on behind it
  std::string image;                 // the row as it became; empty for an instance, whose facts are in `extra`
  std::string extra;                 // model::InstanceFacts, or an alarm as it was before
};

// The rows that some occurrences refer to, as far as they can still be known. A step on them shows what a description
// would have shown: rows are looked up, nothing may be changed, decided or drawn.
class EventScene {
 public:
  virtual ~EventScene() = default;
  virtual const Step& step() const = 0;
};

struct EventBatch {
  std::vector<Occurrence> occurrences;  // in order; may be empty although `next` has moved on
  EventPosition next;                   // what the following batch begins with
  bool caught_up = false;               // nothing more is on disk
  std::unique_ptr<EventScene> scene;    // null without occurrences
};

// A place in one world's history that moves on. Memory is bounded: a batch is read when it is asked for.
class EventWatch {
 public:
  using Done = std::function<void(absl::StatusOr<EventBatch>)>;
  virtual ~EventWatch() = default;
  // Reads on, or waits until more is on disk; the first time, and when the watch does not follow, it does not wait but
  // gives a batch without occurrences. `done` is called exactly once, on a pool thread or, when the watch is
  // cancelled, on the caller's of Cancel; it must not block. Errors: OUT_OF_RANGE when the place is older than what is
  // kept or newer than what has happened, naming the bound; CANCELLED; UNAVAILABLE when the engine stops. After an
  // error the watch has ended. REQUIRES: no other Next is under way.
  virtual void Next(Done done) = 0;
  // Ends it. Any thread; idempotent.
  virtual void Cancel() = 0;
};

struct WatchOptions {
  std::optional<EventPosition> from{};  // absent: see `oldest`
  bool oldest = false;                  // without `from`: all that is kept; else what happens from now on
  bool follow = true;                   // false: never waits
};

// PRF(--seed, account): what tokens of a world are sealed with, whether or not the world exists.
base::Key128 WorldKey(std::uint64_t seed, std::string_view account);

// A place as clients hold it: opaque, and sealed with the world's key, so that it means nothing in another world and
// cannot be made up. nullopt for anything this world never gave out. Foreign bytes.
std::string EventToken(const base::Key128& world_key, const EventPosition& position);
std::optional<EventPosition> ParseEventToken(const base::Key128& world_key, std::string_view token);

}  // namespace ecsmi::control
