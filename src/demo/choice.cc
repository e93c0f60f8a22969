#include "demo/choice.h"

#include <cstdint>
#include <cstdio>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "ecsmi/base/status.h"

namespace ecsmi::demo {
namespace {

constexpr int kLosers = 10;

absl::StatusOr<emu::ListInstanceTypesResponse> ListTypes(Client& client, const std::string& requirements,
                                                         bool include_rejected) {
  return Client::Call(*client.emulator, &emu::EmulatorService::Stub::ListInstanceTypes,
                      absl::StrCat(R"({"maxResults": 1000, "includeRejected": )", include_rejected ? "true" : "false",
                                   R"(, "instanceRequirements": )", requirements, "}"));
}

std::int64_t PriceNano(const emu::InstanceTypeOffer& offer) {
  return offer.on_demand_nano_usd_per_hour() + offer.fee_nano_usd_per_hour();
}
double Usd(std::int64_t nano) {
  return static_cast<double>(nano) / 1e9;
}

}  // namespace

absl::Status PrintChoice(Client& client, const std::string& requirements) {
  ECSMI_ASSIGN_OR_RETURN(const emu::ListInstanceTypesResponse fitting, ListTypes(client, requirements, false));
  ECSMI_ASSIGN_OR_RETURN(const emu::ListInstanceTypesResponse all, ListTypes(client, requirements, true));
  if (fitting.instance_types().empty()) return absl::NotFoundError("no type fits the requirements");
  const emu::InstanceTypeOffer& winner = fitting.instance_types(0);

  std::printf("\nWhich instance?  %d types of the catalogue considered (prices of %s), %d fit.\n", all.considered(),
              all.price_date().c_str(), all.matched());
  std::vector<std::string> funnel;
  for (const auto& step : all.funnel()) {
    if (step.ruled_out() > 0) funnel.push_back(absl::StrCat(step.attribute(), " −", step.ruled_out()));
  }
  std::printf("Ruled out by: %s.\n", absl::StrJoin(funnel, ", ").c_str());
  std::printf(
      "Cheapest that fits: %s, %d vCPU, %.0f GiB, %d × %s, $%.4f an hour with the fee. The next in price lost:\n",
      winner.instance_type().c_str(), winner.vcpus(), static_cast<double>(winner.memory_mib()) / 1024.0, winner.gpus(),
      winner.gpu_name().c_str(), Usd(PriceNano(winner)));
  int shown = 0;
  bool past_winner = false;
  for (const auto& offer : all.instance_types()) {
    if (offer.instance_type() == winner.instance_type()) {
      past_winner = true;
      continue;
    }
    if (!past_winner) continue;
    const std::string why = offer.mismatches().empty()
                                ? absl::StrFormat("fits, but costs %.1f %% more",
                                                  100.0 * static_cast<double>(PriceNano(offer) - PriceNano(winner)) /
                                                      static_cast<double>(PriceNano(winner)))
                                : absl::StrCat("refused by ", absl::StrJoin(offer.mismatches(), ", "));
    std::printf("  %-16s $%.4f  %s\n", offer.instance_type().c_str(), Usd(PriceNano(offer)), why.c_str());
    if (++shown == kLosers) break;
  }
  return absl::OkStatus();
}

absl::Status PrintNewAccount(Client& client, const std::string& requirements, int instances) {
  ECSMI_ASSIGN_OR_RETURN(const emu::ListInstanceTypesResponse fitting, ListTypes(client, requirements, false));
  const emu::InstanceTypeOffer& winner = fitting.instance_types(0);
  const std::int64_t wanted = static_cast<std::int64_t>(instances) * winner.vcpus();
  const std::int64_t quota = winner.new_account_quota_vcpus();
  const std::int64_t allowed = winner.vcpus() > 0 ? quota / winner.vcpus() : 0;
  std::printf("\nA new AWS account?  %d × %s take %d vCPUs of quota class %s, where a new account has %d: ", instances,
              winner.instance_type().c_str(), static_cast<int>(wanted), winner.quota_class().c_str(),
              static_cast<int>(quota));
  if (wanted <= quota) {
    std::printf("nothing would have been refused.\n");
  } else {
    std::printf("%d of the %d launches would have been refused with VcpuLimitExceeded.\n",
                static_cast<int>(instances - allowed), instances);
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::demo
