// Clients that mean harm: whatever they send, the server answers others, and its memory stays within its bounds.
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ecsmi/base/keyed_hash.h"
#include "gtest/gtest.h"
#include "unit/wire/http/server_fixture.h"

namespace ecsmi::wire::testing {
namespace {

const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : key_{seed, 7} {}
  std::uint64_t Below(std::uint64_t bound) { return base::Reduce(base::KeyedHash64(key_, {count_++}), bound); }

 private:
  const base::Key128 key_;
  std::uint64_t count_ = 0;
};

// Requests in pieces, doubled, cut and shuffled, with random bytes between.
std::string Garbled(std::uint64_t seed) {
  static const char* const kPieces[] = {"GET / HTTP/1.1\r\n",
                                        "POST /a HTTP/1.1\r\n",
                                        "Host: a\r\n",
                                        "\r\n",
                                        "\r\n\r\n",
                                        "Content-Length: 5\r\n",
                                        "Content-Length: 18446744073709551615\r\n",
                                        "Transfer-Encoding: chunked\r\n",
                                        "hello",
                                        "5\r\nhello\r\n",
                                        "0\r\n\r\n",
                                        "0\r\n",
                                        "ffffffffffffffff\r\n",
                                        "5;a=\"b\r\n",
                                        "Expect: 100-continue\r\n",
                                        "Connection: close\r\n",
                                        "Content-Encoding: gzip\r\n",
                                        "X: ",
                                        ": y\r\n",
                                        " folded\r\n",
                                        "HEAD / HTTP/1.0\r\n",
                                        "\r",
                                        "\n",
                                        " ",
                                        "1"};
  Chance chance(seed);
  std::string bytes;
  for (std::uint64_t pieces = 1 + chance.Below(12); pieces > 0; --pieces) {
    if (chance.Below(8) == 0) {
      for (std::uint64_t more = chance.Below(40); more > 0; --more)
        bytes.push_back(static_cast<char>(chance.Below(256)));
    } else {
      bytes += kPieces[chance.Below(std::size(kPieces))];
    }
  }
  return bytes;
}

TEST_F(HttpServerTest, GarbledRequestsEndInAnAnswerOrAnEnd) {
  Open();
  for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
    const std::string bytes = Garbled(seed);
    const std::string answer = Exchange(bytes);
    EXPECT_TRUE(answer.empty() || answer.substr(0, 9) == "HTTP/1.1 ") << "seed " << seed << ": " << answer;
  }
  EXPECT_EQ(StatusOf(Exchange(kGet)), 200);
}

TEST_F(HttpServerTest, EachSplitOfARequestIsTheSameRequest) {
  Open();
  const std::string bytes =
      "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: v\r\n\r\n" +
      kGet;
  for (std::size_t at = 1; at < bytes.size(); ++at) {
    RawClient client = Connect();
    client.Send(bytes.substr(0, at));
    client.Send(bytes.substr(at));
    EXPECT_EQ(BodyOf(client.ReadResponse()), "POST /a abcde") << at;
    EXPECT_EQ(BodyOf(client.ReadResponse()), "GET / ") << at;
  }
}

TEST_F(HttpServerTest, FloodsOfHeadersAndPromisedBodiesTakeLittleMemory) {
  HttpServerOptions options;
  options.limits.linger_ms_max = 50;
  Open(std::move(options));
  const auto heap = [] { return mallinfo2().uordblks + mallinfo2().hblkhd; };
  const std::size_t before = heap();
  std::vector<RawClient> clients;
  for (int i = 0; i < 100; ++i) {
    // A large body is promised and hardly begun.
    clients.push_back(Connect());
    clients.back().Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\nExpect: 100-continue\r\n\r\n");
    clients.back().ReadUntil("\r\n\r\n");
    clients.back().Send("x");
    // Later requests are sent without end while the first is worked on.
    clients.push_back(Connect());
    clients.back().Send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(60'000, 'x'));
  }
  std::vector<Held> kept;
  for (int i = 0; i < 100; ++i) kept.push_back(NextHeld());
  EXPECT_LT(heap(), before + std::size_t{200} * 100 * 1024);  // 200 connections, 100 KiB each
  // Headers without end.
  RawClient flood = Connect();
  std::string headers = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 10'000; ++i) absl::StrAppend(&headers, "header", i, ": value\r\n");
  flood.Send(headers);
  EXPECT_EQ(StatusOf(flood.ReadToEnd()), 431);
  EXPECT_EQ(StatusOf(Exchange(kGet)), 200);
}

TEST_F(HttpServerTest, ManyConnectionsAtOnceDoNotKeepOthersOut) {
  HttpServerOptions options;
  options.limits.connections_max = 100;
  Open(std::move(options));
  RawClient friendly = Connect();
  friendly.Send(kGet);
  EXPECT_EQ(StatusOf(friendly.ReadResponse()), 200);
  int refused = 0;
  std::vector<RawClient> open;
  for (int i = 0; i < 10'000; ++i) {
    RawClient client = Connect();
    if (open.size() < 99) {
      client.Send(kGet);
      EXPECT_EQ(StatusOf(client.ReadResponse()), 200);
      open.push_back(std::move(client));
    } else {
      refused += StatusOf(client.ReadToEnd()) == 503 ? 1 : 0;
    }
  }
  EXPECT_EQ(refused, 10'000 - 99);
  friendly.Send(kGet);
  EXPECT_EQ(StatusOf(friendly.ReadResponse()), 200);
}

// Restores the number of files the process may open.
class FewFiles {
 public:
  explicit FewFiles(rlim_t files) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few{files, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewFiles() { setrlimit(RLIMIT_NOFILE, &before_); }
  FewFiles(const FewFiles&) = delete;
  FewFiles& operator=(const FewFiles&) = delete;

 private:
  rlimit before_{};
};

TEST_F(HttpServerTest, WithoutFileDescriptorsClientsWaitAndAreServedLater) {
  Open();
  RawClient first = Connect();
  first.Send(kGet);
  EXPECT_EQ(StatusOf(first.ReadResponse()), 200);
  const int next = dup(first.fd());
  close(next);
  std::optional<RawClient> waiting;
  {
    // One for the client, none for the server's side of it.
    const FewFiles few(static_cast<rlim_t>(next) + 1);
    waiting.emplace(server->address());
    ASSERT_TRUE(waiting->connected());
    waiting->Send(kGet);
    first.Send(kGet);
    EXPECT_EQ(StatusOf(first.ReadResponse()), 200);
  }
  EXPECT_EQ(StatusOf(waiting->ReadResponse()), 200);
}

}  // namespace
}  // namespace ecsmi::wire::testing
