#include "ctl/listing.h"

#include <cstdio>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "ctl/lists.h"
#include "ctl/text.h"
#include "ecsmi/base/status.h"
#include "ecsmi/emulator/v1/event.pb.h"

namespace ecsmi::ctl {
namespace {

// How long a listing may be behind when the daemon tells what happens, and when it does not (queues, worlds, an older
// daemon). The former is for ages, which grow without an event.
constexpr absl::Duration kToldEvery = absl::Seconds(2);
constexpr absl::Duration kLookEvery = absl::Milliseconds(500);
constexpr absl::Duration kSlice = absl::Milliseconds(100);
constexpr std::size_t kWorldsNamed = 10;

// Which worlds have something, when the caller's has nothing: who asks in the wrong one sees an empty table else.
std::string OtherWorlds(Client& client) {
  const auto worlds = ListWorlds(client);
  if (!worlds.ok()) return "";  // an older daemon cannot tell
  std::vector<std::string> named;
  for (const emu::WorldSummary& world : *worlds) {
    if (world.account() == client.globals().account) return "";
    if (named.size() < kWorldsNamed) named.push_back(world.account());
  }
  if (named.empty()) return "No world of this daemon has anything in it yet.\n";
  return absl::StrCat("This world is empty. Worlds that are not: ", absl::StrJoin(named, ", "),
                      worlds->size() > named.size() ? ", …" : "", " (--world, or AWS_ACCESS_KEY_ID).\n");
}

void SayEmpty(Context& context, const Listing& listing) {
  const std::string text = absl::StrCat("No ", listing.kind, " in ", WorldName(context.globals), ".\n",
                                        listing.note.empty() ? OtherWorlds(context.client) : listing.note);
  std::fputs(text.c_str(), stderr);
}

void PrintListing(Context& context, const Listing& listing) {
  if (context.globals.format == Format::kTable && listing.table.rows.empty()) return SayEmpty(context, listing);
  context.Print(absl::StrCat(Print(listing.table, context.screen.options()), listing.note), listing.json);
}

// When it is time to look again.
class Changes {
 public:
  Changes(Client& client, bool told) {
    emu::WatchEventsRequest request;
    request.set_from(emu::WatchFrom::NOW);
    if (told) stream_ = client.Subscribe(Client::PathOf(request), request.SerializeAsString());
  }

  // Waits a little at most; true when something happened or has not been looked at for long.
  bool Due() {
    bool happened = false;
    if (stream_ == nullptr) {
      absl::SleepFor(kSlice);
    } else {
      const Client::Subscription::News news = stream_->Look(kSlice);
      happened = news == Client::Subscription::News::kMessage;
      if (news == Client::Subscription::News::kEnded) stream_ = nullptr;
    }
    if (!happened && absl::Now() - looked_ < (stream_ == nullptr ? kLookEvery : kToldEvery)) return false;
    looked_ = absl::Now();
    return true;
  }

 private:
  std::unique_ptr<Client::Subscription> stream_;
  absl::Time looked_ = absl::Now();
};

absl::Status WatchOnScreen(Context& context, const Lister& lister) {
  std::string last;
  {
    FullScreen screen;  // before the first call: gRPC's threads take over the signals it blocks
    std::optional<Changes> changes;
    for (bool left = false; !left;) {
      ECSMI_ASSIGN_OR_RETURN(const Listing listing, lister(context.client));
      if (!changes) changes.emplace(context.client, listing.told);
      const Screen size = LookAtScreen();
      last = absl::StrCat(Print(listing.table, size.options()), listing.note);
      screen.Show(last);
      while (!changes->Due()) {
        const FullScreen::Woken woken = screen.Wait(absl::ZeroDuration());
        left = woken.key == 'q' || woken.key == 'Q';
        if (left) break;
      }
    }
  }
  std::fputs(last.c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace

std::string WorldName(const Globals& globals) {
  return absl::StrCat("account ", globals.account, ", ", Safe(globals.region));
}

absl::Status ShowListing(Context& context, const Lister& lister, bool watch) {
  if (watch && context.screen.terminal && context.globals.format == Format::kTable) {
    return WatchOnScreen(context, lister);
  }
  std::string last;
  std::optional<Changes> changes;
  for (;;) {
    ECSMI_ASSIGN_OR_RETURN(const Listing listing, lister(context.client));
    // The document has no ages in it, so it changes only when something has happened.
    if (listing.json != last) {
      if (!last.empty()) std::fputs("\n", stdout);
      PrintListing(context, listing);
    }
    if (!watch) return absl::OkStatus();
    last = listing.json;
    if (!changes) changes.emplace(context.client, listing.told);
    while (!changes->Due()) continue;
  }
}

}  // namespace ecsmi::ctl
