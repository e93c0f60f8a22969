#pragma once

#include <cstdint>
#include <tuple>

#include "ecsmi/model/record.h"

namespace ecsmi::model {

// lastStatus, in the order of the path (C40).
enum class TaskStatus : std::uint8_t {
  kProvisioning = 1,
  kPending = 2,
  kActivating = 3,
  kRunning = 4,
  kDeactivating = 5,
  kStopping = 6,
  kDeprovisioning = 7,
  kStopped = 8,
};
// C48; 0 = not stopping.
enum class StopCode : std::uint8_t {
  kNone = 0,
  kTaskFailedToStart = 1,
  kEssentialContainerExited = 2,
  kUserInitiated = 3,
  kServiceSchedulerInitiated = 4,
  kSpotInterruption = 5,
  kTerminationNotice = 6,
  kInfrastructureHealth = 7,
};
// Which of our own decisions stopped it: AWS's stop code names its kind, the reason is for people.
enum class StopCause : std::uint8_t {
  kNone = 0,
  kUser = 1,
  kFailedToStart = 2,
  kContainerExited = 3,
  kUnhealthy = 4,
  kScaleIn = 5,
  kReplaced = 6,  // of a deployment that gave way to another
  kServiceDeleted = 7,
  kGivenUp = 8,  // no room for too long (C53)
  kWorkDone = 9,
};
// How a task came to its instance.
enum class PlacementCause : std::uint8_t {
  kNone = 0,
  kOccupiedInstance = 1,  // the tightest hole of those that held tasks
  kEmptyInstance = 2,     // no occupied one had room
  kFreshInstance = 3,     // a dedicated task's: it had never held one
  kNewInstance = 4,       // meant for it by the plan that launched it (LaunchDecision)
  kNamedInstance = 5,     // whoever started it named the instance
};
enum class HealthStatus : std::uint8_t { kUnknown = 0, kHealthy = 1, kUnhealthy = 2 };
// Zones are indexes into the region's list of them.
inline constexpr std::uint8_t kAnyZone = 0xff;
// What the simulated queue worker inside a RUNNING task does (control/worker.cc).
enum class WorkerPhase : std::uint8_t { kNone = 0, kPolling = 1, kWorking = 2 };

// A task: the record there are a million of. Names, overrides, tags and network configuration are in `document`; texts
// that many tasks share (group, stop reason) are documents of their own. Moments are kUnset until they happen.
struct Task : RowBase {
  static constexpr TableId kTable = TableId::kTask;
  static constexpr std::int16_t kNoExitCode = -1;

  Serial cluster = kNoSerial;
  Serial definition = kNoSerial;
  Serial service = kNoSerial;     // 0 = standalone
  Serial deployment = kNoSerial;  // of the service
  Serial provider = kNoSerial;
  Serial instance = kNoSerial;  // 0 = waits for one; set = its room there is reserved, from PENDING on it is shown
  Serial group = kNoSerial;     // service serial, or the document of the group's name: spread and distinctInstance
  Serial document = kNoSerial;  // ecs.v1.Task: overrides, tags, startedBy, attachments' network configuration …
  Serial stopped_reason = kNoSerial;  // document
  Serial behavior = kNoSerial;        // document of a TaskBehavior; 0 = as the definition says

  TimeMs created_at = kUnset;
  TimeMs pull_started_at = kUnset;
  TimeMs pull_stopped_at = kUnset;
  TimeMs started_at = kUnset;
  TimeMs stopping_at = kUnset;
  TimeMs execution_stopped_at = kUnset;
  TimeMs stopped_at = kUnset;
  TimeMs due_at = kNever;     // next step of its stage table
  TimeMs placed_at = kUnset;  // when its room was reserved
  TimeMs protected_until = kUnset;
  TimeMs worker_due_at = kNever;  // its worker's messages are done, or it gives up waiting for one

  Resources resources;  // definition and overrides merged
  TaskStatus status = TaskStatus::kProvisioning;
  bool desired_stopped = false;
  StopCode stop_code = StopCode::kNone;
  HealthStatus health = HealthStatus::kUnknown;
  bool dedicated = false;          // its instance holds it alone (ecsmi:isolation=task)
  bool distinct_instance = false;  // no second task of its group on an instance
  bool all_gpus = false;
  std::uint8_t exited_container = 0;    // index into the definition's containers, meaningful when exit_code is set
  std::uint8_t wanted_zone = kAnyZone;  // it may run in that one alone: made to balance its service (D63)
  std::int16_t exit_code = kNoExitCode;
  WorkerPhase worker_phase = WorkerPhase::kNone;
  PlacementCause placement = PlacementCause::kNone;
  std::uint16_t empty_polls = 0;  // consecutive empty receives after which its worker gave up
  // When it was placed on an instance that was there: its group's tasks in that zone (at most 65,535 are told), and the
  // zones that came before it in the order of spreading and had no room.
  std::uint16_t placed_beside = 0;
  std::uint32_t draws = 0;    // attempts so far that drew chance: the `attempt` of its keyed hashes
  std::uint32_t version = 1;  // C46
  std::uint8_t zones_passed = 0;
  StopCause stop_cause = StopCause::kNone;

  // Derived.
  ListLink in_cluster;
  ListLink in_service;
  ListLink in_instance;

  bool HoldsRoom() const { return instance != kNoSerial && status != TaskStatus::kStopped; }
  // Its worker takes the next message of its queue.
  bool PollsQueue() const {
    return worker_phase == WorkerPhase::kPolling && status == TaskStatus::kRunning && !desired_stopped;
  }
  bool Waits() const { return instance == kNoSerial && status == TaskStatus::kProvisioning && !desired_stopped; }

  static constexpr auto Fields() {
    using T = Task;
    return std::tuple(
        F("cluster", &T::cluster), F("definition", &T::definition), F("service", &T::service),
        F("deployment", &T::deployment), F("provider", &T::provider), F("instance", &T::instance),
        F("group", &T::group), F("document", &T::document), F("stopped_reason", &T::stopped_reason),
        F("created_at", &T::created_at), F("pull_started_at", &T::pull_started_at),
        F("pull_stopped_at", &T::pull_stopped_at), F("started_at", &T::started_at), F("stopping_at", &T::stopping_at),
        F("execution_stopped_at", &T::execution_stopped_at), F("stopped_at", &T::stopped_at), F("due_at", &T::due_at),
        F("placed_at", &T::placed_at), F("protected_until", &T::protected_until), F("resources", &T::resources),
        F("status", &T::status), F("desired_stopped", &T::desired_stopped), F("stop_code", &T::stop_code),
        F("health", &T::health), F("dedicated", &T::dedicated), F("distinct_instance", &T::distinct_instance),
        F("all_gpus", &T::all_gpus), F("exited_container", &T::exited_container), F("exit_code", &T::exit_code),
        F("worker_phase", &T::worker_phase), F("empty_polls", &T::empty_polls), F("draws", &T::draws),
        F("version", &T::version), F("worker_due_at", &T::worker_due_at), F("behavior", &T::behavior),
        F("wanted_zone", &T::wanted_zone), F("placement", &T::placement), F("placed_beside", &T::placed_beside),
        F("zones_passed", &T::zones_passed), F("stop_cause", &T::stop_cause));
  }
};
static_assert(sizeof(Task) <= 320, "a million of them: keep the hot record small");

}  // namespace ecsmi::model
