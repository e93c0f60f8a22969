#include "wire/http/server.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wire/http/connection.h"
#include "wire/http/core.h"

namespace ecsmi::wire {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

// The process has no file descriptor left: asked again this much later, as it need not be one of ours that is freed.
constexpr std::chrono::milliseconds kAcceptAgainAfter(50);
constexpr std::size_t kDiscardBytes = 4 * 1024;

absl::StatusOr<Tcp::endpoint> ParseListen(const std::string& listen) {
  const auto bad = [&](const char* why) {
    return absl::InvalidArgumentError(absl::StrCat("cannot listen on '", listen, "': ", why));
  };
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string::npos) return bad("expected host:port");
  int port = 0;
  if (!absl::SimpleAtoi(listen.substr(colon + 1), &port) || port < 0 || port > 65'535) {
    return bad("the port is no number from 0 to 65535");
  }
  std::string host = listen.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  ErrorCode error;
  const asio::ip::address address = asio::ip::make_address(host, error);
  if (error || address.is_v6() != bracketed) {
    return bad("the host is no IPv4 address, IPv6 address in brackets, or localhost");
  }
  return Tcp::endpoint(address, static_cast<unsigned short>(port));
}

absl::Status LoadTls(const HttpServerOptions& options, asio::ssl::context& context) {
  const auto bad = [](const char* what, const std::string& path, const ErrorCode& error) {
    return absl::InvalidArgumentError(absl::StrCat("cannot use ", what, " '", path, "': ", error.message()));
  };
  ErrorCode error;
  if (SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION) != 1) {
    return absl::InternalError("this OpenSSL has no TLS 1.2");
  }
  context.use_certificate_chain_file(options.tls_certificate_path, error);
  if (error) return bad("the certificate", options.tls_certificate_path, error);
  context.use_private_key_file(options.tls_key_path, asio::ssl::context::pem, error);
  if (error) return bad("the key", options.tls_key_path, error);
  if (options.tls_client_ca_path.empty()) return absl::OkStatus();
  context.load_verify_file(options.tls_client_ca_path, error);
  if (error) return bad("the client CA", options.tls_client_ca_path, error);
  context.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert, error);
  if (error) return bad("the client CA", options.tls_client_ca_path, error);
  return absl::OkStatus();
}

}  // namespace

class HttpServer::Rep {
 public:
  Rep(HttpServerOptions options, HttpHandler handler)
      : core(std::move(options), std::move(handler)),
        acceptor_(core.io),
        timer_(core.io),
        work_(core.io.get_executor()) {}

  absl::Status Listen();
  Tcp::endpoint Bound() const { return acceptor_.local_endpoint(); }
  void Run() {
    Accept();
    thread_ = std::thread([this] { core.io.run(); });
  }
  void Shutdown(int grace_ms);

  HttpCore core;

 private:
  void Accept();
  void TurnAway(Tcp::socket socket);
  void Drain(int grace_ms);
  void CutAll();
  void Finish();
  std::vector<std::shared_ptr<Connection>> All() const;

  Tcp::acceptor acceptor_;
  asio::steady_timer timer_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
};

absl::Status HttpServer::Rep::Listen() {
  const absl::StatusOr<Tcp::endpoint> endpoint = ParseListen(core.options.listen);
  if (!endpoint.ok()) return endpoint.status();
  if (!core.options.tls_certificate_path.empty()) {
    core.tls.emplace(asio::ssl::context::tls_server);
    if (absl::Status status = LoadTls(core.options, *core.tls); !status.ok()) return status;
  } else if (!core.options.tls_key_path.empty() || !core.options.tls_client_ca_path.empty()) {
    return absl::InvalidArgumentError("a TLS key or client CA needs a certificate beside it");
  }
  ErrorCode error;
  acceptor_.open(endpoint->protocol(), error);
  // A port whose last connections still wait in the kernel is free; one that somebody listens on is taken all the same.
  if (!error) acceptor_.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error && endpoint->address().is_v6()) acceptor_.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor_.bind(*endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot listen on ", core.options.listen, ": ", error.message()));
}

void HttpServer::Rep::Accept() {
  acceptor_.async_accept([this](ErrorCode error, Tcp::socket socket) {
    if (core.draining) return;
    // A client that left the queue again is nothing; for the rest, no descriptor left above all, time must pass.
    if (error && error != asio::error::connection_aborted) {
      timer_.expires_after(kAcceptAgainAfter);
      timer_.async_wait([this](ErrorCode cancelled) {
        if (!cancelled && !core.draining) Accept();
      });
      return;
    }
    if (!error) {
      if (core.connections.size() < core.options.limits.connections_max) {
        std::make_shared<Connection>(core, std::move(socket))->Start();
      } else {
        TurnAway(std::move(socket));
      }
    }
    Accept();
  });
}

// Says so without keeping anything: a new socket's buffer takes these few bytes at once. Over TLS there is nobody to
// say it to yet.
void HttpServer::Rep::TurnAway(Tcp::socket socket) {
  ErrorCode error;  // the connection is closed on every path
  if (core.tls.has_value()) return;
  HttpResponse response{.status = StatusOf(HttpFault::kTooBusy), .headers = {}, .body = {}};
  if (core.options.shape_fault) response = core.options.shape_fault(HttpFault::kTooBusy, HttpRequest());
  const std::string bytes = ResponseHead(response, false, false, core.Date()) + response.body;
  socket.non_blocking(true, error);
  if (!error) socket.write_some(asio::buffer(bytes), error);
  if (!error) socket.shutdown(Tcp::socket::shutdown_send, error);
  // Unread bytes would turn the close into a reset, which takes the answer away from some clients.
  char discarded[kDiscardBytes];
  if (!error) socket.read_some(asio::buffer(discarded), error);
}

std::vector<std::shared_ptr<Connection>> HttpServer::Rep::All() const {
  std::vector<std::shared_ptr<Connection>> all;
  all.reserve(core.connections.size());
  for (Connection* connection : core.connections) all.push_back(connection->shared_from_this());
  return all;
}

void HttpServer::Rep::Drain(int grace_ms) {
  core.draining = true;
  ErrorCode ignored;  // nothing is accepted after it either way
  acceptor_.close(ignored);
  core.on_empty = [this] { Finish(); };
  if (core.connections.empty()) return Finish();
  if (grace_ms <= 0) return CutAll();
  timer_.expires_after(std::chrono::milliseconds(grace_ms));
  timer_.async_wait([this](ErrorCode cancelled) {
    if (!cancelled) CutAll();
  });
  for (const auto& connection : All()) connection->Drain();
}

void HttpServer::Rep::CutAll() {
  for (const auto& connection : All()) connection->Abort();
}

// Lets the thread end once the last handlers of closed connections have run.
void HttpServer::Rep::Finish() {
  timer_.cancel();
  work_.reset();
}

void HttpServer::Rep::Shutdown(int grace_ms) {
  if (!thread_.joinable()) return;
  asio::post(core.io, [this, grace_ms] { Drain(grace_ms); });
  thread_.join();
  core.back->Close();
}

HttpServer::HttpServer() = default;

HttpServer::~HttpServer() {
  Shutdown(0);
}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(HttpServerOptions options, HttpHandler handler) {
  auto server = std::unique_ptr<HttpServer>(new HttpServer());
  const std::string host = options.listen.substr(0, options.listen.rfind(':'));
  server->rep_ = std::make_unique<Rep>(std::move(options), std::move(handler));
  if (absl::Status status = server->rep_->Listen(); !status.ok()) return status;
  server->address_ = absl::StrCat(host, ":", server->rep_->Bound().port());
  server->rep_->Run();
  return server;
}

void HttpServer::Shutdown(int grace_ms) {
  rep_->Shutdown(grace_ms);
}

}  // namespace ecsmi::wire
