#pragma once

#include <string>
#include <string_view>

#include "ecsmi/control/step.h"
#include "ecsmi/emulator/v1/explain.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "google/protobuf/timestamp.pb.h"

// What the Explain operations say alike. Pure.
namespace ecsmi::api {

using ReasonList = google::protobuf::RepeatedPtrField<emulator::v1::ExplainReason>;
using StepList = google::protobuf::RepeatedPtrField<emulator::v1::ExplainStep>;

// "12 s", "95 s", "3 min", "27 h", "4 d"; below a second "250 ms".
std::string SpanText(model::DurationMs length);
// "in 31 s", or "now".
std::string InText(const control::Step& step, model::TimeMs at);
// "$0.0851"
std::string DollarsText(model::NanoUsdPerHour price);
// "3 tasks", "1 task".
std::string CountText(std::int64_t count, std::string_view noun);
// The first eight digits of a task's id.
std::string ShortTaskId(const control::Step& step, model::Serial task);
// "us-east-1a"; empty when the region has no such zone.
std::string ZoneName(const control::Step& step, const std::string& region, std::uint8_t zone);
// "service:web" or the group's name.
std::string GroupName(const control::Step& step, model::Serial service, std::string_view group_name);

// A moment that has come or will; kUnset and kNever are none.
inline bool IsMoment(model::TimeMs at) {
  return at != model::kUnset && at != model::kNever;
}
google::protobuf::Timestamp MomentOf(const control::Step& step, model::TimeMs at);
void AddReason(const control::Step& step, ReasonList& reasons, std::string_view code, std::string text,
               model::TimeMs until = model::kNever);
void AddStep(const control::Step& step, StepList& steps, std::string_view what, model::TimeMs at);
void FillResources(const model::Resources& amounts, emulator::v1::ExplainResources* out);
void FillRefusal(const control::Step& step, const model::LaunchRefusal& refusal, emulator::v1::ExplainRefusal* out);

}  // namespace ecsmi::api
