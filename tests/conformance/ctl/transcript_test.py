#!/usr/bin/env python3
"""Golden output of every verb: transcript_test.py ECSMICTL ECSMID [--write]

story.txt is a shell session: lines that begin with "$ ecsmictl" are commands, what follows is all they print (standard
output, then standard error) and, when it is not 0, "[exit N]". The daemon's clock is virtual and its seed 1, so every
byte is the same each time. --write puts the real output into the file; read the difference before it is committed.
"""
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from ctl import Ctl  # noqa: E402
from daemon import Daemon  # noqa: E402

BINARY, DAEMON = map(os.path.abspath, sys.argv[1:3])
STORY = HERE / "story.txt"
PROMPT = "$ ecsmictl "


def play(ctl, text):
    """The session with what the commands print now."""
    lines = []
    for line in text.splitlines():
        if line.startswith("#") or line == "":
            if line or (lines and lines[-1]):
                lines.append(line)
        elif line.startswith(PROMPT):
            status, out, err = ctl(line[len(PROMPT):])
            lines.append(line)
            lines += (out + err).splitlines()
            if status != 0:
                lines.append(f"[exit {status}]")
            lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def commands_of(text):
    """Comments and commands, without what was printed; a comment begins a block, so output may hold a '#'."""
    kept, printed = [], False
    for line in text.splitlines():
        if line.startswith(PROMPT):
            printed = True
            kept.append(line)
        elif line == "":
            printed = False
        elif line.startswith("#") and not printed:
            kept.append("")
            kept.append(line)
    return "\n".join(kept) + "\n"


def main():
    wanted = STORY.read_text()
    with Daemon(DAEMON, "--clock=virtual", "--seed=1") as daemon:
        real = play(Ctl(BINARY, daemon.grpc), commands_of(wanted))
    if "--write" in sys.argv:
        STORY.write_text(real)
        return 0
    if real == wanted:
        return 0
    import difflib
    sys.stdout.writelines(difflib.unified_diff(wanted.splitlines(True), real.splitlines(True), "story.txt", "printed"))
    return 1


if __name__ == "__main__":
    sys.exit(main())
