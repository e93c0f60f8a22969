// ecsmid: reads the configuration, opens the store, loads the worlds, opens the door, waits for SIGTERM.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "app/config.h"
#include "catalog/embedded_catalog.h"
#include "clock/real_clock.h"
#include "ecsmi/api/registry.h"
#include "wire/grpc/server.h"

namespace ecsmi::app {
namespace {

constexpr int kUsage = 2;        // a flag is wrong, or its port or file cannot be had
constexpr int kGraceMs = 1'000;  // calls under way may finish that long after SIGTERM

int Fail(int code, const std::string& text) {
  std::fprintf(stderr, "ecsmid: %s\n", text.c_str());
  return code;
}

std::string Quoted(const std::string& text) {
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

int Run(int argc, char** argv) {
  // Signals are waited for below, on this thread; the threads that start from here on inherit the mask.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a size limit is a failed write, not a death

  auto catalog = catalog::LoadEmbeddedCatalog();
  if (!catalog.ok()) return Fail(1, std::string(catalog.status().message()));
  const auto config = ReadConfig(argc, argv, **catalog);
  if (!config.ok()) return Fail(kUsage, std::string(config.status().message()));
  if (config->only_text) {
    std::fputs(config->text.c_str(), stdout);
    return 0;
  }
  auto store = store::OpenSqliteStore({.path = config->db,
                                       .durability = config->durability,
                                       .engine_version = ECSMI_VERSION,
                                       .catalog_hash = std::string((*catalog)->hash())});
  if (!store.ok()) return Fail(kUsage, absl::StrCat("--db: ", store.status().message()));
  clock::RealClock clock;
  api::Registry registry;
  api::RegisterAll(registry);
  control::Engine engine(config->settings, **store, **catalog, clock);
  if (absl::Status status = engine.Start(); !status.ok()) {
    return Fail(1, absl::StrCat("the worlds cannot be loaded from ", config->db, ": ", status.message()));
  }
  auto door = wire::GrpcServer::Start(config->grpc_listen, registry, engine);
  if (!door.ok()) {
    return Fail(kUsage, absl::StrCat("--grpc-listen: ", door.status().message(),
                                     "; another program may hold the port: try --grpc-listen=127.0.0.1:0"));
  }
  std::printf("{\"ready\":true,\"grpc\":%s,\"db\":%s,\"profile\":\"dev\",\"seed\":%llu,\"pid\":%d}\n",
              Quoted((*door)->address()).c_str(), Quoted(config->db).c_str(),
              static_cast<unsigned long long>(config->settings.seed), static_cast<int>(getpid()));
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  engine.StopWaiting();
  // The door first: its last calls need the engine; then the engine stores what is left.
  (*door)->Shutdown(kGraceMs);
  engine.Stop();
  return 0;
}

}  // namespace
}  // namespace ecsmi::app

int main(int argc, char** argv) {
  return ecsmi::app::Run(argc, argv);
}
