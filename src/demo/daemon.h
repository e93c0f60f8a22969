#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace ecsmi::demo {

// A daemon of our own: on free ports, with a database in a temporary folder that goes with it. Ends it when destroyed.
class Daemon {
 public:
  // Starts `binary` with `flags` and waits for its ready line. Errors: what the daemon said, or that it said nothing.
  static absl::StatusOr<Daemon> Start(const std::string& binary, std::vector<std::string> flags);
  Daemon(Daemon&& other) noexcept;
  Daemon& operator=(Daemon&&) = delete;
  ~Daemon();

  // host:port of its gRPC door.
  const std::string& endpoint() const { return endpoint_; }
  // Asks it to end and waits. Errors: it ended with another code than 0.
  absl::Status Stop();

 private:
  Daemon() = default;
  pid_t pid_ = -1;
  std::string folder_;
  std::string endpoint_;
};

}  // namespace ecsmi::demo
