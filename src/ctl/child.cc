#include "ctl/child.h"

#include <fcntl.h>
#include <poll.h>
#include <rapidjson/document.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ctl/exit.h"

namespace ecsmi::ctl {
namespace {

constexpr absl::Duration kReadyMax = absl::Seconds(30);
constexpr absl::Duration kStopMax = absl::Seconds(5);
constexpr int kNoSuchCommand = 127;
constexpr int kCommandCannotRun = 126;
constexpr std::size_t kLogShown = 2'000;
constexpr std::array kPassedOn = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

std::vector<char*> Arguments(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));  // execv's signature
  arguments.push_back(nullptr);
  return arguments;
}

// A line from `fd`, without its end; empty when none came in time or the other side closed.
std::string ReadLine(int fd, absl::Time end) {
  std::string line;
  for (;;) {
    pollfd watched{fd, POLLIN, 0};
    const int wait_ms = static_cast<int>(absl::ToInt64Milliseconds(end - absl::Now()));
    if (wait_ms <= 0 || poll(&watched, 1, wait_ms) <= 0) return "";
    char c = 0;
    if (read(fd, &c, 1) != 1) return "";
    if (c == '\n') return line;
    line.push_back(c);
  }
}

std::string EndOfFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string all((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return all.size() > kLogShown ? all.substr(all.size() - kLogShown) : all;
}

std::string Member(const rapidjson::Document& line, const char* name) {
  return line.IsObject() && line.HasMember(name) && line[name].IsString() ? line[name].GetString() : "";
}

int StatusOf(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

[[noreturn]] void Become(const std::vector<std::string>& command, const std::vector<Variable>& environment) {
  for (const Variable& variable : environment) {
    if (variable.unset) {
      unsetenv(variable.name.c_str());
    } else {
      setenv(variable.name.c_str(), variable.value.c_str(), 1);
    }
  }
  execvp(command[0].c_str(), Arguments(command).data());
  const int error = errno;
  std::fprintf(stderr, "ecsmictl run: %s: %s\n", command[0].c_str(), std::strerror(error));
  _exit(error == ENOENT ? kNoSuchCommand : kCommandCannotRun);
}

}  // namespace

absl::StatusOr<DaemonProcess> DaemonProcess::Start(const std::string& binary, const std::vector<std::string>& flags,
                                                   const std::string& log_path) {
  std::array<int, 2> out{};
  if (pipe2(out.data(), O_CLOEXEC) != 0) return NoConnection(absl::StrCat("no pipe: ", std::strerror(errno)));
  const int log = open(log_path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0600);
  std::vector<std::string> words = {binary};
  words.insert(words.end(), flags.begin(), flags.end());
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(1);  // it has ended already
    setpgid(0, 0);
    dup2(out[1], STDOUT_FILENO);
    if (log >= 0) dup2(log, STDERR_FILENO);
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (nothing >= 0) dup2(nothing, STDIN_FILENO);
    execv(binary.c_str(), Arguments(words).data());
    std::fprintf(stderr, "%s: %s\n", binary.c_str(), std::strerror(errno));
    _exit(kNoSuchCommand);
  }
  close(out[1]);
  if (log >= 0) close(log);
  if (pid < 0) {
    close(out[0]);
    return NoConnection(absl::StrCat("no process: ", std::strerror(errno)));
  }
  DaemonProcess daemon;
  daemon.pid_ = pid;
  rapidjson::Document line;
  line.Parse(ReadLine(out[0], absl::Now() + kReadyMax).c_str());
  close(out[0]);
  daemon.grpc_ = Member(line, "grpc");
  daemon.http_ = Member(line, "http");
  if (daemon.grpc_.empty() || daemon.http_.empty()) {
    daemon.Stop();
    return NoConnection(absl::StrCat("the daemon did not become ready:\n", EndOfFile(log_path)));
  }
  return daemon;
}

DaemonProcess::DaemonProcess(DaemonProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), grpc_(std::move(other.grpc_)), http_(std::move(other.http_)) {}

void DaemonProcess::Stop() {
  const pid_t pid = std::exchange(pid_, -1);
  if (pid < 0) return;
  kill(pid, SIGTERM);
  const absl::Time end = absl::Now() + kStopMax;
  while (waitpid(pid, nullptr, WNOHANG) == 0) {
    if (absl::Now() > end) {
      kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
      return;
    }
    absl::SleepFor(absl::Milliseconds(2));
  }
}

int RunCommand(const std::vector<std::string>& command, const std::vector<Variable>& environment) {
  sigset_t caught;
  sigset_t before;
  sigemptyset(&caught);
  sigaddset(&caught, SIGCHLD);
  for (const int signal : kPassedOn) sigaddset(&caught, signal);
  sigprocmask(SIG_BLOCK, &caught, &before);
  const pid_t pid = fork();
  if (pid == 0) {
    sigprocmask(SIG_SETMASK, &before, nullptr);
    Become(command, environment);
  }
  int status = 0;
  while (pid > 0) {
    if (waitpid(pid, &status, WNOHANG) == pid) break;
    siginfo_t info{};
    const int signal = sigwaitinfo(&caught, &info);
    // The terminal's own went to the whole process group, the command included.
    if (signal > 0 && signal != SIGCHLD && info.si_code != SI_KERNEL) kill(pid, signal);
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  return pid < 0 ? kCommandCannotRun : StatusOf(status);
}

std::string ProgramFolder() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path().string();
}

}  // namespace ecsmi::ctl
