// The HTTP door's whole way in: bytes of a client through a real socket; the server answers or ends, and lives on.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "ecsmi/base/check.h"
#include "wire/http/host_policy.h"
#include "wire/http/server.h"

namespace {

using namespace ecsmi::wire;  // NOLINT: a program of its own

std::uint16_t Port() {
  static const std::unique_ptr<HttpServer> server = [] {
    HttpServerOptions options;
    options.listen = "127.0.0.1:0";
    auto started = HttpServer::Start(std::move(options), [](HttpRequest request, HttpReply reply) {
      ECSMI_CHECK(!request.target.empty() && request.target[0] == '/');
      static_cast<void>(RefusalOfHost(request.headers, {}));
      reply({.status = 200, .headers = {}, .body = std::move(request.body)});
    });
    ECSMI_CHECK(started.ok());
    return *std::move(started);
  }();
  return static_cast<std::uint16_t>(std::atoi(server->address().c_str() + server->address().rfind(':') + 1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::uint16_t port = Port();
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // Sources take turns: a closed connection keeps its port for a minute, and one address has too few of them.
  static std::uint32_t turn = 0;
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + turn++ % 250);
  const int late = 1;
  setsockopt(client, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &late, sizeof(late));
  ECSMI_CHECK(bind(client, reinterpret_cast<const sockaddr*>(&from), sizeof(from)) == 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(client, reinterpret_cast<const sockaddr*>(&where), sizeof(where)) != 0) {
    // libFuzzer's own timer interrupted it, or the machine is out of ports, as after some ten thousand connections: no
    // fault of the server's, and no input of this client's reached it.
    if (errno != EINTR && errno != EADDRNOTAVAIL && errno != EADDRINUSE) {
      std::perror("connect");
      std::abort();
    }
    close(client);
    return 0;
  }
  static_cast<void>(send(client, data, size, MSG_NOSIGNAL));
  shutdown(client, SHUT_WR);
  std::string answer;
  char part[4096];
  for (ssize_t got = 0; (got = recv(client, part, sizeof(part), 0)) > 0;)
    answer.append(part, static_cast<std::size_t>(got));
  close(client);
  ECSMI_CHECK(answer.empty() || answer.rfind("HTTP/1.1 ", 0) == 0);
  return 0;
}
