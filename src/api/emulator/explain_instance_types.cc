#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/arn.h"
#include "api/check.h"
#include "api/convert/instance_requirements.h"
#include "api/emulator/emulator.h"
#include "api/emulator/explain_words.h"
#include "api/region.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/base/status.h"
#include "ecsmi/core/launchable_types.h"

namespace ecsmi::api {
namespace {

namespace emu = ::ecsmi::emulator::v1;
constexpr char kOperation[] = "ExplainInstanceTypes";
constexpr int kPageDefault = 100;
constexpr int kPageMax = 1'000;
constexpr int kFiltersMax = 100;
constexpr std::size_t kPatternMax = 30;  // as of allowedInstanceTypes (B6)
constexpr std::size_t kReasons = static_cast<std::size_t>(core::MismatchReason::kCount);

bool IsAttribute(const std::string& name) {
  for (std::size_t i = 0; i < kReasons; ++i) {
    if (core::MismatchAttribute(static_cast<core::MismatchReason>(i)) == name) return true;
  }
  return false;
}

// By name or ARN, deleted ones too: their requirements are still there.
absl::StatusOr<const model::CapacityProvider*> ProviderNamed(const control::Step& step, const CallContext& context,
                                                             const std::string& reference) {
  std::string name = reference;
  bool here = true;
  if (const std::optional<EcsArn> arn = ParseEcsArn(reference); arn && arn->kind == "capacity-provider") {
    name = std::string(arn->resource);
    here = arn->region == context.region && arn->account == step.account;
  }
  if (IsFargate(name)) return ClientError("Capacity provider is not Amazon ECS Managed Instances capacity provider");
  const auto* provider =
      here ? step.state.Find<model::CapacityProvider>(step.state.FindProvider(context.region, name)) : nullptr;
  if (provider != nullptr) return provider;
  return ClientError("The specified capacity provider does not exist. Specify a valid name or ARN and try again.");
}

// What is asked of the types, and in which Region.
struct Question {
  std::string region;
  bool default_pool = false;
  model::InstanceRequirements requirements;  // meaningful unless default_pool
  std::string asked;
  const model::InstanceRequirements* Given() const { return default_pool ? nullptr : &requirements; }
};

absl::StatusOr<Question> QuestionOf(const control::Step& step, const CallContext& context,
                                    const emu::ExplainInstanceTypesRequest& request) {
  Question question;
  question.region = request.has_region() ? request.region() : context.region;
  if (request.has_instance_requirements()) {
    ECSMI_ASSIGN_OR_RETURN(question.requirements,
                           ToRequirements("instanceRequirements", request.instance_requirements()));
    question.asked = "given requirements";
    return question;
  }
  question.default_pool = true;
  question.asked = "default pool";
  if (!request.has_capacity_provider()) return question;
  ECSMI_ASSIGN_OR_RETURN(const model::CapacityProvider* provider,
                         ProviderNamed(step, context, request.capacity_provider()));
  question.region = provider->region;
  question.default_pool = !provider->has_requirements;
  question.requirements = provider->requirements;
  question.asked = Say("capacity provider ", provider->name, question.default_pool ? ", default pool" : "");
  return question;
}

// Which types the list is to have.
class Filter {
 public:
  explicit Filter(const emu::ExplainInstanceTypesRequest& request) : request_(request) {}
  bool Takes(const std::string& name, const std::vector<std::string>& refused_by) const {
    if (request_.has_matches() && request_.matches() != refused_by.empty()) return false;
    if (request_.refused_by_size() > 0 &&
        !std::ranges::any_of(request_.refused_by(), [&](const std::string& attribute) {
          return std::ranges::find(refused_by, attribute) != refused_by.end();
        })) {
      return false;
    }
    return request_.instance_types_size() == 0 ||
           std::ranges::any_of(request_.instance_types(),
                               [&](const std::string& pattern) { return core::MatchesPattern(pattern, name); });
  }

 private:
  const emu::ExplainInstanceTypesRequest& request_;
};

void FillFunnel(const core::RequirementsMatch& match, emu::ExplainInstanceTypesResponse* out) {
  std::int32_t left = out->considered();
  for (std::size_t i = 0; i < match.ruled_out.size(); ++i) {
    if (match.ruled_out[i] == 0) continue;
    left -= match.ruled_out[i];
    emu::ExplainFunnelStep& funnel = *out->add_funnel();
    funnel.set_attribute(std::string(core::MismatchAttribute(static_cast<core::MismatchReason>(i))));
    funnel.set_ruled_out(match.ruled_out[i]);
    funnel.set_left(left);
  }
}

void FillPrices(const ports::RegionCatalog& region, const std::vector<core::LaunchableType>& by_price,
                emu::ExplainInstanceTypesResponse* out) {
  if (by_price.empty()) return;
  const auto fill = [&](const core::LaunchableType& type, emu::ExplainPrice* price) {
    price->set_instance_type(region.types[type.ordinal].type->name);
    price->set_nano_usd_per_hour(type.price);
  };
  fill(by_price.front(), out->mutable_cheapest());
  fill(by_price[(by_price.size() - 1) / 2], out->mutable_median());
  fill(by_price.back(), out->mutable_dearest());
}

void FillQuotas(const ports::Catalog& catalog, const ports::RegionCatalog& region,
                const std::vector<core::LaunchableType>& by_price, emu::ExplainInstanceTypesResponse* out) {
  for (const ports::QuotaClass& quota : catalog.quotas()) {
    emu::ExplainQuota told;
    for (const core::LaunchableType& launchable : by_price) {
      const model::InstanceType& type = *region.types[launchable.ordinal].type;
      if (type.quota_class != quota.name) continue;
      told.set_matching_types(told.matching_types() + 1);
      if (type.vcpus > quota.default_vcpus) told.set_refused_types(told.refused_types() + 1);
      if (told.has_cheapest_instance_type()) continue;
      told.set_cheapest_instance_type(type.name);
      told.set_cheapest_instances(quota.default_vcpus / type.vcpus);
    }
    if (told.matching_types() == 0) continue;
    told.set_refused_types(told.refused_types());
    told.set_quota_class(quota.name);
    told.set_quota_name(quota.quota_name);
    told.set_new_account_vcpus(quota.default_vcpus);
    *out->add_new_account() = std::move(told);
  }
}

void Describe(const control::Step& step, const ports::PricedType& priced, std::vector<std::string> refused_by,
              emu::ExplainedInstanceType* out) {
  const model::InstanceType& type = *priced.type;
  out->set_instance_type(type.name);
  out->set_matches(refused_by.empty());
  for (std::string& attribute : refused_by) out->add_refused_by(std::move(attribute));
  out->set_cpu_architecture(type.architecture == model::CpuArchitecture::kArm64 ? "arm64" : "x86_64");
  out->set_vcpus(type.vcpus);
  out->set_memory_mib(type.memory_mib);
  out->set_gpus(type.gpu_count);
  if (!type.gpu_name.empty()) out->set_gpu_name(type.gpu_name);
  out->set_on_demand_nano_usd_per_hour(priced.on_demand);
  out->set_fee_nano_usd_per_hour(core::FeePerHour(priced, step.settings.fee_current));
  out->set_quota_class(type.quota_class);
}

}  // namespace

absl::Status CheckExplainInstanceTypes(const emu::ExplainInstanceTypesRequest& request) {
  if (request.has_capacity_provider()) {
    ECSMI_RETURN_IF_ERROR(CheckRequired("capacityProvider", request.capacity_provider()));
    if (request.has_instance_requirements() || request.has_region()) {
      return InvalidParameter(
          "capacityProvider has requirements and a Region of its own: it cannot go with instanceRequirements or "
          "region.");
    }
  }
  if (request.has_instance_requirements()) {
    ECSMI_RETURN_IF_ERROR(CheckNoSpot("instanceRequirements", request.instance_requirements()));
    ECSMI_RETURN_IF_ERROR(ToRequirements("instanceRequirements", request.instance_requirements()).status());
  }
  ECSMI_RETURN_IF_ERROR(CheckCount("refusedBy", request.refused_by_size(), kFiltersMax));
  for (const std::string& attribute : request.refused_by()) {
    if (!IsAttribute(attribute)) {
      return InvalidParameter(
          Say("refusedBy names '", attribute, "', which is no attribute of instance requirements."));
    }
  }
  if (request.has_matches() && request.matches() && request.refused_by_size() > 0) {
    return InvalidParameter("refusedBy cannot go with matches: a type that matches is refused by nothing.");
  }
  ECSMI_RETURN_IF_ERROR(CheckCount("instanceTypes", request.instance_types_size(), kFiltersMax));
  for (const std::string& pattern : request.instance_types()) {
    if (pattern.empty() || pattern.size() > kPatternMax) {
      return InvalidParameter(
          Say("instanceTypes has '", pattern, "'; a pattern has 1 to ", kPatternMax, " characters."));
    }
  }
  return request.has_max_results() ? CheckRange("maxResults", request.max_results(), 1, kPageMax) : absl::OkStatus();
}

absl::Status ExplainInstanceTypes(control::Step& step, const CallContext& context,
                                  const emu::ExplainInstanceTypesRequest& request,
                                  emu::ExplainInstanceTypesResponse* response) {
  ECSMI_ASSIGN_OR_RETURN(const Question question, QuestionOf(step, context, request));
  ECSMI_ASSIGN_OR_RETURN(const control::RegionView view, FindRegion(step, question.region));
  std::size_t at = 0;
  if (request.has_next_token()) {
    ECSMI_ASSIGN_OR_RETURN(const model::Serial after, ParsePageToken(step, kOperation, request.next_token()));
    at = static_cast<std::size_t>(after);
  }
  const core::MatchOptions options{.default_price_protection_percent = step.settings.price_protection_percent};
  const core::RequirementsMatch match = view.requirements->Match(question.Given(), options);
  const ports::RegionCatalog& region = *view.catalog;
  const std::vector<core::LaunchableType> by_price =
      core::InPriceOrder(core::LaunchableTypes(region, match.types, step.settings.fee_current));
  response->set_asked(question.asked);
  response->set_considered(static_cast<std::int32_t>(region.types.size()));
  response->set_matched(static_cast<std::int32_t>(by_price.size()));
  response->set_price_basis(region.basis == region.region ? region.region : Say("borrowed:", region.basis));
  response->set_price_date(region.price_date);
  response->set_fee_schedule(step.settings.fee_current ? "current" : "launch");
  FillFunnel(match, response);
  FillPrices(region, by_price, response);
  FillQuotas(step.catalog, region, by_price, response);
  std::string summary =
      Say(region.types.size(), " types, ", by_price.size(), by_price.size() == 1 ? " matches" : " match");
  if (!by_price.empty()) {
    summary = Say(summary, "; cheapest ", response->cheapest().instance_type(), " at ",
                  DollarsText(response->cheapest().nano_usd_per_hour()), " an hour");
  }
  response->set_summary(std::move(summary));

  const Filter filter(request);
  const int page = request.has_max_results() ? request.max_results() : kPageDefault;
  for (; at < region.types.size(); ++at) {
    const auto ordinal = static_cast<ports::TypeOrdinal>(at);
    std::vector<std::string> refused_by;
    if (!match.types.Has(ordinal)) {
      for (const core::MismatchReason reason : view.requirements->Explain(question.Given(), options, ordinal)) {
        refused_by.emplace_back(core::MismatchAttribute(reason));
      }
    }
    if (!filter.Takes(region.types[at].type->name, refused_by)) continue;
    if (response->instance_types_size() == page) {
      response->set_next_token(PageToken(step, kOperation, at));
      break;
    }
    Describe(step, region.types[at], std::move(refused_by), response->add_instance_types());
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
