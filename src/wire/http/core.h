#pragma once

#include <utility>  // asio of Boost 1.74 lacks it under C++20
//
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

#include "ecsmi/base/lock.h"
#include "wire/http/head.h"
#include "wire/http/server.h"

namespace ecsmi::wire {

class Connection;

// The way from any thread back to the server's: outlives the server in the hands of those who still owe an answer.
class ReturnPath {
 public:
  explicit ReturnPath(boost::asio::io_context& io) : io_(&io) {}
  // Runs it on the server's thread; drops it after Close.
  template <typename Function>
  void Post(Function function) {
    base::MutexLock lock(mutex_);
    if (io_ != nullptr) boost::asio::post(*io_, std::move(function));
  }
  void Close() {
    base::MutexLock lock(mutex_);
    io_ = nullptr;
  }

 private:
  base::Mutex mutex_;
  boost::asio::io_context* io_ ABSL_GUARDED_BY(mutex_);
};

// What the connections of one server share. Belongs to the server's thread, but for `back`.
struct HttpCore {
  HttpCore(HttpServerOptions its_options, HttpHandler its_handler)
      : options(std::move(its_options)), handler(std::move(its_handler)) {}

  HttpServerOptions options;
  HttpHandler handler;
  std::unordered_set<Connection*> connections;  // walked only to tell all of them the same
  std::size_t bodies_bytes = 0;                 // of bodies being received
  bool draining = false;
  // The last connection is gone, while draining.
  absl::AnyInvocable<void()> on_empty;
  std::optional<boost::asio::ssl::context> tls;
  boost::asio::io_context io{1};  // after what its last handlers touch
  const std::shared_ptr<ReturnPath> back = std::make_shared<ReturnPath>(io);

  // Now, as HTTP spells it; rendered once a second.
  const std::string& Date() {
    if (options.clock == nullptr) return date_;
    const std::int64_t second = options.clock->WallMs() / 1'000;
    if (second != date_second_) {
      date_ = HttpDate(second);
      date_second_ = second;
    }
    return date_;
  }

 private:
  std::int64_t date_second_ = -1;
  std::string date_;
};

}  // namespace ecsmi::wire
