#include "wire/grpc/arena_messages.h"

#include "ecsmi/ecs/v1/ecs_service.pb.h"
#include "gtest/gtest.h"

namespace ecsmi::wire {
namespace {

using Messages = ArenaMessages<ecs::v1::RunTaskRequest, ecs::v1::RunTaskResponse>;

TEST(ArenaMessages, BothMessagesOfACallLiveInItsMemoryAlone) {
  Messages messages;
  auto* one = messages.AllocateMessages();
  auto* two = messages.AllocateMessages();
  ASSERT_NE(one->request()->GetArena(), nullptr);
  EXPECT_EQ(one->request()->GetArena(), one->response()->GetArena());
  EXPECT_NE(one->request()->GetArena(), two->request()->GetArena());
  two->response()->add_tasks()->set_task_arn("arn:aws:ecs:us-east-1:000000000000:task/default/2");
  one->Release();
  EXPECT_EQ(two->response()->tasks(0).task_arn(), "arn:aws:ecs:us-east-1:000000000000:task/default/2");
  two->Release();
}

TEST(ArenaMessages, AnAnswerMayBeLargerThanItsFirstBlock) {
  Messages messages;
  auto* call = messages.AllocateMessages();
  for (int i = 0; i < 1'000; ++i) call->response()->add_tasks()->set_task_arn(std::string(100, 'a'));
  EXPECT_EQ(call->response()->tasks_size(), 1'000);
  EXPECT_EQ(call->response()->tasks(999).task_arn(), std::string(100, 'a'));
  call->Release();
}

}  // namespace
}  // namespace ecsmi::wire
