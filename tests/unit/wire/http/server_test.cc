// The server seen from its socket: what a client sends, byte for byte, and what comes back.
#include "wire/http/server.h"

#include <chrono>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/wire/http/server_fixture.h"

namespace ecsmi::wire::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Post(const std::string& target, const std::string& body) {
  return absl::StrCat("POST ", target, " HTTP/1.1\r\nHost: a\r\nContent-Length: ", body.size(), "\r\n\r\n", body);
}
const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(HttpServerTest, AnswersWithLengthDateAndAnOpenConnection) {
  Open();
  RawClient client = Connect();
  client.Send(Post("/a?b=c", "hello"));
  EXPECT_EQ(client.ReadResponse(),
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 17\r\n"
            "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\nPOST /a?b=c hello");
  client.Send(Post("/second", ""));
  EXPECT_EQ(BodyOf(client.ReadResponse()), "POST /second ");
}

TEST_F(HttpServerTest, ConnectionsEndAsTheClientAsks) {
  Open();
  const std::string closes = Exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(HeaderOf(closes, "connection"), "close");
  RawClient old = Connect();
  old.Send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(HeaderOf(old.ReadToEnd(), "connection"), "close");
  RawClient keeps = Connect();
  keeps.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(HeaderOf(keeps.ReadResponse(), "connection"), "keep-alive");
  keeps.Send("GET /again HTTP/1.0\r\n\r\n");
  EXPECT_EQ(BodyOf(keeps.ReadToEnd()), "GET /again ");
}

TEST_F(HttpServerTest, HeadAndBodilessStatusesHaveNoBody) {
  Open();
  RawClient client = Connect();
  client.Send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string head = client.ReadUntil("\r\n\r\n");
  EXPECT_EQ(HeaderOf(head, "content-length"), "7");
  client.Send("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string nothing = client.ReadUntil("\r\n\r\n");
  EXPECT_EQ(StatusOf(nothing), 204);
  EXPECT_EQ(HeaderOf(nothing, "content-length"), "");
  client.Send(kGet);
  EXPECT_EQ(BodyOf(client.ReadResponse()), "GET / ");
}

TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInOrderThoughTheFirstTakesLong) {
  Open();
  RawClient client = Connect();
  client.Send(Post("/held", "") + Post("/2", "two") + Post("/3", "three"));
  Held first = NextHeld();
  first.reply({.status = 200, .headers = {}, .body = "one"});
  EXPECT_EQ(BodyOf(client.ReadResponse()), "one");
  EXPECT_EQ(BodyOf(client.ReadResponse()), "POST /2 two");
  EXPECT_EQ(BodyOf(client.ReadResponse()), "POST /3 three");
}

TEST_F(HttpServerTest, ManyPipelinedRequestsAreAllAnswered) {
  Open();
  RawClient client = Connect();
  std::string all;
  for (int i = 0; i < 1'000; ++i) absl::StrAppend(&all, Post(absl::StrCat("/", i), "x"));
  std::thread sender([&] { client.Send(all); });
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(BodyOf(client.ReadResponse()), absl::StrCat("POST /", i, " x"));
  sender.join();
}

TEST_F(HttpServerTest, RequestsMayComeByteByByte) {
  Open();
  RawClient client = Connect();
  for (const char c : Post("/slow", "abc")) client.Send({&c, 1});
  EXPECT_EQ(BodyOf(client.ReadResponse()), "POST /slow abc");
}

TEST_F(HttpServerTest, ChunkedBodiesArePutTogether) {
  Open();
  RawClient client = Connect();
  client.Send("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.Send("5;name=value\r\nhello\r\n");
  client.Send("6\r\n world\r\n0\r\nTrailer: ignored\r\n\r\n");
  EXPECT_EQ(BodyOf(client.ReadResponse()), "POST /c hello world");
  client.Send(kGet);
  EXPECT_EQ(BodyOf(client.ReadResponse()), "GET / ");
}

TEST_F(HttpServerTest, ExpectedContinueComesBeforeTheBodyAndOnlyWhenItIsWaitedFor) {
  Open();
  RawClient client = Connect();
  const std::string head = "POST /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  client.Send(head);
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("ab");
  EXPECT_EQ(BodyOf(client.ReadResponse()), "POST /e ab");
  client.Send(head + "cd");
  EXPECT_THAT(client.ReadResponse(), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_EQ(StatusOf(Exchange("POST / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\nContent-Length: 2\r\n\r\n")), 417);
}

TEST_F(HttpServerTest, BodiesOverTheLimitAreRefusedBeforeTheyAreSent) {
  HttpServerOptions options;
  options.limits.body_bytes_max = 1'000;
  options.shape_fault = [](HttpFault fault, const HttpRequest& head) {
    const std::string* target = FindHeader(head.headers, "x-amz-target");
    return HttpResponse{.status = StatusOf(fault), .headers = {{"x-shaped", "1"}}, .body = target ? *target : ""};
  };
  Open(std::move(options));
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: T.Op\r\n";
  RawClient client = Connect();
  client.Send(head + "Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n");
  const std::string refused = client.ReadToEnd();
  EXPECT_EQ(StatusOf(refused), 413);
  EXPECT_EQ(HeaderOf(refused, "x-shaped"), "1");
  EXPECT_EQ(HeaderOf(refused, "connection"), "close");
  EXPECT_EQ(BodyOf(refused), "T.Op");
  RawClient chunked = Connect();
  chunked.Send(head + "Transfer-Encoding: chunked\r\n\r\n200\r\n" + std::string(512, 'x') + "\r\n200\r\n");
  EXPECT_EQ(StatusOf(chunked.ReadToEnd()), 413);
  EXPECT_EQ(StatusOf(Exchange(Post("/", std::string(1'000, 'x')))), 200);
}

TEST_F(HttpServerTest, HeadsOverTheLimitsAreRefused) {
  HttpServerOptions options;
  options.limits.head_bytes_max = 4'096;
  options.limits.target_bytes_max = 1'024;
  options.limits.headers_max = 20;
  Open(std::move(options));
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 20; ++i) absl::StrAppend(&many, "a", i, ": b\r\n");
  EXPECT_EQ(StatusOf(Exchange(many + "\r\n")), 431);
  const std::string value(5'000, 'v');
  EXPECT_EQ(StatusOf(Exchange(absl::StrCat("GET / HTTP/1.1\r\nHost: a\r\na: ", value, "\r\n\r\n"))), 431);
  EXPECT_EQ(StatusOf(Exchange(absl::StrCat("GET /", std::string(1'024, 'p'), " HTTP/1.1\r\nHost: a\r\n\r\n"))), 414);
  EXPECT_EQ(StatusOf(Exchange(absl::StrCat("GET /", value, " HTTP/1.1\r\nHost: a\r\n\r\n"))), 414);
  // Exactly as many as allowed.
  const std::string fits = "GET / HTTP/1.1\r\nHost: a\r\nb: ";
  EXPECT_EQ(StatusOf(Exchange(fits + std::string(4'096 - fits.size() - 4, 'x') + "\r\n\r\n")), 200);
  EXPECT_EQ(StatusOf(Exchange(fits + std::string(4'097 - fits.size() - 4, 'x') + "\r\n\r\n")), 431);
}

TEST_F(HttpServerTest, MalformedRequestsGetAnEmpty400AndTheEnd) {
  Open();
  const std::string rest = " HTTP/1.1\r\nHost: a\r\n";
  const std::string cases[] = {
      "nonsense\r\n\r\n",
      "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\nHost: a\n\n",
      "GET http://a/" + rest + "\r\n",
      "GET *" + rest + "\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET /" + rest + "Host: b\r\n\r\n",
      "GET /" + rest + "Bad Name: b\r\n\r\n",
      "GET /" + rest + "Spaced : b\r\n\r\n",
      "GET /" + rest + "nul: a" + std::string(1, '\0') + "b\r\n\r\n",
      "GET /" + rest + "no colon\r\n\r\n",
      "POST /" + rest + "Content-Length: -1\r\n\r\n",
      "POST /" + rest + "Content-Length: +1\r\n\r\nx",
      "POST /" + rest + "Content-Length: 1, 1\r\n\r\nx",
      "POST /" + rest + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
      "POST /" + rest + "Content-Length: 99999999999999999999\r\n\r\n",
      "POST /" + rest + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /" + rest + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
      "POST /" + rest + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "POST /" + rest + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      "POST /" + rest + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /" + rest + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
      "POST /" + rest + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
      "POST /" + rest + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
      "POST /" + rest + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(40'000, 'x'),
      "GET /" + rest.substr(0, 12),                      // half a head, then the end
      "POST /" + rest + "Content-Length: 5\r\n\r\nabc",  // half a body
  };
  for (const std::string& bytes : cases) {
    const std::string response = Exchange(bytes);
    EXPECT_EQ(StatusOf(response), 400) << bytes.substr(0, 100);
    EXPECT_EQ(BodyOf(response), "") << bytes.substr(0, 100);
    EXPECT_EQ(HeaderOf(response, "connection"), "close") << bytes.substr(0, 100);
  }
}

TEST_F(HttpServerTest, WhatSpeaksSomethingElseHearsOfItBeforeAnyDeadline) {
  Open();
  RawClient tls = Connect();
  tls.Send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  EXPECT_EQ(StatusOf(tls.ReadToEnd()), 400);
  RawClient http2 = Connect();
  http2.Send("PRI * HTTP/2.0\r\n");
  EXPECT_EQ(StatusOf(http2.ReadToEnd()), 400);
}

TEST_F(HttpServerTest, AnswersMayComeFromAnyThreadInAnyOrder) {
  Open();
  std::vector<RawClient> clients;
  std::vector<Held> requests;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(Connect());
    clients.back().Send(Post("/held", std::to_string(i)));
    requests.push_back(NextHeld());
  }
  std::vector<std::thread> threads;
  for (int t = 0; t < 5; ++t) {
    threads.emplace_back([&requests, t] {
      for (std::size_t i = static_cast<std::size_t>(t); i < requests.size(); i += 5) {
        requests[i].reply({.status = 200, .headers = {}, .body = requests[i].request.body});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(BodyOf(clients[static_cast<std::size_t>(i)].ReadResponse()), std::to_string(i));
}

TEST_F(HttpServerTest, AHandlerThatForgetsItsAnswerOwesA500) {
  Open();
  RawClient client = Connect();
  client.Send(Post("/forgotten", "") + kGet);
  EXPECT_EQ(StatusOf(client.ReadResponse()), 500);
  EXPECT_EQ(StatusOf(client.ReadResponse()), 200);
}

// Waits until the flag is set; false after ten seconds.
bool Becomes(const std::atomic<bool>& flag) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!flag.load() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  return flag.load();
}

TEST_F(HttpServerTest, AHandlerLearnsThatItsClientLeft) {
  Open();
  for (const bool reset : {false, true}) {
    RawClient client = Connect();
    client.Send(Post("/held", ""));
    Held request = NextHeld();
    EXPECT_FALSE(request.request.abandoned->load());
    client.Close(reset);
    EXPECT_TRUE(Becomes(*request.request.abandoned));
    request.reply({.status = 200, .headers = {}, .body = "nobody hears this"});
  }
  EXPECT_EQ(StatusOf(Exchange(kGet)), 200);
}

TEST_F(HttpServerTest, AClientThatOnlyEndedItsSendingSideGetsItsAnswer) {
  Open();
  RawClient client = Connect();
  client.Send(Post("/held", ""));
  client.EndSending();
  Held request = NextHeld();
  EXPECT_TRUE(Becomes(*request.request.abandoned));
  request.reply({.status = 200, .headers = {}, .body = "heard"});
  EXPECT_EQ(BodyOf(client.ReadToEnd()), "heard");
}

TEST_F(HttpServerTest, SlowClientsAreCut) {
  HttpServerOptions options;
  options.limits.head_ms_max = 20;
  options.limits.body_ms_max = 20;
  options.limits.idle_ms_max = 20;
  options.limits.linger_ms_max = 20;
  Open(std::move(options));
  RawClient idle = Connect();
  EXPECT_EQ(idle.ReadToEnd(), "");
  RawClient head = Connect();
  head.Send("GET / HT");
  EXPECT_EQ(StatusOf(head.ReadToEnd()), 408);
  RawClient body = Connect();
  body.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na");
  EXPECT_EQ(StatusOf(body.ReadToEnd()), 408);
  // One byte after the other does not help: the deadline is of the whole.
  RawClient loris = Connect();
  const auto began = std::chrono::steady_clock::now();
  loris.Send("GET / HTTP/1.1\r\n");
  while (loris.Send("a: b\r\n") && std::chrono::steady_clock::now() - began < std::chrono::seconds(10)) {
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
}

TEST_F(HttpServerTest, AClientThatDoesNotReadItsAnswerIsCut) {
  HttpServerOptions options;
  options.limits.write_ms_max = 30;
  Open(std::move(options));
  RawClient client = Connect();
  client.Send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(StatusOf(client.ReadUntil("\r\n\r\n")), 200);
  server->Shutdown(60'000);  // returns because the client was cut, long before the grace is over
  EXPECT_LT(client.ReadToEnd().size(), 8'000'000U);
}

TEST_F(HttpServerTest, ConnectionsBeyondTheLimitAreToldSo) {
  HttpServerOptions options;
  options.limits.connections_max = 2;
  Open(std::move(options));
  RawClient one = Connect();
  RawClient two = Connect();
  one.Send(kGet);
  two.Send(kGet);
  EXPECT_EQ(StatusOf(one.ReadResponse()), 200);
  EXPECT_EQ(StatusOf(two.ReadResponse()), 200);
  for (int i = 0; i < 2'000; ++i) {
    RawClient more = Connect();
    const std::string answer = more.ReadToEnd();
    ASSERT_EQ(StatusOf(answer), 503);
    ASSERT_EQ(HeaderOf(answer, "connection"), "close");
  }
  one.Send(kGet);
  EXPECT_EQ(StatusOf(one.ReadResponse()), 200);
  // A place that becomes free is given again.
  one.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(StatusOf(one.ReadToEnd()), 200);
  one.Close();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  int status = 503;
  while (status == 503 && std::chrono::steady_clock::now() < deadline) {
    RawClient next = Connect();
    next.Send(kGet);
    status = StatusOf(next.ReadResponse());
  }
  EXPECT_EQ(status, 200);
}

TEST_F(HttpServerTest, BodiesUnderWayAreBoundedTogether) {
  HttpServerOptions options;
  options.limits.bodies_bytes_max = 10'000;
  Open(std::move(options));
  const auto probe = [&] { return StatusOf(Exchange(Post("/", std::string(5'000, 'y')))); };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  const auto in_time = [&] { return std::chrono::steady_clock::now() < deadline; };
  // Whichever body takes the sum over the bound is refused. The long one is under way first, but its bytes may still
  // be on their way when a probe's come: then it is the one that loses, and everything begins again.
  bool refused = false;
  while (!refused && in_time()) {
    RawClient one = Connect();
    one.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\nExpect: 100-continue\r\n\r\n");
    one.ReadUntil("\r\n\r\n");
    one.Send(std::string(8'000, 'x'));
    for (int tries = 0; !refused && tries < 20; ++tries) refused = probe() == 503;
    if (refused) {
      one.Send(std::string(1'000, 'x'));
      EXPECT_EQ(StatusOf(one.ReadResponse()), 200);
    }
    one.Close();
    // What it took is given back.
    while (probe() != 200 && in_time()) {
    }
  }
  EXPECT_TRUE(refused);
  EXPECT_EQ(probe(), 200);
}

}  // namespace
}  // namespace ecsmi::wire::testing
