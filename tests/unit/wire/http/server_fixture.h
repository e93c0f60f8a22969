#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ecsmi/base/lock.h"
#include "gtest/gtest.h"
#include "unit/wire/http/raw_client.h"
#include "wire/http/server.h"

namespace ecsmi::wire::testing {

class StandingClock final : public ports::HostClock {
 public:
  model::TimeMs WallMs() const override { return 784'111'777'000; }  // the example of RFC 7231
  std::int64_t SteadyMs() const override { return 0; }
};

// A server whose handler tells what it got: method, target and body, one after the other. /held is kept until the test
// answers it; /forgotten is never answered.
class HttpServerTest : public ::testing::Test {
 protected:
  struct Held {
    HttpRequest request;
    HttpReply reply;
  };

  void Open(HttpServerOptions options = {}) {
    options.listen = options.listen == "127.0.0.1:4566" ? "127.0.0.1:0" : options.listen;
    options.clock = &clock;
    auto started = HttpServer::Start(std::move(options), [this](HttpRequest request, HttpReply reply) {
      Handle(std::move(request), std::move(reply));
    });
    ASSERT_TRUE(started.ok()) << started.status();
    server = *std::move(started);
  }

  void Handle(HttpRequest request, HttpReply reply) {
    if (request.target == "/forgotten") return;
    if (request.target == "/held") {
      base::MutexLock lock(mutex);
      held.push_back({std::move(request), std::move(reply)});
      held_came.NotifyAll();
      return;
    }
    HttpResponse response{.status = 200, .headers = {{"content-type", "text/plain"}}, .body = {}};
    if (request.target == "/nothing") response.status = 204;
    if (request.target == "/large") {
      response.body.assign(8'000'000, 'x');
    } else {
      response.body = request.method + " " + request.target + " " + request.body;
    }
    if (!request.signed_body.empty()) {
      response.headers.emplace_back("signed-bytes", std::to_string(request.signed_body.size()));
    }
    reply(std::move(response));
  }

  // The next request to /held.
  Held NextHeld() {
    base::MutexLock lock(mutex);
    while (held.empty()) {
      if (!held_came.WaitUntil(mutex, std::chrono::steady_clock::now() + std::chrono::seconds(10))) break;
    }
    if (held.empty()) {
      ADD_FAILURE() << "no request came";
      return {};
    }
    Held first = std::move(held.front());
    held.erase(held.begin());
    return first;
  }

  RawClient Connect() {
    RawClient client(server->address());
    EXPECT_TRUE(client.connected());
    return client;
  }
  // One request on a connection of its own, read to the server's end.
  std::string Exchange(const std::string& bytes) {
    RawClient client = Connect();
    client.Send(bytes);
    client.EndSending();
    return client.ReadToEnd();
  }

  const StandingClock clock;
  std::unique_ptr<HttpServer> server;
  base::Mutex mutex;
  base::CondVar held_came;
  std::vector<Held> held;
};

}  // namespace ecsmi::wire::testing
