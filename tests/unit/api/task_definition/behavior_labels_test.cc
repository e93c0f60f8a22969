#include "api/task_definition/behavior_labels.h"

#include <string>
#include <utility>
#include <vector>

#include "api/task_definition/behavior_keys.h"
#include "builders/step_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace ecsmi::api {
namespace {

using model::Distribution;
using model::DistributionKind;
using model::InjectedFailure;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<model::ContainerSpec> Read(const std::string& text) {
  model::ContainerSpec spec;
  const absl::Status status = ReadBehavior(testing::Parse<ecs::v1::ContainerDefinition>("name: 'main' " + text), &spec);
  if (!status.ok()) return status;
  return spec;
}

TEST(Behavior, ACommandThatSaysWhatItDoesIsDone) {
  const struct {
    const char* text;
    double run_seconds;  // < 0 = for ever
    int exit_code;
  } cases[] = {
      {"", -1, 0},
      {"command: 'true'", 0, 0},
      {"command: 'false'", 0, 1},
      {"command: 'sleep' command: '30'", 30, 0},
      {"command: 'sleep' command: '0.5'", 0.5, 0},
      {"command: 'exit' command: '3'", 0, 3},
      {"command: 'sh' command: '-c' command: 'sleep 5'", 5, 0},
      {"entry_point: '/bin/sh' entry_point: '-c' command: 'exit 2'", 0, 2},
      {"entry_point: 'sleep' command: '7'", 7, 0},
      // What is not understood is not guessed at.
      {"command: 'sleep' command: 'long'", -1, 0},
      {"command: 'sleep' command: '-1'", -1, 0},
      {"command: 'exit' command: '256'", -1, 0},
      {"command: 'true' command: 'x'", -1, 0},
      {"command: 'sh' command: '-c' command: 'sleep 5 && exit 1'", -1, 0},
      {"command: 'bash' command: '-c' command: 'true'", -1, 0},
  };
  for (const auto& c : cases) {
    const auto spec = Read(c.text);
    ASSERT_TRUE(spec.ok()) << c.text << spec.status();
    EXPECT_EQ(spec->behavior.run_seconds.IsSet(), c.run_seconds >= 0) << c.text;
    if (c.run_seconds >= 0) {
      EXPECT_EQ(spec->behavior.run_seconds.a, c.run_seconds) << c.text;
    }
    EXPECT_EQ(spec->behavior.exit_code, c.exit_code) << c.text;
  }
}

TEST(Behavior, AnImageOfAnInvalidHostNeverPulls) {
  for (const char* image : {"registry.invalid/app:1", "x.y.invalid:5000/a/b"}) {
    EXPECT_EQ(Read("image: '" + std::string(image) + "'")->behavior.fail, InjectedFailure::kPull) << image;
  }
  for (const char* image : {"app.invalid", "invalid/app", "registry.invalid.com/app", "app:1"}) {
    EXPECT_EQ(Read("image: '" + std::string(image) + "'")->behavior.fail, InjectedFailure::kNone) << image;
  }
}

TEST(Behavior, LabelsComeOnTopAndAreRemembered) {
  const auto spec = Read(
      "command: 'true' docker_labels {key: 'ecsmi.run-seconds' value: 'exp(20)'} docker_labels {key: 'ecsmi.exit-code' "
      "value: '9'} docker_labels {key: 'ecsmi.queue' value: 'jobs'} docker_labels {key: 'ecsmi.batch' value: '10'} "
      "docker_labels {key: 'ecsmi.exit-when-empty' value: '3'} docker_labels {key: 'ecsmi.fail' value: 'oom'} "
      "docker_labels {key: 'team' value: 'red'}");
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->behavior.run_seconds, (Distribution{DistributionKind::kExponential, 20, 0}));
  EXPECT_EQ(spec->behavior.exit_code, 9);
  EXPECT_EQ(spec->behavior.queue, "jobs");
  EXPECT_EQ(spec->behavior.batch, 10);
  EXPECT_EQ(spec->behavior.exit_when_empty, 3);
  EXPECT_EQ(spec->behavior.fail, InjectedFailure::kOom);
  EXPECT_THAT(spec->keys_set, ElementsAre("ecsmi.batch", "ecsmi.exit-code", "ecsmi.exit-when-empty", "ecsmi.fail",
                                          "ecsmi.queue", "ecsmi.run-seconds"));
}

TEST(Behavior, RefusesUnknownKeysAndBadValues) {
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, std::string>>{{"ecsmi.run-second", "1"},
                                                        {"ecsmi.", "1"},
                                                        {"ecsmi.run-seconds", "-1"},
                                                        {"ecsmi.run-seconds", "soon"},
                                                        {"ecsmi.run-seconds", ""},
                                                        {"ecsmi.pull-seconds", "uniform(5)"},
                                                        {"ecsmi.pull-seconds", "uniform(5,4)"},
                                                        {"ecsmi.start-seconds", "normal(1,2)"},
                                                        {"ecsmi.start-seconds", "exp(nan)"},
                                                        {"ecsmi.cpu-percent", "lognormal(1,2"},
                                                        {"ecsmi.exit-code", "256"},
                                                        {"ecsmi.exit-code", "-1"},
                                                        {"ecsmi.batch", "0"},
                                                        {"ecsmi.batch", "11"},
                                                        {"ecsmi.exit-when-empty", "1001"},
                                                        {"ecsmi.queue", ""},
                                                        {"ecsmi.fail", "sometimes"}}) {
    const absl::Status status = Read("docker_labels {key: '" + key + "' value: '" + value + "'}").status();
    EXPECT_EQ(testing::ExceptionName(status), "ClientException") << key << "=" << value;
    for (const std::string& word :
         {std::string("'main'"), "'" + value + "'", key, std::string("(ecsmi: docs/FIDELITY.md#behaviors)")}) {
      EXPECT_THAT(std::string(status.message()), HasSubstr(word));
    }
  }
}

TEST(Behavior, ReadsDistributions) {
  EXPECT_EQ(*ParseDistribution("1.5"), (Distribution{DistributionKind::kConstant, 1.5, 0}));
  EXPECT_EQ(*ParseDistribution("lognormal(30,0.4)"), (Distribution{DistributionKind::kLognormal, 30, 0.4}));
  EXPECT_EQ(*ParseDistribution("uniform(5, 10)"), (Distribution{DistributionKind::kUniform, 5, 10}));
  EXPECT_EQ(*ParseDistribution("exp(20)"), (Distribution{DistributionKind::kExponential, 20, 0}));
}

}  // namespace
}  // namespace ecsmi::api
