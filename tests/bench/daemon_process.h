#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ecsmi::bench {

// The real binary, beside this one, as a process of its own on free ports; killed with the object. What it costs is
// read from /proc, so that nothing of the client is counted. One thread.
class DaemonProcess {
 public:
  // Returns once the ready line has come. Ends the program when it does not.
  explicit DaemonProcess(const std::vector<std::string>& flags);
  ~DaemonProcess();
  DaemonProcess(const DaemonProcess&) = delete;
  DaemonProcess& operator=(const DaemonProcess&) = delete;

  double ready_seconds() const { return ready_seconds_; }  // from fork to the ready line
  double CpuSeconds() const;                               // user and system, all threads, in steps of 10 ms
  double ResidentMib() const;
  // Of the AWS door: "127.0.0.1:41234".
  const std::string& http() const { return http_; }

 private:
  pid_t pid_ = -1;
  double ready_seconds_ = 0;
  std::string http_;
};

// AWS JSON calls of ECS over one kept connection, one at a time.
class AwsConnection {
 public:
  explicit AwsConnection(const std::string& address);
  ~AwsConnection();
  AwsConnection(const AwsConnection&) = delete;
  AwsConnection& operator=(const AwsConnection&) = delete;

  // The answer's body. Ends the program when the answer is not 200.
  std::string Call(const std::string& operation, const std::string& body);

 private:
  int socket_ = -1;
};

}  // namespace ecsmi::bench
