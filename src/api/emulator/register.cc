#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "api/check.h"
#include "api/convert/instance_requirements.h"
#include "api/emulator/emulator.h"
#include "api/region.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/base/status.h"
#include "ecsmi/control/lifecycle.h"
#include "ecsmi/core/launchable_types.h"
#include "ecsmi/core/usable_resources.h"
#include "ecsmi/emulator/v1/emulator_service.pb.h"

namespace ecsmi::api {
namespace {

namespace emu = ::ecsmi::emulator::v1;
using control::Step;
constexpr const char* kService = "ecsmi.emulator.v1.EmulatorService";
constexpr model::DurationMs kAdvanceMaxMs = control::Engine::kAdvanceMaxMs;
// Decisions of this program: raised when equal commands would no longer give equal states.
constexpr char kEngineVersion[] = ECSMI_VERSION;

absl::Status GetInfo(const Registry& registry, const Step& step, const CallContext& context,
                     emu::GetInfoResponse* out) {
  out->set_warnings_given(registry.warnings_given());
  out->set_version(ECSMI_VERSION);
  out->set_engine_version(kEngineVersion);
  out->set_durability(step.settings.durability_name);
  out->set_catalog_hash(std::string(step.catalog.hash()));
  out->set_seed(step.settings.seed);
  out->set_account(step.account);
  out->set_region(context.region);
  FillClock(step.clock_mode, step.clock_speed, step.Shown(step.now), out->mutable_clock());
  out->set_latency(step.settings.latency_name);
  out->set_quotas(step.settings.quotas_name);
  out->set_limits(step.settings.limits);
  out->set_clusters(static_cast<std::int64_t>(step.state.table<model::Cluster>().size()));
  out->set_capacity_providers(static_cast<std::int64_t>(step.state.table<model::CapacityProvider>().size()));
  out->set_container_instances(static_cast<std::int64_t>(step.state.table<model::ContainerInstance>().size()));
  out->set_tasks(static_cast<std::int64_t>(step.state.table<model::Task>().size()));
  out->set_state_hash(absl::StrFormat("%016x", step.state.state_hash()));
  out->set_seq(static_cast<std::int64_t>(step.state.seq()));
  return absl::OkStatus();
}

absl::Status ListTypes(Step& step, const CallContext& context, const emu::ListInstanceTypesRequest& request,
                       emu::ListInstanceTypesResponse* out) {
  ECSMI_ASSIGN_OR_RETURN(const control::RegionView view,
                         FindRegion(step, request.has_region() ? request.region() : context.region));
  model::InstanceRequirements wanted;
  if (request.has_instance_requirements()) {
    ECSMI_ASSIGN_OR_RETURN(wanted, ToRequirements("instanceRequirements", request.instance_requirements()));
  }
  const model::InstanceRequirements* given = request.has_instance_requirements() ? &wanted : nullptr;
  const core::MatchOptions options{.default_price_protection_percent = step.settings.price_protection_percent};
  const core::RequirementsMatch match = view.requirements->Match(given, options);
  const ports::RegionCatalog& region = *view.catalog;
  out->set_considered(static_cast<std::int32_t>(region.types.size()));
  out->set_matched(static_cast<std::int32_t>(match.types.Count()));
  for (std::size_t i = 0; i < match.ruled_out.size(); ++i) {
    if (match.ruled_out[i] == 0) continue;
    emu::FunnelStep& funnel = *out->add_funnel();
    funnel.set_attribute(std::string(core::MismatchAttribute(static_cast<core::MismatchReason>(i))));
    funnel.set_ruled_out(match.ruled_out[i]);
  }
  out->set_price_basis(region.basis == region.region ? region.region : "borrowed:" + region.basis);
  out->set_price_date(region.price_date);
  std::size_t at = 0;
  if (request.has_next_token()) {
    ECSMI_ASSIGN_OR_RETURN(const model::Serial after, ParsePageToken(step, "ListInstanceTypes", request.next_token()));
    at = static_cast<std::size_t>(after);
  }
  const int page = request.has_max_results() ? request.max_results() : 100;
  for (; at < region.types.size() && out->instance_types_size() < page; ++at) {
    const auto ordinal = static_cast<ports::TypeOrdinal>(at);
    const bool matches = match.types.Has(ordinal);
    if (!matches && !request.include_rejected()) continue;
    const ports::PricedType& priced = region.types[at];
    const model::Resources usable = core::UsableResources(*priced.type);
    emu::InstanceTypeOffer& offer = *out->add_instance_types();
    offer.set_instance_type(priced.type->name);
    offer.set_cpu_architecture(priced.type->architecture == model::CpuArchitecture::kArm64 ? "arm64" : "x86_64");
    offer.set_vcpus(priced.type->vcpus);
    offer.set_memory_mib(priced.type->memory_mib);
    offer.set_usable_memory_mib(usable.memory_mib);
    offer.set_gpus(priced.type->gpu_count);
    if (!priced.type->gpu_name.empty()) offer.set_gpu_name(priced.type->gpu_name);
    offer.set_awsvpc_tasks(usable.eni_slots);
    offer.set_on_demand_nano_usd_per_hour(priced.on_demand);
    offer.set_fee_nano_usd_per_hour(core::FeePerHour(priced, step.settings.fee_current));
    for (std::size_t zone = 0; zone < region.zones.size(); ++zone) {
      if ((priced.zones >> zone) & 1) offer.add_availability_zones(region.zones[zone].name);
    }
    offer.set_quota_class(priced.type->quota_class);
    for (const ports::QuotaClass& quota : step.catalog.quotas()) {
      if (quota.name == priced.type->quota_class) offer.set_new_account_quota_vcpus(quota.default_vcpus);
    }
    if (matches) continue;
    for (core::MismatchReason reason : view.requirements->Explain(given, options, ordinal)) {
      offer.add_mismatches(std::string(core::MismatchAttribute(reason)));
    }
  }
  if (at < region.types.size()) out->set_next_token(PageToken(step, "ListInstanceTypes", at));
  return absl::OkStatus();
}

// What the engine says of a clock's move is the caller's mistake, in its own words.
absl::Status FromClock(const absl::Status& status) {
  if (absl::IsFailedPrecondition(status) || absl::IsInvalidArgument(status)) {
    return InvalidParameter(std::string(status.message()));
  }
  return status;
}

void Advance(control::Engine& engine, const CallContext& context, const google::protobuf::Message& message,
             google::protobuf::Message* response, Done done) {
  const auto& request = static_cast<const emu::AdvanceClockRequest&>(message);
  control::Engine::AdvanceOptions options;
  options.cancelled = context.abandoned;
  if (request.has_by()) {
    options.by_ms = ToMs(request.by());
    if (options.by_ms < 1 || options.by_ms > kAdvanceMaxMs) {
      return done(InvalidParameter("by must be above 0 and at most ten years."));
    }
  } else if (request.has_to()) {
    options.until_ms = ToMs(request.to());
  } else {
    return done(InvalidParameter("by or to must be given."));
  }
  auto* out = static_cast<emu::AdvanceClockResponse*>(response);
  engine.Advance(context.account, std::move(options), [out, done](absl::StatusOr<control::AdvanceResult> result) {
    if (!result.ok()) return done(FromClock(result.status()));
    *out->mutable_now() = ToTimestamp(result->now_ms);
    out->set_items_fired(static_cast<std::int64_t>(result->items_fired));
    out->set_quiescent(result->quiescent);
    out->set_cancelled(result->cancelled);
    done(absl::OkStatus());
  });
}

void RunUntilQuiescent(control::Engine& engine, const CallContext& context, const google::protobuf::Message& message,
                       google::protobuf::Message* response, Done done) {
  const auto& request = static_cast<const emu::RunUntilQuiescentRequest&>(message);
  control::Engine::AdvanceOptions options;
  options.quiesce = true;
  options.cancelled = context.abandoned;
  options.by_ms = request.has_limit() ? ToMs(request.limit()) : model::kHourMs;
  if (options.by_ms < 1 || options.by_ms > kAdvanceMaxMs) {
    return done(InvalidParameter("limit must be above 0 and at most ten years."));
  }
  auto* out = static_cast<emu::RunUntilQuiescentResponse*>(response);
  engine.Advance(context.account, std::move(options), [out, done](absl::StatusOr<control::AdvanceResult> result) {
    if (!result.ok()) return done(FromClock(result.status()));
    out->set_outcome(result->quiescent ? emu::RunUntilQuiescentResponse::QUIESCENT
                                       : emu::RunUntilQuiescentResponse::LIMIT);
    *out->mutable_now() = ToTimestamp(result->now_ms);
    out->set_items_fired(static_cast<std::int64_t>(result->items_fired));
    out->set_last_moved(result->last_moved);
    if (!result->next_due.empty()) {
      out->set_next_due(result->next_due);
      *out->mutable_next_due_at() = ToTimestamp(result->next_due_ms);
    }
    done(absl::OkStatus());
  });
}

void SetClock(control::Engine& engine, const CallContext& context, const google::protobuf::Message& message,
              google::protobuf::Message* response, Done done) {
  const auto& request = static_cast<const emu::SetClockRequest&>(message);
  control::Engine::ClockChange change;
  change.cancelled = context.abandoned;
  if (request.has_mode()) {
    if (request.mode() == emu::ClockMode::UNSPECIFIED) {
      return done(InvalidParameter("mode must be WALL, VIRTUAL or AUTO."));
    }
    change.mode = static_cast<control::ClockMode>(request.mode());
  }
  if (request.has_speed()) {
    if (!(request.speed() > 0) || request.speed() > 1e6) {
      return done(InvalidParameter("speed must be above 0 and at most 1,000,000."));
    }
    change.speed = request.speed();
  }
  if (request.has_now()) change.now_ms = ToMs(request.now());
  if (!change.mode && !change.speed && !change.now_ms) {
    return done(InvalidParameter("mode, speed or now must be given."));
  }
  auto* out = static_cast<emu::SetClockResponse*>(response);
  engine.SetClock(context.account, std::move(change), [out, done](absl::StatusOr<control::ClockView> view) {
    if (!view.ok()) return done(FromClock(view.status()));
    FillClock(view->mode, view->speed, view->now_ms, out->mutable_clock());
    done(absl::OkStatus());
  });
}

}  // namespace

// The modes have one numbering here and on the wire.
static_assert(static_cast<int>(control::ClockMode::kWall) == emu::ClockMode::WALL &&
              static_cast<int>(control::ClockMode::kVirtual) == emu::ClockMode::VIRTUAL &&
              static_cast<int>(control::ClockMode::kAuto) == emu::ClockMode::AUTO);
void FillClock(control::ClockMode mode, double speed, model::TimeMs now, emu::Clock* out) {
  out->set_mode(static_cast<emu::ClockMode::Value>(mode));
  out->set_speed(speed);
  *out->mutable_now() = ToTimestamp(now);
}

void RegisterEmulator(Registry& registry) {
  const auto nothing = [](const google::protobuf::Message&) { return absl::OkStatus(); };
  registry.Add<emu::GetInfoRequest, emu::GetInfoResponse>(
      kService, "GetInfo", nothing,
      [&registry](Step& step, const CallContext& context, const emu::GetInfoRequest&, emu::GetInfoResponse* out) {
        return GetInfo(registry, step, context, out);
      },
      Registry::Reads::kCommit);
  registry.Add<emu::GetClockRequest, emu::GetClockResponse>(
      kService, "GetClock", nothing,
      [](Step& step, const CallContext&, const emu::GetClockRequest&, emu::GetClockResponse* out) {
        FillClock(step.clock_mode, step.clock_speed, step.Shown(step.now), out->mutable_clock());
        model::DueItem next;
        out->set_quiescent(!step.state.PeekForegroundDue(&next));
        return absl::OkStatus();
      });
  registry.AddHandler(kService, "ListWorlds", ListWorlds);
  registry.Add<emu::ListInstanceTypesRequest, emu::ListInstanceTypesResponse>(
      kService, "ListInstanceTypes",
      [](const emu::ListInstanceTypesRequest& request) {
        return request.has_max_results() ? CheckRange("maxResults", request.max_results(), 1, 1'000) : absl::OkStatus();
      },
      ListTypes);
  registry.Add<emu::GetCostsRequest, emu::GetCostsResponse>(kService, "GetCosts", CheckGetCosts, GetCosts);
  registry.Add<emu::ListUsageRequest, emu::ListUsageResponse>(kService, "ListUsage", CheckListUsage, ListUsage);
  registry.Add<emu::PutBehaviorRequest, emu::PutBehaviorResponse>(kService, "PutBehavior", CheckPutBehavior,
                                                                  PutBehavior);
  registry.Add<emu::ListBehaviorsRequest, emu::ListBehaviorsResponse>(kService, "ListBehaviors", CheckListBehaviors,
                                                                      ListBehaviors);
  registry.Add<emu::DeleteBehaviorsRequest, emu::DeleteBehaviorsResponse>(kService, "DeleteBehaviors",
                                                                          CheckDeleteBehaviors, DeleteBehaviors);
  registry.Add<emu::DumpWorldRequest, emu::DumpWorldResponse>(kService, "DumpWorld", nothing, DumpWorld,
                                                              Registry::Reads::kCommit);
  registry.Add<emu::PlanCapacityRequest, emu::PlanCapacityResponse>(kService, "PlanCapacity", CheckPlanCapacity,
                                                                    PlanCapacity);
  registry.Add<emu::ExplainInstanceTypesRequest, emu::ExplainInstanceTypesResponse>(
      kService, "ExplainInstanceTypes", CheckExplainInstanceTypes, ExplainInstanceTypes);
  registry.Add<emu::ExplainTaskRequest, emu::ExplainTaskResponse>(kService, "ExplainTask", CheckExplainTask,
                                                                  ExplainTask);
  registry.Add<emu::ExplainInstanceRequest, emu::ExplainInstanceResponse>(kService, "ExplainInstance",
                                                                          CheckExplainInstance, ExplainInstance);
  registry.Add<emu::ExplainServiceRequest, emu::ExplainServiceResponse>(kService, "ExplainService", CheckExplainService,
                                                                        ExplainService);
  registry.AddHandler(kService, "AdvanceClock", Advance);
  registry.AddHandler(kService, "RunUntilQuiescent", RunUntilQuiescent);
  registry.AddHandler(kService, "SetClock", SetClock);
  registry.AddHandler(
      kService, "ResetWorld",
      [](control::Engine& engine, const CallContext& context, const google::protobuf::Message&,
         google::protobuf::Message*, Done done) { engine.ResetWorld(context.account, std::move(done)); });
}

}  // namespace ecsmi::api
