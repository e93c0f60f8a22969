#include "api/container_instance/attributes.h"

#include <string>
#include <vector>

#include "api/container_instance/container_instances.h"
#include "builders/service_world.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::ServiceWorld;
using ::testing::SizeIs;

class AttributesTest : public ::testing::Test {
 protected:
  AttributesTest() {
    // Two instances: each of two dedicated tasks has its own.
    const model::Serial definition = world_.AddServiceDefinition();
    for (int i = 0; i < 2; ++i) {
      world_.Do([&](control::Step& step) {
        control::NewTask task = world_.ATask(world_.cluster, world_.provider, definition);
        task.dedicated = true;
        return control::CreateTask(step, task);
      });
    }
    world_.Advance(10 * model::kMinuteMs);
    world_.state().table<model::ContainerInstance>().ForEach([&](const model::ContainerInstance& row) {
      ids_.push_back(model::HexId(world_.key(), model::TableId::kContainerInstance, row.serial));
    });
    EXPECT_THAT(ids_, SizeIs(2));
  }
  static std::string On(const std::string& id, const std::string& rest) {
    return "attributes {target_type: container_instance target_id: '" + id + "' " + rest + "} ";
  }
  template <typename Response>
  static std::vector<std::string> Texts(const absl::StatusOr<Response>& response) {
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> texts;
    if (!response.ok()) return texts;
    for (const auto& each : response->attributes()) texts.push_back(each.name() + "=" + each.value());
    return texts;
  }
  std::vector<std::string> Put(const std::string& request) {
    return Texts(world_.Call(api::CheckPutAttributes, api::PutAttributes, request));
  }
  std::vector<std::string> Delete(const std::string& request) {
    return Texts(world_.Call(api::CheckDeleteAttributes, api::DeleteAttributes, request));
  }
  std::vector<std::string> List(const std::string& request) {
    const auto response =
        world_.Call(api::CheckListAttributes, api::ListAttributes, "target_type: container_instance " + request);
    token_ = response.ok() ? response->next_token() : "";
    return Texts(response);
  }
  std::vector<std::string> Filtered(const std::string& filter) {
    const auto response =
        world_.Call(api::CheckListContainerInstances, api::ListContainerInstances, "filter: '" + filter + "'");
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> ids;
    if (!response.ok()) return ids;
    for (const std::string& arn : response->container_instance_arns()) ids.push_back(arn.substr(arn.rfind('/') + 1));
    return ids;
  }

  ServiceWorld world_;
  std::vector<std::string> ids_;
  std::string token_;
};

// E25, H26.
TEST_F(AttributesTest, ArePutReplacedListedAndDeleted) {
  EXPECT_THAT(Put(On(ids_[0], "name: 'stack' value: 'blue'") + On(ids_[1], "name: 'stack' value: 'green'") +
                  On(ids_[0], "name: 'plain'")),
              ElementsAre("stack=blue", "stack=green", "plain="));
  EXPECT_THAT(Put(On(ids_[0], "name: 'stack' value: 'red team'")), ElementsAre("stack=red team"));
  EXPECT_THAT(List("attribute_name: 'stack'"), ElementsAre("stack=red team", "stack=green"));
  EXPECT_THAT(List("attribute_name: 'stack' attribute_value: 'green'"), ElementsAre("stack=green"));
  EXPECT_THAT(List("attribute_name: 'ecs.os-type'"), ElementsAre("ecs.os-type=linux", "ecs.os-type=linux"));
  const auto shown = world_.Call(api::CheckDescribeContainerInstances, api::DescribeContainerInstances,
                                 "container_instances: '" + ids_[0] + "'");
  EXPECT_EQ(shown->container_instances(0).attributes(0).name(), "stack");
  EXPECT_THAT(
      Delete(On(ids_[0], "name: 'stack' value: 'other'") + On(ids_[1], "name: 'stack'") + On(ids_[1], "name: 'never'")),
      ElementsAre("stack=green"));
  EXPECT_THAT(List("attribute_name: 'stack'"), ElementsAre("stack=red team"));
}

TEST_F(AttributesTest, ArePagedThrough) {
  Put(On(ids_[0], "name: 'a'") + On(ids_[0], "name: 'b'") + On(ids_[1], "name: 'c'"));
  const std::vector<std::string> all = List("");
  std::vector<std::string> paged = List("max_results: 7");
  EXPECT_THAT(paged, SizeIs(7));
  while (!token_.empty()) {
    const std::vector<std::string> more = List("max_results: 7 next_token: '" + token_ + "'");
    paged.insert(paged.end(), more.begin(), more.end());
  }
  EXPECT_EQ(paged, all);
}

// H60, H61.
TEST_F(AttributesTest, AndWhatElseAnInstanceShowsCanBeFilteredBy) {
  Put(On(ids_[0], "name: 'stack' value: 'blue'"));
  EXPECT_THAT(Filtered("attribute:stack == blue"), ElementsAre(ids_[0]));
  EXPECT_THAT(Filtered("attribute:stack !exists"), ElementsAre(ids_[1]));
  EXPECT_THAT(Filtered("attribute:ecs.os-type == linux and not(attribute:stack =~ b.*)"), ElementsAre(ids_[1]));
  EXPECT_THAT(Filtered("runningTasksCount >= 1 and agentConnected == true"), ElementsAre(ids_[0], ids_[1]));
  EXPECT_THAT(Filtered("task:group == family:test"), ElementsAre(ids_[0], ids_[1]));
  EXPECT_THAT(Filtered("task:group == service:web"), IsEmpty());
  EXPECT_THAT(Filtered("registeredAt > 2026-01-01T00:00:00Z && registeredAt < 2027-01-01T00:00:00Z"), SizeIs(2));
  EXPECT_THAT(Filtered("agentVersion < 1.0"), IsEmpty());
  const model::Serial first = *model::SerialOfHexId(world_.key(), model::TableId::kContainerInstance, ids_[0]);
  EXPECT_THAT(Filtered("ec2InstanceId == " + model::Ec2InstanceId(world_.key(), first)), ElementsAre(ids_[0]));
}

TEST_F(AttributesTest, CountUpToTenAnInstance) {
  std::string ten;
  for (int i = 0; i < 10; ++i) ten += On(ids_[0], "name: 'a" + std::to_string(i) + "'");
  EXPECT_THAT(Put(ten), SizeIs(10));
  EXPECT_THAT(Put(ten), SizeIs(10));
  world_.ExpectRefused(
      api::CheckPutAttributes, api::PutAttributes,
      {{On(ids_[1], "name: 'x'") + On(ids_[0], "name: 'x'"), "AttributeLimitExceededException", {"up to 10"}},
       {ten + On(ids_[0], "name: 'x'"), "InvalidParameterException", {"attributes", "11", "10"}}});
}

TEST_F(AttributesTest, RefuseBadInput) {
  const std::string arn = "arn:aws:ecs:us-east-1:000000000000:container-instance/default/" + ids_[0];
  const std::string invalid = "InvalidParameterException";
  world_.ExpectRefused(api::CheckPutAttributes, api::PutAttributes,
                       {{"", invalid, {"attributes"}},
                        {On(ids_[0], ""), invalid, {"attributes[0].name"}},
                        {On(ids_[0], "name: 'a b'"), invalid, {"attributes[0].name", "'a b'"}},
                        {On(ids_[0], "name: 'ecs.os-type'"), invalid, {"'ecs.os-type'"}},
                        {On(ids_[0], "name: 'a' value: ' b'"), invalid, {"attributes[0].value", "' b'"}},
                        {On(ids_[0], "name: 'a' value: ''"), invalid, {"attributes[0].value"}},
                        {On("", "name: 'a'"), invalid, {"attributes[0].targetId"}},
                        {"attributes {name: 'a' target_id: '" + ids_[0] + "'}", invalid, {"targetType"}},
                        {On("x", "name: 'a'"), invalid, {"Identifier is invalid"}},
                        {On(std::string(32, 'a'), "name: 'a'"), "TargetNotFoundException", {"wasn't found"}},
                        {"cluster: 'nope' " + On(ids_[0], "name: 'a'"), "ClusterNotFoundException", {}}});
  EXPECT_THAT(Put("attributes {name: 'a' target_id: '" + arn + "'}"), ElementsAre("a="));
  world_.ExpectRefused(api::CheckDeleteAttributes, api::DeleteAttributes,
                       {{"", invalid, {"attributes"}},
                        {On(std::string(32, 'a'), "name: 'a'"), "TargetNotFoundException", {"wasn't found"}}});
  world_.ExpectRefused(api::CheckListAttributes, api::ListAttributes,
                       {{"", invalid, {"targetType"}},
                        {"target_type: container_instance attribute_value: 'x'", invalid, {"attributeName"}},
                        {"target_type: container_instance max_results: 101", invalid, {"maxResults", "101"}},
                        {"target_type: container_instance next_token: 'x'", invalid, {"Invalid token"}}});
  world_.ExpectRefused(api::CheckListContainerInstances, api::ListContainerInstances,
                       {{"filter: 'attribute:x = y'", invalid, {"filter", "at position 13", "expected an operator"}},
                        {"filter: '" + std::string(2'001, 'x') + "'", invalid, {"filter has 2001 characters"}}});
}

}  // namespace
}  // namespace ecsmi
