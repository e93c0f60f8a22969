#include "api/emulator/explain_words.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "api/check.h"
#include "ecsmi/control/lifecycle.h"
#include "ecsmi/model/aws_ids.h"

namespace ecsmi::api {

std::string SpanText(model::DurationMs length) {
  length = std::max<model::DurationMs>(length, 0);
  if (length > 0 && length < model::kSecondMs) return Say(length, " ms");
  if (length < 2 * model::kMinuteMs) return Say(length / model::kSecondMs, " s");
  if (length < 2 * model::kHourMs) return Say(length / model::kMinuteMs, " min");
  if (length < 2 * model::kDayMs) return Say(length / model::kHourMs, " h");
  return Say(length / model::kDayMs, " d");
}

std::string InText(const control::Step& step, model::TimeMs at) {
  return at <= step.now ? "now" : Say("in ", SpanText(at - step.now));
}

std::string DollarsText(model::NanoUsdPerHour price) {
  return absl::StrFormat("$%.4f", static_cast<double>(price) / 1e9);
}

std::string CountText(std::int64_t count, std::string_view noun) {
  return Say(count, " ", noun, count == 1 ? "" : "s");
}

std::string ShortTaskId(const control::Step& step, model::Serial task) {
  return model::HexId(step.key, model::TableId::kTask, task).substr(0, 8);
}

std::string ZoneName(const control::Step& step, const std::string& region, std::uint8_t zone) {
  const auto view = control::ViewRegion(step, region);
  return view.ok() && zone < view->catalog->zones.size() ? view->catalog->zones[zone].name : "";
}

std::string GroupName(const control::Step& step, model::Serial service, std::string_view group_name) {
  if (service == model::kNoSerial) return std::string(group_name);
  const auto* row = step.state.Find<model::Service>(service);
  return row == nullptr ? "" : Say("service:", row->name);
}

google::protobuf::Timestamp MomentOf(const control::Step& step, model::TimeMs at) {
  return ToTimestamp(step.Shown(at));
}

void AddReason(const control::Step& step, ReasonList& reasons, std::string_view code, std::string text,
               model::TimeMs until) {
  emulator::v1::ExplainReason& reason = *reasons.Add();
  reason.set_code(std::string(code));
  reason.set_text(std::move(text));
  if (IsMoment(until)) *reason.mutable_until() = MomentOf(step, until);
}

void AddStep(const control::Step& step, StepList& steps, std::string_view what, model::TimeMs at) {
  if (!IsMoment(at)) return;
  emulator::v1::ExplainStep& next = *steps.Add();
  next.set_what(std::string(what));
  *next.mutable_at() = MomentOf(step, at);
}

void FillResources(const model::Resources& amounts, emulator::v1::ExplainResources* out) {
  out->set_cpu_units(amounts.cpu_units);
  out->set_memory_mib(amounts.memory_mib);
  out->set_gpus(amounts.gpus);
  out->set_eni_slots(amounts.eni_slots);
}

void FillRefusal(const control::Step& step, const model::LaunchRefusal& refusal, emulator::v1::ExplainRefusal* out) {
  out->set_code(refusal.code);
  out->set_message(refusal.message);
  *out->mutable_at() = MomentOf(step, refusal.at);
  out->set_attempts(refusal.attempts);
  if (!refusal.quota_class.empty()) {
    out->set_instance_type(refusal.type);
    out->set_quota_class(refusal.quota_class);
    out->set_quota_vcpus(refusal.quota);
    out->set_used_vcpus(refusal.used);
  }
  if (!refusal.requirement.empty()) out->set_requirement(refusal.requirement);
}

}  // namespace ecsmi::api
