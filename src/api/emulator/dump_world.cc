#include <string>
#include <string_view>

#include "absl/strings/str_format.h"
#include "api/check.h"
#include "api/emulator/emulator.h"
#include "ecsmi/api/naming.h"
#include "ecsmi/model/dump.h"

namespace ecsmi::api {
namespace {

namespace emu = ::ecsmi::emulator::v1;
using control::Step;

constexpr int kSerialBits = 40;  // model::kSerialMax
// Tokens are of one state: a page of another would tear the dump.
std::string Operation(const Step& step) {
  return Say("DumpWorld/", step.state.seq());
}

}  // namespace

absl::Status DumpWorld(Step& step, const CallContext&, const emu::DumpWorldRequest& request,
                       emu::DumpWorldResponse* out) {
  model::DumpPosition position;
  if (request.has_next_token()) {
    const absl::StatusOr<model::Serial> at = ParsePageToken(step, Operation(step), request.next_token());
    if (!at.ok()) {
      return InvalidParameter(Say("Invalid token: nextToken '", request.next_token(),
                                  "' is of no dump of this world at its step ", step.state.seq(),
                                  "; when the world has changed since the first page, begin again"));
    }
    position = {static_cast<std::uint8_t>(*at >> kSerialBits), *at & model::kSerialMax};
  }
  std::string text;
  const bool done = model::DumpRows(step.state, {}, &position, &text);
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    out->add_rows(std::string(rest.substr(0, end)));
    rest.remove_prefix(end + 1);
  }
  out->set_seq(static_cast<std::int64_t>(step.state.seq()));
  out->set_next_serial(static_cast<std::int64_t>(step.state.next_serial()));
  out->set_state_hash(absl::StrFormat("%016x", step.state.state_hash()));
  *out->mutable_now() = ToTimestamp(step.Shown(step.now));
  if (!done) {
    const model::Serial at = (model::Serial{position.table} << kSerialBits) | position.serial;
    out->set_next_token(PageToken(step, Operation(step), at));
  }
  return absl::OkStatus();
}

}  // namespace ecsmi::api
