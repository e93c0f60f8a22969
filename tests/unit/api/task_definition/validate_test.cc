#include "api/task_definition/validate.h"

#include <string>
#include <utility>
#include <vector>

#include "builders/step_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::api {
namespace {

using testing::BadInput;
using ::testing::ElementsAre;
using testing::ExceptionName;
using ::testing::HasSubstr;

constexpr char kClient[] = "ClientException";

// A definition for managed instances with one container `main`; `container` and `rest` come on top.
std::string Managed(const std::string& container = "memory: 512", const std::string& rest = "") {
  return "family: 'f' requires_compatibilities: MANAGED_INSTANCES container_definitions {name: 'main' image: 'app:1' " +
         container + "} " + rest;
}
// One that lists `compatibility` only; sizes and network come with `rest`.
std::string For(const std::string& compatibility, const std::string& rest) {
  return "family: 'f' requires_compatibilities: " + compatibility +
         " container_definitions {name: 'main' image: 'app:1' memory: 128} " + rest;
}

absl::StatusOr<model::TaskDefinition> Read(const std::string& text) {
  return ReadTaskDefinition(testing::Parse<pb::RegisterTaskDefinitionRequest>(text));
}

void ExpectRefused(const std::vector<BadInput>& inputs) {
  for (const BadInput& input : inputs) {
    SCOPED_TRACE(input.request.substr(0, 300));
    const absl::Status status = Read(input.request).status();
    EXPECT_EQ(ExceptionName(status), input.exception) << status;
    for (const std::string& word : input.words) EXPECT_THAT(std::string(status.message()), HasSubstr(word));
  }
}

// C7, C11, C23.
TEST(ReadTaskDefinition, FillsInWhatManagedInstancesDefaultTo) {
  const auto row = Read(Managed("memory: 512 cpu: 256"));
  ASSERT_TRUE(row.ok()) << row.status();
  EXPECT_EQ(row->network_mode, model::NetworkMode::kAwsvpc);
  EXPECT_EQ(row->resources.cpu_units, 256);
  EXPECT_EQ(row->resources.memory_mib, 512);
  EXPECT_EQ(row->resources.eni_slots, 1);
  EXPECT_TRUE(row->containers[0].essential);
  EXPECT_EQ(row->architecture, model::CpuArchitecture::kUnspecified);  // B60: any
  EXPECT_EQ(row->requires_compatibilities, model::kCompatibleManagedInstances);
  EXPECT_EQ(row->compatibilities, model::kCompatibleEc2 | model::kCompatibleManagedInstances);
}

// C7: computed from what is there, whatever was asked for.
TEST(ReadTaskDefinition, ComputesWhatItCouldRunOn) {
  const auto bits = [](const std::string& text) {
    const auto row = Read(text);
    EXPECT_TRUE(row.ok()) << text << row.status();
    return row.ok() ? int{row->compatibilities} : -1;
  };
  EXPECT_EQ(bits(For("EC2", "")), model::kCompatibleEc2);  // bridge by default
  EXPECT_EQ(bits(For("EC2", "network_mode: host")), model::kCompatibleEc2 | model::kCompatibleManagedInstances);
  EXPECT_EQ(bits(For("EC2", "network_mode: awsvpc ipc_mode: host")), model::kCompatibleEc2);
  EXPECT_EQ(bits(For("EC2", "network_mode: awsvpc cpu: '256' memory: '512'")),
            model::kCompatibleEc2 | model::kCompatibleManagedInstances | model::kCompatibleFargate);
  EXPECT_EQ(bits(Managed("memory: 512 resource_requirements {type: GPU value: '1'}", "cpu: '256' memory: '512'")),
            model::kCompatibleEc2 | model::kCompatibleManagedInstances);
}

// C15.
TEST(ReadTaskDefinition, UnderstandsSizesWithUnits) {
  const struct {
    const char* cpu;
    std::int32_t units;
  } cpus[] = {{"128", 128},    {"1 vCPU", 1024},    {".5 vcpu", 512},
              {"2vCPU", 2048}, {"196608", 196'608}, {"192 vCPU", 196'608}};
  for (const auto& c : cpus) EXPECT_EQ(*ParseTaskCpu(c.cpu), c.units) << c.cpu;
  const struct {
    const char* memory;
    std::int32_t mib;
  } memories[] = {{"512", 512}, {"8 GB", 8192}, {"0.5GB", 512}, {"2gb", 2048}};
  for (const auto& m : memories) EXPECT_EQ(*ParseTaskMemory(m.memory), m.mib) << m.memory;
}

// C16: what the task says goes before the containers' sum; any combination will do.
TEST(ReadTaskDefinition, TakesTheTasksRoomBeforeTheContainers) {
  const auto row = Read(Managed("memory: 512 cpu: 256", "cpu: '3000' memory: '700'"));
  ASSERT_TRUE(row.ok()) << row.status();
  EXPECT_EQ(row->resources.cpu_units, 3000);
  EXPECT_EQ(row->resources.memory_mib, 700);
}

// C18: the 74 combinations and no other.
TEST(ReadTaskDefinition, KnowsFargatesSizes) {
  int good = 0;
  for (int cpu : {128, 256, 512, 1024, 2048, 4096, 8192, 16'384, 32'768}) {
    for (int memory = 512; memory <= 131'072; memory += 512) {
      good += Read(For("FARGATE", "network_mode: awsvpc cpu: '" + std::to_string(cpu) + "' memory: '" +
                                      std::to_string(memory) + "'"))
                  .ok();
    }
  }
  EXPECT_EQ(good, 74);
}

// B78, C11: only host mode reserves ports, the container's own when no other is given.
TEST(ReadTaskDefinition, ReservesPortsInHostModeOnly) {
  const std::string ports =
      "memory: 512 port_mappings {container_port: 8080} port_mappings {container_port: 80 host_port: 443}";
  const auto host = Read(Managed(ports, "network_mode: host"));
  ASSERT_TRUE(host.ok()) << host.status();
  EXPECT_THAT(host->host_ports, ElementsAre(443, 8080));
  EXPECT_EQ(host->resources.eni_slots, 0);
  EXPECT_TRUE(Read(Managed(ports))->host_ports.empty());
}

// C28: counts add up over containers; ALL is a wish of its own.
TEST(ReadTaskDefinition, CountsGpus) {
  const auto two =
      Read(Managed("memory: 512 resource_requirements {type: GPU value: '1'}",
                   "container_definitions {name: 'b' image: 'b' memory: 4 resource_requirements {type: GPU "
                   "value: '2'}}"));
  ASSERT_TRUE(two.ok()) << two.status();
  EXPECT_EQ(two->resources.gpus, 3);
  EXPECT_FALSE(two->all_gpus);
  const auto all = Read(Managed("memory: 512 resource_requirements {type: GPU value: 'ALL'}"));
  EXPECT_EQ(all->resources.gpus, 0);
  EXPECT_TRUE(all->all_gpus);
}

TEST(ReadTaskDefinition, ReadsTheArchitecture) {
  EXPECT_EQ(Read(Managed("memory: 4", "runtime_platform {cpu_architecture: ARM64 operating_system_family: LINUX}"))
                ->architecture,
            model::CpuArchitecture::kArm64);
  EXPECT_EQ(Read(Managed("memory: 4", "runtime_platform {cpu_architecture: X86_64}"))->architecture,
            model::CpuArchitecture::kX86_64);
}

TEST(ReadTaskDefinition, RefusesBadInput) {
  std::string eleven = "family: 'f' ";
  for (int i = 0; i < 11; ++i)
    eleven += "container_definitions {name: 'c" + std::to_string(i) + "' image: 'i' memory: 4} ";
  ExpectRefused({
      {"", kClient, {"Family should not be null or empty."}},  // C1
      {"family: 'a b'", kClient, {"Family contains invalid characters."}},
      {"family: '" + std::string(256, 'f') + "'", kClient, {"Family contains invalid characters."}},
      {"family: 'f'", kClient, {"no container definitions"}},
      {eleven, kClient, {"Too many containers: 11, at most 10"}},                                                // C19
      {Managed("memory: 4 command: '" + std::string(70'000, 'x') + "'"), kClient, {"larger than 65536 bytes"}},  // C19
      {"family: 'f' container_definitions {image: 'i' memory: 4}",
       kClient,
       {"Container.name should not be null or empty."}},  // C21
      {"family: 'f' container_definitions {name: 'c' memory: 4}",
       kClient,
       {"Container.image should not be null or empty."}},
      {"family: 'f' container_definitions {name: 'c d' image: 'i' memory: 4}", kClient, {"'c d'"}},
      {Managed("memory: 4", "container_definitions {name: 'main' image: 'i' memory: 4}"),
       kClient,
       {"'main' is used more than once"}},  // C22
      {Managed(""),
       kClient,
       {"Invalid setting for container 'main'. At least one of 'memory' or 'memoryReservation' must be specified."}},
      {Managed("memory: 3"), kClient, {"'main'", "at least 4"}},
      {Managed("memory: 4 cpu: -1"), kClient, {"'cpu' must not be negative"}},
      {Managed("memory: 100 memory_reservation: 101"), kClient, {"must not be less than 'memoryReservation'"}},
      {Managed("memory: 4 essential: false"), kClient, {"At least one container must be essential."}},
      {Managed("memory: 4", "cpu: '127'"), kClient, {"Invalid 'cpu' setting for task."}},  // C15, C73
      {Managed("memory: 4", "cpu: '196609'"), kClient, {"Invalid 'cpu' setting for task."}},
      {Managed("memory: 4", "cpu: 'much'"), kClient, {"Invalid 'cpu' setting for task."}},
      {Managed("memory: 4", "cpu: '1.1 vCPU'"), kClient, {"Invalid 'cpu' setting for task."}},
      {Managed("memory: 4", "memory: '0'"), kClient, {"Invalid 'memory' setting for task."}},
      {Managed("memory: 4", "memory: 'nan'"), kClient, {"Invalid 'memory' setting for task."}},
      {Managed("memory: 4 cpu: 512", "cpu: '256'"), kClient, {"Total cpu of containers, 512", "256"}},
      {Managed("memory: 600", "memory: '512'"), kClient, {"Total memory of containers, 600", "512"}},
      {Managed("memory: 4 port_mappings {container_port: 65536}"), kClient, {"between 0 and 65535"}},
      {Managed("memory: 4", "tags {key: 'aws:x'}"), "InvalidParameterException", {"aws:x"}},
      {Managed("memory: 4", "placement_constraints {expression: 'x'}"), kClient, {"memberOf"}},
      {Managed("memory: 4", "placement_constraints {type: memberOf expression: '" + std::string(2001, 'x') + "'}"),
       kClient,
       {"2000"}},  // H25
  });
}

// C12, C18, B45.
TEST(ReadTaskDefinition, HoldsEachListedCompatibilityToItsRules) {
  ExpectRefused({
      {Managed("memory: 4", "network_mode: bridge"), kClient, {"'awsvpc' and 'host'", "'bridge'"}},
      {Managed("memory: 4", "network_mode: none"), kClient, {"'awsvpc' and 'host'", "'none'"}},
      {Managed("memory: 4", "runtime_platform {operating_system_family: WINDOWS_SERVER_2022_CORE}"),
       kClient,
       {"operatingSystemFamily LINUX"}},
      {For("FARGATE", "cpu: '256' memory: '512'"), kClient, {"Fargate only supports network mode 'awsvpc'."}},
      {For("FARGATE", "network_mode: host cpu: '256' memory: '512'"), kClient, {"Fargate only supports network mode"}},
      {For("FARGATE", "network_mode: awsvpc cpu: '256' memory: '4096'"),
       kClient,
       {"No Fargate configuration exists for given values: 256 CPU, 4096 memory."}},
      {For("FARGATE", "network_mode: awsvpc"), kClient, {"No Fargate configuration exists for given values"}},
  });
  EXPECT_TRUE(Read(For("FARGATE",
                       "network_mode: awsvpc cpu: '256' memory: '512' requires_compatibilities: "
                       "MANAGED_INSTANCES"))
                  .ok());  // C5
}

// C8, C9: each by its name, and only where managed instances are listed.
TEST(ReadTaskDefinition, RefusesWhatManagedInstancesDoNotTake) {
  const std::vector<std::pair<std::string, std::string>> of_containers = {
      {"disableNetworking", "disable_networking: true"},
      {"dnsSearchDomains", "dns_search_domains: 'x'"},
      {"dnsServers", "dns_servers: '10.0.0.2'"},
      {"dockerSecurityOptions", "docker_security_options: 'no-new-privileges'"},
      {"extraHosts", "extra_hosts {hostname: 'h' ip_address: '10.0.0.1'}"},
      {"hostname", "hostname: 'h'"},
      {"links", "links: 'other'"},
      {"maxSwap", "linux_parameters {max_swap: 1}"},
      {"sharedMemorySize", "linux_parameters {shared_memory_size: 1}"},
      {"swappiness", "linux_parameters {swappiness: 1}"},
      {"tmpfs", "linux_parameters {tmpfs {container_path: '/t' size: 1}}"},
  };
  for (const auto& [name, text] : of_containers) {
    ExpectRefused({{Managed("memory: 4 " + text), kClient, {"parameter " + name + " is not supported"}}});
    EXPECT_TRUE(Read("family: 'f' container_definitions {name: 'c' image: 'i' memory: 4 " + text + "}").ok()) << name;
  }
  const std::vector<std::pair<std::string, std::string>> of_tasks = {
      {"ephemeralStorage", "ephemeral_storage {size_in_gib: 21}"},
      {"inferenceAccelerators", "inference_accelerators {device_name: 'd' device_type: 't'}"},
      {"ipcMode", "ipc_mode: host"},
      {"proxyConfiguration", "proxy_configuration {container_name: 'main'}"},
      {"dockerVolumeConfiguration", "volumes {name: 'v' docker_volume_configuration {}}"},
      {"fsxWindowsFileServerVolumeConfiguration",
       "volumes {name: 'v' fsx_windows_file_server_volume_configuration {}}"},
  };
  for (const auto& [name, text] : of_tasks) {
    ExpectRefused({{Managed("memory: 4", text), kClient, {"parameter " + name + " is not supported"}}});
  }
}

// C28, C29.
TEST(ReadTaskDefinition, RefusesResourceRequirementsItCannotMeet) {
  const auto wanting = [](const std::string& requirement) {
    return Managed("memory: 4 resource_requirements {" + requirement + "}");
  };
  constexpr char kUnsupported[] = "UnsupportedFeatureException";
  ExpectRefused({
      {wanting("type: GPU value: '0'"), kClient, {"GPU value '0'"}},
      {wanting("type: GPU value: '17'"), kClient, {"GPU value '17'"}},
      {wanting("type: GPU value: 'all'"), kClient, {"GPU value 'all'"}},
      {wanting("type: GPU"), kClient, {"GPU value ''"}},
      {Managed("memory: 4 resource_requirements {type: GPU value: 'ALL'}",
               "container_definitions {name: 'b' image: 'b' memory: 4 resource_requirements {type: GPU value: '1'}}"),
       kClient,
       {"ALL"}},
      {wanting("type: NeuronDevice value: 'ALL'"),
       kUnsupported,
       {"NeuronDevice", "'main'", "(ecsmi: docs/FIDELITY.md#resource-requirements)"}},
      {wanting("type: InferenceAccelerator value: 'x'"), kUnsupported, {"InferenceAccelerator"}},
  });
}

// C25.
TEST(ReadTaskDefinition, HoldsHealthChecksToTheirBounds) {
  const auto checked = [](const std::string& fields) {
    return Managed("memory: 4 health_check {command: 'CMD-SHELL' command: 'exit 0' " + fields + "}");
  };
  EXPECT_TRUE(Read(checked("interval: 5 timeout: 2 retries: 1 start_period: 0")).ok());
  EXPECT_TRUE(Read(checked("interval: 300 timeout: 60 retries: 10 start_period: 300"))->containers[0].has_health_check);
  for (const auto& [fields, bounds] :
       std::vector<std::pair<std::string, std::string>>{{"interval: 4", "interval must be between 5 and 300"},
                                                        {"interval: 301", "interval"},
                                                        {"timeout: 1", "timeout must be between 2 and 60"},
                                                        {"timeout: 61", "timeout"},
                                                        {"retries: 0", "retries must be between 1 and 10"},
                                                        {"retries: 11", "retries"},
                                                        {"start_period: -1", "startPeriod must be between 0 and 300"},
                                                        {"start_period: 301", "startPeriod"}}) {
    ExpectRefused({{checked(fields), kClient, {"'main'", bounds}}});
  }
  ExpectRefused({{Managed("memory: 4 health_check {}"), kClient, {"CMD or CMD-SHELL"}},
                 {Managed("memory: 4 health_check {command: 'curl'}"), kClient, {"CMD or CMD-SHELL"}}});
}

// C24.
TEST(ReadTaskDefinition, HoldsDependenciesToTheirRules) {
  const auto waiting = [](const std::string& condition, const std::string& other) {
    return Managed("memory: 4 depends_on {container_name: 'b' condition: " + condition + "}",
                   "container_definitions {name: 'b' image: 'b' memory: 4 " + other + "}");
  };
  EXPECT_TRUE(Read(waiting("START", "")).ok());
  EXPECT_TRUE(Read(waiting("COMPLETE", "essential: false")).ok());
  EXPECT_TRUE(Read(waiting("HEALTHY", "health_check {command: 'CMD' command: 'x'}")).ok());
  ExpectRefused({
      {Managed("memory: 4 depends_on {container_name: 'nobody' condition: START}"), kClient, {"'nobody'", "not exist"}},
      {waiting("COMPLETE", ""), kClient, {"'b' is essential"}},
      {waiting("SUCCESS", ""), kClient, {"'b' is essential"}},
      {waiting("HEALTHY", ""), kClient, {"'b' has no health check"}},
      {waiting("START", "depends_on {container_name: 'main' condition: START}"), kClient, {"waits for itself"}},
      {Managed("memory: 4 depends_on {container_name: 'main' condition: START}"), kClient, {"'main' waits for itself"}},
  });
}

}  // namespace
}  // namespace ecsmi::api
