#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

// Processes for `run`. Linux. To be used before the first call of a Client, whose threads a fork would not take along.
namespace ecsmi::ctl {

// An ecsmid of our own, on free ports, in a process group of its own so that a terminal's ctrl-C leaves it alone. Ends
// when this process does, however that happens.
class DaemonProcess {
 public:
  // Waits for its ready line. `log_path` gets its standard error. Errors: kNoConnection, with the log's end.
  static absl::StatusOr<DaemonProcess> Start(const std::string& binary, const std::vector<std::string>& flags,
                                             const std::string& log_path);
  DaemonProcess(DaemonProcess&& other) noexcept;
  DaemonProcess& operator=(DaemonProcess&&) = delete;
  ~DaemonProcess() { Stop(); }

  const std::string& grpc() const { return grpc_; }
  const std::string& http() const { return http_; }
  // SIGTERM, and SIGKILL when that takes more than a few seconds.
  void Stop();

 private:
  DaemonProcess() = default;
  pid_t pid_ = -1;
  std::string grpc_;
  std::string http_;
};

// Variables to set (or, without a value, to take away) for a command.
struct Variable {
  std::string name;
  std::string value;
  bool unset = false;
};

// Runs a command to its end and gives its exit status as a shell would: 128 + n when signal n ended it, 127 when there
// is no such command. Signals sent to this process meanwhile are passed on; those of the terminal reach it anyway.
int RunCommand(const std::vector<std::string>& command, const std::vector<Variable>& environment);

// The folder of this program's file, links resolved.
std::string ProgramFolder();

}  // namespace ecsmi::ctl
