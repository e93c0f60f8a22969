#include "api/tag/tags.h"

#include <string>
#include <vector>

#include "api/capacity_provider/capacity_providers.h"
#include "api/container_instance/container_instances.h"
#include "builders/capacity_provider_requests.h"
#include "builders/service_world.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/ecs/v1/capacity_provider.pb.h"
#include "ecsmi/ecs/v1/task.pb.h"

namespace ecsmi {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::ServiceWorld;

constexpr char kArn[] = "arn:aws:ecs:us-east-1:000000000000:";

class TagsTest : public ::testing::Test {
 protected:
  TagsTest() : definition_(world_.AddServiceDefinition()) {}

  absl::Status Tag(const std::string& arn, const std::string& tags) {
    return world_.Call(api::CheckTagResource, api::TagResource, "resource_arn: '" + arn + "' " + tags).status();
  }
  absl::Status Untag(const std::string& arn, const std::string& keys) {
    return world_.Call(api::CheckUntagResource, api::UntagResource, "resource_arn: '" + arn + "' " + keys).status();
  }
  // "key=value" of each.
  std::vector<std::string> List(const std::string& arn) {
    const auto response =
        world_.Call(api::CheckListTagsForResource, api::ListTagsForResource, "resource_arn: '" + arn + "'");
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> tags;
    if (!response.ok()) return tags;
    for (const auto& tag : response->tags()) tags.push_back(tag.key() + "=" + tag.value());
    return tags;
  }
  template <typename Row>
  Row Newest() {
    Row newest;
    world_.state().table<Row>().ForEach([&](const Row& row) {
      if (row.serial > newest.serial) newest = row;
    });
    return newest;
  }
  std::string TaskArnOf(const model::Task& task) { return api::TaskArn(world_.NewStep(), task); }

  ServiceWorld world_;
  model::Serial definition_;
};

TEST_F(TagsTest, ComeGoAndReadBackOnEveryKindOfResource) {
  world_.Create("web", definition_, 1);
  world_.Advance(10 * model::kMinuteMs);
  const std::string provider = world_.state().Get<model::CapacityProvider>(world_.provider).name;
  for (const std::string& arn : {kArn + std::string("cluster/default"), kArn + ("capacity-provider/" + provider),
                                 kArn + ("task-definition/" + world_.NameOf(definition_)),
                                 kArn + std::string("service/default/web"), TaskArnOf(Newest<model::Task>()),
                                 api::ContainerInstanceArn(world_.NewStep(), Newest<model::ContainerInstance>())}) {
    SCOPED_TRACE(arn);
    EXPECT_THAT(List(arn), IsEmpty());
    ASSERT_EQ(Tag(arn, "tags {key: 'b' value: '1'} tags {key: 'a'}"), absl::OkStatus());
    EXPECT_THAT(List(arn), ElementsAre("b=1", "a="));
    ASSERT_EQ(Tag(arn, "tags {key: 'c' value: '3'} tags {key: 'b' value: '2'}"), absl::OkStatus());
    EXPECT_THAT(List(arn), ElementsAre("b=2", "a=", "c=3"));
    ASSERT_EQ(Untag(arn, "tag_keys: 'a' tag_keys: 'never there'"), absl::OkStatus());
    EXPECT_THAT(List(arn), ElementsAre("b=2", "c=3"));
    ASSERT_EQ(Tag(arn, ""), absl::OkStatus());
    EXPECT_THAT(List(arn), ElementsAre("b=2", "c=3"));
  }
}

TEST_F(TagsTest, AreThoseThatDescriptionsInclude) {
  world_.Create("web", definition_, 0, "tags {key: 'team' value: 'a'}");
  const std::string arn = kArn + std::string("service/default/web");
  EXPECT_THAT(List(arn), ElementsAre("team=a"));
  ASSERT_EQ(Tag(arn, "tags {key: 'team' value: 'b'}"), absl::OkStatus());
  ASSERT_EQ(world_.Describe("web").tags_size(), 1);
  EXPECT_EQ(world_.Describe("web").tags(0).value(), "b");
}

// C63: what is propagated is propagated when a task is made.
TEST_F(TagsTest, OfServiceAndDefinitionReachTheTasksToCome) {
  const model::Serial by_service =
      world_.Create("one", definition_, 1, "propagate_tags: SERVICE tags {key: 'team' value: 'a'}");
  const model::Serial by_definition = world_.Create("two", definition_, 1, "propagate_tags: TASK_DEFINITION");
  world_.Advance(10 * model::kMinuteMs);
  const model::Task before = world_.TasksOf(by_service, model::TaskStatus::kRunning)[0];
  ASSERT_EQ(Tag(kArn + std::string("service/default/one"), "tags {key: 'team' value: 'b'}"), absl::OkStatus());
  ASSERT_EQ(Tag(kArn + ("task-definition/" + world_.NameOf(definition_)), "tags {key: 'app' value: 'x'}"),
            absl::OkStatus());
  EXPECT_THAT(List(TaskArnOf(before)), ElementsAre("team=a"));
  world_.SetDesired(by_service, 2);
  EXPECT_THAT(List(TaskArnOf(Newest<model::Task>())), ElementsAre("team=b"));
  world_.SetDesired(by_definition, 2);
  EXPECT_THAT(List(TaskArnOf(Newest<model::Task>())), ElementsAre("app=x"));
}

// A29, A56: those of a provider reach the instances it launches from then on, if it propagates them; isolation holds
// for the tasks made from then on.
TEST_F(TagsTest, OfAProviderReachTheInstancesToCome) {
  world_.Do([&](control::Step& step) {
    ecs::v1::CapacityProvider document;
    document.mutable_managed_instances_provider()->set_propagate_tags(ecs::v1::PropagateMITags::CAPACITY_PROVIDER);
    const model::Serial stored = step.state.InternDocument(document.SerializeAsString());
    step.state.Update<model::CapacityProvider>(world_.provider, [&](auto& row) { row.document = stored; });
    return 0;
  });
  const std::string provider =
      kArn + ("capacity-provider/" + world_.state().Get<model::CapacityProvider>(world_.provider).name);
  const model::Serial service = world_.Create("web", definition_, 1);
  world_.Advance(10 * model::kMinuteMs);
  const std::string first = api::ContainerInstanceArn(world_.NewStep(), Newest<model::ContainerInstance>());
  ASSERT_EQ(Tag(provider, "tags {key: 'ecsmi:isolation' value: 'task'}"), absl::OkStatus());
  EXPECT_THAT(List(first), IsEmpty());
  EXPECT_TRUE(world_.state().Get<model::CapacityProvider>(world_.provider).dedicated);
  world_.SetDesired(service, 2);
  EXPECT_TRUE(Newest<model::Task>().dedicated);
  world_.Advance(10 * model::kMinuteMs);
  const std::string second = api::ContainerInstanceArn(world_.NewStep(), Newest<model::ContainerInstance>());
  ASSERT_NE(first, second);
  EXPECT_THAT(List(second), ElementsAre("ecsmi:isolation=task"));
  ASSERT_EQ(Untag(provider, "tag_keys: 'ecsmi:isolation'"), absl::OkStatus());
  EXPECT_FALSE(world_.state().Get<model::CapacityProvider>(world_.provider).dedicated);
  EXPECT_THAT(List(second), ElementsAre("ecsmi:isolation=task"));
}

std::string Tags(int first, int count) {
  std::string text;
  for (int i = first; i < first + count; ++i) text += "tags {key: 'k" + std::to_string(i) + "'} ";
  return text;
}

// H24, A30.
TEST_F(TagsTest, CountUpToTheLimitOfTheResource) {
  const std::string cluster = kArn + std::string("cluster/default");
  ASSERT_EQ(Tag(cluster, Tags(0, 30)), absl::OkStatus());
  ASSERT_EQ(Tag(cluster, Tags(20, 30)), absl::OkStatus());
  world_.ExpectRefused(
      api::CheckTagResource, api::TagResource,
      {{"resource_arn: '" + cluster + "' tags {key: 'one more'}", "LimitExceededException", {"51", "50"}}});
  const std::string provider =
      kArn + ("capacity-provider/" + world_.state().Get<model::CapacityProvider>(world_.provider).name);
  ASSERT_EQ(Tag(provider, Tags(0, 45)), absl::OkStatus());
  world_.ExpectRefused(api::CheckTagResource, api::TagResource,
                       {{"resource_arn: '" + provider + "' tags {key: 'one more'}",
                         "ClientException",
                         {"exceeding maximum allowed value"}}});
}

// Tags that ECS put there itself stay, and do not count.
TEST_F(TagsTest, OfAwsItselfStandBesideTheLimit) {
  world_.Create("web", definition_, 1, "enable_ecs_managed_tags: true");
  const std::string task = TaskArnOf(Newest<model::Task>());
  ASSERT_EQ(Tag(task, Tags(0, 50)), absl::OkStatus());
  EXPECT_EQ(List(task).size(), 52U);
  world_.ExpectRefused(api::CheckUntagResource, api::UntagResource,
                       {{"resource_arn: '" + task + "' tag_keys: 'aws:ecs:serviceName'",
                         "InvalidParameterException",
                         {"tagKeys[0]", "aws:"}}});
}

TEST_F(TagsTest, OfWhatIsGoneCannotBeChanged) {
  const model::Serial service = world_.Create("web", definition_, 1);
  world_.Advance(10 * model::kMinuteMs);
  const model::Task task = world_.TasksOf(service, model::TaskStatus::kRunning)[0];
  const std::string instance = api::ContainerInstanceArn(world_.NewStep(), Newest<model::ContainerInstance>());
  world_.SetDesired(service, 0);
  world_.Advance(30 * model::kMinuteMs);
  EXPECT_THAT(List(TaskArnOf(task)), IsEmpty());
  world_.state().Update<model::Service>(service, [](auto& row) { row.status = model::ServiceStatus::kInactive; });
  world_.state().Update<model::TaskDefinition>(definition_,
                                               [](auto& row) { row.status = model::TaskDefinitionStatus::kInactive; });
  EXPECT_THAT(List(kArn + ("task-definition/" + world_.NameOf(definition_))), IsEmpty());
  const auto arn = [](const std::string& resource) { return "resource_arn: '" + (kArn + resource) + "'"; };
  const std::string provider = world_.state().Get<model::CapacityProvider>(world_.provider).name;
  world_.ExpectRefused(
      api::CheckTagResource, api::TagResource,
      {{"resource_arn: '" + TaskArnOf(task) + "'", "InvalidParameterException", {"The specified task is stopped."}},
       {"resource_arn: '" + instance + "'", "InvalidParameterException", {"container instance is inactive"}},
       {arn("service/default/web"), "InvalidParameterException", {"The specified service is inactive."}},
       {arn("task-definition/" + world_.NameOf(definition_)),
        "InvalidParameterException",
        {"task definition is inactive"}}});
  world_.state().Update<model::Cluster>(world_.cluster,
                                        [](auto& row) { row.status = model::ClusterStatus::kInactive; });
  world_.state().Update<model::CapacityProvider>(
      world_.provider, [](auto& row) { row.status = model::CapacityProviderStatus::kInactive; });
  world_.ExpectRefused(
      api::CheckListTagsForResource, api::ListTagsForResource,
      {{arn("cluster/default"),
        "InvalidParameterException",
        {"The specified cluster is inactive. Specify an active cluster and try again."}},
       {arn("capacity-provider/" + provider), "InvalidParameterException", {"capacity provider is inactive"}},
       {arn("service/default/web"), "ClusterNotFoundException", {"Cluster not found."}}});
}

TEST_F(TagsTest, RefuseBadInput) {
  const auto arn = [](const std::string& resource) { return "resource_arn: '" + (kArn + resource) + "' "; };
  const std::string cluster = arn("cluster/default");
  const std::string id(32, 'a');
  world_.ExpectRefused(
      api::CheckTagResource, api::TagResource,
      {{"", "InvalidParameterException", {"resourceArn"}},
       {"resource_arn: 'web'", "InvalidParameterException", {"The ARN provided is invalid", "'web'"}},
       {arn("task-set/default/web/1"), "InvalidParameterException", {"The ARN provided is invalid"}},
       {arn("task-definition/family"), "InvalidParameterException", {"The ARN provided is invalid"}},
       {arn("cluster/other"), "ClusterNotFoundException", {"Cluster not found."}},
       {arn("service/web"), "InvalidParameterException", {"Long arn format must be used for tagging operations"}},
       {arn("task/" + id), "InvalidParameterException", {"Long arn format must be used for tagging operations"}},
       {arn("service/default/web"), "ResourceNotFoundException", {"The specified resource wasn't found."}},
       {arn("task/default/" + id), "ResourceNotFoundException", {"wasn't found"}},
       {arn("task/default/x"), "InvalidParameterException", {"Task Identifier is invalid"}},
       {arn("container-instance/default/" + id), "ResourceNotFoundException", {"wasn't found"}},
       {arn("capacity-provider/none"), "ResourceNotFoundException", {"wasn't found"}},
       {arn("capacity-provider/FARGATE"), "InvalidParameterException", {"FARGATE"}},
       {"resource_arn: 'arn:aws:ecs:eu-west-1:000000000000:service/default/web'", "ResourceNotFoundException", {}},
       {cluster + "tags {key: ''}", "InvalidParameterException", {"tags[0].key"}},
       {cluster + "tags {key: 'AWS:x'}", "InvalidParameterException", {"tags[0].key", "aws:"}},
       {cluster + "tags {key: 'a'} tags {key: 'a'}", "InvalidParameterException", {"tags[1].key", "twice"}},
       {cluster + "tags {key: 'a' value: '#'}", "InvalidParameterException", {"tags[0].value", "'#'"}},
       {cluster + Tags(0, 51), "InvalidParameterException", {"tags", "51"}}});
  world_.ExpectRefused(api::CheckUntagResource, api::UntagResource,
                       {{"", "InvalidParameterException", {"resourceArn"}},
                        {cluster + "tag_keys: ''", "InvalidParameterException", {"tagKeys[0]"}},
                        {cluster + "tag_keys: 'a' tag_keys: '!'", "InvalidParameterException", {"tagKeys[1]", "'!'"}},
                        {arn("service/default/web"), "ResourceNotFoundException", {}}});
  world_.ExpectRefused(
      api::CheckListTagsForResource, api::ListTagsForResource,
      {{"", "InvalidParameterException", {"resourceArn"}},
       {arn("service/default/web"), "InvalidParameterException", {"The specified service was not found."}}});
}

}  // namespace
}  // namespace ecsmi
