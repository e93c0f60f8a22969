#include "api/container_instance/attributes.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "api/arn.h"
#include "api/check.h"
#include "api/container_instance/instance_view.h"
#include "api/document_bytes.h"
#include "api/limits.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/check.h"
#include "ecsmi/base/status.h"
#include "ecsmi/ecs/v1/container_instance.pb.h"

namespace ecsmi::api {
namespace {

using AttributeList = google::protobuf::RepeatedPtrField<pb::Attribute>;

constexpr char kList[] = "ListAttributes";
constexpr int kPerCallMax = 10;      // H26
constexpr int kPerResourceMax = 10;  // H26
constexpr std::size_t kTextMax = 128;
// More than an instance ever has: with the instance's serial the place of an attribute in the list makes one number.
constexpr model::Serial kPlaces = 256;

bool IsText(std::string_view text, std::string_view punctuation) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           punctuation.find(c) != std::string_view::npos;
  });
}

absl::Status CheckAttribute(const std::string& path, const pb::Attribute& attribute) {
  const std::string& name = attribute.name();
  if (name.empty() || name.size() > kTextMax || !IsText(name, "-_/\\.")) {
    return InvalidParameter(Say(path, ".name '", name, "' must have 1 to ", kTextMax,
                                " letters, digits, hyphens, underscores, slashes, backslashes or periods"));
  }
  if (name.starts_with("ecs.") || name.starts_with("com.amazonaws.")) {
    return InvalidParameter(
        Say(path, ".name '", name, "' is ECS's own; custom attributes do not begin with ecs. or ", "com.amazonaws."));
  }
  const std::string& value = attribute.value();
  const bool blanks = !value.empty() && (value.front() == ' ' || value.back() == ' ');
  if (attribute.has_value() && (value.empty() || value.size() > kTextMax || blanks || !IsText(value, "-_./\\@: "))) {
    return InvalidParameter(
        Say(path, ".value '", value, "' must have 1 to ", kTextMax, " letters, digits, ",
            "hyphens, underscores, slashes, backslashes, periods, at signs, colons or inner blanks"));
  }
  if (attribute.target_id().empty()) return InvalidParameter(Say(path, ".targetId can not be blank."));
  // A short id says its kind beside it.
  if (attribute.target_type() == pb::TargetType::UNSPECIFIED && !ParseEcsArn(attribute.target_id())) {
    return InvalidParameter(
        Say(path, ".targetId '", attribute.target_id(), "' must be an ARN unless targetType is given"));
  }
  return absl::OkStatus();
}

absl::Status CheckAttributes(const AttributeList& attributes) {
  if (attributes.empty()) return InvalidParameter("attributes can not be empty.");
  ECSMI_RETURN_IF_ERROR(CheckCount("attributes", attributes.size(), kPerCallMax));
  for (int i = 0; i < attributes.size(); ++i) {
    ECSMI_RETURN_IF_ERROR(CheckAttribute(Say("attributes[", i, "]"), attributes[i]));
  }
  return absl::OkStatus();
}

absl::StatusOr<const model::ContainerInstance*> FindTarget(const control::Step& step, const model::Cluster& cluster,
                                                           const std::string& id) {
  ECSMI_ASSIGN_OR_RETURN(const model::ContainerInstance* instance, ResolveContainerInstance(step, cluster, id));
  if (instance != nullptr && instance->stage != model::InstanceStage::kTerminated) return instance;
  return AwsError(AwsException::kTargetNotFound, Say("The specified target wasn't found: '", id, "'"));
}

// Documents of the instances that a call changes, by serial.
using Documents = std::map<model::Serial, pb::ContainerInstance>;
pb::ContainerInstance& DocumentOf(const control::Step& step, const model::ContainerInstance& instance,
                                  Documents& documents) {
  const auto [at, is_new] = documents.try_emplace(instance.serial);
  if (is_new) {
    const std::string_view bytes = step.state.DocumentBytes(instance.document);
    ECSMI_CHECK(at->second.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  }
  return at->second;
}

void Store(control::Step& step, const Documents& documents) {
  for (const auto& [serial, document] : documents) {
    const model::Serial stored = step.state.InternDocument(DocumentBytes(document));
    if (stored == step.state.Get<model::ContainerInstance>(serial).document) continue;
    step.state.Update<model::ContainerInstance>(serial, [&](auto& row) { row.document = stored; });
  }
}

auto Find(AttributeList& list, const std::string& name) {
  return std::ranges::find_if(list, [&](const pb::Attribute& each) { return each.name() == name; });
}

void Show(std::string name, const pb::Attribute& stored, const std::string& arn, pb::Attribute& shown) {
  shown.set_name(std::move(name));
  if (stored.has_value()) shown.set_value(stored.value());
  shown.set_target_id(arn);
}

}  // namespace

absl::Status CheckPutAttributes(const pb::PutAttributesRequest& request) {
  return CheckAttributes(request.attributes());
}

absl::Status PutAttributes(control::Step& step, const CallContext& context, const pb::PutAttributesRequest& request,
                           pb::PutAttributesResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  Documents documents;
  for (const pb::Attribute& given : request.attributes()) {
    ECSMI_ASSIGN_OR_RETURN(const model::ContainerInstance* instance, FindTarget(step, *cluster, given.target_id()));
    AttributeList& own = *DocumentOf(step, *instance, documents).mutable_attributes();
    const auto at = Find(own, given.name());
    pb::Attribute& attribute = at == own.end() ? *own.Add() : *at;
    attribute.Clear();
    attribute.set_name(given.name());
    if (given.has_value()) attribute.set_value(given.value());
    if (own.size() > kPerResourceMax) {
      return AwsError(AwsException::kAttributeLimitExceeded,
                      Say("You can apply up to ", kPerResourceMax, " custom attributes for each resource."));
    }
    Show(given.name(), attribute, ContainerInstanceArn(step, *instance), *response->add_attributes());
  }
  Store(step, documents);
  return absl::OkStatus();
}

absl::Status CheckDeleteAttributes(const pb::DeleteAttributesRequest& request) {
  return CheckAttributes(request.attributes());
}

// By name; a value that is given has to be the attribute's. Answers with those that were there.
absl::Status DeleteAttributes(control::Step& step, const CallContext& context,
                              const pb::DeleteAttributesRequest& request, pb::DeleteAttributesResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  Documents documents;
  for (const pb::Attribute& given : request.attributes()) {
    ECSMI_ASSIGN_OR_RETURN(const model::ContainerInstance* instance, FindTarget(step, *cluster, given.target_id()));
    AttributeList& own = *DocumentOf(step, *instance, documents).mutable_attributes();
    const auto at = Find(own, given.name());
    if (at == own.end() || (given.has_value() && given.value() != at->value())) continue;
    Show(given.name(), *at, ContainerInstanceArn(step, *instance), *response->add_attributes());
    own.erase(at);
  }
  Store(step, documents);
  return absl::OkStatus();
}

absl::Status CheckListAttributes(const pb::ListAttributesRequest& request) {
  if (request.target_type() == pb::TargetType::UNSPECIFIED) {
    return InvalidParameter("targetType can not be blank; it should be one of [container-instance]");
  }
  if (request.has_attribute_value() && request.attribute_name().empty()) {
    return InvalidParameter(Say("attributeValue '", request.attribute_value(), "' is given without attributeName"));
  }
  return request.has_max_results() ? CheckRange("maxResults", request.max_results(), 1, kListPageMax)
                                   : absl::OkStatus();
}

// Instance by instance, ECS's own attributes as well as custom ones.
absl::Status ListAttributes(control::Step& step, const CallContext& context, const pb::ListAttributesRequest& request,
                            pb::ListAttributesResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const model::Cluster* cluster, ResolveCluster(step, context, request.cluster()));
  model::Serial after = 0;  // instance and place of the last one shown
  if (!request.next_token().empty()) {
    ECSMI_ASSIGN_OR_RETURN(after, ParsePageToken(step, kList, request.next_token()));
  }
  const int page = request.has_max_results() ? request.max_results() : kListPageMax;
  model::Serial last = 0;
  const model::Serial first = after / kPlaces;
  // From the instance itself on: it may have more.
  step.state.ForEachAfter<model::ContainerInstance>(
      first == 0 ? 0 : first - 1, cluster->instances, &model::ContainerInstance::in_cluster,
      [&](const model::ContainerInstance& instance) { return instance.cluster == cluster->serial; },
      [&](const model::ContainerInstance& instance) {
        if (!IsShownInstance(instance)) return true;
        const AttributeList attributes = InstanceAttributes(step, instance);
        for (int i = 0; i < attributes.size(); ++i) {
          const pb::Attribute& attribute = attributes[i];
          const model::Serial number = instance.serial * kPlaces + static_cast<model::Serial>(i) + 1;
          const bool wanted = number > after &&
                              (request.attribute_name().empty() || request.attribute_name() == attribute.name()) &&
                              (!request.has_attribute_value() || request.attribute_value() == attribute.value());
          if (!wanted) continue;
          if (response->attributes_size() == page) {
            response->set_next_token(PageToken(step, kList, last));
            return false;
          }
          Show(attribute.name(), attribute, ContainerInstanceArn(step, instance), *response->add_attributes());
          last = number;
        }
        return true;
      });
  return absl::OkStatus();
}

}  // namespace ecsmi::api
