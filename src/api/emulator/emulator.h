#pragma once

#include "absl/status/status.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/control/step.h"
#include "ecsmi/emulator/v1/behavior.pb.h"
#include "ecsmi/emulator/v1/clock.pb.h"
#include "ecsmi/emulator/v1/costs.pb.h"
#include "ecsmi/emulator/v1/dump.pb.h"
#include "ecsmi/emulator/v1/explain_instance.pb.h"
#include "ecsmi/emulator/v1/explain_instance_types.pb.h"
#include "ecsmi/emulator/v1/explain_service.pb.h"
#include "ecsmi/emulator/v1/explain_task.pb.h"
#include "ecsmi/emulator/v1/plan.pb.h"
#include "ecsmi/emulator/v1/usage.pb.h"

// EmulatorService's operations that have files of their own: `Check…` needs no state, the other half runs in a step.
namespace ecsmi::api {

// A clock as the contract shows it; `now` is shown time.
void FillClock(control::ClockMode mode, double speed, model::TimeMs now, emulator::v1::Clock* out);

// A Handler: asks each world of a page on its own strand, and answers when the last has. Worlds are those that
// CallContext::may_touch lets the caller see; a page costs the accounts it looks at.
void ListWorlds(control::Engine& engine, const CallContext& context, const google::protobuf::Message& request,
                google::protobuf::Message* response, Done done);

absl::Status CheckGetCosts(const emulator::v1::GetCostsRequest& request);
absl::Status GetCosts(control::Step& step, const CallContext& context, const emulator::v1::GetCostsRequest& request,
                      emulator::v1::GetCostsResponse* response);
absl::Status CheckListUsage(const emulator::v1::ListUsageRequest& request);
absl::Status ListUsage(control::Step& step, const CallContext& context, const emulator::v1::ListUsageRequest& request,
                       emulator::v1::ListUsageResponse* response);

// Rules that choose what new tasks do (model/behavior.h). Unknown keys and bad values are refused with
// InvalidParameterException.
absl::Status CheckPutBehavior(const emulator::v1::PutBehaviorRequest& request);
absl::Status PutBehavior(control::Step& step, const CallContext& context,
                         const emulator::v1::PutBehaviorRequest& request, emulator::v1::PutBehaviorResponse* response);
absl::Status CheckListBehaviors(const emulator::v1::ListBehaviorsRequest& request);
absl::Status ListBehaviors(control::Step& step, const CallContext& context,
                           const emulator::v1::ListBehaviorsRequest& request,
                           emulator::v1::ListBehaviorsResponse* response);
absl::Status CheckDeleteBehaviors(const emulator::v1::DeleteBehaviorsRequest& request);
absl::Status DeleteBehaviors(control::Step& step, const CallContext& context,
                             const emulator::v1::DeleteBehaviorsRequest& request,
                             emulator::v1::DeleteBehaviorsResponse* response);

// A dry run of the planner that launches instances; changes nothing and draws no number.
absl::Status CheckPlanCapacity(const emulator::v1::PlanCapacityRequest& request);
absl::Status PlanCapacity(control::Step& step, const CallContext& context,
                          const emulator::v1::PlanCapacityRequest& request,
                          emulator::v1::PlanCapacityResponse* response);

// Why things stand as they do (control/explain.h). All change nothing and draw no number. Errors: those of the names
// and ids given.
absl::Status CheckExplainInstanceTypes(const emulator::v1::ExplainInstanceTypesRequest& request);
absl::Status ExplainInstanceTypes(control::Step& step, const CallContext& context,
                                  const emulator::v1::ExplainInstanceTypesRequest& request,
                                  emulator::v1::ExplainInstanceTypesResponse* response);
absl::Status CheckExplainTask(const emulator::v1::ExplainTaskRequest& request);
absl::Status ExplainTask(control::Step& step, const CallContext& context,
                         const emulator::v1::ExplainTaskRequest& request, emulator::v1::ExplainTaskResponse* response);
absl::Status CheckExplainInstance(const emulator::v1::ExplainInstanceRequest& request);
absl::Status ExplainInstance(control::Step& step, const CallContext& context,
                             const emulator::v1::ExplainInstanceRequest& request,
                             emulator::v1::ExplainInstanceResponse* response);
absl::Status CheckExplainService(const emulator::v1::ExplainServiceRequest& request);
absl::Status ExplainService(control::Step& step, const CallContext& context,
                            const emulator::v1::ExplainServiceRequest& request,
                            emulator::v1::ExplainServiceResponse* response);

// A page of the world's rows (model/dump.h), of one moment over all pages: a page is one short step, and a token of
// another state of the world is refused.
absl::Status DumpWorld(control::Step& step, const CallContext& context, const emulator::v1::DumpWorldRequest& request,
                       emulator::v1::DumpWorldResponse* response);

}  // namespace ecsmi::api
