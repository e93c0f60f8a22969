#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ctl/input.h"
#include "ctl/lists.h"
#include "ctl/text.h"
#include "ctl/verbs/verb.h"
#include "ecsmi/base/status.h"
#include "ecsmi/emulator/v1/instance_type.pb.h"

namespace ecsmi::ctl {
namespace {

struct Options {
  std::string requirements;  // a file
  bool rejected = false;
  int limit = 20;
};

// How the types were thinned out, attribute by attribute.
std::string Funnel(const emu::ListInstanceTypesResponse& answer, std::size_t shown) {
  std::string text = absl::StrCat(answer.matched(), " of ", answer.considered(), " types match");
  if (static_cast<std::int64_t>(shown) < answer.matched())
    absl::StrAppend(&text, "; the cheapest ", shown, " are shown");
  absl::StrAppend(&text, ". Prices of ", Safe(answer.price_date()), ", ", Safe(answer.price_basis()),
                  ", with the fee.\n");
  std::vector<std::string> steps;
  for (const emu::FunnelStep& step : answer.funnel()) {
    steps.push_back(absl::StrCat(Safe(step.attribute()), " -", step.ruled_out()));
  }
  if (steps.empty()) return text;
  for (const std::string& line : Wrap(absl::StrCat("Ruled out by ", absl::StrJoin(steps, ", ")), 78)) {
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

absl::StatusOr<Listing> Show(Client& client, const Options& options) {
  emu::ListInstanceTypesRequest request;
  if (!options.requirements.empty()) {
    ECSMI_RETURN_IF_ERROR(ReadJsonFile(options.requirements, request.mutable_instance_requirements()));
  }
  request.set_include_rejected(options.rejected);
  emu::ListInstanceTypesResponse all;
  // Pages end when enough have been seen: the catalogue has more than a thousand types.
  for (;;) {
    request.set_max_results(std::min(1'000, std::max(1, options.limit - all.instance_types_size())));
    ECSMI_ASSIGN_OR_RETURN(const emu::ListInstanceTypesResponse page,
                           client.Call<emu::ListInstanceTypesResponse>(request));
    if (all.considered() == 0) {
      all = page;
    } else {
      all.mutable_instance_types()->MergeFrom(page.instance_types());
    }
    if (!page.has_next_token() || all.instance_types_size() >= options.limit) break;
    request.set_next_token(page.next_token());
  }
  all.clear_next_token();
  Listing listing{"instance types", {}, JsonOf(all), Funnel(all, static_cast<std::size_t>(all.instance_types_size()))};
  listing.table.columns = {{"TYPE"}, {"ARCH"},        {"VCPU", true},   {"MEMORY", true},
                           {"GPU"},  {"TASKS", true}, {"$/HOUR", true}, {"QUOTA"}};
  if (options.rejected) listing.table.columns.push_back({"REFUSED BY", false, 12});
  for (const emu::InstanceTypeOffer& offer : all.instance_types()) {
    const bool matches = offer.mismatches().empty();
    listing.table.rows.push_back({{offer.instance_type(), matches ? Colour::kNone : Colour::kFaint},
                                  offer.cpu_architecture(),
                                  absl::StrCat(offer.vcpus()),
                                  Mebibytes(offer.memory_mib()),
                                  offer.gpus() > 0 ? absl::StrCat(offer.gpus(), " x ", offer.gpu_name()) : "-",
                                  absl::StrCat(offer.awsvpc_tasks()),
                                  Usd(offer.on_demand_nano_usd_per_hour() + offer.fee_nano_usd_per_hour()),
                                  offer.quota_class()});
    if (options.rejected) listing.table.rows.back().push_back(matches ? "" : absl::StrJoin(offer.mismatches(), ", "));
  }
  return listing;
}

}  // namespace

void AddGetInstanceTypes(CLI::App& get, Chosen& chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      AddVerb(get, "instance-types", "Instance types, cheapest first, and why no others",
              {"ecsmictl get instance-types", "echo '{\"vCpuCount\": {\"min\": 4}, \"memoryMiB\": {\"min\": 8192}}' |",
               "    ecsmictl get instance-types --requirements - --rejected"});
  verb->add_option("-r,--requirements", options->requirements, "instanceRequirements as JSON: a file, or -");
  verb->add_flag("--rejected", options->rejected, "Types that do not match too, and what refused each");
  verb->add_option("-n,--limit", options->limit, "How many to show")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  OnVerb(*verb, chosen, [options](Context& context) {
    return ShowListing(
        context, [&](Client& client) { return Show(client, *options); }, false);
  });
}

}  // namespace ecsmi::ctl
