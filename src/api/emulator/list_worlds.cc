#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/check.h"
#include "api/emulator/emulator.h"
#include "ecsmi/api/errors.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/emulator/v1/world.pb.h"

namespace ecsmi::api {
namespace {

namespace emu = ::ecsmi::emulator::v1;
constexpr int kPage = 100;
constexpr int kPageMax = 1'000;

template <typename Row>
std::int64_t CountOf(const control::Step& step) {
  return static_cast<std::int64_t>(step.state.table<Row>().size());
}

void Summarize(const control::Step& step, emu::WorldSummary* out) {
  out->set_account(step.account);
  FillClock(step.clock_mode, step.clock_speed, step.Shown(step.now), out->mutable_clock());
  out->set_clusters(CountOf<model::Cluster>(step));
  out->set_services(CountOf<model::Service>(step));
  out->set_tasks(CountOf<model::Task>(step));
  out->set_container_instances(CountOf<model::ContainerInstance>(step));
  out->set_queues(CountOf<model::Queue>(step));
}

bool IsEmpty(const control::Step& step) {
  return CountOf<model::Cluster>(step) + CountOf<model::CapacityProvider>(step) + CountOf<model::TaskDefinition>(step) +
             CountOf<model::Queue>(step) + CountOf<model::Alarm>(step) + CountOf<model::Metric>(step) +
             CountOf<model::BehaviorRule>(step) + CountOf<model::Usage>(step) ==
         0;
}

// The answers of a page's worlds, which arrive in any order and on any thread.
class Page {
 public:
  Page(std::size_t worlds, emu::ListWorldsResponse* response, Done done)
      : summaries_(worlds), missing_(worlds), response_(response), done_(std::move(done)) {}

  // Strand of the world that has place `at`, which no other touches.
  emu::WorldSummary& Place(std::size_t at) { return summaries_[at]; }

  void Arrived(const absl::Status& status) {
    absl::Status result;
    {
      base::MutexLock lock(mutex_);
      status_.Update(status);
      if (--missing_ > 0) return;
      result = status_;
    }
    for (emu::WorldSummary& summary : summaries_) {
      if (result.ok() && summary.has_account()) *response_->add_worlds() = std::move(summary);
    }
    done_(std::move(result));
  }

 private:
  std::vector<emu::WorldSummary> summaries_;
  base::Mutex mutex_;
  std::size_t missing_ ABSL_GUARDED_BY(mutex_);
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  emu::ListWorldsResponse* const response_;
  const Done done_;
};

class Look final : public control::Command {
 public:
  Look(std::shared_ptr<Page> page, std::size_t at) : page_(std::move(page)), at_(at) {}
  absl::Status Run(control::Step& step) override {
    if (!IsEmpty(step)) Summarize(step, &page_->Place(at_));
    return absl::OkStatus();
  }
  bool OnlyReads() const override { return true; }
  void Finish(absl::Status status) override { page_->Arrived(status); }

 private:
  const std::shared_ptr<Page> page_;
  const std::size_t at_;
};

bool IsAccount(const std::string& text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void ListWorlds(control::Engine& engine, const CallContext& context, const google::protobuf::Message& message,
                google::protobuf::Message* message_out, Done done) {
  const auto& request = static_cast<const emu::ListWorldsRequest&>(message);
  auto* response = static_cast<emu::ListWorldsResponse*>(message_out);
  if (request.has_max_results()) {
    if (absl::Status status = CheckRange("maxResults", request.max_results(), 1, kPageMax); !status.ok()) {
      return done(std::move(status));
    }
  }
  // The token is the account a page ended with: worlds may come and go between pages.
  if (request.has_next_token() && !IsAccount(request.next_token())) {
    return done(InvalidParameter(Say("nextToken '", request.next_token(), "' is none that ListWorlds gave.")));
  }
  const auto max = static_cast<std::size_t>(request.has_max_results() ? request.max_results() : kPage);
  std::vector<std::string> accounts = engine.Accounts(request.next_token(), max);
  if (accounts.size() == max) response->set_next_token(accounts.back());
  if (context.may_touch) {
    std::erase_if(accounts, [&](const std::string& account) { return !context.may_touch(account); });
  }
  if (accounts.empty()) return done(absl::OkStatus());
  const auto page = std::make_shared<Page>(accounts.size(), response, std::move(done));
  for (std::size_t at = 0; at < accounts.size(); ++at) {
    engine.Submit(accounts[at], std::make_unique<Look>(page, at));
  }
}

}  // namespace ecsmi::api
