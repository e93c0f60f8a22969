#include "wire/http/host_policy.h"

#include <string>

#include "gtest/gtest.h"

namespace ecsmi::wire {
namespace {

TEST(HostPolicy, LoopbackNamesPassWithAnyPort) {
  for (const char* host :
       {"localhost", "localhost:4566", "LOCALHOST", "127.0.0.1:4566", "[::1]", "[::1]:4566", "sqs.localhost:4566",
        "a.b.localhost", "localhost.localstack.cloud:4566", "sqs.us-east-1.localhost.localstack.cloud:4566"}) {
    EXPECT_EQ(RefusalOfHost({{"host", host}}, {}), std::nullopt) << host;
  }
  EXPECT_EQ(RefusalOfHost({}, {}), std::nullopt);
}

TEST(HostPolicy, ForeignNamesAreRefused) {
  for (const char* host :
       {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evillocalhost", ".localhost", "127.0.0.2",
        "", ":4566", "localhost:evil", "localhost:80:80", "[::2]", "[::1", "localhost evil", "user@localhost",
        "localhost.localstack.cloud.evil.example", "[::1].evil.example", "evil]localhost"}) {
    EXPECT_EQ(RefusalOfHost({{"host", host}}, {}), std::string("Host '") + host + "' is not allowed");
  }
}

TEST(HostPolicy, NamesMayBeAllowed) {
  const HostPolicy policy{.hosts = {"ecsmi", "*.test.internal"}, .origins = {}};
  for (const char* host : {"ecsmi:4566", "ECSMI", "a.test.internal", "localhost"}) {
    EXPECT_EQ(RefusalOfHost({{"host", host}}, policy), std::nullopt) << host;
  }
  for (const char* host : {"test.internal", "ecsmi.evil", "atest.internal"}) {
    EXPECT_NE(RefusalOfHost({{"host", host}}, policy), std::nullopt) << host;
  }
  EXPECT_EQ(RefusalOfHost({{"host", "anything"}}, {.hosts = {"*"}, .origins = {}}), std::nullopt);
}

TEST(HostPolicy, WebPagesAreRefusedUnlessTheirOriginIsAllowed) {
  const HttpHeaders page = {{"host", "localhost:4566"}, {"origin", "http://localhost:3000"}};
  EXPECT_EQ(RefusalOfHost(page, {}),
            "requests from web pages are refused: Origin 'http://localhost:3000' is not allowed");
  EXPECT_EQ(RefusalOfHost(page, {.hosts = {}, .origins = {"http://localhost:3000"}}), std::nullopt);
  EXPECT_EQ(RefusalOfHost(page, {.hosts = {}, .origins = {"*"}}), std::nullopt);
  EXPECT_NE(RefusalOfHost(page, {.hosts = {"*"}, .origins = {"http://localhost"}}), std::nullopt);
  EXPECT_NE(RefusalOfHost({{"host", "localhost"}, {"origin", "null"}}, {}), std::nullopt);
}

}  // namespace
}  // namespace ecsmi::wire
