// Every operation with every field of its request set to hostile values, one at a time, on top of a valid request:
// promise 5. What is refused is refused by name and changes nothing; nothing is our fault; reads change nothing ever.
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "builders/api_engine.h"
#include "builders/capacity_provider_requests.h"
#include "gmock/gmock.h"
#include "unit/api/bad_input/base_requests.h"

namespace ecsmi {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using testing::ApiEngine;

constexpr int kDepthMax = 6;                // of fields that are set; deeper ones repeat what is above
constexpr std::size_t kMessageMax = 4'096;  // of a refusal: it has to fit into HTTP/2 trailers

// One hostile change of a request.
struct Mutation {
  std::string path;  // as in messages: "tags[0].key"
  std::string what;
  bool must_refuse = false;  // no field of any operation may take it
  std::unique_ptr<Message> request;
};

class Mutator {
 public:
  explicit Mutator(const Message& base) : base_(base) {}

  std::vector<Mutation> All() {
    Walk({}, "", *base_.GetDescriptor(), 0);
    return std::move(mutations_);
  }

 private:
  // A way into the request: fields, each with an index where it is repeated.
  struct Hop {
    const FieldDescriptor* field;
    int index;
  };
  using Way = std::vector<Hop>;

  // The message at the end of the way, made where it is absent.
  static Message* Follow(Message* at, const Way& way) {
    for (const Hop& hop : way) {
      const Reflection& reflection = *at->GetReflection();
      if (!hop.field->is_repeated()) {
        at = reflection.MutableMessage(at, hop.field);
        continue;
      }
      while (reflection.FieldSize(*at, hop.field) <= hop.index) reflection.AddMessage(at, hop.field);
      at = reflection.MutableRepeatedMessage(at, hop.field, hop.index);
    }
    return at;
  }

  template <typename Change>
  void Add(const Way& way, const std::string& path, std::string what, bool must_refuse, Change change) {
    Mutation mutation{path, std::move(what), must_refuse, std::unique_ptr<Message>(base_.New())};
    mutation.request->CopyFrom(base_);
    Message* at = Follow(mutation.request.get(), way);
    change(*at->GetReflection(), at);
    mutations_.push_back(std::move(mutation));
  }

  void Walk(const Way& way, const std::string& prefix, const Descriptor& type, int depth) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* field = type.field(i);
      const std::string name = prefix.empty() ? field->json_name() : prefix + "." + field->json_name();
      if (field->is_repeated()) {
        AddLong(way, name, field);
      }
      const std::string path = field->is_repeated() ? name + "[0]" : name;
      switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_STRING:
          AddTexts(way, path, field);
          break;
        case FieldDescriptor::CPPTYPE_ENUM:
          AddEnums(way, path, field);
          break;
        case FieldDescriptor::CPPTYPE_INT32:
        case FieldDescriptor::CPPTYPE_INT64:
          AddIntegers(way, path, field);
          break;
        case FieldDescriptor::CPPTYPE_DOUBLE:
          AddDoubles(way, path, field);
          break;
        case FieldDescriptor::CPPTYPE_BOOL:
          if (!field->is_repeated()) {
            for (const bool value : {false, true}) {
              Add(way, path, value ? "true" : "false", false,
                  [&](const Reflection& r, Message* m) { r.SetBool(m, field, value); });
            }
          }
          break;
        case FieldDescriptor::CPPTYPE_MESSAGE: {
          Add(way, path, "an empty message", false, [&](const Reflection& r, Message* m) {
            if (field->is_repeated()) {
              r.AddMessage(m, field);
            } else {
              r.MutableMessage(m, field)->Clear();
            }
          });
          // Documents of free form hold themselves; their values are no fields of AWS's.
          const bool free_form = field->message_type()->file()->name() == "google/protobuf/struct.proto";
          if (depth >= kDepthMax || free_form) break;
          Way below = way;
          below.push_back({field, 0});
          Walk(below, path, *field->message_type(), depth + 1);
          break;
        }
        case FieldDescriptor::CPPTYPE_UINT32:
        case FieldDescriptor::CPPTYPE_UINT64:
        case FieldDescriptor::CPPTYPE_FLOAT:
          FAIL() << field->full_name() << " has a type this test knows no hostile values of";
      }
    }
  }

  void SetText(const Reflection& r, Message* m, const FieldDescriptor* field, const std::string& value) {
    if (!field->is_repeated()) return r.SetString(m, field, value);
    if (r.FieldSize(*m, field) == 0) return r.AddString(m, field, value);
    r.SetRepeatedString(m, field, 0, value);
  }
  void AddTexts(const Way& way, const std::string& path, const FieldDescriptor* field) {
    const bool bytes = field->type() == FieldDescriptor::TYPE_BYTES;
    const bool token = field->name() == "next_token";
    struct Text {
      const char* what;
      std::string value;
      bool must_refuse;
    };
    const std::vector<Text> texts = {
        {"empty", "", false},
        {"unknown", "no-such-thing", token},
        {"a NUL", std::string("a\0b", 3), !bytes},
        {"invalid UTF-8", "a\xff\xfe", !bytes},
        {"a surrogate", "\xed\xa0\x80", !bytes},
        {"more than a mebibyte", std::string((1 << 20) + 1, 'x'), !bytes},
        {"five thousand letters", std::string(5'000, 'x'), token},
        {"control characters", "a\x01\n\r\t\x7f", token},
        {"blanks", "   ", token},
        {"another account's ARN", "arn:aws:ecs:us-east-1:999999999999:cluster/c", token},
        {"another Region's ARN", "arn:aws:ecs:eu-west-1:$ACCOUNT:cluster/c", token},
        {"another kind's ARN", "arn:aws:ecs:us-east-1:$ACCOUNT:capacity-provider/mi", token},
        {"an ARN cut short", "arn:aws:ecs:us-east-1:", token},
        {"a well-formed id of nothing", "0123456789abcdef0123456789abcdef", token},
        {"a number", "-1", token},
        {"a huge number", "99999999999999999999999999", token},
        {"a pattern", "*", token},
        {"a path", "../../etc/passwd", token},
    };
    for (const Text& text : texts) {
      Add(way, path, text.what, text.must_refuse,
          [&](const Reflection& r, Message* m) { SetText(r, m, field, text.value); });
    }
  }

  void AddEnums(const Way& way, const std::string& path, const FieldDescriptor* field) {
    for (const int number : {-1, 77'777, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
      Add(way, path, "enum number " + std::to_string(number), true, [&](const Reflection& r, Message* m) {
        if (field->is_repeated()) {
          r.ClearField(m, field);  // so that the value stands at the index that `path` names
          r.AddEnumValue(m, field, number);
        } else {
          r.SetEnumValue(m, field, number);
        }
      });
    }
    for (int i = 0; i < field->enum_type()->value_count(); ++i) {
      const int number = field->enum_type()->value(i)->number();
      Add(way, path, "enum " + field->enum_type()->value(i)->name(), false, [&](const Reflection& r, Message* m) {
        if (field->is_repeated()) {
          r.AddEnumValue(m, field, number);
        } else {
          r.SetEnumValue(m, field, number);
        }
      });
    }
  }

  void AddIntegers(const Way& way, const std::string& path, const FieldDescriptor* field) {
    using Limits32 = std::numeric_limits<std::int32_t>;
    using Limits64 = std::numeric_limits<std::int64_t>;
    const bool wide = field->cpp_type() == FieldDescriptor::CPPTYPE_INT64;
    std::vector<std::int64_t> values = {0, -1, 1, 101, 65'536, Limits32::max(), Limits32::min()};
    if (wide) values.insert(values.end(), {Limits64::max(), Limits64::min()});
    for (const std::int64_t value : values) {
      Add(way, path, std::to_string(value), false, [&](const Reflection& r, Message* m) {
        if (wide) {
          field->is_repeated() ? r.AddInt64(m, field, value) : r.SetInt64(m, field, value);
        } else {
          const auto narrow = static_cast<std::int32_t>(value);
          field->is_repeated() ? r.AddInt32(m, field, narrow) : r.SetInt32(m, field, narrow);
        }
      });
    }
  }

  void AddDoubles(const Way& way, const std::string& path, const FieldDescriptor* field) {
    using Limits = std::numeric_limits<double>;
    for (const double value :
         {0.0, -1.0, 1e300, -1e300, Limits::denorm_min(), Limits::infinity(), Limits::quiet_NaN()}) {
      Add(way, path, std::to_string(value), !std::isfinite(value), [&](const Reflection& r, Message* m) {
        field->is_repeated() ? r.AddDouble(m, field, value) : r.SetDouble(m, field, value);
      });
    }
  }

  // Ten thousand entries of a list.
  void AddLong(const Way& way, const std::string& path, const FieldDescriptor* field) {
    Add(way, path, "ten thousand entries", true, [&](const Reflection& r, Message* m) {
      for (int i = 0; i < 10'000; ++i) {
        switch (field->cpp_type()) {
          case FieldDescriptor::CPPTYPE_STRING:
            r.AddString(m, field, "x" + std::to_string(i));
            break;
          case FieldDescriptor::CPPTYPE_MESSAGE: {
            Message* entry = r.AddMessage(m, field);
            // Entries of a map are told apart by their keys.
            if (field->is_map() && field->message_type()->field(0)->type() == FieldDescriptor::TYPE_STRING) {
              entry->GetReflection()->SetString(entry, field->message_type()->field(0), std::to_string(i));
            }
            break;
          }
          case FieldDescriptor::CPPTYPE_ENUM:
            r.AddEnumValue(m, field, 1);
            break;
          case FieldDescriptor::CPPTYPE_INT32:
            r.AddInt32(m, field, i);
            break;
          case FieldDescriptor::CPPTYPE_INT64:
            r.AddInt64(m, field, i);
            break;
          case FieldDescriptor::CPPTYPE_DOUBLE:
            r.AddDouble(m, field, i);
            break;
          case FieldDescriptor::CPPTYPE_BOOL:
            r.AddBool(m, field, true);
            break;
          case FieldDescriptor::CPPTYPE_UINT32:
          case FieldDescriptor::CPPTYPE_UINT64:
          case FieldDescriptor::CPPTYPE_FLOAT:
            FAIL() << field->full_name() << " has a type this test knows no hostile values of";
        }
      }
    });
  }

  const Message& base_;
  std::vector<Mutation> mutations_;
};

class BadInput : public ::testing::Test {
 protected:
  static constexpr const char* kEcs = "ecsmi.ecs.v1.EcsService/";
  static constexpr const char* kSqs = "ecsmi.sqs.v1.SqsService/";
  static constexpr const char* kEmulator = "ecsmi.emulator.v1.EmulatorService/";

  static std::string TextOf(const std::string& operation) {
    for (const testing::BaseRequest& base : testing::BaseRequests()) {
      if (operation == base.operation) return base.text;
    }
    return "none";
  }
  void Must(const std::string& operation, const std::string& text) {
    const ApiEngine::Answer answer = engine_.Call(account_, operation, text);
    ASSERT_TRUE(answer.status.ok()) << operation << ": " << answer.status;
  }
  // A world of its own with everything the base requests name.
  void NewWorld() {
    account_ = std::to_string(100'000'000'000 + ++worlds_);
    const std::string ecs = kEcs;
    Must(ecs + "CreateCluster", "cluster_name: 'c' service_connect_defaults {namespace: 'n'}");
    Must(ecs + "CreateCluster", "cluster_name: 'empty'");
    Must(ecs + "CreateCapacityProvider", testing::CreateText());
    Must(std::string(kEmulator) + "AdvanceClock", "by {seconds: 60}");
    Must(ecs + "PutClusterCapacityProviders",
         "cluster: 'c' capacity_providers: 'mi' "
         "default_capacity_provider_strategy {capacity_provider: 'mi' weight: 1}");
    Must(ecs + "RegisterTaskDefinition", TextOf(ecs + "RegisterTaskDefinition"));
    std::string old = TextOf(ecs + "RegisterTaskDefinition");
    old.replace(old.find("'web'"), 5, "'old'");
    Must(ecs + "RegisterTaskDefinition", old);
    Must(ecs + "DeregisterTaskDefinition", "task_definition: 'old:1'");
    Must(ecs + "RunTask",
         "cluster: 'c' task_definition: 'web' "
         "network_configuration {awsvpc_configuration {subnets: 'subnet-0000000a'}}");
    Must(ecs + "CreateService",
         "cluster: 'c' service_name: 'svc' task_definition: 'web' desired_count: 1 "
         "network_configuration {awsvpc_configuration {subnets: 'subnet-0000000a'}}");
    std::string alarm = TextOf("ecsmi.cloudwatch.v1.CloudWatchService/PutMetricAlarm");
    alarm.replace(alarm.find("'other'"), 7, "'a'");
    Must("ecsmi.cloudwatch.v1.CloudWatchService/PutMetricAlarm", alarm);
    const std::string scaling = "ecsmi.autoscaling.v1.ApplicationAutoScalingService/";
    const ApiEngine::Answer target =
        engine_.Call(account_, scaling + "RegisterScalableTarget", TextOf(scaling + "RegisterScalableTarget"));
    ASSERT_TRUE(target.status.ok()) << target.status;
    target_ = TextIn(*target.response, "scalable_target_arn");
    std::string policy = TextOf(scaling + "PutScalingPolicy");
    policy.replace(policy.find("'p2'"), 4, "'p'");
    Must(scaling + "PutScalingPolicy", policy);
    std::string action = TextOf(scaling + "PutScheduledAction");
    action.replace(action.find("'night'"), 7, "'day'");
    Must(scaling + "PutScheduledAction", action);
    Must(std::string(kEmulator) + "AdvanceClock", "by {seconds: 600}");
    task_ = FirstOf(engine_.Call(account_, ecs + "ListTasks", "cluster: 'c'"), "task_arns");
    instance_ =
        FirstOf(engine_.Call(account_, ecs + "ListContainerInstances", "cluster: 'c'"), "container_instance_arns");
    // One that is under way: it can be stopped.
    Must(ecs + "UpdateService", "cluster: 'c' service: 'svc' force_new_deployment: true");
    const ApiEngine::Answer deployments =
        engine_.Call(account_, ecs + "ListServiceDeployments", "cluster: 'c' service: 'svc'");
    const auto* listed = deployments.response->GetDescriptor()->FindFieldByName("service_deployments");
    ASSERT_EQ(deployments.response->GetReflection()->FieldSize(*deployments.response, listed), 2) << deployments.status;
    const Message& newest = deployments.response->GetReflection()->GetRepeatedMessage(*deployments.response, listed, 0);
    deployment_ = TextIn(newest, "service_deployment_arn");
    revision_ = TextIn(newest, "target_service_revision_arn");
    const std::string sqs = kSqs;
    queue_ = TextIn(*engine_.Call(account_, sqs + "CreateQueue", "queue_name: 'q'").response, "queue_url");
    for (int i = 0; i < 2; ++i) Must(sqs + "SendMessage", "queue_url: '" + queue_ + "' message_body: 'hello'");
    const ApiEngine::Answer received = engine_.Call(account_, sqs + "ReceiveMessage", "queue_url: '" + queue_ + "'");
    const auto* messages = received.response->GetDescriptor()->FindFieldByName("messages");
    ASSERT_EQ(received.response->GetReflection()->FieldSize(*received.response, messages), 1) << received.status;
    receipt_ = TextIn(received.response->GetReflection()->GetRepeatedMessage(*received.response, messages, 0),
                      "receipt_handle");
    dump_ = engine_.Dump(account_);
    changes_ = 0;
  }
  static std::string TextIn(const Message& message, const std::string& field) {
    return message.GetReflection()->GetString(message, message.GetDescriptor()->FindFieldByName(field));
  }
  static std::string FirstOf(const ApiEngine::Answer& answer, const std::string& field) {
    const auto* descriptor = answer.response->GetDescriptor()->FindFieldByName(field);
    if (answer.response->GetReflection()->FieldSize(*answer.response, descriptor) == 0) return "";
    return answer.response->GetReflection()->GetRepeatedString(*answer.response, descriptor, 0);
  }
  // The base request, its names still open: Call fills in those of the world as it is then.
  static std::unique_ptr<Message> Base(const std::string& operation) {
    auto request = ApiEngine::New(ApiEngine::MethodOf(operation)->input_type());
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(TextOf(operation), request.get())) << operation;
    return request;
  }
  void FillIn(Message* message) const {
    const Reflection& reflection = *message->GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(*message, &fields);
    const auto filled = [&](const std::string& text) {
      return text.find('$') == std::string::npos ? text
                                                 : absl::StrReplaceAll(text, {{"$TASK", task_},
                                                                              {"$INSTANCE", instance_},
                                                                              {"$DEPLOYMENT", deployment_},
                                                                              {"$REVISION", revision_},
                                                                              {"$TARGET", target_},
                                                                              {"$QUEUE", queue_},
                                                                              {"$RECEIPT", receipt_},
                                                                              {"$ACCOUNT", account_}});
    };
    for (const FieldDescriptor* field : fields) {
      const int count = field->is_repeated() ? reflection.FieldSize(*message, field) : 1;
      for (int i = 0; i < count; ++i) {
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
          FillIn(field->is_repeated() ? reflection.MutableRepeatedMessage(message, field, i)
                                      : reflection.MutableMessage(message, field));
        } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && field->is_repeated()) {
          reflection.SetRepeatedString(message, field, i, filled(reflection.GetRepeatedString(*message, field, i)));
        } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
          reflection.SetString(message, field, filled(reflection.GetString(*message, field)));
        }
      }
    }
  }

  // Calls, and checks what holds for every call. True when it was refused.
  bool Call(const std::string& operation, Message* request) {
    FillIn(request);
    const ApiEngine::Answer answer = engine_.Call(account_, operation, *request);
    const std::string after = engine_.Dump(account_);
    const std::string name = operation.substr(operation.find('/') + 1);
    const bool reads = name.rfind("Describe", 0) == 0 || name.rfind("List", 0) == 0 || name.rfind("Get", 0) == 0 ||
                       name == "DumpWorld";
    if (!answer.status.ok()) {
      EXPECT_NE(api::ExceptionOf(answer.status).exception, api::AwsException::kServer) << answer.status;
      EXPECT_FALSE(answer.status.message().empty());
      EXPECT_LE(answer.status.message().size(), kMessageMax);
    }
    if (!answer.status.ok() || reads) {
      EXPECT_EQ(after == dump_, true) << "the world changed: " << answer.status << "\n--- before\n"
                                      << dump_ << "\n--- after\n"
                                      << after;
    }
    last_ = answer.status;
    // A clock that runs from now on changes the world between any two calls.
    if (name == "SetClock" && answer.status.ok()) {
      NewWorld();
      return false;
    }
    if (after == dump_) return !answer.status.ok();
    // What only adds leaves the world fit for the next call; anything else may have taken away what requests name.
    dump_ = after;
    const bool adds = name.rfind("Register", 0) == 0 || name.rfind("RunTask", 0) == 0 || name.rfind("Create", 0) == 0 ||
                      name.rfind("Put", 0) == 0 || name.rfind("Send", 0) == 0 || name.rfind("Tag", 0) == 0;
    if (!adds || ++changes_ == 20) NewWorld();
    return !answer.status.ok();
  }

  ApiEngine engine_;
  int worlds_ = 0;
  std::string account_;
  std::string task_;
  std::string deployment_;
  std::string revision_;
  std::string instance_;
  std::string target_;
  std::string queue_;
  std::string receipt_;
  std::string dump_;
  int changes_ = 0;
  absl::Status last_;
};

TEST_F(BadInput, EveryRegisteredOperationHasABaseRequestThatIsTaken) {
  for (const std::string& operation : engine_.registry().Operations()) {
    SCOPED_TRACE(operation);
    ASSERT_NE(TextOf(operation), "none")
        << "add a valid request to tests/unit/api/bad_input/base_requests.cc: the rest of this suite then covers it";
    NewWorld();
    const auto request = Base(operation);
    EXPECT_FALSE(Call(operation, request.get())) << last_;
  }
}

TEST_F(BadInput, AnEmptyRequestIsAnsweredOrRefusedAndIfRefusedChangesNothing) {
  NewWorld();
  for (const std::string& operation : engine_.registry().Operations()) {
    SCOPED_TRACE(operation);
    Call(operation, ApiEngine::New(ApiEngine::MethodOf(operation)->input_type()).get());
  }
}

TEST_F(BadInput, EveryFieldWithHostileValuesIsRefusedByNameOrHarmless) {
  NewWorld();
  std::size_t calls = 0;
  for (const std::string& operation : engine_.registry().Operations()) {
    const auto base = Base(operation);
    for (Mutation& mutation : Mutator(*base).All()) {
      SCOPED_TRACE(::testing::Message() << operation << ": " << mutation.path << " = " << mutation.what);
      ++calls;
      const bool refused = Call(operation, mutation.request.get());
      if (!mutation.must_refuse) continue;
      EXPECT_TRUE(refused);
      if (mutation.path.find("extToken") == std::string::npos) {
        EXPECT_THAT(std::string(last_.message()), ::testing::HasSubstr(mutation.path));
      }
      if (HasFailure()) return;
    }
  }
  RecordProperty("calls", std::to_string(calls));
}

}  // namespace
}  // namespace ecsmi
