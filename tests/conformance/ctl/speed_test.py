#!/usr/bin/env python3
"""From the start of ecsmictl to its end with an answer: at most 30 ms. speed_test.py ECSMICTL ECSMID

Judged by the fastest of many runs: what the program itself needs. Medians, which a busy machine lengthens, are printed.
"""
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from ctl import Ctl  # noqa: E402
from daemon import Daemon  # noqa: E402

RUNS = 40
LIMIT_MS = 30.0


def measure(ctl, arguments):
    times = []
    for _ in range(RUNS):
        began = time.monotonic()
        subprocess.run([ctl.binary, *arguments.split()], env=ctl.environment, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append((time.monotonic() - began) * 1e3)
    return min(times), statistics.median(times), max(times)


def main():
    slow = []
    with Daemon(sys.argv[2], "--clock=virtual", "--durability=memory") as daemon:
        ctl = Ctl(sys.argv[1], daemon.grpc)
        ctl.out("""call CreateCluster '{"clusterName": "shop"}'""")
        for arguments in ("--version", "clock", "get clusters", "get tasks", "describe world", "call GetClock",
                          "call ecsmi.ecs.v1.EcsService/ListClusters"):
            least, median, most = measure(ctl, arguments)
            print(f"ecsmictl {arguments:<42} min {least:5.1f} ms  median {median:5.1f} ms  max {most:5.1f} ms")
            if least > LIMIT_MS:
                slow.append(arguments)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
