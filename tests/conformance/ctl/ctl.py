"""Runs the real ecsmictl as a user would: its output and exit status."""
import os
import pathlib
import shlex
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


class Ctl:
    """`Ctl(binary, endpoint)("get tasks")` gives (exit status, stdout, stderr)."""

    def __init__(self, binary, endpoint, **environment):
        self.binary = os.path.abspath(binary)
        self.environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "ECSMI_ENDPOINT": endpoint,
                            **environment}

    def __call__(self, arguments, stdin="", **environment):
        words = shlex.split(arguments) if isinstance(arguments, str) else list(arguments)
        done = subprocess.run([self.binary, *words], input=stdin, capture_output=True, text=True, timeout=60,
                              env={**self.environment, **environment}, cwd=HERE)
        return done.returncode, done.stdout, done.stderr

    def out(self, arguments, **more):
        """Standard output of a command that must succeed."""
        status, out, err = self(arguments, **more)
        assert status == 0, f"{arguments}: exit {status}\n{err}"
        return out
