// The services of the contract, one method per rpc; each only hands over to Dispatch. Kept in the order of the protos.
#include "wire/grpc/services.h"

#include "ecsmi/autoscaling/v1/application_auto_scaling_service.grpc.pb.h"
#include "ecsmi/cloudwatch/v1/cloudwatch_service.grpc.pb.h"
#include "ecsmi/ecs/v1/ecs_service.grpc.pb.h"
#include "ecsmi/emulator/v1/emulator_service.grpc.pb.h"
#include "ecsmi/sqs/v1/sqs_service.grpc.pb.h"
#include "wire/grpc/arena_messages.h"
#include "wire/grpc/call.h"

namespace ecsmi::wire {
namespace {

// One rpc of the class whose package and service names kPackage and kName are.
#define ECSMI_RPC(METHOD)                                                                                \
  grpc::ServerUnaryReactor* METHOD(grpc::CallbackServerContext* context, const METHOD##Request* request, \
                                   METHOD##Response* response) override {                                \
    return Dispatch(door_, context, kName, #METHOD, *request, response);                                 \
  }

// One whose answer is a stream.
#define ECSMI_STREAM(METHOD)                                                                    \
  grpc::ServerWriteReactor<METHOD##Response>* METHOD(grpc::CallbackServerContext* context,      \
                                                     const METHOD##Request* request) override { \
    return DispatchStream<METHOD##Response>(door_, context, kName, #METHOD, *request);          \
  }

namespace ecs_door {
using namespace ::ecsmi::ecs::v1;  // NOLINT(google-build-using-namespace): the rpc macro names messages bare
class Service final : public EcsService::CallbackService {
 public:
  explicit Service(GrpcDoor& door) : door_(door) {
    // The answers with the most parts: ten tasks are some 150 messages and texts.
    SetMessageAllocatorFor_RunTask(&run_task_);
    SetMessageAllocatorFor_DescribeTasks(&describe_tasks_);
  }
  ECSMI_RPC(TagResource)
  ECSMI_RPC(UntagResource)
  ECSMI_RPC(ListTagsForResource)
  ECSMI_RPC(PutAttributes)
  ECSMI_RPC(DeleteAttributes)
  ECSMI_RPC(ListAttributes)
  ECSMI_RPC(ListAccountSettings)
  ECSMI_RPC(PutAccountSetting)
  ECSMI_RPC(PutAccountSettingDefault)
  ECSMI_RPC(DeleteAccountSetting)
  ECSMI_RPC(CreateCapacityProvider)
  ECSMI_RPC(DescribeCapacityProviders)
  ECSMI_RPC(UpdateCapacityProvider)
  ECSMI_RPC(DeleteCapacityProvider)
  ECSMI_RPC(CreateCluster)
  ECSMI_RPC(DescribeClusters)
  ECSMI_RPC(ListClusters)
  ECSMI_RPC(UpdateCluster)
  ECSMI_RPC(UpdateClusterSettings)
  ECSMI_RPC(DeleteCluster)
  ECSMI_RPC(PutClusterCapacityProviders)
  ECSMI_RPC(RegisterTaskDefinition)
  ECSMI_RPC(DescribeTaskDefinition)
  ECSMI_RPC(ListTaskDefinitions)
  ECSMI_RPC(ListTaskDefinitionFamilies)
  ECSMI_RPC(DeregisterTaskDefinition)
  ECSMI_RPC(DeleteTaskDefinitions)
  ECSMI_RPC(RunTask)
  ECSMI_RPC(StartTask)
  ECSMI_RPC(StopTask)
  ECSMI_RPC(DescribeTasks)
  ECSMI_RPC(ListTasks)
  ECSMI_RPC(GetTaskProtection)
  ECSMI_RPC(UpdateTaskProtection)
  ECSMI_RPC(ExecuteCommand)
  ECSMI_RPC(DescribeContainerInstances)
  ECSMI_RPC(ListContainerInstances)
  ECSMI_RPC(UpdateContainerInstancesState)
  ECSMI_RPC(DeregisterContainerInstance)
  ECSMI_RPC(DescribeServiceRevisions)
  ECSMI_RPC(DescribeServiceDeployments)
  ECSMI_RPC(ListServiceDeployments)
  ECSMI_RPC(StopServiceDeployment)
  ECSMI_RPC(CreateService)
  ECSMI_RPC(UpdateService)
  ECSMI_RPC(DeleteService)
  ECSMI_RPC(DescribeServices)
  ECSMI_RPC(ListServices)
  ECSMI_RPC(ListServicesByNamespace)

 private:
  static constexpr const char* kName = "ecsmi.ecs.v1.EcsService";
  GrpcDoor& door_;
  ArenaMessages<RunTaskRequest, RunTaskResponse> run_task_;
  ArenaMessages<DescribeTasksRequest, DescribeTasksResponse> describe_tasks_;
};
}  // namespace ecs_door

namespace sqs_door {
using namespace ::ecsmi::sqs::v1;  // NOLINT(google-build-using-namespace): the rpc macro names messages bare
class Service final : public SqsService::CallbackService {
 public:
  explicit Service(GrpcDoor& door) : door_(door) {}
  ECSMI_RPC(CreateQueue)
  ECSMI_RPC(DeleteQueue)
  ECSMI_RPC(GetQueueAttributes)
  ECSMI_RPC(GetQueueUrl)
  ECSMI_RPC(ListQueues)
  ECSMI_RPC(ListDeadLetterSourceQueues)
  ECSMI_RPC(PurgeQueue)
  ECSMI_RPC(SetQueueAttributes)
  ECSMI_RPC(AddPermission)
  ECSMI_RPC(RemovePermission)
  ECSMI_RPC(TagQueue)
  ECSMI_RPC(UntagQueue)
  ECSMI_RPC(ListQueueTags)
  ECSMI_RPC(SendMessage)
  ECSMI_RPC(ReceiveMessage)
  ECSMI_RPC(DeleteMessage)
  ECSMI_RPC(ChangeMessageVisibility)
  ECSMI_RPC(SendMessageBatch)
  ECSMI_RPC(DeleteMessageBatch)
  ECSMI_RPC(ChangeMessageVisibilityBatch)
  ECSMI_RPC(StartMessageMoveTask)
  ECSMI_RPC(CancelMessageMoveTask)
  ECSMI_RPC(ListMessageMoveTasks)

 private:
  static constexpr const char* kName = "ecsmi.sqs.v1.SqsService";
  GrpcDoor& door_;
};
}  // namespace sqs_door

namespace autoscaling_door {
using namespace ::ecsmi::autoscaling::v1;  // NOLINT(google-build-using-namespace): the rpc macro names messages bare
class Service final : public ApplicationAutoScalingService::CallbackService {
 public:
  explicit Service(GrpcDoor& door) : door_(door) {}
  ECSMI_RPC(RegisterScalableTarget)
  ECSMI_RPC(DeregisterScalableTarget)
  ECSMI_RPC(DescribeScalableTargets)
  ECSMI_RPC(GetPredictiveScalingForecast)
  ECSMI_RPC(PutScalingPolicy)
  ECSMI_RPC(DeleteScalingPolicy)
  ECSMI_RPC(DescribeScalingPolicies)
  ECSMI_RPC(DescribeScalingActivities)
  ECSMI_RPC(PutScheduledAction)
  ECSMI_RPC(DeleteScheduledAction)
  ECSMI_RPC(DescribeScheduledActions)
  ECSMI_RPC(TagResource)
  ECSMI_RPC(UntagResource)
  ECSMI_RPC(ListTagsForResource)

 private:
  static constexpr const char* kName = "ecsmi.autoscaling.v1.ApplicationAutoScalingService";
  GrpcDoor& door_;
};
}  // namespace autoscaling_door

namespace cloudwatch_door {
using namespace ::ecsmi::cloudwatch::v1;  // NOLINT(google-build-using-namespace): the rpc macro names messages bare
class Service final : public CloudWatchService::CallbackService {
 public:
  explicit Service(GrpcDoor& door) : door_(door) {}
  ECSMI_RPC(ListMetrics)
  ECSMI_RPC(PutMetricData)
  ECSMI_RPC(GetMetricData)
  ECSMI_RPC(GetMetricStatistics)
  ECSMI_RPC(PutMetricAlarm)
  ECSMI_RPC(DescribeAlarms)
  ECSMI_RPC(DescribeAlarmsForMetric)
  ECSMI_RPC(DeleteAlarms)
  ECSMI_RPC(EnableAlarmActions)
  ECSMI_RPC(DisableAlarmActions)
  ECSMI_RPC(SetAlarmState)

 private:
  static constexpr const char* kName = "ecsmi.cloudwatch.v1.CloudWatchService";
  GrpcDoor& door_;
};
}  // namespace cloudwatch_door

namespace emulator_door {
using namespace ::ecsmi::emulator::v1;  // NOLINT(google-build-using-namespace): the rpc macro names messages bare
class Service final : public EmulatorService::CallbackService {
 public:
  explicit Service(GrpcDoor& door) : door_(door) {}
  ECSMI_RPC(GetInfo)
  ECSMI_RPC(ListWorlds)
  ECSMI_RPC(GetClock)
  ECSMI_RPC(SetClock)
  ECSMI_RPC(AdvanceClock)
  ECSMI_RPC(RunUntilQuiescent)
  ECSMI_RPC(ResetWorld)
  ECSMI_RPC(ListInstanceTypes)
  ECSMI_RPC(PlanCapacity)
  ECSMI_RPC(ExplainInstanceTypes)
  ECSMI_RPC(ExplainTask)
  ECSMI_RPC(ExplainInstance)
  ECSMI_RPC(ExplainService)
  ECSMI_RPC(GetCosts)
  ECSMI_RPC(ListUsage)
  ECSMI_RPC(PutBehavior)
  ECSMI_RPC(ListBehaviors)
  ECSMI_RPC(DeleteBehaviors)
  ECSMI_RPC(DumpWorld)
  ECSMI_STREAM(WatchEvents)

 private:
  static constexpr const char* kName = "ecsmi.emulator.v1.EmulatorService";
  GrpcDoor& door_;
};
}  // namespace emulator_door

#undef ECSMI_RPC
#undef ECSMI_STREAM

}  // namespace

std::vector<std::unique_ptr<grpc::Service>> MakeServices(GrpcDoor& door) {
  std::vector<std::unique_ptr<grpc::Service>> services;
  services.push_back(std::make_unique<ecs_door::Service>(door));
  services.push_back(std::make_unique<sqs_door::Service>(door));
  services.push_back(std::make_unique<autoscaling_door::Service>(door));
  services.push_back(std::make_unique<cloudwatch_door::Service>(door));
  services.push_back(std::make_unique<emulator_door::Service>(door));
  return services;
}

}  // namespace ecsmi::wire
