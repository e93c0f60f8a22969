#pragma once

#include <string>

#include "absl/time/time.h"
#include "ctl/table.h"

namespace ecsmi::ctl {

// What standard output is: a terminal of some width, or a file or pipe (as wide as it gets, no colours).
struct Screen {
  bool terminal = false;
  int columns = 0;
  int rows = 0;
  bool colour = false;  // a terminal, NO_COLOR not set, TERM not "dumb"
  PrintOptions options() const { return {columns, colour}; }
};
Screen LookAtScreen();

// The whole screen of a terminal for as long as it lives: the alternate buffer, no cursor, keys unbuffered and not
// shown. Ctrl-C, SIGTERM and SIGHUP end Wait instead of the process, so that the destructor gives everything back.
// One at a time.
class FullScreen {
 public:
  FullScreen();
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;
  ~FullScreen();

  // Replaces what is shown; lines end in '\n'.
  void Show(const std::string& text);
  // What ended the wait: time, a key, a changed size, or a signal that asks to leave (then the key is 'q').
  struct Woken {
    char key = '\0';
    int signal = 0;
  };
  Woken Wait(absl::Duration longest);

 private:
  struct Rep;
  Rep* rep_;
};

}  // namespace ecsmi::ctl
