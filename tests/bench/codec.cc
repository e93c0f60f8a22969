// AWS JSON of the call that matters most: RunTask of ten, its request read and its answer written.
#include "wire/aws_json/codec.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "bench/report.h"
#include "ecsmi/ecs/v1/ecs_service.pb.h"

namespace ecsmi::bench {
namespace {

namespace ecs = ::ecsmi::ecs::v1;

constexpr double kBarMicros = 60;  // a tenth of what the whole call may cost
constexpr int kTasks = 10;

constexpr char kRequest[] =
    R"({"capacityProviderStrategy":[{"base":1,"capacityProvider":"managed","weight":1}],)"
    R"("clientToken":"0d6b6a5e-4a5e-4c3f-9d0e-1f2a3b4c5d6e","cluster":"orders","count":10,"enableECSManagedTags":false,)"
    R"("networkConfiguration":{"awsvpcConfiguration":{"assignPublicIp":"DISABLED","securityGroups":["sg-0a1b2c3d4e5f60718"],)"
    R"("subnets":["subnet-0a1b2c3d4e5f60718","subnet-1a1b2c3d4e5f60718"]}},"overrides":{"containerOverrides":[)"
    R"({"environment":[{"name":"QUEUE","value":"orders"},{"name":"BATCH","value":"10"}],"name":"app"}]},)"
    R"("propagateTags":"TASK_DEFINITION","startedBy":"bench","tags":[{"key":"team","value":"checkout"}],)"
    R"("taskDefinition":"arn:aws:ecs:us-east-1:000000000000:task-definition/orders:7"})";

// What RunTask answers: two containers, as many members as ours fills.
ecs::RunTaskResponse Answer() {
  ecs::RunTaskResponse response;
  for (int i = 0; i < kTasks; ++i) {
    ecs::Task& task = *response.add_tasks();
    const std::string id = absl::StrCat("orders/0123456789abcdef0123456789abcde", i);
    task.set_task_arn(absl::StrCat("arn:aws:ecs:us-east-1:000000000000:task/", id));
    task.set_cluster_arn("arn:aws:ecs:us-east-1:000000000000:cluster/orders");
    task.set_task_definition_arn("arn:aws:ecs:us-east-1:000000000000:task-definition/orders:7");
    task.set_capacity_provider_name("managed");
    task.set_last_status("PROVISIONING");
    task.set_desired_status("RUNNING");
    task.set_cpu("256");
    task.set_memory("512");
    task.set_group("family:orders");
    task.set_started_by("bench");
    task.set_version(1);
    task.set_enable_execute_command(false);
    task.set_health_status(ecs::HealthStatus::UNKNOWN);
    task.set_launch_type(ecs::LaunchType::MANAGED_INSTANCES);
    task.mutable_created_at()->set_seconds(1'763'900'000);
    task.mutable_created_at()->set_nanos(123'000'000);
    task.mutable_overrides()->add_container_overrides()->set_name("app");
    for (const char* name : {"app", "sidecar"}) {
      ecs::Container& container = *task.add_containers();
      container.set_container_arn(absl::StrCat("arn:aws:ecs:us-east-1:000000000000:container/", id, "/", name));
      container.set_task_arn(task.task_arn());
      container.set_name(name);
      container.set_image("public.ecr.aws/docker/library/busybox:latest");
      container.set_last_status("PENDING");
      container.set_cpu("128");
      container.set_memory("256");
    }
    ecs::Attribute& attribute = *task.add_attributes();
    attribute.set_name("ecs.cpu-architecture");
    attribute.set_value("x86_64");
    ecs::Tag& tag = *task.add_tags();
    tag.set_key("team");
    tag.set_value("checkout");
  }
  return response;
}

}  // namespace

void BenchCodec(const Options& options) {
  const ecs::RunTaskResponse answer = Answer();
  const int calls = options.quick ? 200 : 20'000;
  Result result{.metric = "aws_json_run_task_codec",
                .n = calls,
                .value_unit = "us per RunTask of ten, request read and answer written",
                .base_unit = "us (the bar)",
                .bar = 1,
                .at_least = false};
  std::vector<double> reading;
  std::size_t bytes = 0;
  for (int repeat = 0; repeat < (options.quick ? 1 : 7); ++repeat) {
    double began = CpuSeconds();
    for (int i = 0; i < calls; ++i) {
      ecs::RunTaskRequest request;
      wire::DecodeNotes notes;
      Require(wire::Decode(kRequest, &request, &notes).ok() && notes.empty() && request.count() == kTasks,
              "the request is read");
    }
    const double read = CpuSeconds() - began;
    began = CpuSeconds();
    for (int i = 0; i < calls; ++i) bytes = wire::Encode(answer).size();
    const double wrote = CpuSeconds() - began;
    ecs::RunTaskResponse again;
    wire::DecodeNotes notes;
    Require(wire::Decode(wire::Encode(answer), &again, &notes).ok() && again.tasks_size() == kTasks,
            "the answer is written");
    reading.push_back(read / calls * 1e6);
    result.values.push_back((read + wrote) / calls * 1e6);
    result.bases.push_back(kBarMicros);
  }
  result.more = {{"read_us", Median(reading)},
                 {"request_bytes", static_cast<double>(sizeof(kRequest) - 1)},
                 {"answer_bytes", static_cast<double>(bytes)}};
  Print(options, result);
}

}  // namespace ecsmi::bench
