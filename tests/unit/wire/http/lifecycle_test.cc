// Beginning and end: addresses, taken ports, and what happens to whom on Shutdown.
#include <future>
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
const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kHeld = "GET /held HTTP/1.1\r\nHost: a\r\n\r\n";

absl::Status StartOn(const std::string& listen) {
  HttpServerOptions options;
  options.listen = listen;
  return HttpServer::Start(std::move(options), [](HttpRequest, HttpReply) {}).status();
}

TEST_F(HttpServerTest, ListensOnBothKindsOfLoopback) {
  for (const char* listen : {"127.0.0.1:0", "[::1]:0", "localhost:0"}) {
    HttpServerOptions options;
    options.listen = listen;
    Open(std::move(options));
    const std::string host = std::string(listen).substr(0, std::string(listen).size() - 1);
    EXPECT_TRUE(absl::StartsWith(server->address(), host)) << server->address();
    EXPECT_NE(server->address(), listen);
    EXPECT_EQ(StatusOf(Exchange(kGet)), 200) << listen;
  }
}

TEST_F(HttpServerTest, ATakenPortIsNamed) {
  Open();
  const absl::Status taken = StartOn(server->address());
  EXPECT_EQ(taken.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(taken.message(), absl::StrCat("cannot listen on ", server->address(), ": Address already in use"));
}

TEST_F(HttpServerTest, AddressesThatAreNoneAreNamed) {
  for (const char* listen : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80",
                             "example.com:80", "[127.0.0.1]:80", ":80"}) {
    const absl::Status status = StartOn(listen);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << listen;
    EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("cannot listen on '", listen, "'")));
  }
}

TEST_F(HttpServerTest, ShutdownClosesTheIdleAndFinishesWhatIsUnderWay) {
  Open();
  RawClient idle = Connect();
  idle.Send(kGet);
  EXPECT_EQ(StatusOf(idle.ReadResponse()), 200);
  RawClient busy = Connect();
  busy.Send(kHeld);
  Held request = NextHeld();
  std::thread ending([&] { server->Shutdown(60'000); });
  EXPECT_EQ(idle.ReadToEnd(), "");
  EXPECT_FALSE(RawClient(server->address()).connected());
  EXPECT_FALSE(request.request.abandoned->load());
  request.reply({.status = 200, .headers = {}, .body = "in time"});
  const std::string answer = busy.ReadToEnd();
  EXPECT_EQ(BodyOf(answer), "in time");
  EXPECT_EQ(HeaderOf(answer, "connection"), "close");
  busy.Close();
  ending.join();
}

TEST_F(HttpServerTest, ShutdownCutsWhatOutlastsTheGraceAndDropsItsAnswer) {
  Open();
  RawClient busy = Connect();
  busy.Send(kHeld);
  Held request = NextHeld();
  RawClient half = Connect();
  half.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\na");
  server->Shutdown(20);
  EXPECT_TRUE(request.request.abandoned->load());
  EXPECT_EQ(busy.ReadToEnd(), "");
  EXPECT_EQ(half.ReadToEnd(), "");
  request.reply({.status = 200, .headers = {}, .body = "too late"});
  server->Shutdown(20);  // again
  server.reset();
}

TEST_F(HttpServerTest, AnswersMayOutliveTheServer) {
  Open();
  RawClient busy = Connect();
  busy.Send(kHeld);
  Held request = NextHeld();
  server.reset();
  request.reply({.status = 200, .headers = {}, .body = "nobody"});
  EXPECT_TRUE(request.request.abandoned->load());
}

TEST_F(HttpServerTest, AnswersThatRaceWithShutdownHarmNobody) {
  for (int round = 0; round < 50; ++round) {
    Open();
    std::vector<RawClient> clients;
    std::vector<Held> requests;
    for (int i = 0; i < 8; ++i) {
      clients.push_back(Connect());
      clients.back().Send(kHeld);
      requests.push_back(NextHeld());
    }
    std::thread answering([&] {
      for (Held& request : requests) request.reply({.status = 200, .headers = {}, .body = "x"});
    });
    server->Shutdown(round % 2 == 0 ? 0 : 5);
    answering.join();
    server.reset();
  }
}

}  // namespace
}  // namespace ecsmi::wire::testing
