// A client that asks for tasks as fast as it is answered and says which it was promised; and one that checks that.
//
//   load_client ADDRESS setup [RUN_SECONDS]
//     makes cluster "load" with a provider and a task definition, whose tasks run that long
//   load_client ADDRESS run IN_FLIGHT CALLS TAG
//     calls RunTask with tokens TAG-0, TAG-1 … until the daemon is gone or CALLS were answered (0 = no end);
//     prints "TOKEN ARN" per acknowledged task
//   load_client ADDRESS verify < LINES
//     every such task is described, its token gives it again, and the cluster's counts are those of its tasks
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "ecsmi/base/lock.h"
#include "ecsmi/ecs/v1/ecs_service.grpc.pb.h"

namespace ecsmi {
namespace {

namespace ecs = ::ecsmi::ecs::v1;
using Stub = ecs::EcsService::Stub;
constexpr char kCluster[] = "load";
constexpr int kCountAttempts = 200;
constexpr int kDescribeMax = 100;
constexpr std::size_t kTokensRetried = 20;
constexpr std::chrono::milliseconds kPoll{20};
constexpr std::chrono::seconds kActiveWithin{60};

[[noreturn]] void Fail(const std::string& what) {
  std::cerr << "load_client: " << what << "\n";
  std::exit(1);
}

template <typename Request, typename Response>
Response Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
              const Request& request) {
  grpc::ClientContext context;
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) Fail(Request::descriptor()->name() + ": " + status.error_message());
  return response;
}

void AwaitActive(Stub& stub, const std::string& provider) {
  base::Mutex mutex;
  base::CondVar never;
  const auto give_up = std::chrono::steady_clock::now() + kActiveWithin;
  ecs::DescribeCapacityProvidersRequest request;
  request.add_capacity_providers(provider);
  while (true) {
    const auto response = Call(stub, &Stub::DescribeCapacityProviders, request);
    if (response.capacity_providers_size() == 1 &&
        response.capacity_providers(0).status() == ecs::CapacityProviderStatus::ACTIVE) {
      return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now > give_up) Fail("provider " + provider + " does not become ACTIVE");
    base::MutexLock lock(mutex);
    never.WaitUntil(mutex, now + kPoll);
  }
}

void Setup(Stub& stub, const std::string& run_seconds) {
  ecs::CreateClusterRequest cluster;
  cluster.set_cluster_name(kCluster);
  Call(stub, &Stub::CreateCluster, cluster);

  ecs::CreateCapacityProviderRequest provider;
  provider.set_name("mi");
  provider.set_cluster(kCluster);
  auto& managed = *provider.mutable_managed_instances_provider();
  managed.set_infrastructure_role_arn("arn:aws:iam::123456789012:role/ecsInfrastructureRole");
  auto& launch = *managed.mutable_instance_launch_template();
  launch.set_ec2_instance_profile_arn("arn:aws:iam::123456789012:instance-profile/ecsInstanceRole");
  launch.mutable_network_configuration()->add_subnets("subnet-0000000a");
  Call(stub, &Stub::CreateCapacityProvider, provider);
  AwaitActive(stub, provider.name());

  ecs::RegisterTaskDefinitionRequest definition;
  definition.set_family("load");
  definition.set_network_mode(ecs::NetworkMode::host);
  definition.add_requires_compatibilities(ecs::Compatibility::MANAGED_INSTANCES);
  definition.set_cpu("256");
  definition.set_memory("512");
  auto& container = *definition.add_container_definitions();
  container.set_name("main");
  container.set_image("example/app:1");
  if (!run_seconds.empty()) (*container.mutable_docker_labels())["ecsmi.run-seconds"] = run_seconds;
  Call(stub, &Stub::RegisterTaskDefinition, definition);
}

ecs::RunTaskRequest TaskRequest(const std::string& token) {
  ecs::RunTaskRequest request;
  request.set_cluster(kCluster);
  request.set_task_definition("load");
  request.set_client_token(token);
  request.add_capacity_provider_strategy()->set_capacity_provider("mi");
  return request;
}

// Keeps `in_flight` calls under way; each answer begins the next call.
class Load {
 public:
  Load(Stub& stub, int calls, std::string tag) : stub_(stub), calls_(calls), tag_(std::move(tag)) {}

  void Run(int in_flight) {
    for (int i = 0; i < in_flight; ++i) Begin();
    base::MutexLock lock(mutex_);
    while (open_ > 0) changed_.Wait(mutex_);
  }

 private:
  struct One {
    grpc::ClientContext context;
    ecs::RunTaskRequest request;
    ecs::RunTaskResponse response;
  };

  void Begin() {
    auto one = std::make_shared<One>();
    {
      base::MutexLock lock(mutex_);
      if (gone_ || (calls_ > 0 && begun_ == calls_)) return;
      one->request = TaskRequest(tag_ + "-" + std::to_string(begun_++));
      ++open_;
    }
    stub_.async()->RunTask(&one->context, &one->request, &one->response, [this, one](grpc::Status status) {
      {
        base::MutexLock lock(mutex_);
        for (const auto& task : one->response.tasks()) {
          if (status.ok()) std::cout << one->request.client_token() << " " << task.task_arn() << std::endl;
        }
        // A daemon that ends refuses what comes and cancels what its grace did not suffice for; neither is an answer.
        const bool ended =
            status.error_code() == grpc::StatusCode::UNAVAILABLE || status.error_code() == grpc::StatusCode::CANCELLED;
        if (!status.ok() && !ended) {
          Fail("RunTask: " + std::to_string(status.error_code()) + " " + status.error_message());
        }
        gone_ = gone_ || ended;
      }
      Begin();
      base::MutexLock lock(mutex_);
      if (--open_ == 0) changed_.NotifyAll();
    });
  }

  Stub& stub_;
  const int calls_;
  const std::string tag_;
  base::Mutex mutex_;
  base::CondVar changed_;
  int begun_ ABSL_GUARDED_BY(mutex_) = 0;
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
  bool gone_ ABSL_GUARDED_BY(mutex_) = false;
};

std::vector<ecs::Task> Describe(Stub& stub, const std::vector<std::string>& arns) {
  std::vector<ecs::Task> tasks;
  for (std::size_t at = 0; at < arns.size();) {
    ecs::DescribeTasksRequest request;
    request.set_cluster(kCluster);
    for (; at < arns.size() && request.tasks_size() < kDescribeMax; ++at) request.add_tasks(arns[at]);
    const auto response = Call(stub, &Stub::DescribeTasks, request);
    for (const auto& failure : response.failures()) Fail("task " + failure.arn() + " is " + failure.reason());
    tasks.insert(tasks.end(), response.tasks().begin(), response.tasks().end());
  }
  return tasks;
}

std::vector<std::string> List(Stub& stub) {
  std::vector<std::string> arns;
  for (const auto status : {ecs::DesiredStatus::RUNNING, ecs::DesiredStatus::STOPPED}) {
    ecs::ListTasksRequest request;
    request.set_cluster(kCluster);
    request.set_desired_status(status);
    do {
      const auto response = Call(stub, &Stub::ListTasks, request);
      arns.insert(arns.end(), response.task_arns().begin(), response.task_arns().end());
      request.set_next_token(response.next_token());
    } while (!request.next_token().empty());
  }
  return arns;
}

// Empty when the cluster's counts are those of its tasks as described.
std::string CountsOff(Stub& stub, const std::vector<std::string>& listed) {
  std::map<std::string, int> by_status;
  for (const ecs::Task& task : Describe(stub, listed)) ++by_status[task.last_status()];
  ecs::DescribeClustersRequest request;
  request.add_clusters(kCluster);
  const auto response = Call(stub, &Stub::DescribeClusters, request);
  if (response.clusters_size() != 1) Fail("the cluster is gone");
  const ecs::Cluster& cluster = response.clusters(0);
  const int pending = by_status["PROVISIONING"] + by_status["PENDING"] + by_status["ACTIVATING"];
  if (cluster.running_tasks_count() == by_status["RUNNING"] && cluster.pending_tasks_count() == pending) return "";
  return "the cluster counts " + std::to_string(cluster.running_tasks_count()) + " running and " +
         std::to_string(cluster.pending_tasks_count()) + " pending tasks; described are " +
         std::to_string(by_status["RUNNING"]) + " and " + std::to_string(pending);
}

void Verify(Stub& stub) {
  std::map<std::string, std::string> promised;
  std::vector<std::string> arns;
  for (std::string token, arn; std::cin >> token >> arn;) {
    promised[token] = arn;
    arns.push_back(arn);
  }
  Describe(stub, arns);
  const std::vector<std::string> listed = List(stub);
  const std::set<std::string> distinct(listed.begin(), listed.end());
  if (distinct.size() != listed.size()) Fail("a task is listed twice");
  for (const std::string& arn : arns) {
    if (!distinct.contains(arn)) Fail("task " + arn + " is described but not listed");
  }
  // A repeated call is answered with the task it made.
  std::size_t retried = 0;
  for (auto at = promised.rbegin(); at != promised.rend() && retried < kTokensRetried; ++at, ++retried) {
    const auto response = Call(stub, &Stub::RunTask, TaskRequest(at->first));
    if (response.tasks_size() != 1 || response.tasks(0).task_arn() != at->second) {
      Fail("token " + at->first + " made " + at->second + " and now gives another task");
    }
  }
  // Counts are of another moment than the descriptions while tasks move: they must agree once in a while.
  std::string off;
  for (int attempt = 0; attempt < kCountAttempts; ++attempt) {
    off = CountsOff(stub, listed);
    if (off.empty()) break;
  }
  if (!off.empty()) Fail(off);
  std::cout << "acknowledged " << arns.size() << " listed " << listed.size() << "\n";
}

int Main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) Fail("usage: load_client ADDRESS setup|run IN_FLIGHT CALLS TAG|verify");
  const auto channel = grpc::CreateChannel(arguments[0], grpc::InsecureChannelCredentials());
  const std::unique_ptr<Stub> stub = ecs::EcsService::NewStub(channel);
  if (arguments[1] == "setup") {
    Setup(*stub, arguments.size() > 2 ? arguments[2] : "");
  } else if (arguments[1] == "run" && arguments.size() == 5) {
    Load(*stub, std::atoi(arguments[3].c_str()), arguments[4]).Run(std::atoi(arguments[2].c_str()));
  } else if (arguments[1] == "verify") {
    Verify(*stub);
  } else {
    Fail("unknown mode");
  }
  return 0;
}

}  // namespace
}  // namespace ecsmi

int main(int argc, char** argv) {
  return ecsmi::Main(argc, argv);
}
