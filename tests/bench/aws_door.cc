// What calls over the AWS door cost the real binary, and how soon and in how much memory it serves.
#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "bench/daemon_process.h"
#include "bench/report.h"
#include "bench/rig.h"

namespace ecsmi::bench {
namespace {

constexpr char kProvider[] =
    R"({"name":"mi","cluster":"c0","managedInstancesProvider":{"infrastructureRoleArn":"arn:aws:iam::123456789012:role/r",)"
    R"("instanceLaunchTemplate":{"ec2InstanceProfileArn":"arn:aws:iam::123456789012:instance-profile/p",)"
    R"("networkConfiguration":{"subnets":["subnet-0000000a"]}}}})";
constexpr char kDefinition[] =
    R"({"family":"w","networkMode":"awsvpc","requiresCompatibilities":["MANAGED_INSTANCES"],"cpu":"256","memory":"512",)"
    R"("containerDefinitions":[{"name":"main","image":"example/web:1"}]})";
constexpr char kRunTen[] =
    R"({"cluster":"c0","taskDefinition":"w","count":10,"capacityProviderStrategy":[{"capacityProvider":"mi","weight":1}],)"
    R"("networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-0000000a"]}}})";

std::size_t Count(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size())) ++count;
  return count;
}

// The quoted text behind `key`, which may be missing.
std::string Quoted(const std::string& json, std::string_view key) {
  const std::size_t at = json.find(key);
  if (at == std::string::npos) return {};
  const std::size_t begin = json.find('"', at + key.size()) + 1;
  return json.substr(begin, json.find('"', begin) - begin);
}

// All of a list in pages of 100: how many ARNs, and the first page.
std::size_t List(AwsConnection& aws, const std::string& operation, const std::string& more, std::string* first) {
  std::size_t count = 0;
  std::string token;
  do {
    const std::string next = token.empty() ? "" : absl::StrCat(R"(,"nextToken":")", token, "\"");
    const std::string page = aws.Call(operation, absl::StrCat(R"({"maxResults":100)", more, next, "}"));
    if (count == 0 && first != nullptr) *first = page;
    count += Count(page, "\"arn:");
    token = Quoted(page, "\"nextToken\":");
  } while (!token.empty());
  return count;
}

struct Measures {
  Result create_cluster{.metric = "aws_create_cluster_cpu",
                        .value_unit = "ms of the daemon's CPU per CreateCluster",
                        .base_unit = "ms (the bar)",
                        .bar = 1,
                        .at_least = false};
  Result run_task{.metric = "aws_run_task_of_ten_cpu",
                  .value_unit = "ms of the daemon's CPU per RunTask with count 10",
                  .base_unit = "ms (the bar)",
                  .bar = 1,
                  .at_least = false};
  Result describe{.metric = "aws_describe_a_hundred_tasks",
                  .value_unit = "DescribeTasks of 100 a second, one at a time",
                  .base_unit = "a second (the bar)",
                  .bar = 1};
  Result list{.metric = "aws_list_all_tasks",
              .value_unit = "ms to list all in pages of 100",
              .base_unit = "ms (the bar)",
              .bar = 1,
              .at_least = false};
  Result resident{.metric = "daemon_resident_with_tasks",
                  .value_unit = "MiB resident",
                  .base_unit = "MiB (the bar)",
                  .bar = 1,
                  .at_least = false};
};

void Add(Result& result, double value, double bar) {
  result.values.push_back(value);
  result.bases.push_back(bar);
}

void Measure(const Options& options, Measures& to) {
  const std::size_t clusters = options.quick ? 100 : 3'000;
  const std::size_t runs = options.quick ? 30 : 1'000;
  const std::size_t reads = options.quick ? 10 : 500;
  to.create_cluster.n = static_cast<std::int64_t>(clusters);
  to.run_task.n = static_cast<std::int64_t>(runs);
  for (Result* result : {&to.describe, &to.list, &to.resident}) result->n = static_cast<std::int64_t>(runs * 10);

  const DaemonProcess daemon(
      {"--profile=test", "--clock=wall", "--latency=none", "--limits=none", absl::StrCat("--seed=", options.seed)});
  AwsConnection aws(daemon.http());
  double cpu = daemon.CpuSeconds();
  for (std::size_t i = 0; i < clusters; ++i) aws.Call("CreateCluster", absl::StrCat(R"({"clusterName":"c)", i, "\"}"));
  Add(to.create_cluster, (daemon.CpuSeconds() - cpu) * 1e3 / static_cast<double>(clusters), 0.15);
  Require(List(aws, "ListClusters", "", nullptr) == clusters, "every cluster is listed");

  aws.Call("CreateCapacityProvider", kProvider);
  const double provider_made = WallSeconds();
  while (Quoted(aws.Call("DescribeCapacityProviders", R"({"capacityProviders":["mi"]})"), "\"status\":") != "ACTIVE") {
    Require(WallSeconds() - provider_made < 10, "the provider becomes ACTIVE");
  }
  aws.Call("RegisterTaskDefinition", kDefinition);
  cpu = daemon.CpuSeconds();
  for (std::size_t i = 0; i < runs; ++i) {
    Require(Count(aws.Call("RunTask", kRunTen), "\"taskDefinitionArn\":") == 10, "RunTask makes ten tasks");
  }
  Add(to.run_task, (daemon.CpuSeconds() - cpu) * 1e3 / static_cast<double>(runs), 0.5);

  std::string page;
  double began = WallSeconds();
  const std::size_t listed = List(aws, "ListTasks", R"(,"cluster":"c0")", &page);
  Add(to.list, (WallSeconds() - began) * 1e3, 100);
  Require(listed == runs * 10, "every task is listed");

  std::string arns = page.substr(page.find('['));
  arns.resize(arns.find(']') + 1);
  const std::string wanted = absl::StrCat(R"({"cluster":"c0","tasks":)", arns, "}");
  began = WallSeconds();
  cpu = daemon.CpuSeconds();
  for (std::size_t i = 0; i < reads; ++i) {
    Require(Count(aws.Call("DescribeTasks", wanted), "\"startedAt\":") == 100, "a hundred running tasks are described");
  }
  Add(to.describe, static_cast<double>(reads) / (WallSeconds() - began), 250);
  to.describe.more = {{"cpu_ms_per_call", (daemon.CpuSeconds() - cpu) * 1e3 / static_cast<double>(reads)}};
  Add(to.resident, daemon.ResidentMib(), 100);
}

void MeasureReady(const Options& options) {
  Result ready{.metric = "daemon_ready_on_an_empty_database",
               .n = 1,
               .value_unit = "ms from exec to the ready line, on a file, durability full",
               .base_unit = "ms (the bar)",
               .bar = 1,
               .at_least = false};
  std::vector<double> resident;
  for (int repeat = 0; repeat < (options.quick ? 1 : 9); ++repeat) {
    const TemporaryFolder folder;
    const DaemonProcess daemon({absl::StrCat("--db=", folder.File("empty.db"))});
    Add(ready, daemon.ready_seconds() * 1e3, 100);
    resident.push_back(daemon.ResidentMib());
  }
  ready.more = {{"resident_mib", Median(resident)}};
  Print(options, ready);
}

}  // namespace

void BenchAwsDoor(const Options& options) {
  MeasureReady(options);
  Measures measures;
  for (int repeat = 0; repeat < (options.quick ? 1 : 5); ++repeat) Measure(options, measures);
  for (const Result* result :
       {&measures.create_cluster, &measures.run_task, &measures.describe, &measures.list, &measures.resident}) {
    Print(options, *result);
  }
}

}  // namespace ecsmi::bench
