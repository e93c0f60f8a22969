#include <algorithm>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "catalog/embedded_catalog.h"
#include "ecsmi/core/requirements.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::core {
namespace {

using model::AcceleratorManufacturer;
using model::AcceleratorType;
using model::CpuManufacturer;
using model::Inclusion;
using model::InstanceGeneration;
using model::InstanceRequirements;
using model::InstanceType;
using model::LocalStorageType;
using ports::TypeOrdinal;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

const ports::Catalog& BuiltIn() {
  static const std::unique_ptr<ports::Catalog> catalog = *catalog::LoadEmbeddedCatalog();
  return *catalog;
}
const RequirementsIndex& Index() {
  static const RequirementsIndex index(**BuiltIn().Region("us-east-1", true));
  return index;
}
const InstanceType& TypeAt(TypeOrdinal at) {
  return *Index().region().types[at].type;
}
TypeOrdinal OrdinalOf(std::string_view name) {
  for (std::size_t i = 0; i < Index().region().types.size(); ++i) {
    if (TypeAt(static_cast<TypeOrdinal>(i)).name == name) return static_cast<TypeOrdinal>(i);
  }
  ADD_FAILURE() << name << " is not in the region";
  return TypeSet::kNone;
}

// Names of what matches, cheapest first.
std::vector<std::string> Names(const TypeSet& set) {
  std::vector<std::string> names;
  for (TypeOrdinal at = set.First(); at != TypeSet::kNone; at = set.First(static_cast<TypeOrdinal>(at + 1))) {
    names.push_back(TypeAt(at).name);
  }
  return names;
}
std::vector<std::string> Matching(const InstanceRequirements& requirements, const MatchOptions& options = {}) {
  return Names(Index().Match(&requirements, options).types);
}
std::vector<MismatchReason> Why(const InstanceRequirements& requirements, std::string_view type) {
  return Index().Explain(&requirements, {}, OrdinalOf(type));
}

// Everything Managed Instances support, but for GPU fractions: no default rule in the way.
InstanceRequirements Anything() {
  InstanceRequirements r;
  r.bare_metal = Inclusion::kIncluded;
  r.burstable_performance = Inclusion::kIncluded;
  return r;
}

// T4, B7.
TEST(RequirementsIndex, AllowedPatternsCoverWhatTheySay) {
  InstanceRequirements r = Anything();
  r.allowed_instance_types = {"m5a.*"};
  EXPECT_THAT(Matching(r), Contains("m5a.large"));
  for (const char* other : {"m5.large", "m5ad.large", "m5n.large"}) {
    EXPECT_THAT(Matching(r), Not(Contains(other)));
    EXPECT_THAT(Why(r, other), ElementsAre(MismatchReason::kAllowedInstanceTypes));
  }
  r.allowed_instance_types = {"c5*"};
  for (const char* covered : {"c5.large", "c5a.large", "c5n.large"}) EXPECT_THAT(Matching(r), Contains(covered));
  r.allowed_instance_types = {"*3*"};
  EXPECT_THAT(Matching(r), Contains("t3.medium"));
  r.allowed_instance_types = {"m5.large", "m5.xlarge"};
  EXPECT_THAT(Matching(r), ElementsAre("m5.large", "m5.xlarge"));
}

TEST(RequirementsIndex, ExcludedPatternsTakeAway) {
  InstanceRequirements r = Anything();
  r.excluded_instance_types = {"m5*", "*.metal*"};
  for (const std::string& name : Matching(r)) {
    EXPECT_NE(name.rfind("m5", 0), 0u) << name;
    EXPECT_EQ(name.find(".metal"), std::string::npos) << name;
  }
  EXPECT_THAT(Why(r, "m5.metal"), ElementsAre(MismatchReason::kExcludedInstanceTypes));
}

TEST(RequirementsIndex, AMisspeltTypeMatchesNothing) {
  InstanceRequirements r = Anything();
  for (const char* name : {"m5.larg", "m5.largee", "m5large", "M5.large", "m5.large ", "zz*"}) {
    r.allowed_instance_types = {name};
    EXPECT_THAT(Matching(r), IsEmpty()) << name;
  }
}

// T5, B8, B9, B12.
TEST(RequirementsIndex, AnAllowedListLeavesTheOtherDefaultsOn) {
  InstanceRequirements r;
  r.allowed_instance_types = {"t3.medium"};
  EXPECT_THAT(Matching(r), IsEmpty());
  EXPECT_THAT(Why(r, "t3.medium"), ElementsAre(MismatchReason::kBurstablePerformance));
  r.burstable_performance = Inclusion::kIncluded;
  EXPECT_THAT(Matching(r), ElementsAre("t3.medium"));
  r.burstable_performance = Inclusion::kRequired;
  EXPECT_THAT(Matching(r), ElementsAre("t3.medium"));
}

// T6 is refused by the API; the index itself takes both lists and lets both act (B1).
TEST(RequirementsIndex, AllowedAndExcludedBothAct) {
  InstanceRequirements r = Anything();
  r.allowed_instance_types = {"m5.*large"};
  r.excluded_instance_types = {"m5.large"};
  EXPECT_EQ(Matching(r).front(), "m5.xlarge");
}

// Each attribute alone, against the attribute of what matches (B2-B5, B11-B22).
TEST(RequirementsIndex, EachAttributeKeepsExactlyTheTypesThatHaveIt) {
  struct Case {
    const char* what;
    std::function<void(InstanceRequirements&)> ask;
    std::function<bool(const InstanceType&)> holds;
  };
  const std::vector<Case> cases = {
      {"vcpus",
       [](auto& r) {
         r.vcpu_count = {4, 8};
       },
       [](auto& t) { return t.vcpus >= 4 && t.vcpus <= 8; }},
      {"vcpus between two values",
       [](auto& r) {
         r.vcpu_count = {5, 7};
       },
       [](auto&) { return false; }},
      {"memory",
       [](auto& r) {
         r.memory_mib = {16'384, 16'384};
       },
       [](auto& t) { return t.memory_mib == 16'384; }},
      {"memory upside down",
       [](auto& r) {
         r.memory_mib = {2, 1};
       },
       [](auto&) { return false; }},
      {"memory per vcpu",
       [](auto& r) {
         r.memory_gib_per_vcpu = {4.0, 4.0};
       },
       [](auto& t) { return t.memory_mib == t.vcpus * 4'096; }},
      {"manufacturer", [](auto& r) { r.cpu_manufacturers = {CpuManufacturer::kAmd}; },
       [](auto& t) { return t.cpu_manufacturer == CpuManufacturer::kAmd; }},
      {"manufacturers",
       [](auto& r) {
         r.cpu_manufacturers = {CpuManufacturer::kAmd, CpuManufacturer::kAmazonWebServices};
       },
       [](auto& t) { return t.cpu_manufacturer != CpuManufacturer::kIntel; }},
      {"generation", [](auto& r) { r.instance_generations = {InstanceGeneration::kPrevious}; },
       [](auto& t) { return t.generation == InstanceGeneration::kPrevious; }},
      {"metal required", [](auto& r) { r.bare_metal = Inclusion::kRequired; }, [](auto& t) { return t.bare_metal; }},
      {"metal by default", [](auto& r) { r.bare_metal = Inclusion::kUnspecified; },
       [](auto& t) { return !t.bare_metal; }},
      {"burstable excluded", [](auto& r) { r.burstable_performance = Inclusion::kExcluded; },
       [](auto& t) { return !t.burstable; }},
      {"hibernation", [](auto& r) { r.require_hibernate_support = true; },
       [](auto& t) { return t.hibernation_supported; }},
      {"interfaces",
       [](auto& r) {
         r.network_interface_count = {15, {}};
       },
       [](auto& t) { return t.max_enis >= 15; }},
      {"network",
       [](auto& r) {
         r.network_bandwidth_gbps = {10.0, 25.0};
       },
       [](auto& t) { return t.network_gbps >= 10 && t.network_gbps <= 25; }},
      {"ebs",
       [](auto& r) {
         r.baseline_ebs_bandwidth_mbps = {10'000, {}};
       },
       [](auto& t) { return t.ebs_baseline_mbps >= 10'000; }},
      {"storage required", [](auto& r) { r.local_storage = Inclusion::kRequired; },
       [](auto& t) { return t.local_storage_gb > 0; }},
      {"storage excluded", [](auto& r) { r.local_storage = Inclusion::kExcluded; },
       [](auto& t) { return t.local_storage_gb == 0; }},
      {"storage type, none needed", [](auto& r) { r.local_storage_types = {LocalStorageType::kHdd}; },
       [](auto& t) { return t.local_storage_type != LocalStorageType::kSsd; }},
      {"storage type, some needed",
       [](auto& r) {
         r.local_storage_types = {LocalStorageType::kHdd};
         r.local_storage = Inclusion::kRequired;
       },
       [](auto& t) { return t.local_storage_type == LocalStorageType::kHdd; }},
      {"storage size (B19)",
       [](auto& r) {
         r.total_local_storage_gb = {0.5, {}};
       },
       [](auto& t) { return t.local_storage_gb > 0; }},
      {"accelerator type", [](auto& r) { r.accelerator_types = {AcceleratorType::kInference}; },
       [](auto& t) { return t.accelerator_type == AcceleratorType::kInference; }},
      {"accelerator count",
       [](auto& r) {
         r.accelerator_count = {4, {}};
       },
       [](auto& t) { return t.accelerator_count >= 4; }},
      {"accelerator count from 0 (B24)",
       [](auto& r) {
         r.accelerator_count = {0, {}};
       },
       [](auto& t) { return t.accelerator_count > 0; }},
      {"no accelerator (B20)",
       [](auto& r) {
         r.accelerator_count = {{}, 0};
       },
       [](auto& t) { return t.accelerator_count == 0; }},
      {"no accelerator of a type contradicts itself (B1)",
       [](auto& r) {
         r.accelerator_count = {{}, 0};
         r.accelerator_types = {AcceleratorType::kGpu};
       },
       [](auto&) { return false; }},
      {"accelerator manufacturer", [](auto& r) { r.accelerator_manufacturers = {AcceleratorManufacturer::kAmd}; },
       [](auto& t) { return t.accelerator_manufacturer == AcceleratorManufacturer::kAmd; }},
      {"accelerator name",
       [](auto& r) {
         r.accelerator_names = {"t4", "a10g"};
       },
       [](auto& t) { return t.accelerator_name == "t4" || t.accelerator_name == "a10g"; }},
      {"accelerator memory, at most (B24)",
       [](auto& r) {
         r.accelerator_total_memory_mib = {{}, 16'384};
       },
       [](auto& t) { return t.accelerator_count > 0 && t.accelerator_memory_mib <= 16'384; }},
      {"nothing", [](auto&) {}, [](auto&) { return true; }},
  };
  for (const Case& c : cases) {
    InstanceRequirements r = Anything();
    c.ask(r);
    std::vector<std::string> expected;
    for (const ports::PricedType& priced : Index().region().types) {
      const InstanceType& t = *priced.type;
      if (t.managed_instances_supported && t.gpu_fraction_milli == 0 && c.holds(t)) expected.push_back(t.name);
    }
    EXPECT_EQ(Matching(r), expected) << c.what;
  }
}

TEST(RequirementsIndex, APartOfAGpuComesOnlyWhenNamed) {
  InstanceRequirements r;
  r.accelerator_types = {AcceleratorType::kGpu};
  r.accelerator_count = {1, {}};
  EXPECT_THAT(Matching(r), Not(Contains("g6f.xlarge")));
  EXPECT_THAT(Why(r, "g6f.xlarge"), ElementsAre(MismatchReason::kGpuFraction));
  r.allowed_instance_types = {"g6f.*"};
  EXPECT_THAT(Matching(r), Contains("g6f.xlarge"));
  r.allowed_instance_types = {"g6.*"};
  EXPECT_THAT(Why(r, "g6f.xlarge"), Contains(MismatchReason::kGpuFraction));
}

// B52a, and what else the default pool leaves out.
TEST(RequirementsIndex, TheDefaultPoolIsCurrentPlainMCR) {
  const RequirementsMatch match = Index().Match(nullptr, {});
  ASSERT_FALSE(match.types.Empty());
  for (std::size_t i = 0; i < Index().region().types.size(); ++i) {
    const InstanceType& t = TypeAt(static_cast<TypeOrdinal>(i));
    const bool family =
        std::string("mcr").find(t.family[0]) != std::string::npos && t.family[1] >= '0' && t.family[1] <= '9';
    const bool expected = t.managed_instances_supported && family && t.generation == InstanceGeneration::kCurrent &&
                          !t.burstable && !t.bare_metal && t.accelerator_count == 0;
    EXPECT_EQ(match.types.Has(static_cast<TypeOrdinal>(i)), expected) << t.name;
  }
  EXPECT_THAT(Index().Explain(nullptr, {}, OrdinalOf("t3.medium")), ElementsAre(MismatchReason::kDefaultPool));
  EXPECT_THAT(Index().Explain(nullptr, {}, OrdinalOf("m5.large")), ElementsAre(MismatchReason::kDefaultPool));
  EXPECT_THAT(Index().Explain(nullptr, {}, match.types.First()), IsEmpty());
}

// B54: AWS's reference case settles on r5a.large; a task of 1 vCPU and 9.5 GB beside one of 5.5 GB needs such a shape.
TEST(RequirementsIndex, TheDefaultPoolHoldsWhatTheReferenceCaseNeeds) {
  const std::vector<std::string> pool = Names(Index().Match(nullptr, {}).types);
  for (const char* name : {"r5a.large", "r7a.large", "r8g.large", "m5a.large", "c7g.large"}) {
    EXPECT_THAT(pool, Contains(name));
  }
  InstanceRequirements shape;
  shape.vcpu_count = {2, 2};
  shape.memory_mib = {16'384, 16'384};
  shape.cpu_manufacturers = {CpuManufacturer::kIntel, CpuManufacturer::kAmd};
  EXPECT_THAT(Matching(shape), Contains("r5a.large"));
}

InstanceRequirements OneGpu() {
  InstanceRequirements r;
  r.allowed_instance_types = {"g4dn.xlarge", "g6.xlarge", "g5.xlarge"};
  r.accelerator_types = {AcceleratorType::kGpu};
  r.accelerator_count = {1, 1};
  return r;
}

// B35: the example of the rule, by request and by option.
TEST(RequirementsIndex, PriceProtectionPerAcceleratorLeavesTheCheapestGpu) {
  InstanceRequirements r = OneGpu();
  EXPECT_THAT(Matching(r), ElementsAre("g4dn.xlarge", "g6.xlarge", "g5.xlarge")) << "none unless asked for";
  EXPECT_THAT(Matching(r, {.default_price_protection_percent = 20}), ElementsAre("g4dn.xlarge"));
  r.on_demand_max_price_percentage_over_lowest_price = 20;
  EXPECT_THAT(Matching(r), ElementsAre("g4dn.xlarge"));
  EXPECT_THAT(Why(r, "g5.xlarge"), ElementsAre(MismatchReason::kPriceProtection));
  EXPECT_EQ(Index().Match(&r, {}).ruled_out[static_cast<std::size_t>(MismatchReason::kPriceProtection)], 2);
  r.on_demand_max_price_percentage_over_lowest_price = 53;  // 0.526 × 1.53 = 0.80478 < 0.8048
  EXPECT_THAT(Matching(r), ElementsAre("g4dn.xlarge"));
  r.on_demand_max_price_percentage_over_lowest_price = 54;
  EXPECT_THAT(Matching(r), ElementsAre("g4dn.xlarge", "g6.xlarge"));
  r.on_demand_max_price_percentage_over_lowest_price = 0;  // the baseline itself stays, without rounding
  EXPECT_THAT(Matching(r, {.default_price_protection_percent = 50}), ElementsAre("g4dn.xlarge"));
}

// B31, B34: the baseline is a current M, C or R type's price per vCPU, though another family is cheaper.
TEST(RequirementsIndex, PriceProtectionPerVcpuKeepsTheLargerSizes) {
  InstanceRequirements r;
  r.allowed_instance_types = {"m7i.*", "m5.*"};
  r.on_demand_max_price_percentage_over_lowest_price = 0;
  const std::vector<std::string> kept = Matching(r);
  // m7i costs 0.0504 per vCPU in every size; m5, previous and cheaper (0.048), is below the limit.
  for (const char* name : {"m7i.large", "m7i.48xlarge", "m5.large", "m5.24xlarge"}) {
    EXPECT_THAT(kept, Contains(name));
  }
  r.allowed_instance_types = {"m7i.large", "r7i.large"};
  EXPECT_THAT(Matching(r), ElementsAre("m7i.large"));
}

// B32.
TEST(RequirementsIndex, AVeryLargePercentageSwitchesProtectionOff) {
  InstanceRequirements r = Anything();
  const std::vector<std::string> all = Matching(r);
  r.on_demand_max_price_percentage_over_lowest_price = 999'999;
  EXPECT_EQ(Matching(r, {.default_price_protection_percent = 20}), all);
}

TEST(RequirementsIndex, CountsEachTypeUnderItsFirstReasonOnly) {
  InstanceRequirements r;
  r.vcpu_count = {2, 4};
  r.memory_mib = {4'096, {}};
  const RequirementsMatch match = Index().Match(&r, {});
  const std::size_t total = Index().region().types.size();
  EXPECT_EQ(static_cast<std::size_t>(std::accumulate(match.ruled_out.begin(), match.ruled_out.end(), 0)),
            total - match.types.Count());
  EXPECT_EQ(match.ruled_out[0], 268) << "not supported by Managed Instances";
}

TEST(RequirementsIndex, ExplainsAllReasonsInOrder) {
  InstanceRequirements r;
  r.vcpu_count = {100, {}};
  r.cpu_manufacturers = {CpuManufacturer::kAmd};
  EXPECT_THAT(Why(r, "t2.medium"),
              ElementsAre(MismatchReason::kNotSupportedByManagedInstances, MismatchReason::kVcpuCount,
                          MismatchReason::kCpuManufacturers, MismatchReason::kBurstablePerformance));
}

TEST(RequirementsIndex, EveryReasonHasWords) {
  std::vector<std::string_view> words;
  for (int i = 0; i < static_cast<int>(MismatchReason::kCount); ++i) {
    words.push_back(MismatchAttribute(static_cast<MismatchReason>(i)));
    EXPECT_FALSE(words.back().empty()) << i;
  }
  std::sort(words.begin(), words.end());
  EXPECT_EQ(std::adjacent_find(words.begin(), words.end()), words.end());
}

}  // namespace
}  // namespace ecsmi::core
