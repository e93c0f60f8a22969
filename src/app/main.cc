// ecsmid: reads the configuration, opens the store, loads the worlds, opens the door, waits for SIGTERM.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "app/config.h"
#include "app/metered_store.h"
#include "app/metrics.h"
#include "catalog/embedded_catalog.h"
#include "clock/real_clock.h"
#include "ecsmi/api/registry.h"
#include "ecsmi/base/lock.h"
#include "ecsmi/base/log.h"
#include "wire/aws/door.h"
#include "wire/grpc/server.h"
#include "wire/http/server.h"

namespace ecsmi::app {
namespace {

constexpr int kUsage = 2;  // a flag is wrong, or its port or file cannot be had
// After SIGTERM calls under way may finish for kGraceMs, then they are cancelled; by kEndMs the process has ended.
constexpr int kGraceMs = 700;
constexpr std::chrono::milliseconds kEndMs{1'700};

int Fail(int code, const std::string& text) {
  std::fprintf(stderr, "ecsmid: %s\n", text.c_str());
  return code;
}

// Ends the process when the shutdown has not: a disk that refuses every write would hold back the last answers for
// ever. What was answered is on disk.
class Deadline {
 public:
  Deadline() : thread_([this] { Watch(); }) {}
  ~Deadline() {
    {
      base::MutexLock lock(mutex_);
      done_ = true;
    }
    changed_.NotifyAll();
    thread_.join();
  }

 private:
  void Watch() {
    const auto end = std::chrono::steady_clock::now() + kEndMs;
    base::MutexLock lock(mutex_);
    while (!done_) {
      if (!changed_.WaitUntil(mutex_, end) && !done_) base::Die("calls under way could not be finished in time");
    }
  }

  base::Mutex mutex_;
  base::CondVar changed_;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

// What GET /metrics tells beside the worlds.
std::vector<prometheus::MetricFamily> AllMetrics(const wire::CallMetrics& calls, const MeteredStore& store,
                                                 const api::Registry& registry, const control::Engine& engine) {
  std::vector<prometheus::MetricFamily> all;
  prometheus::MetricFamily build = Gauge("ecsmi_build_info", "The daemon's version.", 1);
  build.metric.front().label = {{"version", ECSMI_VERSION}};
  all.push_back(std::move(build));
  all.push_back(Gauge("ecsmi_serving", "1 while commits succeed, else 0: GET /healthz has the reason.",
                      engine.Trouble().empty() ? 1 : 0));
  all.push_back(Counter("ecsmi_warnings_total",
                        "Settings of calls that were stored and not acted on (x-ecsmi-warning).",
                        static_cast<double>(registry.warnings_given())));
  for (auto&& part : {calls.Collect(), store.Collect(), ProcessMetrics()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
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
  base::ConfigureLog(config->log_format, config->log_level);
  auto store = store::OpenSqliteStore({.path = config->db,
                                       .durability = config->durability,
                                       .engine_version = ECSMI_VERSION,
                                       .catalog_hash = std::string((*catalog)->hash()),
                                       .segments_retained_records = config->retention_records,
                                       .segments_retained_ms = config->retention_ms});
  if (!store.ok()) return Fail(kUsage, absl::StrCat("--db: ", store.status().message()));
  clock::RealClock clock;
  api::Registry registry;
  api::RegisterAll(registry);
  MeteredStore metered(**store);
  control::Engine engine(config->settings, metered, **catalog, clock);
  if (absl::Status status = engine.Start(); !status.ok()) {
    return Fail(1, absl::StrCat("the worlds cannot be loaded from ", config->db, ": ", status.message()));
  }
  wire::Throttle throttle(clock);
  wire::CallMetrics call_metrics;
  auto door = wire::GrpcServer::Start({.listen = config->grpc_listen,
                                       .throttle = config->throttle ? &throttle : nullptr,
                                       .metrics = &call_metrics,
                                       .keys = config->auth_keys,
                                       .seed = config->settings.seed,
                                       .clock = &clock,
                                       .tls_certificate_path = config->tls_certificate,
                                       .tls_key_path = config->tls_key,
                                       .tls_client_ca_path = config->tls_client_ca},
                                      registry, engine);
  if (absl::IsInvalidArgument(door.status())) return Fail(kUsage, std::string(door.status().message()));
  if (!door.ok()) {
    return Fail(kUsage, absl::StrCat("--grpc-listen: ", door.status().message(),
                                     "; another program may hold the port: try --grpc-listen=127.0.0.1:0"));
  }
  wire::Door http_calls{registry, engine, wire::kCallsMax};
  http_calls.throttle = config->throttle ? &throttle : nullptr;
  http_calls.metrics = &call_metrics;
  http_calls.name = "http";
  // Tells this process from others that requests are passed on to; decides nothing else.
  std::random_device random;
  wire::Forwarder forwarder(config->forwards, absl::StrCat(absl::Hex(random()), absl::Hex(random())));
  wire::AwsDoor aws(http_calls, clock,
                    {.hosts = {.hosts = config->allowed_hosts, .origins = {}},
                     .public_url = config->public_url,
                     .keys = config->auth_keys,
                     .seed = config->settings.seed,
                     .metrics = [&] { return AllMetrics(call_metrics, metered, registry, engine); },
                     .forwarder = &forwarder});
  auto http = wire::HttpServer::Start(
      {.listen = config->http_listen,
       .tls_certificate_path = config->tls_certificate,
       .tls_key_path = config->tls_key,
       .tls_client_ca_path = config->tls_client_ca,
       .limits = {},
       .clock = &clock,
       .shape_fault = &wire::AwsDoor::ShapeFault,
       .relay = [&aws](const wire::HttpRequest& head) { return aws.Relay(head); }},
      [&aws](wire::HttpRequest request, wire::HttpReply reply) { aws.Handle(std::move(request), std::move(reply)); });
  if (!http.ok()) {
    return Fail(kUsage, absl::StrCat("--http-listen: ", http.status().message(),
                                     "; another program may hold the port: try --http-listen=127.0.0.1:0"));
  }
  for (const std::string& own : {(*http)->address(), (*door)->address()}) {
    if (absl::Status status = wire::RefuseOwnAddress(config->forwards, own); !status.ok()) {
      return Fail(kUsage, absl::StrCat("--forward: ", status.message()));
    }
  }
  std::printf("{\"ready\":true,\"grpc\":%s,\"http\":%s,\"db\":%s,\"profile\":\"%s\",\"seed\":%llu,\"pid\":%d}\n",
              base::JsonQuoted((*door)->address()).c_str(), base::JsonQuoted((*http)->address()).c_str(),
              base::JsonQuoted(config->db).c_str(), config->profile.c_str(),
              static_cast<unsigned long long>(config->settings.seed), static_cast<int>(getpid()));
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);  // further ones stay blocked: the way down is the same
  base::LogInfo("stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
  const Deadline deadline;
  engine.StopWaiting();
  // The door first: its last calls need the engine; then the engine stores what is left, then the file is closed.
  (*http)->Shutdown(kGraceMs / 2);
  (*door)->Shutdown(kGraceMs / 2);
  engine.Stop();
  if (absl::Status status = (*store)->Close(); !status.ok()) {
    base::LogWarning("closing the database", {{"error", std::string(status.message())}});
  }
  return 0;
}

}  // namespace
}  // namespace ecsmi::app

int main(int argc, char** argv) {
  return ecsmi::app::Run(argc, argv);
}
