#include "demo/daemon.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"

namespace ecsmi::demo {
namespace {

// The value of `"name":"…"` in the ready line; our own daemon wrote it, so there is nothing to escape in an address.
std::string TextMember(const std::string& line, const std::string& name) {
  const std::string opening = absl::StrCat("\"", name, "\":\"");
  const std::size_t at = line.find(opening);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + opening.size();
  return line.substr(begin, line.find('"', begin) - begin);
}

std::string ReadLine(int fd) {
  std::string line;
  char c = 0;
  while (read(fd, &c, 1) == 1 && c != '\n') line.push_back(c);
  return line;
}

}  // namespace

absl::StatusOr<Daemon> Daemon::Start(const std::string& binary, std::vector<std::string> flags) {
  Daemon daemon;
  std::string folder = (std::filesystem::temp_directory_path() / "ecsmi-demo-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return absl::InternalError("no temporary folder can be made");
  daemon.folder_ = folder;
  flags.insert(flags.begin(), {binary, "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0",
                               absl::StrCat("--db=", folder, "/demo.db")});

  std::array<int, 2> out{};
  if (pipe2(out.data(), O_CLOEXEC) != 0) return absl::InternalError("no pipe can be made");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  std::vector<char*> arguments;
  arguments.reserve(flags.size() + 1);
  for (std::string& flag : flags) arguments.push_back(flag.data());
  arguments.push_back(nullptr);
  const int failed = posix_spawn(&daemon.pid_, binary.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  if (failed != 0) {
    close(out[0]);
    daemon.pid_ = -1;
    return absl::NotFoundError(absl::StrCat(binary, " cannot be started; build it with `make build`"));
  }
  daemon.endpoint_ = TextMember(ReadLine(out[0]), "grpc");
  close(out[0]);
  if (daemon.endpoint_.empty()) return absl::UnavailableError("the daemon ended before it was ready");
  return daemon;
}

Daemon::Daemon(Daemon&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      folder_(std::exchange(other.folder_, "")),
      endpoint_(std::move(other.endpoint_)) {}

absl::Status Daemon::Stop() {
  if (pid_ < 0) return absl::OkStatus();
  kill(pid_, SIGTERM);
  int status = 0;
  waitpid(std::exchange(pid_, -1), &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("the daemon ended with status ", status));
}

Daemon::~Daemon() {
  (void)Stop();
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

}  // namespace ecsmi::demo
