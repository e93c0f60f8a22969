#!/usr/bin/env python3
"""Checks the arrows between rooms and a few habits that a compiler cannot see. Usage: check.py REPOSITORY_ROOT"""
import pathlib
import re
import sys

import fidelity

ROOT = pathlib.Path(sys.argv[1])

# (name, folders looked at, pattern that may not occur, {file: why it may})
RULES = [
    ("SQLite stops at the store", ["src", "include"], r"sqlite3", {"src/store/": "the one room that knows it"}),
    ("gRPC stops at the wire", ["src", "include"], r"#include [<\"]grpc", {"src/wire/": "the door", "src/app/": "starts it", "src/demo/": "a client",
                                                                              "src/ctl/": "a client"}),
    ("protobuf stops at the API", ["src", "include"], r"#include [<\"](google/protobuf|ecsmi/\w+/v1/)",
     {"src/wire/": "the door", "src/api/": "meets the contract", "include/ecsmi/api/": "its interface", "src/app/": "wiring", "src/demo/": "a client",
      "src/ctl/": "a client"}),
    ("the core is pure: no threads, clocks, files, logs",
     ["src/core", "src/model", "include/ecsmi/core", "include/ecsmi/model"],
     r"#include <(thread|mutex|chrono|fstream|iostream|unistd.h|sys/)|spdlog|base/lock\.h", {}),
    ("the host's clock stops at the clock room", ["src", "include"], r"system_clock",
     {"src/clock/": "the one room that asks it", "src/wire/grpc/server.cc": "gRPC takes its deadline so"}),
    ("connections to other machines are opened by the forwarder", ["src", "include"], r"async_connect|tcp::resolver|Tcp::resolver",
     {"src/wire/forward/": "the one room that calls out", "src/demo/": "a client"}),
    ("only the doors' servers know each other's sockets", ["src/wire/aws", "src/wire/keys", "src/wire/account", "src/wire/call"],
     r'#include "wire/(http/(server|connection|core)|grpc/)', {}),
    ("tests do not sleep", ["tests"], r"sleep_for|usleep\(|\bsleep\(\d", {"tests/tidy/check.py": "names the pattern"}),
    ("ctl knows the contract alone", ["src/ctl"], r"#include \"(ecsmi/(model|core|control|ports|api)/|(control|api|store|catalog|clock|app)/|wire/(?!account/))", {}),
    ("nobody looks into ctl", ["src", "include"], r"#include \"ctl/", {"src/ctl/": "itself"}),
    ("core and model do not look up", ["src/core", "src/model"], r"#include \"(control|api|wire|store|catalog|clock)/", {}),
]
LINES_MAX = 500
LONG_FILES = {}  # file: why it is one idea

failures = []
files = [p for top in ("src", "include", "tests") for p in (ROOT / top).rglob("*") if p.suffix in (".cc", ".h", ".py")]
for path in sorted(files):
    name = path.relative_to(ROOT).as_posix()
    text = path.read_text()
    for rule, folders, pattern, allowed in RULES:
        if not any(name.startswith(folder + "/") for folder in folders):
            continue
        if any(name.startswith(prefix) for prefix in allowed):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(pattern, line):
                failures.append(f"{name}:{number}: {rule}: {line.strip()}")
    lines = text.count("\n")
    if lines > LINES_MAX and name not in LONG_FILES:
        failures.append(f"{name}: {lines} lines; more than {LINES_MAX} needs a reason in tests/tidy/check.py")

failures += fidelity.check(ROOT)
# Where packages come from is the machine's business: a lock names versions and hashes, never a host.
for path in sorted(ROOT.rglob("package*.json")):
    name = path.relative_to(ROOT).as_posix()
    if "node_modules/" in name or name.startswith("build"):
        continue
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if re.search(r'"resolved"|https?://', line):
            failures.append(f"{name}:{number}: no registry host in tracked files: {line.strip()}")

print("\n".join(failures) or f"{len(files)} files keep the rules")
sys.exit(1 if failures else 0)
