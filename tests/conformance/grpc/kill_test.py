#!/usr/bin/env python3
"""Promise 1 against kill -9 under load: kill_test.py ECSMID LOAD_CLIENT TIMES [SEED]

Each time: calls in flight, kill -9 at a random moment, restart on the same file (which compares the state's hash with
the stored one), then every acknowledged task must be described, its token must give it again, and counters must agree.
"""
import pathlib
import random
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from daemon import Daemon  # noqa: E402

BINARY, LOAD, TIMES = sys.argv[1], sys.argv[2], int(sys.argv[3])
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else random.SystemRandom().randrange(1 << 32)
IN_FLIGHT = [1, 16, 64]
ANSWERS_MAX = 1500  # the kill comes after that many answers at most
TASKS_MAX = 20_000  # then a new file: verifying costs what was ever made


def load(daemon, *arguments, **more):
    return subprocess.run([LOAD, daemon.grpc, *arguments], check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def until_killed(daemon, in_flight, answers, pause_s, tag):
    """Acknowledged lines of a client whose daemon was killed: `pause_s` after so many answers."""
    client = subprocess.Popen([LOAD, daemon.grpc, "run", str(in_flight), "0", tag], stdout=subprocess.PIPE, text=True)
    lines = []
    for line in client.stdout:
        lines.append(line)
        if len(lines) == answers:
            threading.Timer(pause_s, daemon.kill_now).start()
    client.wait()
    daemon.kill()
    return [line for line in lines if line.endswith("\n")]


def main():
    print(f"seed {SEED}", flush=True)
    chance = random.Random(SEED)
    total = 0
    done = 0
    while done < TIMES:
        latency = chance.choice(["aws", "none"])
        with Daemon(BINARY, "--limits=none", f"--latency={latency}", "--clock=wall",
                    f"--speed={chance.choice([1, 100])}") as daemon:
            load(daemon, "setup")
            acknowledged = []
            while done < TIMES and len(acknowledged) < TASKS_MAX:
                in_flight = chance.choice(IN_FLIGHT)
                answers = chance.randrange(1, ANSWERS_MAX)
                acknowledged += until_killed(daemon, in_flight, answers, chance.random() * 0.02, f"t{done}")
                daemon.start()
                report = load(daemon, "verify", input="".join(acknowledged))
                done += 1
                print(f"{done}: {latency}, {in_flight} in flight: {report.strip()}", flush=True)
            total += len(acknowledged)
    print(f"killed {done} times, {total} tasks acknowledged, none missing")


if __name__ == "__main__":
    main()
