// Which instances a step touched: each once, to be settled and to be told.
#include <vector>

#include "builders/world_fixture.h"
#include "gmock/gmock.h"

namespace ecsmi {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TouchedInstancesTest : public ::testing::Test {
 protected:
  TouchedInstancesTest() {
    cluster = world.AddCluster();
    provider = world.AddProvider(cluster);
    definition = world.AddDefinition({256, 512, 0, 1});
    // Nothing leaves for being idle.
    world.state().Update<model::CapacityProvider>(provider, [](auto& row) { row.scale_in_after_seconds = -1; });
    control::Step step = world.NewStep();
    const auto region = *TestCatalog().Region("us-east-1", false);
    const auto type = std::ranges::find_if(region->types, [](const auto& it) { return it.type->name == "m7i.large"; });
    const model::Serial subnet = step.state.Get<model::CapacityProvider>(provider).subnets.front();
    for (model::Serial* instance : {&first, &second}) {
      *instance = control::LaunchInstance(step, {provider, subnet, &*type, false});
    }
    world.Do([](control::Step&) { return 0; });
    world.Advance(model::kMinuteMs * 10);
    world.state().TakeChanges(world.now);
  }
  static const ports::Catalog& TestCatalog() { return testing::TestCatalog(); }
  model::Serial Place(model::Serial instance) {
    control::Step step = world.NewStep();
    const model::Serial task = control::CreateTask(step, world.ATask(cluster, provider, definition));
    control::PlaceTask(step, task, instance);
    return task;
  }
  std::vector<model::Serial> TakeAll() {
    std::vector<model::Serial> taken;
    while (!world.state().dirty_instances().empty()) taken.push_back(world.state().TakeDirtyInstance());
    return taken;
  }
  std::vector<model::Serial> RoomsTold() {
    std::vector<model::Serial> told;
    for (const model::Told& it : world.state().TakeChanges(world.now).told) {
      if (it.table == model::TableId::kContainerInstance) told.push_back(it.serial);
    }
    return told;
  }

  testing::BareWorld world;
  model::Serial cluster, provider, definition, first, second;
};

TEST_F(TouchedInstancesTest, AreTakenOnceInOrderAndAgainWhenTheyChangeAgain) {
  EXPECT_THAT(TakeAll(), IsEmpty());
  Place(second);
  Place(first);
  Place(second);
  EXPECT_THAT(TakeAll(), ElementsAre(first, second));
  EXPECT_THAT(TakeAll(), IsEmpty());
  Place(second);
  EXPECT_THAT(TakeAll(), ElementsAre(second));
}

TEST_F(TouchedInstancesTest, AreNotTakenWhenTheyAreGone) {
  const model::Serial task = Place(first);
  world.state().Erase<model::Task>(task);
  world.state().Erase<model::ContainerInstance>(first);
  EXPECT_THAT(TakeAll(), IsEmpty());
}

TEST_F(TouchedInstancesTest, ComeAgainWithTheirProvidersNewIdleTime) {
  world.state().Update<model::CapacityProvider>(provider, [](auto& row) { row.scale_in_after_seconds = 77; });
  EXPECT_THAT(TakeAll(), ElementsAre(first, second));
}

TEST_F(TouchedInstancesTest, AreToldOncePerStepInOrderAndAgainInTheNext) {
  Place(second);
  Place(first);
  Place(second);
  world.state().DropOrphans();  // the step's end
  Place(second);
  EXPECT_THAT(RoomsTold(), ElementsAre(first, second, second));
  EXPECT_THAT(RoomsTold(), IsEmpty());
}

}  // namespace
}  // namespace ecsmi
