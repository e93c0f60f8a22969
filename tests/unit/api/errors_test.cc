#include "ecsmi/api/errors.h"

#include <set>
#include <string>
#include <utility>

#include "api/check.h"
#include "builders/step_fixture.h"
#include "ecsmi/ecs/v1/capacity_provider.pb.h"
#include "ecsmi/ecs/v1/cluster.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::api {
namespace {

using ::testing::HasSubstr;

TEST(ErrorsTest, EveryRowIsReachedByItsStatus) {
  std::set<std::pair<std::string_view, int>> names;  // two services may share a name and differ in its status
  for (const ExceptionRow& row : ExceptionTable()) {
    const absl::Status status = AwsError(row.exception, "why");
    EXPECT_EQ(status.code(), row.code);
    EXPECT_EQ(ExceptionOf(status).name, row.name);
    EXPECT_TRUE(names.emplace(row.name, row.http_status).second) << row.name;
  }
}

// H2: client faults 400, denied access 403, our own 500.
TEST(ErrorsTest, HttpStatuses) {
  EXPECT_EQ(ExceptionOf(ClusterNotFound()).http_status, 400);
  EXPECT_EQ(ExceptionOf(AwsError(AwsException::kAccessDenied, "")).http_status, 403);
  EXPECT_EQ(ExceptionOf(absl::UnavailableError("disk")).http_status, 500);
  EXPECT_EQ(ExceptionOf(absl::UnavailableError("disk")).name, "ServerException");
}

// H2: each model has its own name for the service's fault; what is the caller's fault has one name.
TEST(ErrorsTest, OurFaultIsNamedAsTheServiceNamesIt) {
  const absl::Status fault = absl::UnavailableError("disk");
  EXPECT_EQ(ExceptionOf(fault, "ecsmi.ecs.v1.EcsService").name, "ServerException");
  EXPECT_EQ(ExceptionOf(fault, "ecsmi.emulator.v1.EmulatorService").name, "ServerException");
  EXPECT_EQ(ExceptionOf(fault, "ecsmi.autoscaling.v1.ApplicationAutoScalingService").name, "InternalServiceException");
  const ExceptionRow& fault_of_cloudwatch = ExceptionOf(fault, "ecsmi.cloudwatch.v1.CloudWatchService");
  EXPECT_EQ(fault_of_cloudwatch.name, "InternalServiceFault");
  EXPECT_EQ(fault_of_cloudwatch.query_code, "InternalServiceError");
  EXPECT_EQ(fault_of_cloudwatch.http_status, 500);
  EXPECT_EQ(ExceptionOf(ClusterNotFound(), "ecsmi.cloudwatch.v1.CloudWatchService").name, "ClusterNotFoundException");
}

TEST(ErrorsTest, OursSaysWhereItIsExplained) {
  EXPECT_EQ(Ours(AwsException::kUnsupportedFeature, "no", "spot").message(), "no (ecsmi: docs/FIDELITY.md#spot)");
  EXPECT_EQ(ClusterNotFound().message(), "Cluster not found.");  // H10
}

// B25: numbers beyond the contract are refused wherever they stand; AWS's own spelling is listed.
TEST(CheckTest, UnknownEnumNumbersAreNamedWithPathAndValue) {
  pb::CreateCapacityProviderRequest request;
  pb::InstanceRequirementsRequest* wanted =
      request.mutable_managed_instances_provider()->mutable_instance_launch_template()->mutable_instance_requirements();
  wanted->add_cpu_manufacturers(pb::CpuManufacturer::amd);
  EXPECT_TRUE(CheckKnownValues(request).ok());
  wanted->add_cpu_manufacturers(static_cast<pb::CpuManufacturer::Value>(77));
  const absl::Status status = CheckKnownValues(request);
  EXPECT_EQ(ExceptionOf(status).name, "InvalidParameterException");
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("managedInstancesProvider.instanceLaunchTemplate.instanceRequirements.cpuManufacturers[1]"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("amazon-web-services"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("77"));
}

TEST(CheckTest, AListCannotHoldAnAbsentEnum) {
  pb::DescribeClustersRequest request;
  request.add_include(pb::ClusterField::UNSPECIFIED);
  EXPECT_FALSE(CheckKnownValues(request).ok());
}

TEST(CheckTest, DoublesMustBeFinite) {
  pb::InstanceRequirementsRequest request;
  request.mutable_memory_gib_per_v_cpu()->set_min(std::numeric_limits<double>::quiet_NaN());
  EXPECT_THAT(std::string(CheckKnownValues(request).message()), HasSubstr("memoryGiBPerVCpu.min"));
}

// H24.
TEST(CheckTest, Tags) {
  const auto refused = [](const std::string& tags, const std::string& word) {
    const auto request = testing::Parse<pb::CreateClusterRequest>(tags);
    EXPECT_THAT(std::string(CheckTags(request.tags()).message()), HasSubstr(word)) << tags;
  };
  EXPECT_TRUE(CheckTags(testing::Parse<pb::CreateClusterRequest>(
                            "tags {key: 'a b_.:/=+-@9' value: ''} tags {key: 'caf\\303\\251' value: 'x'}")
                            .tags())
                  .ok());
  refused("tags {key: '' value: 'v'}", "tags[0].key ''");
  refused("tags {key: 'k'} tags {key: 'k'}", "tags[1].key 'k' is given twice");
  refused("tags {key: 'aws:x'}", "'aws:x' begins with aws:");
  refused("tags {key: 'AWS:x'}", "reserves");
  refused("tags {key: 'a!'}", "tags[0].key 'a!'");
  refused("tags {key: 'a' value: 'b<'}", "tags[0].value 'b<'");
  refused("tags {key: '" + std::string(129, 'k') + "'}", "1 to 128");
  refused("tags {key: 'k' value: '" + std::string(257, 'v') + "'}", "at most 256");
  refused("tags {key: 'ecsmi:isolation' value: 'maybe'}", "'maybe'");
  std::string many;
  for (int i = 0; i < 51; ++i) many += "tags {key: 'k" + std::to_string(i) + "'} ";
  refused(many, "tags has 51 entries; at most 50");
}

}  // namespace
}  // namespace ecsmi::api
