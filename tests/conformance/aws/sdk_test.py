#!/usr/bin/env python3
"""The AWS SDK for JavaScript against the real binary: sdk_test.py ECSMID CLIENTS

Each story of stories.mjs runs in a world of its own, on a clock of every kind it is meant for. Where boto3 and the AWS
CLI are at hand and know Managed Instances they run the lifecycle, too; otherwise the output says that they do not.
"""
import json
import os
import pathlib
import resource
import subprocess
import sys
import unittest
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from aws_cli import missing_cli  # noqa: E402
from daemon import Daemon, read_line  # noqa: E402

BINARY, CLIENTS = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()


def get(daemon, path):
    """Status and body of a page."""
    try:
        with urllib.request.urlopen(f"http://{daemon.http}{path}", timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


class Sdk(unittest.TestCase):
    maxDiff = None

    def stories(self, mode, names, *flags, timeout_s=240):
        with Daemon(BINARY, *flags) as daemon:
            result = subprocess.run(
                [CLIENTS / "node", HERE / "stories.mjs", CLIENTS, f"http://{daemon.http}", mode, *names],
                capture_output=True, text=True, timeout=timeout_s)
            self.assertEqual(result.returncode, 0, f"{result.stdout}\n{result.stderr}\n{daemon.log()}")
            told = [json.loads(line)["story"] for line in result.stdout.splitlines() if line.startswith("{")]
            self.assertEqual(told, names, result.stdout)
            self.assertEqual(daemon.stop(), 0)

    def test_auto_clock(self):
        self.stories("auto", ["lifecycle", "instances", "waiters", "terraform", "failing_service", "pages", "wire", "queue",
                              "queue_with_outside_worker"], "--clock=auto", "--durability=memory")

    def test_virtual_clock(self):
        self.stories("virtual", ["lifecycle", "terraform", "queue"], "--clock=virtual", "--durability=memory")

    def test_wall_clock(self):
        self.stories("wall", ["waiters", "terraform", "queue"], "--clock=wall", "--speed=60", "--durability=memory")

    def test_every_exception_is_its_class(self):
        flags = ["--clock=virtual", "--durability=memory"]
        room = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        with Daemon(BINARY, *flags) as daemon, Daemon(BINARY, "--clock=virtual") as broken:
            keys = daemon.folder / "keys.yaml"
            keys.write_text("- {access_key_id: AKIDTEAM, secret_access_key: right, worlds: [team]}\n")
            with Daemon(BINARY, *flags, f"--auth-file={keys}") as guarded:
                client = subprocess.Popen(
                    [CLIENTS / "node", HERE / "exceptions.mjs", CLIENTS,
                     *(f"http://{each.http}" for each in (daemon, guarded, broken))],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                while (line := read_line(client.stdout, 120)) == "break\n":
                    # No write of the store succeeds until the daemon says so itself.
                    resource.prlimit(broken.process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
                    client.stdin.write("broken\n")
                    client.stdin.flush()
                    while get(broken, "/healthz")[0] == 200 and client.poll() is None:
                        pass
                    resource.prlimit(broken.process.pid, resource.RLIMIT_FSIZE, room)
                rest, errors = client.communicate(timeout=60)
                self.assertEqual(client.returncode, 0, f"{line}{rest}\n{errors}\n{broken.log()}")
                self.assertGreater(json.loads(line)["exceptions"], 60)

    def test_boto3(self):
        probe = "import boto3; boto3.client('ecs', 'us-east-1').meta.service_model.shape_for(" \
                "'CreateManagedInstancesProviderConfiguration')"
        if subprocess.run([sys.executable, "-c", probe], capture_output=True).returncode != 0:
            self.skipTest("no boto3 that knows Managed Instances")
        self.flow("boto_flow.py")

    def test_aws_cli(self):
        reason = missing_cli()
        if reason:
            self.skipTest(reason)
        self.flow("cli_flow.py")

    def flow(self, script):
        with Daemon(BINARY, "--clock=auto", "--durability=memory") as daemon:
            result = subprocess.run([sys.executable, HERE / script, f"http://{daemon.http}"], capture_output=True, text=True,
                                    timeout=240)
            self.assertEqual(result.returncode, 0, f"{result.stdout}\n{result.stderr}\n{daemon.log()}")


class Auth(unittest.TestCase):
    def test_signatures_are_verified_against_the_file(self):
        with Daemon(BINARY, "--clock=auto", "--durability=memory") as probe:
            folder = pathlib.Path(probe.folder)
            keys = folder / "keys.yaml"
            keys.write_text("- {access_key_id: AKIDTEAM, secret_access_key: right, worlds: [team]}\n")
            with Daemon(BINARY, "--clock=auto", "--durability=memory", f"--auth-file={keys}") as daemon:
                result = subprocess.run([CLIENTS / "node", HERE / "auth.mjs", CLIENTS, f"http://{daemon.http}"],
                                        capture_output=True, text=True, timeout=60)
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


if __name__ == "__main__":
    os.environ.pop("AWS_PROFILE", None)
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[3:]])
