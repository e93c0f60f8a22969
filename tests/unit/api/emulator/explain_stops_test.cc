#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "api/service/services.h"
#include "builders/service_world.h"
#include "ecsmi/base/keyed_hash.h"

// The cause that a stop leaves in its task's row, against one reckoned from the state before it.
namespace ecsmi::testing {
namespace {

using model::StopCause;

struct Chance {
  std::uint64_t seed;
  std::uint64_t count = 0;
  std::uint64_t Below(std::uint64_t bound) { return base::Reduce(base::KeyedHash64({seed, 17}, {++count}), bound); }
};

class Stops {
 public:
  explicit Stops(ServiceWorld& world) : world_(world) {}

  // Tasks that began to stop since the last look. `by_user` stopped by StopTask, `deleted` services deleted.
  void Check(const std::vector<model::Serial>& by_user, model::Serial deleted) {
    world_.state().table<model::Task>().ForEach([&](const model::Task& task) {
      if (!task.desired_stopped || !seen_.insert(task.serial).second) return;
      const auto& service = world_.state().Get<model::Service>(task.service);
      const StopCause expected = std::count(by_user.begin(), by_user.end(), task.serial) > 0 ? StopCause::kUser
                                 : task.service == deleted            ? StopCause::kServiceDeleted
                                 : task.deployment != service.primary ? StopCause::kReplaced
                                                                      : StopCause::kScaleIn;
      ASSERT_EQ(task.stop_cause, expected) << "task " << task.serial;
      ++causes[task.stop_cause];
    });
  }
  std::map<StopCause, int> causes;

 private:
  ServiceWorld& world_;
  std::set<model::Serial> seen_;
};

TEST(ExplainStops, TheCauseOfAStopIsWhatTheStateBeforeItSays) {
  std::map<StopCause, int> causes;
  const auto enough = [&] {
    return std::min({causes[StopCause::kUser], causes[StopCause::kServiceDeleted], causes[StopCause::kReplaced],
                     causes[StopCause::kScaleIn]}) >= 1'000;
  };
  for (std::uint64_t seed = 1; !enough(); ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    ASSERT_LT(seed, 500u);
    Chance chance{seed};
    control::Settings settings;
    settings.latency = control::LatencyTable::None();
    ServiceWorld world(std::move(settings), 2);
    Stops stops(world);
    const model::Serial definition = world.AddServiceDefinition();
    int names = 0;
    std::string name;
    for (int round = 0; round < 60; ++round) {
      std::vector<model::Serial> by_user;
      model::Serial deleted = model::kNoSerial;
      const model::Serial service = name.empty() ? model::kNoSerial : world.state().FindService(world.cluster, name);
      if (service == model::kNoSerial) {
        name = absl::StrCat("web-", ++names);
        world.Create(name, definition, static_cast<int>(1 + chance.Below(30)));
      } else if (const std::uint64_t what = chance.Below(8); what < 3) {
        ASSERT_TRUE(world
                        .Call(api::CheckUpdateService, api::UpdateService,
                              absl::StrCat("service: '", name, "' desired_count: ", 1 + chance.Below(30)))
                        .ok());
      } else if (what < 5) {
        ASSERT_TRUE(world
                        .Call(api::CheckUpdateService, api::UpdateService,
                              absl::StrCat("service: '", name, "' force_new_deployment: true"))
                        .ok());
      } else if (what < 7) {
        for (const model::Task& task : world.TasksOf(service, model::TaskStatus::kRunning)) {
          if (chance.Below(2) == 0) by_user.push_back(task.serial);
        }
        for (const model::Serial task : by_user) {
          world.Stop(task);
        }
      } else {
        deleted = service;
        ASSERT_TRUE(
            world.Call(api::CheckDeleteService, api::DeleteService, absl::StrCat("service: '", name, "' force: true"))
                .ok());
        name.clear();
      }
      ASSERT_NO_FATAL_FAILURE(stops.Check(by_user, deleted));
      for (std::uint64_t s = 1 + chance.Below(100); s > 0; s -= std::min<std::uint64_t>(s, 5)) {
        world.Advance(5 * model::kSecondMs);
        ASSERT_NO_FATAL_FAILURE(stops.Check({}, deleted));
      }
    }
    for (const auto& [cause, count] : stops.causes) causes[cause] += count;
  }
}

}  // namespace
}  // namespace ecsmi::testing
