// ecsmi_demo: a service scaled by its queue, from zero to managed instances and back, in virtual time. Exit code 0 only
// when the queue was drained, nothing is left and the bill equals its intervals.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "demo/bill.h"
#include "demo/choice.h"
#include "demo/client.h"
#include "demo/daemon.h"
#include "demo/story.h"
#include "demo/timeline.h"
#include "ecsmi/base/status.h"

namespace ecsmi::demo {
namespace {

constexpr int kStepSeconds = 10;                                    // virtual time between two looks
constexpr std::int64_t kLimitMs = std::int64_t{2} * 3'600 * 1'000;  // of virtual time, after which the story has failed

absl::Status Play(Client& client) {
  ECSMI_ASSIGN_OR_RETURN(const Stage stage, SetUp(client));
  ECSMI_RETURN_IF_ERROR(PrintChoice(client, GpuRequirements()));

  std::printf("\nThe queue is empty and nothing runs. Now %d messages arrive.\n\n", kMessages);
  Timeline timeline;
  ECSMI_ASSIGN_OR_RETURN(Moment moment, Look(client, stage));
  const std::int64_t began_ms = moment.at_ms;
  timeline.Show(moment);
  ECSMI_RETURN_IF_ERROR(SendMessages(client, stage));
  do {
    ECSMI_ASSIGN_OR_RETURN(moment, Look(client, stage));
    timeline.Show(moment);
    if (moment.AtRest()) break;
    ECSMI_RETURN_IF_ERROR(Client::Call(*client.emulator, &emu::EmulatorService::Stub::AdvanceClock,
                                       absl::StrCat(R"({"by": ")", kStepSeconds, "s\"}"))
                              .status());
  } while (moment.at_ms - began_ms < kLimitMs);
  if (!moment.AtRest()) {
    return absl::DeadlineExceededError(absl::StrCat("after two hours: ", moment.visible + moment.in_flight,
                                                    " messages, ", moment.tasks, " tasks and ", moment.InstanceCount(),
                                                    " instances are left"));
  }
  std::printf("\nWhat the service said:\n");
  ECSMI_RETURN_IF_ERROR(PrintEvents(client, stage, began_ms));
  ECSMI_RETURN_IF_ERROR(PrintNewAccount(client, GpuRequirements(), timeline.instances_max()));
  return PrintBill(client);
}

int Run(const char* program) {
  const auto started = std::chrono::steady_clock::now();
  const std::string binary = std::filesystem::absolute(program).parent_path() / "ecsmid";
  auto daemon = Daemon::Start(binary, {"--clock=virtual", "--latency=aws", "--seed=1", "--log-level=error"});
  absl::Status status = daemon.status();
  if (status.ok()) {
    std::printf(
        "ecsmi demo: a GPU transcription service scaled by its queue; virtual clock, real catalogue, us-east-1.\n");
    Client client(daemon->endpoint());
    status = Play(client);
    status.Update(daemon->Stop());
  }
  if (!status.ok()) {
    std::fprintf(stderr, "ecsmi demo: %s\n", std::string(status.message()).c_str());
    return 1;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  std::printf("\nThe queue is drained and nothing is left. It took %.1f s of your time.\n", took.count());
  return 0;
}

}  // namespace
}  // namespace ecsmi::demo

int main(int, char** argv) {
  return ecsmi::demo::Run(argv[0]);
}
