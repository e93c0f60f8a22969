// Compares the contract's descriptors with aws_shapes.tsv (see make_table.py), both ways.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "ecsmi/options/v1/options.pb.h"

namespace ecsmi {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::DescriptorPool;
using ::google::protobuf::EnumDescriptor;
using ::google::protobuf::EnumValueDescriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::FileDescriptor;
using ::google::protobuf::MethodDescriptor;
using ::google::protobuf::ServiceDescriptor;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kRoot = ECSMI_SOURCE_DIR;
constexpr const char* kAwsPackages[] = {"ecsmi.ecs.v1", "ecsmi.sqs.v1", "ecsmi.autoscaling.v1", "ecsmi.cloudwatch.v1"};
constexpr const char* kOurs = "explicitly_set";  // the one field that AWS does not have

using Row = std::vector<std::string>;

// Rows of one kind ("field"), each without the kind itself.
const std::vector<Row>& Rows(const std::string& kind) {
  static const auto* const table = [] {
    auto* rows = new std::map<std::string, std::vector<Row>>;
    std::ifstream file(std::string(kRoot) + "/tests/conformance/contract/aws_shapes.tsv");
    for (std::string line; std::getline(file, line);) {
      Row row;
      for (std::size_t begin = 0; begin <= line.size();) {
        const std::size_t end = std::min(line.find('\t', begin), line.size());
        row.push_back(line.substr(begin, end - begin));
        begin = end + 1;
      }
      (*rows)[row[0]].emplace_back(row.begin() + 1, row.end());
    }
    return rows;
  }();
  const auto found = table->find(kind);
  static const std::vector<Row> none;
  return found == table->end() ? none : found->second;
}

const DescriptorPool& Pool() {
  return *DescriptorPool::generated_pool();
}

// The files of a package, as they are on disk; a file that no service reaches is a failure.
std::vector<const FileDescriptor*> FilesOf(const std::string& package) {
  std::string folder = package;
  for (char& c : folder) c = c == '.' ? '/' : c;
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(kRoot) + "/proto/" + folder)) {
    names.insert(folder + "/" + entry.path().filename().string());
  }
  std::vector<const FileDescriptor*> files;
  for (const std::string& name : names) {
    const FileDescriptor* file = Pool().FindFileByName(name);
    EXPECT_NE(file, nullptr) << name << " is not linked: no service reaches it";
    if (file == nullptr) continue;
    EXPECT_EQ(file->package(), package) << name;
    files.push_back(file);
  }
  return files;
}

// "message ClockMode { enum Value {…} }" only gives its enum a scope.
const EnumDescriptor* ScopedEnum(const Descriptor& message) {
  const bool only_scope = message.field_count() == 0 && message.enum_type_count() == 1;
  return only_scope ? message.FindEnumTypeByName("Value") : nullptr;
}

std::string AwsName(const EnumValueDescriptor& value) {
  const std::string& own = value.options().GetExtension(options::v1::aws_name);
  return own.empty() ? value.name() : own;
}

// What the table calls the type of a field, or of a list's entries.
std::string TypeName(const FieldDescriptor& field) {
  if (field.type() == FieldDescriptor::TYPE_ENUM) return "enum:" + field.enum_type()->containing_type()->name();
  if (field.type() != FieldDescriptor::TYPE_MESSAGE) return field.type_name();
  if (field.message_type()->full_name() == "google.protobuf.Timestamp") return "timestamp";
  if (field.message_type()->full_name() == "google.protobuf.Value") return "document";
  return "message:" + field.message_type()->name();
}

bool IsUnion(const Descriptor& message) {
  return message.real_oneof_decl_count() > 0;
}

// A union's list member is wrapped in a message "<Member>List", since a oneof holds no lists: the list inside.
const FieldDescriptor* UnwrappedList(const FieldDescriptor& field) {
  if (field.real_containing_oneof() == nullptr || field.message_type() == nullptr) return nullptr;
  return field.message_type()->containing_type() == field.containing_type() ? field.message_type()->field(0) : nullptr;
}

// A field as the table writes it: package, message, member, label, type.
Row Described(const FieldDescriptor& field) {
  const Descriptor& message = *field.containing_type();
  Row row = {message.file()->package(), message.name(), field.json_name()};
  if (field.is_map()) {
    EXPECT_EQ(field.message_type()->map_key()->type(), FieldDescriptor::TYPE_STRING) << field.full_name();
    row.insert(row.end(), {"map", TypeName(*field.message_type()->map_value())});
  } else if (const FieldDescriptor* list = UnwrappedList(field); list != nullptr) {
    EXPECT_TRUE(list->is_repeated()) << field.full_name();
    row.insert(row.end(), {"list", TypeName(*list)});
  } else {
    row.insert(row.end(), {field.is_repeated() ? "list" : "one", TypeName(field)});
  }
  return row;
}

// Every top-level message of the AWS packages.
std::vector<const Descriptor*> Messages() {
  std::vector<const Descriptor*> messages;
  for (const char* package : kAwsPackages) {
    for (const FileDescriptor* file : FilesOf(package)) {
      for (int i = 0; i < file->message_type_count(); ++i) messages.push_back(file->message_type(i));
    }
  }
  return messages;
}

std::vector<const FieldDescriptor*> Fields() {
  std::vector<const FieldDescriptor*> fields;
  for (const Descriptor* message : Messages()) {
    for (int i = 0; i < message->field_count(); ++i) fields.push_back(message->field(i));
  }
  return fields;
}

std::string Text(const Row& row) {
  std::string text;
  for (const std::string& cell : row) text += (text.empty() ? "" : " ") + cell;
  return text;
}

// Both differences, as lines that say which side lacks what.
void ExpectSame(const std::set<Row>& aws, const std::set<Row>& ours) {
  ASSERT_THAT(aws, Not(IsEmpty()));
  for (const Row& row : aws) EXPECT_TRUE(ours.contains(row)) << "the protos lack: " << Text(row);
  for (const Row& row : ours) EXPECT_TRUE(aws.contains(row)) << "AWS lacks: " << Text(row);
}

std::set<Row> TableSet(const std::string& kind) {
  return {Rows(kind).begin(), Rows(kind).end()};
}

TEST(ContractTest, ServicesCarryTheirTargetPrefix) {
  std::set<Row> ours;
  for (const char* package : kAwsPackages) {
    for (const FileDescriptor* file : FilesOf(package)) {
      for (int i = 0; i < file->service_count(); ++i) {
        const ServiceDescriptor& service = *file->service(i);
        ours.insert({package, service.name(), service.options().GetExtension(options::v1::target_prefix)});
      }
    }
  }
  ExpectSame(TableSet("service"), ours);
}

TEST(ContractTest, OperationsHaveTheirInputAndOutput) {
  std::set<Row> ours;
  for (const Row& row : Rows("service")) {
    const ServiceDescriptor* service = Pool().FindServiceByName(row[0] + "." + row[1]);
    ASSERT_NE(service, nullptr) << Text(row);
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor& method = *service->method(i);
      EXPECT_FALSE(method.client_streaming() || method.server_streaming()) << method.full_name();
      ours.insert({row[0], method.name(), method.input_type()->name(), method.output_type()->name()});
    }
  }
  ExpectSame(TableSet("operation"), ours);
}

TEST(ContractTest, MessagesAreAwsStructuresAndUnions) {
  std::set<Row> ours;
  for (const Descriptor* message : Messages()) {
    if (ScopedEnum(*message) != nullptr) continue;
    ours.insert({message->file()->package(), message->name(), IsUnion(*message) ? "union" : "structure"});
    if (!IsUnion(*message)) continue;
    ASSERT_EQ(message->real_oneof_decl_count(), 1) << message->full_name();
    EXPECT_EQ(message->oneof_decl(0)->field_count(), message->field_count()) << message->full_name();
  }
  ExpectSame(TableSet("message"), ours);
}

TEST(ContractTest, FieldsHaveAwsNamesAndTypes) {
  std::set<Row> ours;
  for (const FieldDescriptor* field : Fields()) {
    if (field->name() != kOurs) ours.insert(Described(*field));
  }
  ExpectSame(TableSet("field"), ours);
}

TEST(ContractTest, EnumsHaveAwsSpellings) {
  std::set<Row> ours;
  for (const Descriptor* message : Messages()) {
    const EnumDescriptor* values = ScopedEnum(*message);
    if (values == nullptr) continue;
    ASSERT_EQ(values->value(0)->name(), "UNSPECIFIED") << message->full_name();
    EXPECT_EQ(values->value(0)->number(), 0) << message->full_name();
    for (int i = 1; i < values->value_count(); ++i) {
      const EnumValueDescriptor& value = *values->value(i);
      EXPECT_NE(value.options().GetExtension(options::v1::aws_name), value.name()) << "says the same twice";
      EXPECT_TRUE(ours.insert({message->file()->package(), message->name(), AwsName(value)}).second)
          << value.full_name() << " is there twice";
    }
  }
  ExpectSame(TableSet("enum"), ours);
}

TEST(ContractTest, EverySingularFieldHasPresence) {
  for (const FieldDescriptor* field : Fields()) {
    EXPECT_TRUE(field->is_repeated() || field->has_presence()) << field->full_name();
  }
  for (const FileDescriptor* file : FilesOf("ecsmi.emulator.v1")) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      for (int j = 0; j < file->message_type(i)->field_count(); ++j) {
        const FieldDescriptor& field = *file->message_type(i)->field(j);
        EXPECT_TRUE(field.is_repeated() || field.has_presence()) << field.full_name();
      }
    }
  }
}

// json_name in lower case is the field's name without underscores, so that a name is never a guess.
TEST(ContractTest, FieldNamesFollowFromAwsNames) {
  for (const FieldDescriptor* field : Fields()) {
    std::string lower;
    for (const char c : field->json_name()) {
      lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    std::string joined;
    for (const char c : field->name()) joined += c == '_' ? "" : std::string(1, c);
    EXPECT_EQ(joined, lower) << field->full_name();
  }
  const auto name = [](const std::string& message, const std::string& member) {
    const Descriptor* type = Pool().FindMessageTypeByName("ecsmi." + message);
    for (int i = 0; type != nullptr && i < type->field_count(); ++i) {
      if (type->field(i)->json_name() == member) return type->field(i)->name();
    }
    return std::string("absent");
  };
  EXPECT_EQ(name("ecs.v1.InstanceRequirementsRequest", "vCpuCount"), "v_cpu_count");
  EXPECT_EQ(name("ecs.v1.InstanceRequirementsRequest", "memoryMiB"), "memory_mib");
  EXPECT_EQ(name("ecs.v1.InstanceRequirementsRequest", "totalLocalStorageGB"), "total_local_storage_gb");
  EXPECT_EQ(name("ecs.v1.InstanceRequirementsRequest", "memoryGiBPerVCpu"), "memory_gib_per_v_cpu");
  EXPECT_EQ(name("ecs.v1.ContainerInstance", "ec2InstanceId"), "ec2_instance_id");
  EXPECT_EQ(name("sqs.v1.SendMessageRequest", "QueueUrl"), "queue_url");
  EXPECT_EQ(name("autoscaling.v1.ScalableTarget", "ServiceNamespace"), "service_namespace");
}

TEST(ContractTest, OnlyUpdateServiceTellsEmptyListsFromAbsentOnes) {
  std::vector<std::string> found;
  for (const FieldDescriptor* field : Fields()) {
    if (field->name() != kOurs) continue;
    found.push_back(field->containing_type()->full_name());
    EXPECT_EQ(field->number(), 1000);
    EXPECT_EQ(field->message_type()->full_name(), "google.protobuf.FieldMask");
  }
  EXPECT_THAT(found, ::testing::ElementsAre("ecsmi.ecs.v1.UpdateServiceRequest"));
}

// always_emit makes the codec write [], which only a list of an answer can be.
TEST(ContractTest, AlwaysEmittedFieldsAreListsAndNeverOfRequests) {
  int count = 0;
  for (const FieldDescriptor* field : Fields()) {
    if (!field->options().GetExtension(options::v1::always_emit)) continue;
    ++count;
    EXPECT_TRUE(field->is_repeated() && !field->is_map()) << field->full_name();
    EXPECT_FALSE(field->containing_type()->name().ends_with("Request")) << field->full_name();
  }
  EXPECT_GT(count, 0);
  // Clients of these look whether the member is there.
  for (const char* name : {"ReceiveMessageResponse.messages", "ListQueuesResponse.queue_urls"}) {
    const FieldDescriptor* field = Pool().FindFieldByName(std::string("ecsmi.sqs.v1.") + name);
    ASSERT_NE(field, nullptr) << name;
    EXPECT_FALSE(field->options().GetExtension(options::v1::always_emit)) << name;
  }
}

// Written out by hand, so that a table made from an older model cannot hide a loss.
TEST(ContractTest, ManagedInstancesShapesAreComplete) {
  const std::map<std::string, std::set<std::string>> shapes = {
      {"CreateCapacityProviderRequest",
       {"name", "cluster", "autoScalingGroupProvider", "managedInstancesProvider", "tags"}},
      {"UpdateCapacityProviderRequest", {"name", "cluster", "autoScalingGroupProvider", "managedInstancesProvider"}},
      {"DeleteCapacityProviderRequest", {"capacityProvider", "cluster"}},
      {"DescribeCapacityProvidersRequest", {"capacityProviders", "cluster", "include", "maxResults", "nextToken"}},
      {"CapacityProvider",
       {"capacityProviderArn", "name", "cluster", "status", "type", "autoScalingGroupProvider",
        "managedInstancesProvider", "updateStatus", "updateStatusReason", "tags"}},
      {"CreateManagedInstancesProviderConfiguration",
       {"infrastructureRoleArn", "instanceLaunchTemplate", "propagateTags", "infrastructureOptimization",
        "autoRepairConfiguration"}},
      {"UpdateManagedInstancesProviderConfiguration",
       {"infrastructureRoleArn", "instanceLaunchTemplate", "propagateTags", "infrastructureOptimization",
        "autoRepairConfiguration"}},
      {"ManagedInstancesProvider",
       {"infrastructureRoleArn", "instanceLaunchTemplate", "propagateTags", "infrastructureOptimization",
        "autoRepairConfiguration"}},
      {"InstanceLaunchTemplate",
       {"ec2InstanceProfileArn", "networkConfiguration", "storageConfiguration", "localStorageConfiguration",
        "monitoring", "capacityOptionType", "instanceMetadataTagsPropagation", "instanceRequirements", "fipsEnabled",
        "capacityReservations"}},
      {"InstanceLaunchTemplateUpdate",
       {"ec2InstanceProfileArn", "networkConfiguration", "storageConfiguration", "localStorageConfiguration",
        "monitoring", "instanceMetadataTagsPropagation", "instanceRequirements", "capacityReservations"}},
      {"ManagedInstancesNetworkConfiguration", {"subnets", "securityGroups"}},
      {"ManagedInstancesStorageConfiguration", {"storageSizeGiB"}},
      {"ManagedInstancesLocalStorageConfiguration", {"useLocalStorage"}},
      {"CapacityReservationRequest", {"reservationGroupArn", "reservationPreference"}},
      {"InfrastructureOptimization", {"scaleInAfter"}},
      {"AutoRepairConfiguration", {"actionsStatus"}},
      {"InstanceRequirementsRequest",
       {"vCpuCount",
        "memoryMiB",
        "cpuManufacturers",
        "memoryGiBPerVCpu",
        "excludedInstanceTypes",
        "instanceGenerations",
        "spotMaxPricePercentageOverLowestPrice",
        "onDemandMaxPricePercentageOverLowestPrice",
        "bareMetal",
        "burstablePerformance",
        "requireHibernateSupport",
        "networkInterfaceCount",
        "localStorage",
        "localStorageTypes",
        "totalLocalStorageGB",
        "baselineEbsBandwidthMbps",
        "acceleratorTypes",
        "acceleratorCount",
        "acceleratorManufacturers",
        "acceleratorNames",
        "acceleratorTotalMemoryMiB",
        "networkBandwidthGbps",
        "allowedInstanceTypes",
        "maxSpotPriceAsPercentageOfOptimalOnDemandPrice"}},
      {"VCpuCountRangeRequest", {"min", "max"}},
      {"MemoryMiBRequest", {"min", "max"}},
      {"NetworkInterfaceCountRequest", {"min", "max"}},
      {"BaselineEbsBandwidthMbpsRequest", {"min", "max"}},
      {"AcceleratorCountRequest", {"min", "max"}},
      {"AcceleratorTotalMemoryMiBRequest", {"min", "max"}},
      {"MemoryGiBPerVCpuRequest", {"min", "max"}},
      {"TotalLocalStorageGBRequest", {"min", "max"}},
      {"NetworkBandwidthGbpsRequest", {"min", "max"}},
      {"CapacityProviderStrategyItem", {"capacityProvider", "weight", "base"}},
      {"ContainerInstanceHealthStatus", {"overallStatus", "details"}},
      {"InstanceHealthCheckResult", {"type", "status", "statusReason", "lastUpdated", "lastStatusChange"}},
      {"ResourceRequirement", {"type", "value", "sharingStrategy"}},
      {"GpuDevice", {"gpuId", "sharingMode", "totalMemoryInMiB", "remainingMemoryInMiB", "containerCount"}},
  };
  for (const auto& [shape, members] : shapes) {
    const Descriptor* message = Pool().FindMessageTypeByName("ecsmi.ecs.v1." + shape);
    ASSERT_NE(message, nullptr) << shape;
    std::set<std::string> ours;
    for (int i = 0; i < message->field_count(); ++i) ours.insert(message->field(i)->json_name());
    EXPECT_EQ(ours, members) << shape;
  }
}

TEST(ContractTest, EmulatorServiceAnswersOnTheAwsWireToo) {
  const ServiceDescriptor* service = Pool().FindServiceByName("ecsmi.emulator.v1.EmulatorService");
  ASSERT_NE(service, nullptr);
  EXPECT_EQ(service->options().GetExtension(options::v1::target_prefix), "EcsmiEmulator");
  for (int i = 0; i < service->method_count(); ++i) {
    const MethodDescriptor& method = *service->method(i);
    EXPECT_EQ(method.input_type()->name(), method.name() + "Request");
    EXPECT_EQ(method.output_type()->name(), method.name() + "Response");
  }
  EXPECT_NE(Pool().FindServiceByName("grpc.health.v1.Health"), nullptr);
}

}  // namespace
}  // namespace ecsmi
