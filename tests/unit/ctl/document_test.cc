#include "ctl/document.h"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "ecsmi/ecs/v1/cluster.pb.h"
#include "google/protobuf/struct.pb.h"

namespace ecsmi::ctl {
namespace {

TEST(LayOut, JsonIsIndentedAndKeepsEveryDigit) {
  EXPECT_EQ(LayOut(R"({"a":[1,12345678901234567890,0.10],"b":{},"c":"x"})", Format::kJson),
            "{\n"
            "  \"a\": [\n"
            "    1,\n"
            "    12345678901234567890,\n"
            "    0.10\n"
            "  ],\n"
            "  \"b\": {},\n"
            "  \"c\": \"x\"\n"
            "}\n");
}

TEST(LayOut, YamlIsTheSameDocument) {
  EXPECT_EQ(
      LayOut(R"({"tasks":[{"cpu":"256","group":"service:web","version":3,"tags":[]},{"cpu":"512"}]})", Format::kYaml),
      "tasks:\n"
      "  - cpu: \"256\"\n"
      "    group: service:web\n"
      "    version: 3\n"
      "    tags:\n"
      "      []\n"
      "  - cpu: \"512\"\n");
}

// What looks like something else in YAML is quoted, so that it is read back as the string it is.
TEST(LayOut, YamlStringsStayStrings) {
  for (const char* text :
       {"true", "No", "null", "~",  "",           "1e3", "0x10", "- a",  "a: b",   "a #b",        "*x",
        "&x",   "!x", "%x",   "@x", "2026-01-01", "x:",  "'",    "\\\"", "ümlaut", "line\\nbreak"}) {
    const std::string json = std::string("{\"key\":\"") + text + "\"}";
    const YAML::Node read = YAML::Load(LayOut(json, Format::kYaml));
    ASSERT_TRUE(read["key"].IsScalar()) << text;
    EXPECT_EQ(read["key"].as<std::string>(), YAML::Load(json)["key"].as<std::string>());
    EXPECT_EQ(read["key"].Tag(), "!") << text << " is not quoted";
  }
}

TEST(LayOut, ControlCharactersAreEscaped) {
  const std::string json = R"({"name":"a\u001b[2Jb\u009bc\u202ed"})";
  for (const Format format : {Format::kJson, Format::kYaml}) {
    const std::string out = LayOut(json, format);
    for (const char c : out) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << out;
    EXPECT_EQ(out.find("\xc2\x9b"), std::string::npos) << out;
    EXPECT_EQ(out.find("\xe2\x80\xae"), std::string::npos) << out;
  }
}

// Maps have no order of their own; what is printed has.
TEST(JsonOf, IsTheSameForEqualMessages) {
  google::protobuf::Struct forth;
  google::protobuf::Struct back;
  std::string wanted = "{";
  for (int i = 10; i < 60; ++i) {
    (*forth.mutable_fields())["k" + std::to_string(i)].set_bool_value(true);
    (*back.mutable_fields())["k" + std::to_string(69 - i)].set_bool_value(true);
    wanted += (i > 10 ? ",\"k" : "\"k") + std::to_string(i) + "\":true";
  }
  EXPECT_EQ(JsonOf(forth), wanted + "}");
  EXPECT_EQ(JsonOf(back), wanted + "}");
}

TEST(JsonOf, SpeaksAws) {
  ecs::v1::Cluster cluster;
  cluster.set_cluster_name("shop");
  cluster.set_running_tasks_count(0);
  EXPECT_EQ(JsonOf(cluster), R"({"clusterName":"shop","runningTasksCount":0})");
  EXPECT_EQ(
      ListOfMessages("clusters", std::vector<ecs::v1::Cluster>{cluster, cluster}),
      R"({"clusters":[{"clusterName":"shop","runningTasksCount":0},{"clusterName":"shop","runningTasksCount":0}]})");
  EXPECT_EQ(ListOf("clusters", {}), R"({"clusters":[]})");
}

}  // namespace
}  // namespace ecsmi::ctl
