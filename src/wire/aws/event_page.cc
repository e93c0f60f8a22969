// GET /events: WatchEvents as server-sent events.
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/emulator/v1/event.pb.h"
#include "wire/account/account.h"
#include "wire/aws/door.h"
#include "wire/aws_json/codec.h"
#include "wire/aws_json/error.h"
#include "wire/aws_json/text.h"
#include "wire/aws_query/form.h"

namespace ecsmi::wire {
namespace {

namespace emu = ::ecsmi::emulator::v1;

// Sent while nothing happens; a comment to clients.
constexpr char kHeartbeat[] = ":\n\n";
// How soon a client that lost its connection comes again.
constexpr char kPreamble[] = "retry: 1000\n\n";

void AppendMember(std::string_view name, std::string_view value, std::string& out) {
  AppendQuoted(name, out);
  out.push_back(':');
  AppendQuoted(value, out);
  out.push_back(',');
}

// EventBridge's envelope, in its order.
void AppendEvent(const emu::Event& event, std::string& out) {
  out.push_back('{');
  AppendMember("version", event.version(), out);
  AppendMember("id", event.id(), out);
  AppendMember("detail-type", event.detail_type(), out);
  AppendMember("source", event.source(), out);
  AppendMember("account", event.account(), out);
  // To the second, as EventBridge says it; `detail` has the milliseconds.
  const absl::Time time = absl::FromUnixSeconds(event.time().seconds());
  AppendMember("time", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone()), out);
  AppendMember("region", event.region(), out);
  out += "\"resources\":[";
  for (int i = 0; i < event.resources_size(); ++i) {
    if (i > 0) out.push_back(',');
    AppendQuoted(event.resources(i), out);
  }
  out += "],\"detail\":";
  google::protobuf::Value detail;
  *detail.mutable_struct_value() = event.detail();
  AppendDocument(detail, out);
  out.push_back('}');
}

std::string Rendered(const emu::WatchEventsResponse& response) {
  std::string out;
  for (const emu::Event& event : response.events()) {
    absl::StrAppend(&out, "id: ", event.resume_token(), "\nevent: ", emu::EventKind::Value_Name(event.kind()),
                    "\ndata: ");
    AppendEvent(event, out);
    out += "\n\n";
  }
  // Without data it is no event to clients, but the id they resume with moves on.
  if (response.has_resume_token()) absl::StrAppend(&out, "id: ", response.resume_token(), "\n\n");
  return out;
}

// What ends a stream midway. Not the daemon's own end: clients come again by themselves.
std::string RenderedError(const absl::Status& status) {
  if (absl::IsUnavailable(status) || absl::IsCancelled(status)) return {};
  const ErrorFace face = FaceOf(status, "ecsmi.emulator.v1.EmulatorService");
  std::string out = "event: error\ndata: {\"__type\":";
  AppendQuoted(face.name, out);
  out += ",\"message\":";
  AppendQuoted(face.message, out);
  return out + "}\n\n";
}

// One client's events. Kept alive by the connection, and by what is under way.
class EventBody final : public HttpStream, public std::enable_shared_from_this<EventBody> {
 public:
  EventBody(Door& calls, const AwsCaller& caller) : call_(calls, "ecsmi.emulator.v1.EmulatorService", "WatchEvents") {
    call_.context.account = caller.account;
    call_.context.region = caller.region;
    call_.context.endpoint = caller.endpoint;
  }

  // Answers when the first message, or the refusal, is there: what is wrong with a request is no 200.
  void Begin(const emu::WatchEventsRequest& request, HttpReply reply) {
    if (absl::Status status = call_.Open(request); !status.ok()) return reply(Answer(ErrorResponse(nullptr, status)));
    call_.Next(&response_, [self = shared_from_this(), reply = std::make_shared<HttpReply>(std::move(reply))](
                               const absl::StatusOr<api::Stream::Turn>& turn) {
      if (!turn.ok()) return (*reply)(self->Answer(ErrorResponse(nullptr, turn.status())));
      HttpResponse answer;
      answer.headers = {{"content-type", "text/event-stream"}, {"cache-control", "no-store"}};
      self->first_ = absl::StrCat(kPreamble, Rendered(self->response_));
      answer.stream = self;
      answer.heartbeat = kHeartbeat;
      (*reply)(self->Answer(std::move(answer)));
    });
  }

  void Next(PieceDone done) override {
    if (first_.has_value()) return done(*std::exchange(first_, std::nullopt));
    if (ended_) return done(std::nullopt);
    call_.Next(&response_, [self = shared_from_this(), done = std::make_shared<PieceDone>(std::move(done))](
                               const absl::StatusOr<api::Stream::Turn>& turn) {
      if (turn.ok() && *turn == api::Stream::Turn::kMessage) return (*done)(Rendered(self->response_));
      self->ended_ = true;
      std::string last = turn.ok() ? "" : RenderedError(turn.status());
      if (last.empty()) return (*done)(std::nullopt);
      (*done)(std::move(last));
    });
  }
  void Cancel() override { call_.Cancel(); }

 private:
  HttpResponse Answer(HttpResponse answer) {
    answer.headers.emplace_back("x-amzn-requestid", call_.context.request_id);
    for (auto& note : call_.Notes()) answer.headers.push_back(std::move(note));
    return answer;
  }

  StreamCall call_;
  emu::WatchEventsResponse response_;
  std::optional<std::string> first_;
  bool ended_ = false;
};

std::string BadParameter(const std::string& name, const std::string& value, std::string_view allowed) {
  return absl::StrCat("the parameter ", Excerpt(name), "='", Excerpt(value),
                      "' of /events is not allowed: ", absl::string_view(allowed.data(), allowed.size()));
}

// The query's parameters as a request. What is wrong with one of them, or nothing.
std::string ReadParameter(const std::string& name, const std::string& value, emu::WatchEventsRequest& request,
                          AwsCaller& caller) {
  if (name == "world") {
    if (!IsWorldName(value)) return BadParameter(name, value, "1 to 64 letters, digits, '-', '_' or '.'");
    caller.account = AccountOfWorld(value);
  } else if (name == "region") {
    caller.region = value;
  } else if (name == "resume_token") {
    request.set_resume_token(value);
  } else if (name == "cluster") {
    request.add_clusters(value);
  } else if (name == "service") {
    request.add_services(value);
  } else if (name == "task") {
    request.add_tasks(value);
  } else if (name == "follow") {
    if (value != "true" && value != "false") return BadParameter(name, value, "true or false");
    request.set_follow(value == "true");
  } else if (name == "from") {
    emu::WatchFrom::Value from{};
    if (!emu::WatchFrom::Value_Parse(absl::AsciiStrToUpper(value), &from) || from == emu::WatchFrom::UNSPECIFIED) {
      return BadParameter(name, value, "now or oldest");
    }
    request.set_from(from);
  } else if (name == "kind") {
    for (const absl::string_view part : absl::StrSplit(value, ',')) {
      emu::EventKind::Value kind{};
      const std::string spelled = absl::StrReplaceAll(absl::AsciiStrToUpper(part), {{"-", "_"}});
      if (!emu::EventKind::Value_Parse(spelled, &kind) || kind == emu::EventKind::UNSPECIFIED) {
        return BadParameter(name, value,
                            "task, container-instance, service-action, deployment, alarm, scaling-activity, cluster, "
                            "capacity-provider and service, separated by commas");
      }
      request.add_kinds(kind);
    }
  } else {
    return absl::StrCat("/events has no parameter ", Excerpt(name),
                        ": there are world, region, kind, cluster, service, task, from, follow and resume_token");
  }
  return {};
}

}  // namespace

void HandleEvents(Door& calls, AwsCaller caller, const Credentials& credentials, const HttpRequest& request,
                  HttpReply reply) {
  if (request.method != "GET") return reply(JsonRefusal(405, "ValidationException", "/events answers to GET alone"));
  emu::WatchEventsRequest wanted;
  const absl::StatusOr<Form> parameters = ParseForm(caller.query);
  if (!parameters.ok()) return reply(ErrorResponse(nullptr, parameters.status()));
  for (const auto& [name, value] : *parameters) {
    if (absl::StartsWith(name, "X-Amz-")) continue;  // of a presigned address
    if (const std::string bad = ReadParameter(name, value, wanted, caller); !bad.empty()) {
      return reply(JsonRefusal(400, "ValidationException", bad));
    }
  }
  // What a browser sends when it comes again is newer than the address it was given.
  if (const std::string* last = FindHeader(request.headers, "last-event-id"); last != nullptr && !last->empty()) {
    wanted.set_resume_token(*last);
    wanted.clear_from();
  }
  if (!credentials.MayTouch(caller.access_key_id, caller.account)) {
    return reply(
        JsonRefusal(403, "AccessDeniedException",
                    absl::StrCat("the key ", caller.access_key_id, " may not touch account ", caller.account)));
  }
  std::make_shared<EventBody>(calls, caller)->Begin(wanted, std::move(reply));
}

}  // namespace ecsmi::wire
