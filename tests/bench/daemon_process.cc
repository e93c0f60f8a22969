#include "bench/daemon_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "bench/report.h"

namespace ecsmi::bench {
namespace {

constexpr std::size_t kReadBytes = 256 * std::size_t{1024};

std::string ReadLine(int fd) {
  std::string line;
  char c = 0;
  while (read(fd, &c, 1) == 1 && c != '\n') line.push_back(c);
  return line;
}

// The member's value in a line of flat JSON.
std::string Member(const std::string& json, const std::string& name) {
  const std::string key = absl::StrCat("\"", name, "\":\"");
  const std::size_t at = json.find(key);
  Require(at != std::string::npos, absl::StrCat("a ready line with ", name, ": ", json));
  const std::size_t begin = at + key.size();
  return json.substr(begin, json.find('"', begin) - begin);
}

}  // namespace

DaemonProcess::DaemonProcess(const std::vector<std::string>& flags) {
  const std::string binary = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "ecsmid";
  std::vector<std::string> words = {binary, "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0",
                                    "--log-level=off"};
  words.insert(words.end(), flags.begin(), flags.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::array<int, 2> out{};
  Require(pipe2(out.data(), O_CLOEXEC) == 0, "a pipe");
  const double began = WallSeconds();
  pid_ = fork();
  Require(pid_ >= 0, "a process");
  if (pid_ == 0) {
    dup2(out[1], STDOUT_FILENO);
    execv(binary.c_str(), arguments.data());
    _exit(127);
  }
  close(out[1]);
  const std::string line = ReadLine(out[0]);
  ready_seconds_ = WallSeconds() - began;
  close(out[0]);
  http_ = Member(line, "http");
}

DaemonProcess::~DaemonProcess() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

double DaemonProcess::CpuSeconds() const {
  std::ifstream file(absl::StrCat("/proc/", pid_, "/stat"));
  std::string text;
  std::getline(file, text);
  // Behind the program's name: state is field 3, utime and stime are 14 and 15.
  const std::vector<std::string> fields = absl::StrSplit(text.substr(text.rfind(')') + 2), ' ');
  std::int64_t user = 0;
  std::int64_t system = 0;
  Require(fields.size() > 12 && absl::SimpleAtoi(fields[11], &user) && absl::SimpleAtoi(fields[12], &system),
          "the daemon's CPU time");
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double DaemonProcess::ResidentMib() const {
  std::ifstream file(absl::StrCat("/proc/", pid_, "/statm"));
  std::int64_t size = 0;
  std::int64_t resident = 0;
  file >> size >> resident;
  Require(resident > 0, "the daemon's memory");
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / (1 << 20);
}

AwsConnection::AwsConnection(const std::string& address) {
  const std::vector<std::string> parts = absl::StrSplit(address, ':');
  int port = 0;
  Require(parts.size() == 2 && absl::SimpleAtoi(parts[1], &port), "an address");
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  inet_pton(AF_INET, parts[0].c_str(), &to.sin_addr);
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  Require(connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0, "the AWS door takes a connection");
}

AwsConnection::~AwsConnection() {
  close(socket_);
}

std::string AwsConnection::Call(const std::string& operation, const std::string& body) {
  const std::string request = absl::StrCat(
      "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amz-Target: ",
      "AmazonEC2ContainerServiceV20141113.", operation, "\r\nContent-Length: ", body.size(), "\r\n\r\n", body);
  for (std::size_t sent = 0; sent < request.size();) {
    const ssize_t more = send(socket_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    Require(more > 0, absl::StrCat(operation, " is sent"));
    sent += static_cast<std::size_t>(more);
  }
  std::string answer;
  std::size_t body_at = std::string::npos;
  std::size_t length = 0;
  while (body_at == std::string::npos || answer.size() < body_at + length) {
    const std::size_t have = answer.size();
    answer.resize(have + kReadBytes);
    const ssize_t more = recv(socket_, answer.data() + have, kReadBytes, 0);
    Require(more > 0, absl::StrCat(operation, " is answered"));
    answer.resize(have + static_cast<std::size_t>(more));
    if (body_at == std::string::npos && (body_at = answer.find("\r\n\r\n")) != std::string::npos) {
      const std::string head = answer.substr(0, body_at);
      body_at += 4;
      constexpr char kLength[] = "\r\ncontent-length: ";
      const std::size_t at = head.find(kLength);
      Require(at != std::string::npos, absl::StrCat("a length in ", head));
      length = std::strtoull(head.c_str() + at + sizeof(kLength) - 1, nullptr, 10);
    }
  }
  Require(answer.compare(0, 12, "HTTP/1.1 200") == 0, absl::StrCat(operation, " works: ", answer.substr(0, 2000)));
  return answer.substr(body_at);
}

}  // namespace ecsmi::bench
