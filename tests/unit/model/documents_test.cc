#include "builders/world_fixture.h"

namespace ecsmi {
namespace {

using testing::BareWorld;

// Promise 2: numbers do not hang on when commits happen. A document that nobody refers to at a step's end is gone then,
// and made anew with a number of its own when it comes again, whether or not a commit lay between.
TEST(Documents, GoAtTheEndOfTheStepThatLeftThemAlone) {
  BareWorld world;
  const auto send = [&] {
    return world.Do([&](control::Step& step) {
      model::Queue queue;
      queue.serial = step.state.NewSerial();
      queue.region = "us-east-1";
      queue.name = "jobs";
      queue.document = step.state.InternDocument("the same bytes");
      return step.state.Insert(std::move(queue)).serial;
    });
  };
  const model::Serial first = send();
  const model::Serial document = world.state().Get<model::Queue>(first).document;
  world.Do([&](control::Step& step) {
    step.state.Erase<model::Queue>(first);
    return first;
  });
  EXPECT_EQ(world.state().Find<model::Document>(document), nullptr);
  EXPECT_NE(world.state().Get<model::Queue>(send()).document, document);
}

}  // namespace
}  // namespace ecsmi
