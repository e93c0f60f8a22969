// Answers whose body goes on: chunks, heartbeats, and who notices whose leaving.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "ecsmi/base/lock.h"
#include "gmock/gmock.h"
#include "unit/wire/http/server_fixture.h"

namespace ecsmi::wire::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kHeld = "GET /held HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

// A stream that the test feeds piece by piece. Thread-safe.
class FedStream final : public HttpStream {
 public:
  void Next(PieceDone done) override {
    {
      base::MutexLock lock(mutex_);
      ++asked_;
      if (!cancelled_) std::swap(done_, done);
      changed_.NotifyAll();
    }
    if (done) done(std::nullopt);
  }
  void Cancel() override {
    PieceDone done;
    {
      base::MutexLock lock(mutex_);
      cancelled_ = true;
      std::swap(done, done_);
      changed_.NotifyAll();
    }
    if (done) done(std::nullopt);
  }
  // Answers the Next under way, or the next one.
  void Feed(std::optional<std::string> piece) {
    PieceDone done;
    {
      base::MutexLock lock(mutex_);
      if (!Await([&] { return static_cast<bool>(done_); })) return;
      std::swap(done, done_);
    }
    done(std::move(piece));
  }
  void Forget() {
    PieceDone done;
    base::MutexLock lock(mutex_);
    if (Await([&] { return static_cast<bool>(done_); })) std::swap(done, done_);
  }
  bool AwaitCancel() {
    base::MutexLock lock(mutex_);
    return Await([&] { return cancelled_; });
  }
  int asked() {
    base::MutexLock lock(mutex_);
    return asked_;
  }

 private:
  template <typename Condition>
  bool Await(Condition condition) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
      if (!changed_.WaitUntil(mutex_, end) && !condition()) {
        ADD_FAILURE() << "it did not come";
        return false;
      }
    }
    return true;
  }

  base::Mutex mutex_;
  base::CondVar changed_;
  PieceDone done_ ABSL_GUARDED_BY(mutex_);
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  int asked_ ABSL_GUARDED_BY(mutex_) = 0;
};

class HttpStreamTest : public HttpServerTest {
 protected:
  // Answers the next request to /held with `stream`.
  void Begin() {
    HttpResponse response{.status = 200, .headers = {{"content-type", "text/event-stream"}}, .body = {}};
    response.stream = stream;
    response.heartbeat = ":\n\n";
    NextHeld().reply(std::move(response));
  }
  const std::shared_ptr<FedStream> stream = std::make_shared<FedStream>();
};

TEST_F(HttpStreamTest, PiecesAreChunksAndTheConnectionServesOn) {
  Open();
  RawClient client = Connect();
  client.Send(kHeld + kGet);
  Begin();
  stream->Feed("hello");
  stream->Feed(std::string(20, 'x'));
  stream->Feed("");  // no chunk, which would be the end
  stream->Feed(std::nullopt);
  const std::string head = client.ReadUntil("\r\n\r\n");
  EXPECT_EQ(HeaderOf(head, "transfer-encoding"), "chunked");
  EXPECT_EQ(HeaderOf(head, "content-length"), "");
  EXPECT_EQ(client.ReadUntil("0\r\n\r\n"), "5\r\nhello\r\n14\r\n" + std::string(20, 'x') + "\r\n0\r\n\r\n");
  EXPECT_EQ(StatusOf(client.ReadResponse()), 200);
}

TEST_F(HttpStreamTest, TheNextPieceIsAskedForWhenTheOneBeforeIsWritten) {
  Open();
  RawClient client = Connect();
  client.Send(kHeld);
  Begin();
  // More than any socket buffer takes: it stays with this one piece while the client does not read.
  stream->Feed(std::string(8'000'000, 'x'));
  client.ReadUntil("\r\n\r\n");
  EXPECT_EQ(stream->asked(), 1);
  client.ReadBytes(8'000'000);
  stream->Feed(std::nullopt);
  EXPECT_EQ(stream->asked(), 2);
}

TEST_F(HttpStreamTest, HeartbeatsAreSentWhileNothingElseIs) {
  HttpServerOptions options;
  options.limits.heartbeat_ms = 5;
  Open(std::move(options));
  RawClient client = Connect();
  client.Send(kHeld);
  Begin();
  client.ReadUntil("\r\n\r\n");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.ReadUntil(":\n\n\r\n"), "3\r\n:\n\n\r\n");
  EXPECT_EQ(stream->asked(), 1) << "a heartbeat asks for nothing";
  stream->Feed("event");
  EXPECT_THAT(client.ReadUntil("event\r\n"), HasSubstr("5\r\nevent\r\n"));
}

TEST_F(HttpStreamTest, AClientThatLeavesCancelsTheSource) {
  Open();
  for (const bool reset : {false, true}) {
    RawClient client = Connect();
    client.Send(kHeld);
    const auto own = std::make_shared<FedStream>();
    HttpResponse response;
    response.stream = own;
    NextHeld().reply(std::move(response));
    client.ReadUntil("\r\n\r\n");
    client.Close(reset);
    EXPECT_TRUE(own->AwaitCancel());
  }
}

TEST_F(HttpStreamTest, AClientThatTakesNothingIsCut) {
  HttpServerOptions options;
  options.limits.write_ms_max = 50;
  Open(std::move(options));
  RawClient client = Connect();
  client.Send(kHeld);
  Begin();
  stream->Feed(std::string(64'000'000, 'x'));
  EXPECT_TRUE(stream->AwaitCancel());
}

TEST_F(HttpStreamTest, OverHttp10TheEndOfTheConnectionIsTheEnd) {
  Open();
  RawClient client = Connect();
  client.Send("GET /held HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  Begin();
  stream->Feed("one ");
  stream->Feed("two");
  stream->Feed(std::nullopt);
  const std::string response = client.ReadToEnd();
  EXPECT_EQ(HeaderOf(response, "transfer-encoding"), "");
  EXPECT_EQ(HeaderOf(response, "connection"), "close");
  EXPECT_EQ(response.substr(response.find("\r\n\r\n") + 4), "one two");
}

TEST_F(HttpStreamTest, HeadGetsTheHeadAlone) {
  Open();
  RawClient client = Connect();
  client.Send("HEAD /held HTTP/1.1\r\nHost: a\r\n\r\n" + kGet);
  Begin();
  EXPECT_TRUE(stream->AwaitCancel());
  EXPECT_EQ(StatusOf(client.ReadUntil("\r\n\r\n")), 200);
  EXPECT_EQ(StatusOf(client.ReadResponse()), 200);
  EXPECT_EQ(stream->asked(), 0);
}

TEST_F(HttpStreamTest, AForgottenPieceIsTheEnd) {
  Open();
  RawClient client = Connect();
  client.Send(kHeld);
  Begin();
  stream->Feed("last");
  stream->Forget();
  EXPECT_THAT(client.ReadUntil("0\r\n\r\n"), HasSubstr("4\r\nlast\r\n0\r\n\r\n"));
}

TEST_F(HttpStreamTest, ShutdownEndsStreams) {
  HttpServerOptions options;
  options.limits.linger_ms_max = 20;  // the client closes only when it has seen the end
  Open(std::move(options));
  RawClient client = Connect();
  client.Send(kHeld);
  Begin();
  stream->Feed("event");
  client.ReadUntil("event\r\n");
  server->Shutdown(10'000);
  EXPECT_TRUE(stream->AwaitCancel());
  EXPECT_EQ(client.ReadToEnd(), "0\r\n\r\n");
}

}  // namespace
}  // namespace ecsmi::wire::testing
