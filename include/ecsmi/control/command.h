#pragma once

#include "absl/status/status.h"
#include "ecsmi/control/step.h"

namespace ecsmi::control {

// One request on its way through a world. The engine calls Run once on the strand, then Finish once, on a pool thread,
// when everything Run saw and did is durable; or only Finish, with an error, when the command never ran. `Run`
// validates against the state and plans before it changes anything: when it returns an error the state is untouched.
class Command {
 public:
  virtual ~Command() = default;
  // Run again, later, when it asked to wait (Step::park).
  virtual absl::Status Run(Step& step) = 0;
  // It reads the world's seq and state hash: what ran before it is given its own commit first, so that they belong to
  // the rows it sees.
  virtual bool ReadsCommit() const { return false; }
  // Changes nothing whatever it finds. Of an account that has no world it is run on an empty one, which nobody keeps:
  // only what may write makes a world (design: worlds). Any thread.
  virtual bool OnlyReads() const { return false; }
  // Nobody is there any more to be answered: a waiting command is then finished (CANCELLED) rather than run. Any
  // thread.
  virtual bool Abandoned() const { return false; }
  // `status`: of Run, or UNAVAILABLE/INTERNAL when durability failed. Must not block.
  virtual void Finish(absl::Status status) = 0;
};

}  // namespace ecsmi::control
