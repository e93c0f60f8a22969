#include "ctl/terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_replace.h"

namespace ecsmi::ctl {
namespace {

constexpr char kEnter[] = "\033[?1049h\033[?25l";
constexpr char kLeave[] = "\033[?25h\033[?1049l";

void Write(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace

Screen LookAtScreen() {
  Screen screen;
  screen.terminal = isatty(STDOUT_FILENO) != 0;
  if (!screen.terminal) return screen;
  winsize size{};
  const bool told = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
  screen.columns = told ? size.ws_col : 80;
  screen.rows = told ? size.ws_row : 24;
  const char* const plain = std::getenv("NO_COLOR");
  const char* const kind = std::getenv("TERM");
  screen.colour = (plain == nullptr || *plain == '\0') && kind != nullptr && std::string(kind) != "dumb";
  return screen;
}

struct FullScreen::Rep {
  termios before{};
  bool keys = false;  // standard input is a terminal, too
  sigset_t mask_before{};
  int signals = -1;
};

FullScreen::FullScreen() : rep_(new Rep) {
  sigset_t caught;
  sigemptyset(&caught);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGWINCH}) sigaddset(&caught, signal);
  pthread_sigmask(SIG_BLOCK, &caught, &rep_->mask_before);
  rep_->signals = signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
  rep_->keys = tcgetattr(STDIN_FILENO, &rep_->before) == 0;
  if (rep_->keys) {
    termios raw = rep_->before;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
  }
  Write(kEnter);
}

FullScreen::~FullScreen() {
  Write(kLeave);
  if (rep_->keys) tcsetattr(STDIN_FILENO, TCSAFLUSH, &rep_->before);
  if (rep_->signals >= 0) close(rep_->signals);
  pthread_sigmask(SIG_SETMASK, &rep_->mask_before, nullptr);
  delete rep_;
}

void FullScreen::Show(const std::string& text) {
  // Each line clears the rest of its own, and the last everything below: nothing flickers. No line feed after the last
  // one, which would scroll a full screen.
  std::string lines = text;
  if (!lines.empty() && lines.back() == '\n') lines.pop_back();
  Write("\033[H" + absl::StrReplaceAll(lines, {{"\n", "\033[K\r\n"}}) + "\033[K\033[J");
}

FullScreen::Woken FullScreen::Wait(absl::Duration longest) {
  std::array<pollfd, 2> watched = {{{rep_->signals, POLLIN, 0}, {rep_->keys ? STDIN_FILENO : -1, POLLIN, 0}}};
  const int ready = poll(watched.data(), watched.size(), static_cast<int>(absl::ToInt64Milliseconds(longest)));
  if (ready <= 0) return {};
  if ((watched[0].revents & POLLIN) != 0) {
    signalfd_siginfo info{};
    if (read(rep_->signals, &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return {};
    const int signal = static_cast<int>(info.ssi_signo);
    if (signal == SIGWINCH) return {'\0', 0};
    return {'q', signal};
  }
  char key = '\0';
  if (read(STDIN_FILENO, &key, 1) != 1) return {'q', SIGHUP};  // the terminal is gone
  return {key, 0};
}

}  // namespace ecsmi::ctl
