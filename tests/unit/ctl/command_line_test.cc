#include "ctl/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "ctl/completion.h"
#include "ctl/durations.h"
#include "ctl/rpc_error.h"

namespace ecsmi::ctl {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

Globals With(const std::map<std::string, std::string>& environment, const GlobalFlags& flags = {}) {
  return Resolve(flags, [&](const char* name) {
    const auto at = environment.find(name);
    return at == environment.end() ? "" : at->second;
  });
}

TEST(Globals, ComeFromFlagsThenEnvironmentThenDefaults) {
  EXPECT_EQ(With({}).endpoint, "127.0.0.1:50051");
  EXPECT_EQ(With({}).account, "000000000000");
  EXPECT_EQ(With({}).region, "us-east-1");
  EXPECT_EQ(With({{"ECSMI_ENDPOINT", "e:1"}}).endpoint, "e:1");
  EXPECT_EQ(With({{"ECSMI_ENDPOINT", "e:1"}}, {.endpoint = "f:2"}).endpoint, "f:2");
  EXPECT_EQ(With({{"AWS_DEFAULT_REGION", "eu-west-1"}}).region, "eu-west-1");
  EXPECT_EQ(With({{"AWS_DEFAULT_REGION", "eu-west-1"}, {"AWS_REGION", "eu-west-2"}}).region, "eu-west-2");
  EXPECT_EQ(With({{"AWS_REGION", "eu-west-2"}}, {.region = "eu-west-3"}).region, "eu-west-3");
}

// The doors' own rule, so that one environment means one world everywhere.
TEST(Globals, TheAccessKeyNamesTheWorld) {
  EXPECT_EQ(With({{"AWS_ACCESS_KEY_ID", "111122223333"}}).account, "111122223333");
  EXPECT_EQ(With({{"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"}}).account, "000000000000");
  const std::string team = With({{"AWS_ACCESS_KEY_ID", "world-team"}}).account;
  EXPECT_EQ(team, With({}, {.world = "team"}).account);
  EXPECT_NE(team, "000000000000");
  EXPECT_EQ(With({{"AWS_ACCESS_KEY_ID", "111122223333"}}, {.world = "444455556666"}).account, "444455556666");
}

std::vector<std::string> Complete(const std::vector<std::string>& words) {
  const std::vector<std::string> nothing;
  CommandLine line(nothing);
  return Candidates(line.app(), words);
}

TEST(Completion, KnowsVerbsKindsFlagsAndTheirValues) {
  EXPECT_THAT(Complete({""}), IsSupersetOf({"get", "describe", "wait", "top", "run"}));
  EXPECT_THAT(Complete({"des"}), ElementsAre("describe"));
  EXPECT_THAT(Complete({"get", "t"}), ElementsAre("tasks"));
  EXPECT_THAT(Complete({"-o", "json", "get", "qu"}), ElementsAre("queues"));
  EXPECT_THAT(Complete({"get", "tasks", "--s"}), ElementsAre("--service"));
  EXPECT_THAT(Complete({"get", "tasks", "--reg"}), ElementsAre("--region"));
  EXPECT_THAT(Complete({"get", "tasks", "-o", ""}), ElementsAre("json", "table", "yaml"));
  EXPECT_THAT(Complete({"costs", "--by", "c"}), ElementsAre("capacity-provider", "cluster"));
  EXPECT_THAT(Complete({"describe", "q"}), ElementsAre("queue"));
  EXPECT_THAT(Complete({"describe", ""}), ElementsAre("alarm", "cluster", "definition", "instance", "provider", "queue",
                                                      "service", "task", "world"));
  EXPECT_THAT(Complete({"events", "-k", "ca"}), ElementsAre("capacity-provider"));
  EXPECT_THAT(Complete({"wait", "tasks", ""}), ElementsAre("running", "stopped"));
  EXPECT_THAT(Complete({"completion", "z"}), ElementsAre("zsh"));
}

TEST(Completion, LeavesToTheShellWhatIsNotOurs) {
  EXPECT_THAT(Complete({"run", "--", "py"}), IsEmpty());
  EXPECT_THAT(Complete({"call", "RunTask", "@"}), IsEmpty());
  EXPECT_THAT(Complete({"describe", "task", "3"}), IsEmpty());
  EXPECT_THAT(Complete({}), IsEmpty());
}

TEST(Help, EveryVerbHasExamples) {
  const std::vector<std::string> nothing;
  CommandLine line(nothing);
  const std::function<void(const CLI::App&)> look = [&](const CLI::App& app) {
    for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
      EXPECT_NE(verb->get_footer().find("ecsmictl "), std::string::npos) << verb->get_name();
      EXPECT_FALSE(verb->get_description().empty()) << verb->get_name();
      look(*verb);
    }
  };
  look(line.app());
}

TEST(Durations, AreReadWithUnits) {
  const auto seconds = [](const std::string& text) {
    const auto span = ParseSpan("DURATION", text);
    return span.ok() ? absl::ToDoubleSeconds(*span) : -1;
  };
  EXPECT_EQ(seconds("90s"), 90);
  EXPECT_EQ(seconds("1h30m"), 5'400);
  EXPECT_EQ(seconds("500ms"), 0.5);
  EXPECT_EQ(seconds("2d"), 172'800);
  EXPECT_EQ(seconds("1d12h"), 129'600);
  for (const char* bad : {"", "90", "0s", "-5s", "d", "1x", "1d-25h", "inf", "1dd"}) {
    EXPECT_EQ(seconds(bad), -1) << bad;
    EXPECT_EQ(ExitOf(ParseSpan("DURATION", bad).status()), Exit::kUsage);
  }
}

TEST(Exit, EachErrorHasItsCode) {
  EXPECT_EQ(ExitOf(absl::OkStatus()), Exit::kOk);
  EXPECT_EQ(ExitOf(Refused("x")), Exit::kRefused);
  EXPECT_EQ(ExitOf(WrongUsage("x")), Exit::kUsage);
  EXPECT_EQ(ExitOf(NoConnection("x")), Exit::kNoConnection);
  EXPECT_EQ(ExitOf(TimedOut("x")), Exit::kTimedOut);
}

TEST(ReasonOf, ReadsTheExceptionOfErrorDetails) {
  // Status{code: 5, message: "m", details: [Any{type_url: "t", value: ErrorInfo{reason: "R", domain: "d"}}]}
  const std::string info = std::string(
      "\x0a\x01R\x12\x01"
      "d",
      6);
  const std::string any = std::string("\x0a\x01t\x12\x06", 5) + info;
  const std::string status = std::string("\x08\x05\x12\x01m\x1a\x0b", 7) + any;
  EXPECT_EQ(ReasonOf(status), "R");
  EXPECT_EQ(ReasonOf(""), "");
  EXPECT_EQ(ReasonOf("\xff\xff\xff"), "");
  EXPECT_EQ(NameOfCode(14), "UNAVAILABLE");
  EXPECT_EQ(NameOfCode(99), "99");
}

}  // namespace
}  // namespace ecsmi::ctl
