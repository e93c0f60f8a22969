#include "wire/forward/endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ecsmi::wire {
namespace {

using ::testing::HasSubstr;

TEST(Endpoint, IsSchemeHostAndPort) {
  struct Case {
    const char* url;
    bool tls;
    const char* host;
    const char* port;
  };
  for (const Case& c :
       {Case{"http://localhost:4567", false, "localhost", "4567"}, Case{"http://MinIO/", false, "minio", "80"},
        Case{"https://aws.example.org", true, "aws.example.org", "443"},
        Case{"https://[::1]:08443", true, "::1", "8443"}, Case{"http://[fe80::1]", false, "fe80::1", "80"}}) {
    const auto endpoint = ParseEndpoint(c.url);
    ASSERT_TRUE(endpoint.ok()) << endpoint.status();
    EXPECT_EQ(endpoint->tls, c.tls) << c.url;
    EXPECT_EQ(endpoint->host, c.host) << c.url;
    EXPECT_EQ(endpoint->port, c.port) << c.url;
    EXPECT_EQ(endpoint->url, c.url);
  }
}

TEST(Endpoint, RefusesWhatItCannotReach) {
  const std::pair<const char*, const char*> cases[] = {
      {"localhost:4567", "neither http:// nor https://"},
      {"ftp://localhost", "neither http:// nor https://"},
      {"http://", "names no host"},
      {"http://:80", "names no host"},
      {"http://a:0", "no number from 1 to 65535"},
      {"http://a:65536", "no number from 1 to 65535"},
      {"http://a:b", "no number from 1 to 65535"},
      {"http://[::1", "half a pair of brackets"},
      {"http://a/base", "more than scheme, host and port"},
      {"http://user@a", "more than scheme, host and port"},
      {"http://a?x", "more than scheme, host and port"},
      {"https://s3.us-east-1.amazonaws.com", "signed for another Host"},
      {"https://logs.us-east-1.api.aws", "signed for another Host"},
  };
  for (const auto& [url, why] : cases) {
    const auto endpoint = ParseEndpoint(url);
    EXPECT_FALSE(endpoint.ok()) << url;
    EXPECT_THAT(std::string(endpoint.status().message()), HasSubstr(why)) << url;
    EXPECT_THAT(std::string(endpoint.status().message()), HasSubstr(url));
  }
}

TEST(Forwards, SeveralServicesAndSeveralRules) {
  ForwardTable table;
  ASSERT_TRUE(AddForwards("iam,ec2=http://a:1; s3=https://b", &table).ok());
  ASSERT_TRUE(AddForwards("logs=http://a:1", &table).ok());
  ASSERT_EQ(table.size(), 4U);
  EXPECT_EQ(table.at("iam").host, "a");
  EXPECT_EQ(table.at("ec2").port, "1");
  EXPECT_TRUE(table.at("s3").tls);
  EXPECT_EQ(table.at("logs").url, "http://a:1");
}

TEST(Forwards, BadRulesAreNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {"s3", "is not SERVICE,…=URL"},
      {"=http://a", "is no signing name"},
      {"s3,=http://a", "is no signing name"},
      {"S3=http://a", "'S3' is no signing name"},
      {"*=http://a", "is no signing name"},
      {"s3=http://a s3=http://b", "'s3' is given twice"},
      {"s3=a", "neither http:// nor https://"},
      {"s3,ecs=http://a", "'ecs' is answered here"},
      {"cloudwatch=http://a", "'cloudwatch' is answered here"},
  };
  for (const auto& [rules, why] : cases) {
    ForwardTable table;
    EXPECT_THAT(std::string(AddForwards(rules, &table).message()), HasSubstr(why)) << rules;
  }
}

TEST(Forwards, TheDaemonsOwnAddressIsRefused) {
  const auto refused = [](const std::string& url, const std::string& bound) {
    ForwardTable table;
    EXPECT_TRUE(AddForwards("s3=" + url, &table).ok()) << url;
    return !RefuseOwnAddress(table, bound).ok();
  };
  for (const char* url : {"http://127.0.0.1:4566", "http://localhost:4566", "https://[::1]:4566",
                          "http://s3.localhost.localstack.cloud:4566", "http://127.0.0.2:4566"}) {
    EXPECT_TRUE(refused(url, "127.0.0.1:4566")) << url;
    EXPECT_TRUE(refused(url, "[::]:4566")) << url;
    EXPECT_TRUE(refused(url, "0.0.0.0:4566")) << url;
    EXPECT_FALSE(refused(url, "127.0.0.1:4567")) << url;
  }
  EXPECT_TRUE(refused("http://10.0.0.7:4566", "10.0.0.7:4566"));
  EXPECT_FALSE(refused("http://10.0.0.8:4566", "10.0.0.7:4566"));
  EXPECT_FALSE(refused("http://localstack:4566", "0.0.0.0:4566"));
}

}  // namespace
}  // namespace ecsmi::wire
