// Requests through a server that carries all of them on, and an endpoint that does as told.
#include "wire/forward/forwarder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "builders/tls_identity.h"
#include "unit/wire/forward/raw_listener.h"
#include "unit/wire/http/raw_client.h"
#include "wire/http/server.h"

namespace ecsmi::wire::testing {
namespace {

using ecsmi::testing::MakeTlsIdentity;
using ecsmi::testing::TlsIdentity;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kGet[] = "GET /key?list-type=2 HTTP/1.1\r\nHost: bucket.localhost:4566\r\n\r\n";

class ForwarderTest : public ::testing::Test {
 protected:
  void Open(const std::string& url, ForwardLimits limits = {}, HttpServerOptions options = {}) {
    forwarder = std::make_unique<Forwarder>(ForwardTable{}, "test", limits);
    options.listen = "127.0.0.1:0";
    options.relay = [this, url](const HttpRequest& head) -> std::shared_ptr<HttpExchange> {
      if (head.target == "/own") return nullptr;
      CarriedRequest request;
      request.head = head;
      request.target = head.target;
      request.endpoint = *ParseEndpoint(url);
      request.fault = [](int status, const std::string& why) {
        return HttpResponse{.status = status, .headers = {}, .body = why};
      };
      if (refuses) {
        request.refusal = [this](const std::string& sha) -> std::optional<HttpResponse> {
          asked_with = sha;
          return HttpResponse{.status = 403, .headers = {}, .body = "not signed"};
        };
      }
      return forwarder->Carry(std::move(request));
    };
    auto started = HttpServer::Start(std::move(options), [](HttpRequest request, HttpReply reply) {
      reply({.status = 200, .headers = {}, .body = "own " + request.body});
    });
    ASSERT_TRUE(started.ok()) << started.status();
    server = *std::move(started);
  }
  RawClient Connect() { return RawClient(server->address()); }
  std::string Exchange(const std::string& bytes) {
    RawClient client = Connect();
    client.Send(bytes);
    return client.ReadResponse();
  }

  RawListener endpoint;
  std::unique_ptr<Forwarder> forwarder;
  bool refuses = false;
  std::string asked_with;
  std::unique_ptr<HttpServer> server;
};

TEST_F(ForwarderTest, PassesARequestOnAsItIs) {
  Open(endpoint.url());
  RawClient client = Connect();
  client.Send(
      "PUT /a%2Fb//c?x=1&y HTTP/1.1\r\nHost: bucket.localhost:4566\r\nAuthorization: AWS4-HMAC-SHA256 Credential=k\r\n"
      "X-Amz-Meta-A:  two  \r\nX-Amz-Meta-A: three\r\nConnection: keep-alive, x-hop\r\nX-Hop: 1\r\n"
      "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello");
  RawClient upstream = endpoint.Accept();
  EXPECT_EQ(
      upstream.ReadUntil("\r\n\r\n"),
      "PUT /a%2Fb//c?x=1&y HTTP/1.1\r\nhost: bucket.localhost:4566\r\nauthorization: AWS4-HMAC-SHA256 "
      "Credential=k\r\nx-amz-meta-a: two\r\nx-amz-meta-a: three\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n"
      "via: 1.1 ecsmid-test\r\nconnection: close\r\n\r\n");
  EXPECT_EQ(upstream.ReadBytes(5), "hello");
  upstream.Send(
      "HTTP/1.1 201 Created\r\nDate: then\r\nETag: \"e\"\r\nContent-Length: 3\r\nConnection: close\r\n\r\nyes");
  const std::string answer = client.ReadResponse();
  EXPECT_EQ(answer, "HTTP/1.1 201 Created\r\ndate: then\r\netag: \"e\"\r\ncontent-length: 3\r\n\r\nyes");
  // The connection serves on: the daemon's own, and carried ones.
  client.Send("POST /own HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nme");
  EXPECT_EQ(BodyOf(client.ReadResponse()), "own me");
  client.Send(kGet);
  RawClient again = endpoint.Accept();
  EXPECT_THAT(again.ReadUntil("\r\n\r\n"),
              HasSubstr("GET /key?list-type=2 HTTP/1.1\r\nhost: bucket.localhost:4566\r\n"));
  again.Send("HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST_F(ForwarderTest, StreamsBothWays) {
  Open(endpoint.url());
  RawClient client = Connect();
  client.Send("POST /stream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
  RawClient upstream = endpoint.Accept();
  // Each side has a part before the other has sent the next.
  EXPECT_THAT(upstream.ReadUntil("first\r\n"), HasSubstr("transfer-encoding: chunked\r\n"));
  client.Send("6\r\nsecond\r\n");
  EXPECT_EQ(upstream.ReadUntil("second\r\n"), "6\r\nsecond\r\n");
  client.Send("0\r\n\r\n");
  EXPECT_EQ(upstream.ReadUntil("0\r\n\r\n"), "0\r\n\r\n");
  upstream.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
  EXPECT_EQ(client.ReadUntil("one\r\n"), "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n");
  upstream.Send("3\r\ntwo\r\n");
  EXPECT_EQ(client.ReadUntil("two\r\n"), "3\r\ntwo\r\n");
  upstream.Send("0\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("0\r\n\r\n"), "0\r\n\r\n");
}

TEST_F(ForwarderTest, BodiesBeyondAnyLimitPass) {
  Open(endpoint.url());
  const std::size_t bytes = 40'000'000;  // ten times what is ever gathered
  std::string body(bytes, 'x');
  for (std::size_t i = 0; i < bytes; i += 1'000) body[i] = static_cast<char>('a' + i / 1'000 % 26);
  RawClient client = Connect();
  std::thread sender([&] {
    client.Send(absl::StrCat("PUT /k HTTP/1.1\r\nHost: a\r\nContent-Length: ", bytes, "\r\n\r\n"));
    client.Send(body);
  });
  RawClient upstream = endpoint.Accept();
  upstream.ReadUntil("\r\n\r\n");
  EXPECT_TRUE(upstream.ReadBytes(bytes) == body);
  sender.join();
  std::thread answerer([&] {
    upstream.Send(absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", bytes, "\r\n\r\n"));
    upstream.Send(body);
  });
  EXPECT_TRUE(BodyOf(client.ReadResponse()) == body);
  answerer.join();
}

TEST_F(ForwarderTest, AnswersAreFramedForTheirClient) {
  struct Case {
    const char* request;
    const char* from_endpoint;
    const char* to_client;
  };
  const Case cases[] = {
      {kGet, "HTTP/1.0 200 OK\r\n\r\nto the end",
       "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\na\r\nto the end\r\n0\r\n\r\n"},
      {"GET /k HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
       "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nab"},
      {"HEAD /k HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n",
       "HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n"},
      {kGet, "HTTP/1.1 304 Not Modified\r\nETag: e\r\n\r\n", "HTTP/1.1 304 Not Modified\r\netag: e\r\n\r\n"},
      {kGet, "HTTP/1.1 103 Early Hints\r\nLink: l\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
       "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"},
  };
  Open(endpoint.url());
  for (const Case& c : cases) {
    RawClient client = Connect();
    client.Send(c.request);
    client.EndSending();
    RawClient upstream = endpoint.Accept();
    upstream.ReadUntil("\r\n\r\n");
    upstream.Send(c.from_endpoint);
    upstream.Close();
    EXPECT_EQ(client.ReadToEnd(), c.to_client) << c.request;
  }
}

TEST_F(ForwarderTest, ExpectIsAnsweredHere) {
  Open(endpoint.url());
  RawClient client = Connect();
  client.Send("PUT /k HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("ok");
  RawClient upstream = endpoint.Accept();
  EXPECT_THAT(upstream.ReadUntil("\r\n\r\nok"), Not(HasSubstr("expect")));
  upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(StatusOf(client.ReadResponse()), 200);
}

TEST_F(ForwarderTest, AnEndpointMayRefuseInTheMiddle) {
  Open(endpoint.url());
  RawClient client = Connect();
  client.Send("PUT /k HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nbegun");
  RawClient upstream = endpoint.Accept();
  upstream.ReadUntil("begun");
  upstream.Send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
  upstream.Close();
  const std::string answer = client.ReadResponse();
  EXPECT_EQ(StatusOf(answer), 403);
  EXPECT_EQ(HeaderOf(answer, "connection"), "close");
  EXPECT_EQ(BodyOf(answer), "no");
}

TEST_F(ForwarderTest, WhatTheEndpointGetsWrongIsABadGatewayThatNamesIt) {
  struct Case {
    const char* answer;
    const char* why;
  };
  Open(endpoint.url());
  for (const Case& c : {Case{"", "closed the connection before"}, Case{"SSH-2.0-OpenSSH\r\n\r\n", "not HTTP/1.1"},
                        Case{"HTTP/1.1 200 OK\r\nContent-", "closed the connection before"}}) {
    RawClient client = Connect();
    client.Send(kGet);
    RawClient upstream = endpoint.Accept();
    upstream.ReadUntil("\r\n\r\n");
    upstream.Send(c.answer);
    upstream.Close();
    const std::string answer = client.ReadResponse();
    EXPECT_EQ(StatusOf(answer), 502) << c.answer;
    EXPECT_THAT(BodyOf(answer), HasSubstr(endpoint.url())) << c.answer;
    EXPECT_THAT(BodyOf(answer), HasSubstr(c.why)) << c.answer;
  }
  endpoint.Close();
  EXPECT_THAT(Exchange(kGet), HasSubstr("cannot be reached: Connection refused"));
}

TEST_F(ForwarderTest, AnAnswerCutInTheMiddleIsSeenAsSuch) {
  Open(endpoint.url());
  for (const char* framing : {"Content-Length: 10\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"}) {
    RawClient client = Connect();
    client.Send(kGet);
    RawClient upstream = endpoint.Accept();
    upstream.ReadUntil("\r\n\r\n");
    upstream.Send(absl::StrCat("HTTP/1.1 200 OK\r\n", framing));
    EXPECT_THAT(client.ReadUntil("half"), HasSubstr("200 OK"));
    upstream.Close();
    EXPECT_THAT(client.ReadToEnd(), Not(HasSubstr("0\r\n\r\n")));
  }
}

TEST_F(ForwarderTest, ASilentEndpointIsATimeout) {
  ForwardLimits limits;
  limits.answer_ms_max = 20;
  Open(endpoint.url(), limits);
  RawClient client = Connect();
  client.Send(kGet);
  RawClient upstream = endpoint.Accept();
  const std::string answer = client.ReadResponse();
  EXPECT_EQ(StatusOf(answer), 504);
  EXPECT_THAT(BodyOf(answer), HasSubstr("does not answer"));
  upstream.ReadUntil("\r\n\r\n");
  EXPECT_EQ(upstream.ReadToEnd(), "") << "the endpoint is let go";
}

TEST_F(ForwarderTest, AClientThatSendsTooSlowlyIsCut) {
  HttpServerOptions options;
  options.limits.body_ms_max = 20;
  Open(endpoint.url(), {}, std::move(options));
  EXPECT_EQ(StatusOf(Exchange("PUT /k HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")), 408);
  RawClient upstream = endpoint.Accept();
  EXPECT_THAT(upstream.ReadToEnd(), HasSubstr("half")) << "and the endpoint let go";
}

TEST_F(ForwarderTest, AClientThatLeavesLetsTheEndpointGo) {
  Open(endpoint.url());
  RawClient client = Connect();
  client.Send(kGet);
  RawClient upstream = endpoint.Accept();
  upstream.ReadUntil("\r\n\r\n");
  client.Close(/*reset=*/true);
  EXPECT_EQ(upstream.ReadToEnd(), "");
}

TEST_F(ForwarderTest, WhatIsRefusedAfterAllNeverBecomesWholeAtTheEndpoint) {
  refuses = true;
  Open(endpoint.url());
  for (const char* request :
       {kGet, "PUT /k HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "PUT /k HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}) {
    const std::string answer = Exchange(request);
    EXPECT_EQ(StatusOf(answer), 403);
    EXPECT_EQ(BodyOf(answer), "not signed");
    RawClient upstream = endpoint.Accept();
    EXPECT_THAT(upstream.ReadToEnd(), Not(HasSubstr("\r\n0\r\n\r\n"))) << request;
  }
  EXPECT_EQ(asked_with, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
}

TEST_F(ForwarderTest, ShutdownCutsWhatIsUnderWay) {
  Open(endpoint.url());
  RawClient client = Connect();
  client.Send(kGet);
  RawClient upstream = endpoint.Accept();
  upstream.ReadUntil("\r\n\r\n");
  server->Shutdown(0);
  EXPECT_EQ(client.ReadToEnd(), "");
  EXPECT_EQ(upstream.ReadToEnd(), "");
}

TEST(Forwarder, KnowsWhatItHasSentItself) {
  ForwardTable table;
  ASSERT_TRUE(AddForwards("s3=http://a", &table).ok());
  Forwarder forwarder(table, "one");
  EXPECT_NE(forwarder.Find("s3"), nullptr);
  EXPECT_EQ(forwarder.Find("logs"), nullptr);
  EXPECT_TRUE(forwarder.IsLoop({{"via", "1.0 proxy, 1.1 ecsmid-one"}}));
  EXPECT_FALSE(forwarder.IsLoop({{"via", "1.1 ecsmid-two"}}));
}

class TlsForwarderTest : public ForwarderTest {
 protected:
  // An endpoint with a certificate for `name`.
  std::string Through(const std::string& name) {
    const TlsIdentity its = MakeTlsIdentity("endpoint", &authority, name);
    HttpServerOptions options;
    options.listen = "127.0.0.1:0";
    options.tls_certificate_path = its.certificate_path;
    options.tls_key_path = its.key_path;
    auto started = HttpServer::Start(std::move(options), [](HttpRequest request, HttpReply reply) {
      reply({.status = 200, .headers = {}, .body = *FindHeader(request.headers, "host")});
    });
    EXPECT_TRUE(started.ok()) << started.status();
    Open("https://localhost" + (*started)->address().substr((*started)->address().rfind(':')));
    return Exchange(kGet);
  }
  void TearDown() override { unsetenv("SSL_CERT_FILE"); }

  const TlsIdentity authority = MakeTlsIdentity("authority", nullptr);
};

TEST_F(TlsForwarderTest, AnEndpointIsTrustedForItsNameAlone) {
  setenv("SSL_CERT_FILE", authority.certificate_path.c_str(), 1);
  EXPECT_EQ(BodyOf(Through("localhost")), "bucket.localhost:4566");
  EXPECT_THAT(Through("elsewhere.test"), HasSubstr("is not trusted"));
}

TEST_F(TlsForwarderTest, AnUnknownAuthorityIsNotTrusted) {
  const std::string answer = Through("localhost");
  EXPECT_EQ(StatusOf(answer), 502);
  EXPECT_THAT(BodyOf(answer), HasSubstr("is not trusted"));
}

}  // namespace
}  // namespace ecsmi::wire::testing
