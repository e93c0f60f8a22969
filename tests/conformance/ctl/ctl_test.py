#!/usr/bin/env python3
"""What a transcript cannot show: connections, terminals, signals, processes. ctl_test.py ECSMICTL ECSMID"""
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from ctl import Ctl  # noqa: E402
from daemon import Daemon  # noqa: E402

BINARY, DAEMON = map(os.path.abspath, sys.argv[1:3])
NOBODY = "127.0.0.1:1"  # tcpmux: nobody listens there


class Terminal:
    """A command in a terminal of its own; `text` is what it wrote, `screen()` what is to be seen of it."""

    def __init__(self, command, environment, columns=80, rows=24):
        self.columns, self.rows = columns, rows
        self.process, self.fd = None, None
        self.fd, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(side)
        self.process = subprocess.Popen(command, stdin=side, stdout=side, stderr=side, env=environment, cwd=HERE,
                                        start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.side = side
        self.text = ""

    def until(self, pattern, deadline_s=20):
        end = time.monotonic() + deadline_s
        while not re.search(pattern, self.text):
            left = end - time.monotonic()
            ready, _, _ = select.select([self.fd], [], [], max(0, left))
            if not ready:
                raise AssertionError(f"no {pattern!r} in {self.text!r}")
            self.text += os.read(self.fd, 65536).decode(errors="replace")
        return self.text

    def drain(self):
        while select.select([self.fd], [], [], 0.05)[0]:
            self.text += os.read(self.fd, 65536).decode(errors="replace")
        return self.text

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def wait(self, deadline_s=20):
        end = time.monotonic() + deadline_s
        while self.process.poll() is None:
            self.drain()
            assert time.monotonic() < end, f"still there: {self.text!r}"
        self.drain()
        return self.process.returncode

    def restored(self):
        """Whether line discipline and screen are as before."""
        same = termios.tcgetattr(self.side)[:6] == self.before[:6]
        return same and self.text.count("\033[?1049h") == self.text.count("\033[?1049l") and \
            self.text.rfind("\033[?25h") > self.text.rfind("\033[?25l")

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.fd)
        os.close(self.side)


def set_up(ctl):
    ctl.out("""call CreateCluster '{"clusterName": "shop"}'""")
    ctl.out("call CreateCapacityProvider @provider.json")
    ctl.out("advance --until-quiescent")
    ctl.out("call RegisterTaskDefinition @web.json")
    ctl.out("call CreateService @service.json")


class WithDaemon(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(DAEMON, "--clock=virtual", "--seed=1").start()
        cls.ctl = Ctl(BINARY, cls.daemon.grpc)
        set_up(cls.ctl)
        cls.ctl.out("advance 20s")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def terminal(self, arguments, columns=80, rows=24, **environment):
        terminal = Terminal([BINARY, *arguments.split()], {**self.ctl.environment, "TERM": "xterm", **environment},
                            columns, rows)
        self.addCleanup(terminal.close)
        return terminal


class Environment(WithDaemon):
    def test_the_access_key_names_the_world_as_at_the_doors(self):
        for key, world in (("111122223333", "111122223333"), ("world-team", "team"), ("AKIAEXAMPLE", "000000000000")):
            by_key = json.loads(self.ctl.out("call GetInfo", AWS_ACCESS_KEY_ID=key))
            by_flag = json.loads(self.ctl.out(f"--world {world} call GetInfo"))
            self.assertEqual(by_key["account"], by_flag["account"], key)
        info = json.loads(self.ctl.out("call GetInfo", AWS_REGION="eu-west-1"))
        self.assertEqual(info["region"], "eu-west-1")

    def test_a_proxy_of_the_environment_is_not_asked(self):
        self.ctl.out("get clusters", http_proxy="http://127.0.0.1:1", https_proxy="http://127.0.0.1:1",
                     grpc_proxy="http://127.0.0.1:1")

    def test_the_endpoint_of_the_flag_wins(self):
        status, _, err = self.ctl(f"--endpoint {NOBODY} get clusters")
        self.assertEqual(status, 3)
        self.assertIn(NOBODY, err)
        self.assertIn("ecsmid", err)
        self.assertIn("ECSMI_ENDPOINT", err)

    def test_who_answers_but_is_no_grpc_is_no_daemon(self):
        status, _, err = self.ctl(f"--endpoint {self.daemon.http} get clusters")
        self.assertEqual(status, 3, err)

    def test_names_from_the_daemon_cannot_steer_the_terminal(self):
        evil = "\u001b[2J\u009b1m\u202edrow"
        self.ctl.out(["--world", "evil", "call", "CreateCluster",
                      json.dumps({"clusterName": "c", "tags": [{"key": "k", "value": "v"}]})])
        self.ctl.out(["--world", "evil", "call", "RegisterTaskDefinition", json.dumps({
            "family": "f", "networkMode": "awsvpc", "cpu": "256", "memory": "512",
            "requiresCompatibilities": ["MANAGED_INSTANCES"],
            "containerDefinitions": [{"name": "c", "image": "image" + evil}]})])
        for verb in ("get definitions", "describe definition f", "get definitions -o json", "get definitions -o yaml"):
            out = self.ctl.out("--world evil " + verb)
            self.assertIn("image", out)
            self.assertFalse(set(out) & set(evil[0] + evil[4] + evil[7]), f"{verb}: {out!r}")
        status, _, err = self.ctl(["--world", "evil", "get", "tasks", "-c", "x" + evil])
        self.assertEqual(status, 1)
        self.assertFalse(set(err) & set(evil[0] + evil[4] + evil[7]), repr(err))

    def test_yaml_and_json_say_the_same(self):
        # Without a YAML reader at hand: a JSON document is YAML, and ours is read back by the unit tests.
        status, out, _ = self.ctl("get tasks -o json")
        self.assertEqual(status, 0)
        self.assertEqual(len(json.loads(out)["tasks"]), 3)

    def test_a_clock_is_shown_and_changed(self):
        ctl = Ctl(BINARY, self.daemon.grpc, AWS_ACCESS_KEY_ID="555566667777")
        self.assertRegex(ctl.out("clock wall --speed 60"), r"^wall · 20.* · speed 60\n$")
        status, _, err = ctl("advance 1m")
        self.assertEqual(status, 1)
        self.assertIn("InvalidParameterException", err)
        self.assertRegex(ctl.out("clock virtual"), r"^virtual · 20\S+Z\n$")
        self.assertRegex(ctl.out("advance 1m"), r"^20\S+Z · 0 things happened · at rest\n$")
        world = ctl.out("describe world")
        self.assertRegex(world, r"^account 555566667777, us-east-1 · VIRTUAL 20")
        self.assertRegex(world, r"\nstateHash +[0-9a-f]{16}\n")

    def test_lists_follow_pages(self):
        ctl = Ctl(BINARY, self.daemon.grpc, AWS_ACCESS_KEY_ID="222233334444")
        ctl.out("""call CreateCluster '{"clusterName": "many"}'""")
        for i in range(120):
            ctl.out(["call", "CreateQueue", json.dumps({"QueueName": f"q{i}"})])
        ctl.out("call RegisterTaskDefinition @web.json")
        listed = json.loads(ctl.out("get queues -o json"))["queues"]
        self.assertEqual(len(listed), 120)
        provider = json.loads((HERE / "provider.json").read_text())
        ctl.out(["call", "CreateCapacityProvider", json.dumps({**provider, "cluster": "many"})])
        ctl.out("advance --until-quiescent")
        run = {"cluster": "many", "taskDefinition": "web", "count": 10,
               "capacityProviderStrategy": [{"capacityProvider": "mi", "weight": 1}],
               "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-0000000a"]}}}
        for _ in range(13):
            ctl.out(["call", "RunTask", json.dumps(run)])
        self.assertEqual(len(ctl.out("get tasks").splitlines()), 131)


class Screens(WithDaemon):
    def test_colours_only_on_a_terminal_and_never_against_no_color(self):
        self.assertNotIn("\033", self.ctl.out("get tasks"))
        colours = self.terminal("get tasks")
        self.assertEqual(colours.wait(), 0)
        self.assertIn("\033[33mPROVISIONING\033[0m", colours.text)
        for plain in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            terminal = self.terminal("get tasks", **plain)
            self.assertEqual(terminal.wait(), 0)
            self.assertNotIn("\033", terminal.text)

    def test_tables_fit_the_terminal(self):
        for columns in (60, 80):
            for kind in ("tasks", "services", "instances", "providers", "definitions"):
                terminal = self.terminal(f"get {kind}", columns=columns, NO_COLOR="1")
                self.assertEqual(terminal.wait(), 0)
                for line in terminal.text.splitlines():
                    self.assertLessEqual(len(line), columns, f"{kind}: {line}")

    def check_top(self, text, columns, rows):
        frame = text[text.rfind("\033[H"):]
        lines = [re.sub(r"\033\[[0-9;?]*[A-Za-z]", "", line) for line in frame.split("\r\n")]
        self.assertLessEqual(len(lines), rows)
        for line in lines:
            self.assertLessEqual(len(line.replace("\r", "")), columns, line)
        return lines

    def test_top_fits_80_by_24_and_gives_the_terminal_back(self):
        for leave in (lambda t: t.type("q"), lambda t: t.type("\003"),
                      lambda t: os.kill(t.process.pid, signal.SIGTERM)):
            top = self.terminal("top --every 100ms")
            top.until(r"q leaves")
            lines = self.check_top(top.drain(), 80, 24)
            self.assertEqual(len(lines), 24)
            self.assertIn("shop/web", "".join(lines))
            self.assertIn("needs", "".join(lines))
            leave(top)
            self.assertEqual(top.wait(), 0)
            self.assertTrue(top.restored(), repr(top.text[-200:]))

    def test_top_follows_the_size_of_the_terminal(self):
        top = self.terminal("top --every 10s")
        top.until(r"q leaves")
        fcntl.ioctl(top.side, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 40, 0, 0))
        os.killpg(top.process.pid, signal.SIGWINCH)
        top.text = ""
        top.until(r"q leaves")
        self.check_top(top.drain(), 40, 10)

    def test_top_gives_the_terminal_back_when_the_daemon_goes(self):
        with Daemon(DAEMON, "--clock=virtual") as daemon:
            top = self.terminal(f"--endpoint {daemon.grpc} top --every 100ms")
            top.until(r"q leaves")
            daemon.kill()
            self.assertEqual(top.wait(), 3)
            self.assertTrue(top.restored(), repr(top.text[-200:]))
            self.assertIn("no ecsmid answers", top.text)

    def test_watching_shows_what_changes(self):
        watching = self.terminal("get clusters -w")
        watching.until(r"shop")
        self.ctl.out("""call CreateCluster '{"clusterName": "later"}'""")
        watching.until(r"later")
        watching.type("q")
        self.assertEqual(watching.wait(), 0)
        self.assertTrue(watching.restored())

    def test_watching_into_a_pipe_prints_what_changed_and_nothing_else(self):
        process = subprocess.Popen([BINARY, "--world", "pipe", "get", "queues", "-w", "-o", "json"],
                                   stdout=subprocess.PIPE, text=True, env=self.ctl.environment)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        read = lambda: json.loads("".join(iter(process.stdout.readline, "}\n")) + "}")  # noqa: E731
        self.assertEqual(read(), {"queues": []})
        self.ctl.out("""--world pipe call CreateQueue '{"QueueName": "q"}'""")
        self.assertEqual(len(read()["queues"]), 1)
        process.stdout.close()

    @unittest.skipUnless(shutil.which("tmux"), "no tmux")
    def test_top_in_tmux(self):
        with tempfile.TemporaryDirectory() as folder:
            tmux = ["tmux", "-S", f"{folder}/socket", "-f", "/dev/null"]
            environment = {**self.ctl.environment, "TERM": "xterm", "LANG": "C.UTF-8"}
            subprocess.run([*tmux, "new-session", "-d", "-x", "80", "-y", "24",
                            f"ECSMI_ENDPOINT={self.daemon.grpc} {BINARY} top --every 200ms"],
                           check=True, env=environment)
            try:
                end = time.monotonic() + 20
                shown = ""
                while "q leaves" not in shown and time.monotonic() < end:
                    shown = subprocess.run([*tmux, "capture-pane", "-p"], capture_output=True, text=True, check=True,
                                           env=environment).stdout
                self.assertIn("shop/web", shown)
                self.assertIn("PROVISIONING", shown)
                self.assertLessEqual(max(len(line) for line in shown.splitlines()), 80)
                self.assertTrue(shown.splitlines()[23].startswith("q leaves"), shown)
            finally:
                subprocess.run([*tmux, "kill-server"], env=environment)


class Waiting(WithDaemon):
    def test_wait_returns_when_another_moves_the_clock(self):
        self.ctl.out("""--world w call CreateCluster '{"clusterName": "shop"}'""")
        ctl = Ctl(BINARY, self.daemon.grpc, AWS_ACCESS_KEY_ID="333344445555")
        set_up(ctl)
        waiting = subprocess.Popen([BINARY, "wait", "services", "stable", "web", "--timeout", "60s"],
                                   env=ctl.environment, stderr=subprocess.PIPE, text=True)
        hint = waiting.stderr.readline()
        self.assertIn("advance", hint)
        ctl.out("advance --until-quiescent")
        self.assertEqual(waiting.wait(timeout=60), 0)
        waiting.stderr.close()
        task = json.loads(ctl.out("get tasks -o json"))["tasks"][0]["taskArn"]
        ctl.out(["call", "StopTask", json.dumps({"cluster": "shop", "task": task, "reason": "enough"})])
        ctl.out("advance 1m")
        ctl.out(["wait", "tasks", "stopped", task.rsplit("/", 1)[1][:12]])
        status, _, err = ctl(["wait", "tasks", "running", task])
        self.assertEqual(status, 1)
        self.assertIn("enough", err)


class Following(WithDaemon):
    def follow(self, arguments):
        process = subprocess.Popen([BINARY, *arguments.split()], stdout=subprocess.PIPE, text=True,
                                   env=self.ctl.environment)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_events_come_as_they_happen_and_a_watch_can_be_resumed(self):
        following = self.follow("--world f events -f --from oldest -k cluster -o json")
        seen = []
        for name in ("one", "two"):
            self.ctl.out(["--world", "f", "call", "CreateCluster", json.dumps({"clusterName": name})])
            seen.append(json.loads(following.stdout.readline()))
        self.assertEqual([event["detail"]["clusterName"] for event in seen], ["one", "two"])
        rest = self.ctl.out(["--world", "f", "events", "-k", "cluster", "--resume", seen[0]["resumeToken"]])
        self.assertEqual(len(rest.splitlines()), 1)
        self.assertIn("two", rest)
        status, _, err = self.ctl("events --resume nonsense")
        self.assertEqual(status, 1, err)

    def test_logs_follow_a_task_to_its_end(self):
        ctl = Ctl(BINARY, self.daemon.grpc, AWS_ACCESS_KEY_ID="666677778888")
        set_up(ctl)
        task = json.loads(ctl.out("get tasks -o json"))["tasks"][0]["taskArn"]
        following = self.follow(f"--world 666677778888 logs -f {task}")
        self.assertIn("PROVISIONING", following.stdout.readline())
        ctl.out("advance --until-quiescent")
        ctl.out(["call", "StopTask", json.dumps({"cluster": "shop", "task": task, "reason": "enough"})])
        ctl.out("advance 1m")
        self.assertEqual(following.wait(timeout=60), 0)
        lines = following.stdout.read().splitlines()
        self.assertIn("STOPPED: enough", lines[-1])
        statuses = [line.split()[1].rstrip(":,") for line in lines]
        for status in ("PENDING", "RUNNING", "STOPPED"):
            self.assertIn(status, statuses)


class WithoutDaemon(unittest.TestCase):
    def setUp(self):
        self.ctl = Ctl(BINARY, NOBODY)

    def test_help_version_and_completion_need_none(self):
        for arguments in ("--help", "get --help", "get tasks --help", "run --help", "completion bash",
                          "completion zsh", "__complete -- get ''"):
            self.assertTrue(self.ctl.out(arguments))
        self.assertRegex(self.ctl.out("--version"), r"^ecsmictl \d+\.\d+\.\d+\n$")

    def test_wrong_usage_ends_with_2_before_anybody_is_asked(self):
        for arguments in ("", "fly", "get", "get planes", "get tasks --fly", "-o xml get tasks", "describe",
                          "describe plane x", "describe task", "wait", "wait tasks flying", "wait queue empty",
                          "advance", "advance 5", "advance 5s --until-quiescent", "costs --by moon", "clock sideways",
                          "run", "run --", "get tasks -- x", "events --kind fly", "events --resume x --from now", "logs", "call", "call RunTask @no-such-file", "completion fish",
                          "wait quiescent --timeout never"):
            status, out, err = self.ctl(arguments)
            self.assertEqual(status, 2, f"{arguments}: {err}")
            self.assertEqual(out, "", arguments)
            self.assertTrue(err, arguments)

    def test_nobody_there_ends_with_3(self):
        for arguments in ("get tasks", "describe world", "wait quiescent", "advance 5s", "costs", "clock", "reset",
                          "top", "call GetInfo", "get instance-types", "events", "events -f", "logs x", "get tasks -w"):
            status, out, err = self.ctl(arguments)
            self.assertEqual((status, out), (3, ""), arguments)
            self.assertIn(NOBODY, err)

    def test_scripts_are_sound_and_complete(self):
        script = self.ctl.out("completion bash")
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
        folder = str(pathlib.Path(BINARY).resolve().parent)
        ask = (f'PATH={folder}:$PATH; source /dev/stdin <<"EOF"\n{script}\nEOF\n'
               'COMP_WORDS=(ecsmictl get ta); COMP_CWORD=2; _ecsmictl; echo "${COMPREPLY[*]}"\n'
               'COMP_WORDS=(ecsmictl get tasks -o ""); COMP_CWORD=4; _ecsmictl; echo "${COMPREPLY[*]}"\n')
        done = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True,
                              env=self.ctl.environment)
        self.assertEqual(done.stdout, "tasks\njson table yaml\n")
        if shutil.which("zsh"):
            subprocess.run(["zsh", "-n"], input=self.ctl.out("completion zsh"), text=True, check=True)


class Run(unittest.TestCase):
    def setUp(self):
        self.temp = tempfile.TemporaryDirectory()
        self.addCleanup(self.temp.cleanup)
        self.ctl = Ctl(BINARY, NOBODY, TMPDIR=self.temp.name)

    def kept(self):
        return sorted(path.name for path in pathlib.Path(self.temp.name).glob("ecsmi-run-*/*"))

    def test_the_command_finds_the_daemon_and_nothing_is_left(self):
        script = ("import json, os, urllib.request;"
                  "print({k: v for k, v in os.environ.items() if k.startswith(('AWS_', 'ECSMI_'))});"
                  "print(json.load(urllib.request.urlopen(os.environ['AWS_ENDPOINT_URL'] + '/healthz')))")
        status, out, err = self.ctl(["run", "--", sys.executable, "-c", script], AWS_PROFILE="mine",
                                    AWS_SESSION_TOKEN="secret", AWS_ACCESS_KEY_ID="AKIAREAL")
        self.assertEqual(status, 0, err)
        environment = eval(out.splitlines()[0])  # printed by the line above
        self.assertEqual(environment["AWS_ACCESS_KEY_ID"], "000000000000")
        self.assertEqual(environment["AWS_REGION"], "us-east-1")
        self.assertTrue(environment["AWS_SECRET_ACCESS_KEY"])
        self.assertNotEqual(environment["ECSMI_ENDPOINT"], NOBODY)
        self.assertNotIn("AWS_PROFILE", environment)
        self.assertNotIn("AWS_SESSION_TOKEN", environment)
        self.assertIn("ok", out.splitlines()[1])
        self.assertEqual(self.kept(), [])

    def test_the_exit_status_is_passed_on_and_a_failure_keeps_log_and_rows(self):
        script = f"{BINARY} call CreateCluster '{{\"clusterName\": \"x\"}}' && exit 7"
        status, _, err = self.ctl(["run", "--", "sh", "-c", script])
        self.assertEqual(status, 7, err)
        self.assertEqual(self.kept(), ["ecsmid.log", "world-000000000000.jsonl"])
        for name in self.kept():
            self.assertIn(name, err)
        [rows] = pathlib.Path(self.temp.name).glob("ecsmi-run-*/world-*.jsonl")
        self.assertIn('"table":"cluster"', rows.read_text())

    def test_flags_reach_the_daemon_and_keep_keeps(self):
        status, out, _ = self.ctl(["run", "-d", "--seed=77", "--daemon-flag", "--clock=virtual", "--keep", "--", BINARY,
                                   "call", "GetInfo"])
        self.assertEqual(status, 0)
        self.assertEqual(json.loads(out)["seed"], "77")
        self.assertEqual(json.loads(out)["clock"]["mode"], "VIRTUAL")
        self.assertEqual(self.kept(), ["ecsmid.log"])

    def test_signals_reach_the_command(self):
        for sent, wanted in ((signal.SIGTERM, 128 + signal.SIGTERM), (signal.SIGINT, 128 + signal.SIGINT)):
            process = subprocess.Popen([BINARY, "run", "--", "sh", "-c", "echo ready; exec sleep 600"],
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                       env=self.ctl.environment)
            self.assertEqual(process.stdout.readline(), "ready\n")
            process.send_signal(sent)
            self.assertEqual(process.wait(timeout=30), wanted)
            process.stdout.close()

    def test_ctrl_c_in_a_terminal_ends_command_and_daemon(self):
        terminal = Terminal([BINARY, "run", "--", "sh", "-c", "echo $ECSMI_ENDPOINT ready; exec sleep 600"],
                            {**self.ctl.environment, "TERM": "xterm"})
        self.addCleanup(terminal.close)
        endpoint = re.search(r"(127\.0\.0\.1:\d+) ready", terminal.until(r"\d ready")).group(1)
        terminal.type("\003")
        self.assertEqual(terminal.wait(), 128 + signal.SIGINT)
        with socket.socket() as probe:
            host, port = endpoint.split(":")
            self.assertNotEqual(probe.connect_ex((host, int(port))), 0)

    def test_the_daemon_ends_with_ecsmictl_however_that_ends(self):
        process = subprocess.Popen([BINARY, "run", "--", "sh", "-c", "echo $ECSMI_ENDPOINT; exec sleep 600"],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                   env=self.ctl.environment, start_new_session=True)
        host, port = process.stdout.readline().strip().split(":")
        process.kill()
        process.wait()
        end = time.monotonic() + 10
        while True:
            with socket.socket() as probe:
                if probe.connect_ex((host, int(port))) != 0:
                    break
            self.assertLess(time.monotonic(), end, "the daemon is still there")
        os.killpg(process.pid, signal.SIGKILL)  # the command
        process.stdout.close()

    def test_what_cannot_be_run_is_named(self):
        status, _, err = self.ctl(["run", "--", "no-such-command"])
        self.assertEqual(status, 127)
        self.assertIn("no-such-command", err)
        status, _, err = self.ctl(["run", "-d", "--fly", "--", "true"])
        self.assertEqual(status, 3)
        self.assertIn("--fly", err)


if __name__ == "__main__":
    del sys.argv[1:3]
    unittest.main()
