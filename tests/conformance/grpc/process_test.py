#!/usr/bin/env python3
"""How the daemon starts, refuses to start, and ends: process_test.py ECSMID LOAD_CLIENT BUF [unittest arguments]"""
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from daemon import Daemon, run_refused  # noqa: E402
from grpc_buf import Buf  # noqa: E402

BINARY, LOAD, TOOL = sys.argv[1:4]
EMULATOR = "ecsmi.emulator.v1.EmulatorService"


def load(daemon, *arguments, **more):
    return subprocess.run([LOAD, daemon.grpc, *arguments], check=True, stdout=subprocess.PIPE, text=True, **more).stdout


class Ending(unittest.TestCase):
    def test_sigterm_ends_an_idle_daemon_with_0(self):
        with Daemon(BINARY) as daemon:
            self.assertEqual(daemon.stop(), 0)

    def test_a_second_sigterm_changes_nothing(self):
        with Daemon(BINARY) as daemon:
            self.assertEqual(daemon.stop(signals=2), 0)

    def test_sigterm_with_a_hundred_calls_under_way_keeps_what_was_acknowledged(self):
        with Daemon(BINARY, "--limits=none", "--latency=none") as daemon:
            load(daemon, "setup")
            client = subprocess.Popen([LOAD, daemon.grpc, "run", "100", "0", "term"], stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, text=True)
            lines = [client.stdout.readline() for _ in range(200)]
            self.assertEqual(daemon.stop(), 0)
            rest, errors = client.communicate(timeout=20)
            self.assertEqual(errors, "")
            acknowledged = "".join(lines) + rest
            daemon.start()
            report = load(daemon, "verify", input=acknowledged)
            self.assertIn(f"acknowledged {acknowledged.count(chr(10))} ", report)
            self.assertEqual(daemon.stop(), 0)

    def test_sigterm_ends_ten_years_that_are_on_their_way(self):
        with Daemon(BINARY, "--limits=none", "--latency=none", "--clock=virtual", "--durability=memory") as daemon:
            load(daemon, "setup", "uniform(1,300000000)")
            buf = Buf(TOOL, daemon.grpc)
            load(daemon, "run", "100", "20000", "many")
            command = buf.command("-d", '{"by":"315360000s"}', f"http://{daemon.grpc}/{EMULATOR}/AdvanceClock")
            journey = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            # The world is busy with it once a read of the same world is not answered at once.
            while journey.poll() is None:
                result = buf.run("--connect-timeout", "2", "-H", "grpc-timeout: 100m", "-d", "{}",
                                 f"http://{daemon.grpc}/{EMULATOR}/GetClock")
                if result.returncode != 0:
                    break
            self.assertIsNone(journey.poll(), "ten years were over before SIGTERM")
            self.assertEqual(daemon.stop(), 0)
            journey.communicate(timeout=10)

    def test_a_disk_that_refuses_every_write_does_not_hold_the_daemon(self):
        import resource
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (80 << 20, resource.RLIM_INFINITY))  # noqa: E731
        with Daemon(BINARY, "--limits=none", "--latency=none", preexec=limit) as daemon:
            load(daemon, "setup")
            # The log meets the limit under load; from then on nobody is answered until there is room again.
            resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
            client = subprocess.Popen([LOAD, daemon.grpc, "run", "16", "0", "full"], stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL, text=True)
            buf = Buf(TOOL, daemon.grpc)
            while buf.call("grpc.health.v1.Health/Check")["status"] == "SERVING":
                pass
            self.assertEqual(daemon.stop(), 74)
            self.assertIn("calls under way could not be finished in time", daemon.log())
            acknowledged, _ = client.communicate(timeout=20)
            daemon.preexec = None
            daemon.start()
            load(daemon, "verify", input=acknowledged)


class Starting(unittest.TestCase):
    def refused(self, words, *flags):
        status, error = run_refused(BINARY, *flags)
        self.assertEqual(status, 2, error)
        for word in words:
            self.assertIn(word, error)

    def test_a_taken_port_is_named(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            self.refused([f"cannot listen on {address}", "--grpc-listen=127.0.0.1:0"], f"--grpc-listen={address}",
                         "--db=:memory:")

    def test_a_database_in_use_is_refused(self):
        with Daemon(BINARY) as daemon:
            self.refused(["--db", daemon.db, "in use", f"process {daemon.process.pid}", "Stop it first"],
                         "--grpc-listen=127.0.0.1:0", f"--db={daemon.db}")

    def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(self):
        with Daemon(BINARY) as daemon:
            self.assertEqual(daemon.stop(), 0)
            with sqlite3.connect(daemon.db) as database:
                (version,) = database.execute("PRAGMA user_version").fetchone()
                database.execute(f"PRAGMA user_version={version + 1}")
            database.close()
            before = pathlib.Path(daemon.db).read_bytes()
            self.refused(["--db", "newer"], "--grpc-listen=127.0.0.1:0", f"--db={daemon.db}")
            self.assertEqual(pathlib.Path(daemon.db).read_bytes(), before)

    def test_a_file_that_is_no_database_is_refused(self):
        with Daemon(BINARY) as daemon:
            other = daemon.folder / "notes.txt"
            other.write_text("not a database")
            self.refused(["--db", "is not a database"], "--grpc-listen=127.0.0.1:0", f"--db={other}")
            self.assertEqual(other.read_text(), "not a database")

    def test_bad_flags_are_refused_with_what_is_allowed(self):
        for flag, words in {
            "--clock=sundial": ["--clock", "sundial"],
            "--log-level=loud": ["--log-level", "loud"],
            "--quotas=standard": ["--quotas=standard", "new-account"],
            "--grpc-listen=0.0.0.0:0": ["0.0.0.0:0", "--insecure"],
            "--no-such-flag": ["no-such-flag"],
        }.items():
            with self.subTest(flag):
                self.refused(words, flag)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[4:]])
