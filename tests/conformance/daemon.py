"""The real binary under test: started on free ports with a database of its own, ended without leaving anything."""
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time


class Daemon:
    """`with Daemon(binary, "--clock=virtual") as daemon:` — `daemon.grpc` is its address, `daemon.ready` its ready line."""

    def __init__(self, binary, *flags, db=None, preexec=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ecsmi-conformance-"))
        self.db = db or str(self.folder / "world.db")
        self.flags = flags
        self.binary = binary
        self.preexec = preexec
        self.process = None
        self.ready = None
        self.log_path = self.folder / "stderr.log"

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def http(self):
        return self.ready["http"]

    @property
    def grpc(self):
        return self.ready["grpc"]

    def start(self, deadline_s=60):
        given = {flag.split("=")[0] for flag in self.flags}
        free = [f"{flag}=127.0.0.1:0" for flag in ("--grpc-listen", "--http-listen") if flag not in given]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, *free, f"--db={self.db}", *self.flags],
                stdout=subprocess.PIPE, stderr=log, text=True, preexec_fn=self.preexec)
        line = read_line(self.process.stdout, deadline_s)
        if not line:
            raise AssertionError(f"no ready line; exit {self.process.wait()}:\n{self.log()}")
        self.ready = json.loads(line)
        return self

    def log(self):
        return self.log_path.read_text(errors="replace")

    def kill_now(self):
        """kill -9, without waiting."""
        self.process.kill()

    def kill(self):
        """kill -9; returns once the process is gone."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
        if self.process is not None:
            self.process.wait()
            self.process.stdout.close()

    def stop(self, signals=1, within_s=2.0):
        """SIGTERM; the exit status, which must come within the given time."""
        began = time.monotonic()
        for _ in range(signals):
            os.kill(self.process.pid, signal.SIGTERM)
        try:
            status = self.process.wait(timeout=within_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still there {within_s} s after SIGTERM:\n{self.log()}") from None
        self.stopped_after_s = time.monotonic() - began
        rest = self.process.stdout.read()
        assert rest == "", f"more than the ready line on stdout: {rest!r}"
        return status


def read_line(stream, deadline_s):
    """The next line, or "" when none came in time or the stream ended."""
    lines = queue.Queue()
    threading.Thread(target=lambda: lines.put(stream.readline()), daemon=True).start()
    try:
        return lines.get(timeout=deadline_s)
    except queue.Empty:
        return ""


def run_refused(binary, *flags, deadline_s=30):
    """A start that must fail: (exit status, stderr); stdout must stay empty."""
    result = subprocess.run([binary, *flags], capture_output=True, text=True, timeout=deadline_s)
    assert result.stdout == "", result.stdout
    return result.returncode, result.stderr
