// GET /metrics in Prometheus' text format: what the daemon counts, and what there is in each world the caller may see.
#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "ecsmi/emulator/v1/world.pb.h"
#include "prometheus/text_serializer.h"
#include "wire/aws/door.h"

namespace ecsmi::wire {
namespace {

namespace emu = ::ecsmi::emulator::v1;
constexpr int kWorldsMax = 1'000;  // a page of ListWorlds; a scrape of more would be nobody's dashboard

struct WorldGauge {
  const char* name;
  const char* help;
  std::int64_t (emu::WorldSummary::*count)() const;
};
constexpr std::array kWorldGauges = {
    WorldGauge{"ecsmi_world_clusters", "Clusters kept in the world, INACTIVE ones included.",
               &emu::WorldSummary::clusters},
    WorldGauge{"ecsmi_world_services", "Services kept in the world, INACTIVE ones included.",
               &emu::WorldSummary::services},
    WorldGauge{"ecsmi_world_tasks", "Tasks kept in the world, STOPPED ones included.", &emu::WorldSummary::tasks},
    WorldGauge{"ecsmi_world_container_instances", "Container instances of the world.",
               &emu::WorldSummary::container_instances},
    WorldGauge{"ecsmi_world_queues", "Queues of the world.", &emu::WorldSummary::queues},
};

prometheus::MetricFamily Rendered(const WorldGauge& gauge, const emu::ListWorldsResponse& worlds) {
  prometheus::MetricFamily family{gauge.name, gauge.help, prometheus::MetricType::Gauge, {}};
  for (const emu::WorldSummary& world : worlds.worlds()) {
    prometheus::ClientMetric& metric = family.metric.emplace_back();
    metric.label = {{"world", world.account()}};
    metric.gauge.value = static_cast<double>((world.*gauge.count)());
  }
  return family;
}

// A scrape, until the worlds have answered; it ends itself.
class Scrape {
 public:
  Scrape(Door& calls, const AwsCaller& caller, std::vector<prometheus::MetricFamily> families, HttpReply reply)
      : families_(std::move(families)),
        reply_(std::move(reply)),
        call_(calls, "ecsmi.emulator.v1.EmulatorService", "ListWorlds") {
    request_.set_max_results(kWorldsMax);
    call_.context.account = caller.account;
    call_.context.region = caller.region;
    call_.context.may_touch = caller.may_touch;
  }

  static void Begin(std::unique_ptr<Scrape> scrape) {
    Scrape& it = *scrape;
    it.call_.Start(it.request_, &it.response_, [owned = scrape.release()](const absl::Status& status) {
      const std::unique_ptr<Scrape> ended(owned);
      ended->Answer(status);
    });
  }

 private:
  void Answer(const absl::Status& status) {
    // Without its worlds the page still tells what is wrong with the daemon.
    if (status.ok()) {
      for (const WorldGauge& gauge : kWorldGauges) families_.push_back(Rendered(gauge, response_));
    }
    HttpResponse answer;
    answer.headers = {{"content-type", "text/plain; version=0.0.4; charset=utf-8"}};
    answer.body = prometheus::TextSerializer().Serialize(families_);
    reply_(std::move(answer));
  }

  std::vector<prometheus::MetricFamily> families_;
  HttpReply reply_;
  emu::ListWorldsRequest request_;
  emu::ListWorldsResponse response_;
  Call call_;
};

}  // namespace

void HandleMetrics(Door& calls, const AwsCaller& caller, std::vector<prometheus::MetricFamily> families,
                   HttpReply reply) {
  Scrape::Begin(std::make_unique<Scrape>(calls, caller, std::move(families), std::move(reply)));
}

}  // namespace ecsmi::wire
