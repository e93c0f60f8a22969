#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "builders/capacity_provider_requests.h"
#include "builders/random_message.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/base/check.h"
#include "google/protobuf/text_format.h"
#include "unit/api/bad_input/base_requests.h"
#include "wire/aws_json/operations.h"

namespace ecsmi::testing {

// A history of requests to one world: the things that requests name are made first, then any operation of the four
// services follows any other, valid, nearly valid or made up from nothing, and now and then time passes. Equal seeds
// and equal answers give equal histories.
class History {
 public:
  struct Call {
    const wire::Operation* operation;
    std::unique_ptr<google::protobuf::Message> request;
  };

  History(std::uint64_t seed, std::string account, const api::Registry& registry)
      : random_(seed), account_(std::move(account)) {
    for (const wire::Operation& operation : wire::Operations()) {
      if (operation.wire->service == wire::AwsService::kEmulator) continue;
      const bool emulated = registry.Find(operation.service, operation.method) != nullptr;
      (emulated ? emulated_ : others_).push_back(&operation);
    }
    std::reverse(beginning_.begin(), beginning_.end());
  }

  // Of the four services.
  const std::vector<const wire::Operation*>& emulated() const { return emulated_; }

  Call Next() {
    if (!beginning_.empty()) {
      const auto [target, text] = beginning_.back();
      beginning_.pop_back();
      return Made(*wire::FindTarget(target), text);
    }
    if (random_.Draw(12) == 0) {
      return Made(*wire::FindTarget("EcsmiEmulator.AdvanceClock"),
                  absl::StrCat("by {seconds: ", random_.Draw(120), "}"));
    }
    const bool emulated = random_.Draw(10) > 0;
    const auto& operations = emulated ? emulated_ : others_;
    const wire::Operation& operation = *operations[random_.Draw(operations.size())];
    const std::uint64_t kind = random_.Draw(10);
    Call call = Made(operation, kind < 9 && emulated ? TextOf(operation) : "");
    if (kind == 9 || !emulated) random_.Fill(call.request.get(), static_cast<int>(10 + random_.Draw(60)));
    if (kind >= 6 && kind < 9) {
      for (std::uint64_t changes = 1 + random_.Draw(2); changes > 0; --changes) Change(call.request.get(), 0);
    }
    Vary(call.request.get());
    // A long poll on a clock that stands ends by the host's; two doors would wait differently.
    if (const auto* wait = call.request->GetDescriptor()->FindFieldByName("wait_time_seconds")) {
      call.request->GetReflection()->SetInt32(call.request.get(), wait, 0);
    }
    return call;
  }

  // Remembers what an answer names, for requests to come.
  void Learn(const google::protobuf::Message& answer) {
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    const auto& reflection = *answer.GetReflection();
    reflection.ListFields(answer, &fields);
    for (const auto* field : fields) {
      const int count = field->is_repeated() ? reflection.FieldSize(answer, field) : 1;
      for (int i = 0; i < count; ++i) {
        if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
          Learn(field->is_repeated() ? reflection.GetRepeatedMessage(answer, field, i)
                                     : reflection.GetMessage(answer, field));
        } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
          LearnText(field->name(), field->is_repeated() ? reflection.GetRepeatedString(answer, field, i)
                                                        : reflection.GetString(answer, field));
        }
      }
    }
  }

 private:
  using Message = google::protobuf::Message;
  using FieldDescriptor = google::protobuf::FieldDescriptor;

  static std::string TextOf(const wire::Operation& operation) {
    const std::string name = absl::StrCat(absl::string_view(operation.service.data(), operation.service.size()), "/",
                                          absl::string_view(operation.method.data(), operation.method.size()));
    for (const BaseRequest& base : BaseRequests()) {
      if (name == base.operation) return base.text;
    }
    return "";
  }

  Call Made(const wire::Operation& operation, const std::string& text) {
    Call call{&operation, std::unique_ptr<Message>(operation.request->New())};
    ECSMI_CHECK(google::protobuf::TextFormat::ParseFromString(text, call.request.get()));
    FillIn(call.request.get());
    return call;
  }

  template <typename Visit>
  static void VisitTexts(Message* message, const Visit& visit) {
    std::vector<const FieldDescriptor*> fields;
    const auto& reflection = *message->GetReflection();
    reflection.ListFields(*message, &fields);
    for (const FieldDescriptor* field : fields) {
      const bool list = field->is_repeated();
      const int count = list ? reflection.FieldSize(*message, field) : 1;
      for (int i = 0; i < count; ++i) {
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
          VisitTexts(
              list ? reflection.MutableRepeatedMessage(message, field, i) : reflection.MutableMessage(message, field),
              visit);
        } else if (field->type() == FieldDescriptor::TYPE_STRING) {
          const std::string text =
              list ? reflection.GetRepeatedString(*message, field, i) : reflection.GetString(*message, field);
          const std::string other = visit(*field, text);
          list ? reflection.SetRepeatedString(message, field, i, other) : reflection.SetString(message, field, other);
        }
      }
    }
  }

  void FillIn(Message* message) const {
    const auto known = [&](const char* name) {
      const auto at = latest_.find(name);
      return at == latest_.end() ? std::string("none") : at->second;
    };
    VisitTexts(message, [&](const FieldDescriptor&, const std::string& text) {
      return absl::StrReplaceAll(text, {{"$TASK", known("task")},
                                        {"$INSTANCE", known("instance")},
                                        {"$DEPLOYMENT", known("deployment")},
                                        {"$REVISION", known("revision")},
                                        {"$TARGET", known("target")},
                                        {"$QUEUE", known("queue")},
                                        {"$RECEIPT", known("receipt")},
                                        {"$ACCOUNT", account_}});
    });
  }

  // Names of things are now and then those of another, so that much is made and little is made twice.
  void Vary(Message* message) {
    VisitTexts(message, [&](const FieldDescriptor& field, const std::string& text) {
      const std::string& name = field.name();
      const bool names = name == "cluster_name" || name == "queue_name" || name == "service_name" || name == "name" ||
                         name == "family" || name == "alarm_name" || name == "client_token";
      if (!names || field.containing_type()->name().find("Request") == std::string::npos) return text;
      return random_.Draw(3) > 0 ? text : absl::StrCat(text, random_.Draw(4));
    });
  }

  // One field somewhere becomes absent or random.
  void Change(Message* message, int depth) {
    const auto& reflection = *message->GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(*message, &fields);
    std::vector<const FieldDescriptor*> deeper;
    for (const FieldDescriptor* field : fields) {
      const bool plain = field->message_type() != nullptr && !field->is_map() &&
                         !absl::StartsWith(field->message_type()->full_name(), "google.protobuf.");
      if (plain) deeper.push_back(field);
    }
    if (!deeper.empty() && depth < 4 && random_.Draw(2) == 0) {
      const FieldDescriptor* field = deeper[random_.Draw(deeper.size())];
      if (!field->is_repeated()) return Change(reflection.MutableMessage(message, field), depth + 1);
      const int size = reflection.FieldSize(*message, field);
      const auto index = static_cast<int>(random_.Draw(static_cast<std::uint64_t>(size)));
      return Change(reflection.MutableRepeatedMessage(message, field, index), depth + 1);
    }
    const auto* type = message->GetDescriptor();
    if (type->field_count() == 0) return;
    const FieldDescriptor* field =
        type->field(static_cast<int>(random_.Draw(static_cast<std::uint64_t>(type->field_count()))));
    // A union has a member; AWS JSON has no way to leave it open.
    if (field->real_containing_oneof() == nullptr && random_.Draw(3) == 0) {
      return reflection.ClearField(message, field);
    }
    const std::unique_ptr<Message> other(message->New());
    random_.Fill(other.get(), 50);
    if (field->real_containing_oneof() != nullptr && !reflection.HasField(*other, field)) return;
    reflection.SwapFields(message, other.get(), {field});
  }

  void LearnText(const std::string& field, const std::string& text) {
    if (absl::StrContains(text, ":task/")) latest_["task"] = text;
    if (absl::StrContains(text, ":container-instance/")) latest_["instance"] = text;
    if (absl::StrContains(text, ":service-deployment/")) latest_["deployment"] = text;
    if (absl::StrContains(text, ":service-revision/")) latest_["revision"] = text;
    if (absl::StrContains(text, ":scalable-target/")) latest_["target"] = text;
    if (field == "queue_url" && absl::EndsWith(text, "/q")) latest_["queue"] = text;
    if (field == "receipt_handle") latest_["receipt"] = text;
  }

  std::vector<std::pair<const char*, std::string>> beginning_ = {
      {"AmazonEC2ContainerServiceV20141113.CreateCluster",
       "cluster_name: 'c' service_connect_defaults {namespace: 'n'}"},
      {"AmazonEC2ContainerServiceV20141113.CreateCluster", "cluster_name: 'empty'"},
      {"AmazonEC2ContainerServiceV20141113.CreateCapacityProvider", CreateText()},
      {"EcsmiEmulator.AdvanceClock", "by {seconds: 60}"},
      {"AmazonEC2ContainerServiceV20141113.PutClusterCapacityProviders",
       "cluster: 'c' capacity_providers: 'mi' "
       "default_capacity_provider_strategy {capacity_provider: 'mi' weight: 1}"},
      {"AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition",
       TextOf(*wire::FindTarget("AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition"))},
      {"AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition",
       absl::StrReplaceAll(TextOf(*wire::FindTarget("AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition")),
                           {{"'web'", "'old'"}})},
      {"AmazonEC2ContainerServiceV20141113.DeregisterTaskDefinition", "task_definition: 'old:1'"},
      {"AmazonEC2ContainerServiceV20141113.RunTask",
       "cluster: 'c' task_definition: 'web' "
       "network_configuration {awsvpc_configuration {subnets: 'subnet-0000000a'}}"},
      {"AmazonEC2ContainerServiceV20141113.CreateService",
       "cluster: 'c' service_name: 'svc' task_definition: 'web' desired_count: 1 "
       "network_configuration {awsvpc_configuration {subnets: 'subnet-0000000a'}}"},
      {"AnyScaleFrontendService.RegisterScalableTarget",
       TextOf(*wire::FindTarget("AnyScaleFrontendService.RegisterScalableTarget"))},
      {"AnyScaleFrontendService.PutScalingPolicy",
       absl::StrReplaceAll(TextOf(*wire::FindTarget("AnyScaleFrontendService.PutScalingPolicy")), {{"'p2'", "'p'"}})},
      {"AnyScaleFrontendService.PutScalingPolicy",
       "service_namespace: ecs resource_id: 'service/c/svc' scalable_dimension: ecs_service_DesiredCount policy_name: "
       "'cpu' policy_type: TargetTrackingScaling target_tracking_scaling_policy_configuration {target_value: 50 "
       "predefined_metric_specification {predefined_metric_type: ECSServiceAverageCPUUtilization}}"},
      {"AnyScaleFrontendService.PutScheduledAction",
       absl::StrReplaceAll(TextOf(*wire::FindTarget("AnyScaleFrontendService.PutScheduledAction")),
                           {{"'night'", "'day'"}})},
      {"GraniteServiceVersion20100801.PutMetricAlarm",
       absl::StrReplaceAll(TextOf(*wire::FindTarget("GraniteServiceVersion20100801.PutMetricAlarm")),
                           {{"'other'", "'a'"}})},
      {"EcsmiEmulator.AdvanceClock", "by {seconds: 600}"},
      {"AmazonEC2ContainerServiceV20141113.ListTasks", "cluster: 'c'"},
      {"AmazonEC2ContainerServiceV20141113.ListContainerInstances", "cluster: 'c'"},
      {"AmazonSQS.CreateQueue", "queue_name: 'q'"},
      {"AmazonSQS.SendMessage", "queue_url: '$QUEUE' message_body: 'hello'"},
      {"AmazonSQS.SendMessage", "queue_url: '$QUEUE' message_body: 'again'"},
      {"AmazonSQS.ReceiveMessage", "queue_url: '$QUEUE'"},
  };
  RandomMessage random_;
  const std::string account_;
  std::vector<const wire::Operation*> emulated_;
  std::vector<const wire::Operation*> others_;
  std::map<std::string, std::string, std::less<>> latest_;
};

}  // namespace ecsmi::testing
