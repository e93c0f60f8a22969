#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "control/simulation.h"
#include "ecsmi/model/aws_ids.h"

// events[] of services: what is said, and what is not said again while it lasts.
namespace ecsmi::control {
namespace {

using model::Service;
using model::ServiceEvent;

constexpr std::uint32_t kEventsMax = 100;                            // D11
constexpr model::DurationMs kRefusalEveryMs = 5 * model::kMinuteMs;  // G27

}  // namespace

std::string DeploymentId(const Step& step, const model::Deployment& deployment) {
  return absl::StrCat("ecs-svc/", model::NumberId(step.key, model::TableId::kServiceRevision, deployment.revision));
}
std::string DeploymentId(const Step& step, model::Serial deployment) {
  return DeploymentId(step, step.state.Get<model::Deployment>(deployment));
}

void AddServiceEvent(Step& step, model::Serial service, std::string message) {
  if (const model::ListHead& events = step.state.Get<Service>(service).events; events.count >= kEventsMax) {
    model::Serial oldest = model::kNoSerial;
    step.state.ForEachIn<ServiceEvent>(events, &ServiceEvent::in_service, [&](const ServiceEvent& event) {
      if (oldest == model::kNoSerial || event.serial < oldest) oldest = event.serial;
    });
    step.state.Erase<ServiceEvent>(oldest);
  }
  ServiceEvent event;
  event.serial = step.state.NewSerial();
  event.service = service;
  event.at = step.now;
  event.message = std::move(message);
  step.state.Insert(std::move(event));
}

bool Announce(Step& step, model::Serial service, model::NoticeKind kind, model::DurationMs every) {
  const auto& notices = step.state.Get<Service>(service).notices;
  const auto known = std::ranges::find(notices, kind, &model::Notice::kind);
  if (known != notices.end() && known->at + every > step.now) return false;
  step.state.Update<Service>(service, [&](Service& row) {
    std::erase_if(row.notices, [&](const model::Notice& notice) { return notice.kind == kind; });
    row.notices.push_back({kind, step.now});
  });
  return true;
}

void ClearNotice(Step& step, model::Serial service, model::NoticeKind kind) {
  const auto& notices = step.state.Get<Service>(service).notices;
  if (std::ranges::find(notices, kind, &model::Notice::kind) == notices.end()) return;
  step.state.Update<Service>(service, [&](Service& row) {
    std::erase_if(row.notices, [&](const model::Notice& notice) { return notice.kind == kind; });
  });
}

void NoteLaunchRefused(Step& step, model::Serial serial, const model::CapacityProvider& provider) {
  if (!Announce(step, serial, model::NoticeKind::kPlacement, kRefusalEveryMs)) return;
  AddServiceEvent(step, serial,
                  absl::StrCat("(service ", step.state.Get<Service>(serial).name,
                               ") was unable to place a task. Reason: ResourceInitializationError: Unable to launch "
                               "instance(s) for capacity provider ",
                               provider.name, ". ", provider.refusal.code, ": ", provider.refusal.message));
}

}  // namespace ecsmi::control
