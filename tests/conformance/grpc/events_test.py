#!/usr/bin/env python3
"""WatchEvents over gRPC and GET /events, on the real binary: events_test.py ECSMID BUF [unittest arguments]"""
import http.client
import json
import pathlib
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from daemon import Daemon, read_line  # noqa: E402
from grpc_buf import Buf, Refused  # noqa: E402
from story_requests import DEFINITION, PROVIDER  # noqa: E402
from story_requests import RUN as ANY_RUN  # noqa: E402

BINARY, TOOL = sys.argv[1], sys.argv[2]
ECS = "ecsmi.ecs.v1.EcsService"
EMULATOR = "ecsmi.emulator.v1.EmulatorService"
WATCH = f"{EMULATOR}/WatchEvents"
RUN = {**ANY_RUN, "startedBy": "the-story"}
PATH = ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "STOPPING", "DEPROVISIONING", "STOPPED"]


def messages(text):
    """JSON objects, one behind the other."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        message, at = decoder.raw_decode(text, at)
        found.append(message)
    return found


def until(stream, word):
    """The next line with that word."""
    while word not in (line := read_line(stream, 20)):
        assert line, f"no line with {word} came"
    return line


class Sse:
    """One connection to /events."""

    def __init__(self, address, query="", headers=None, path="/events"):
        self.connection = http.client.HTTPConnection(address, timeout=20)
        self.connection.request("GET", path + ("?" + query if query else ""), headers=headers or {})
        self.response = self.connection.getresponse()

    def next(self):
        """Fields of the next block that has any; None at the end."""
        fields = {}
        while True:
            line = self.response.readline()
            if not line:
                return None
            line = line.decode().rstrip("\n")
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                fields[name] = value
            elif not line and fields:
                return fields

    def event(self):
        """The next block with data."""
        while (block := self.next()) is not None:
            if "data" in block:
                return block
        return None

    def all(self):
        blocks = []
        while (block := self.event()) is not None:
            blocks.append(block)
        self.close()
        return blocks

    def close(self):
        self.connection.close()


class Events(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(BINARY, "--clock=virtual", "--log-format=json").start()
        cls.buf = Buf(TOOL, cls.daemon.grpc)
        cls.tasks = cls.tell_story("story")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    @classmethod
    def call(cls, world, method, request=None):
        return cls.buf.call(method, request, headers={"x-ecsmi-world": world})

    @classmethod
    def tell_story(cls, world):
        """Two tasks run and stop, and long after are forgotten, with what only they named."""
        cls.call(world, f"{ECS}/CreateCluster", {"clusterName": "web"})
        cls.call(world, f"{ECS}/CreateCapacityProvider", PROVIDER)
        cls.call(world, f"{EMULATOR}/RunUntilQuiescent")
        cls.call(world, f"{ECS}/RegisterTaskDefinition", DEFINITION)
        tasks = cls.call(world, f"{ECS}/RunTask", RUN)["tasks"]
        cls.call(world, f"{EMULATOR}/AdvanceClock", {"by": "600s"})
        for task in tasks:
            cls.call(world, f"{ECS}/StopTask", {"cluster": "web", "task": task["taskArn"], "reason": "enough"})
        cls.call(world, f"{EMULATOR}/AdvanceClock", {"by": "21600s"})
        return [task["taskArn"] for task in tasks]

    def watch(self, world, request, buf=None):
        """What a watch that does not follow gives: (events, newest token)."""
        result = (buf or self.buf).run("-H", f"x-ecsmi-world: {world}", "-d", json.dumps({"follow": False, **request}),
                                       f"http://{(buf or self.buf).address}/{WATCH}")
        self.assertEqual(result.returncode, 0, result.stderr)
        responses = messages(result.stdout)
        return [event for response in responses for event in response.get("events", [])], responses[-1]["resumeToken"]

    def refused(self, request, world="story"):
        with self.assertRaises(Refused) as caught:
            self.call(world, WATCH, {"follow": False, **request})
        return caught.exception

    # --- what is told ---

    def test_each_change_of_a_task_is_told_once_and_in_order(self):
        events, _ = self.watch("story", {"from": "OLDEST"})
        self.assertEqual(len({event["id"] for event in events}), len(events))
        for arn in self.tasks:
            told = [event for event in events if event["resources"] == [arn]]
            self.assertEqual([event["detail"]["lastStatus"] for event in told], PATH)
            self.assertEqual([event["detail"]["desiredStatus"] for event in told], ["RUNNING"] * 4 + ["STOPPED"] * 3)
            versions = [event["detail"]["version"] for event in told]
            self.assertEqual(versions, sorted(set(versions)))
            for event in told:
                self.assertEqual((event["detail-type"], event["source"], event["version"], event["region"]),
                                 ("ECS Task State Change", "aws.ecs", "0", "us-east-1"))
                # Told to the end although the task and its documents are gone by now.
                self.assertEqual(event["detail"]["startedBy"], "the-story")
                self.assertEqual(event["detail"]["group"], "family:web")
                self.assertIn("updatedAt", event["detail"])
            self.assertEqual(told[-1]["detail"]["stoppedReason"], "enough")
            self.assertEqual(told[-1]["detail"]["stopCode"], "UserInitiated")
            self.assertRegex(told[3]["detail"]["startedAt"], r"^2026-01-01T00:0\d:\d\d\.\d{3}Z$")

    def test_instances_providers_and_clusters_are_told(self):
        events, _ = self.watch("story", {"from": "OLDEST"})
        kinds = {event["kind"] for event in events}
        self.assertEqual(kinds, {"CLUSTER", "CAPACITY_PROVIDER", "TASK", "CONTAINER_INSTANCE"})
        instances = [event["detail"] for event in events if event["kind"] == "CONTAINER_INSTANCE"]
        statuses = [detail["status"] for detail in instances]
        self.assertEqual(list(dict.fromkeys(statuses)), ["REGISTERING", "ACTIVE", "DEREGISTERING", "INACTIVE"])
        # H52: a task's room is taken and given back.
        cpu = [next(r["integerValue"] for r in detail["remainingResources"] if r["name"] == "CPU")
               for detail in instances]
        self.assertGreater(max(cpu), min(cpu))
        # T20: a rule on detail.clusterArn catches these.
        self.assertTrue(all(detail["clusterArn"].endswith(":cluster/web") for detail in instances))

    def test_both_doors_tell_the_same(self):
        events, token = self.watch("story", {"from": "OLDEST"})
        sse = Sse(self.daemon.http, "world=story&from=oldest&follow=false")
        self.assertEqual(sse.response.status, 200)
        self.assertEqual(sse.response.getheader("content-type"), "text/event-stream")
        blocks = sse.all()
        self.assertEqual([block["event"] for block in blocks], [event["kind"] for event in events])
        self.assertEqual([block["id"] for block in blocks], [event["resumeToken"] for event in events])
        for block, event in zip(blocks, events):
            data = json.loads(block["data"])
            self.assertEqual(list(data), ["version", "id", "detail-type", "source", "account", "time", "region",
                                          "resources", "detail"])
            self.assertEqual(data["detail"], event["detail"])
            self.assertEqual((data["id"], data["time"]), (event["id"], event["time"][:19] + "Z"))
        by_path = Sse(self.daemon.http, "from=oldest&follow=false", path="/w/story/events")
        self.assertEqual(by_path.all(), blocks)
        self.assertEqual(self.watch("story", {"resumeToken": token})[0], [])

    def test_filters_narrow(self):
        def told(**filters):
            return self.watch("story", {"from": "OLDEST", **filters})[0]

        self.assertEqual({event["kind"] for event in told(kinds=["CLUSTER", "TASK"])}, {"CLUSTER", "TASK"})
        self.assertEqual({event["resources"][0] for event in told(tasks=[self.tasks[1]])}, {self.tasks[1]})
        self.assertEqual(told(clusters=["other"]), [])
        self.assertEqual(len(told(clusters=["web"])), len(told()))
        self.assertEqual(told(services=["web"]), [])
        elsewhere = Sse(self.daemon.http, "world=story&from=oldest&follow=false&region=eu-west-1")
        self.assertEqual(elsewhere.all(), [])
        some = Sse(self.daemon.http, "world=story&from=oldest&follow=false&kind=cluster,capacity-provider").all()
        self.assertEqual({block["event"] for block in some}, {"CLUSTER", "CAPACITY_PROVIDER"})

    # --- going on ---

    def test_a_token_goes_on_right_behind_its_event(self):
        events, _ = self.watch("story", {"from": "OLDEST"})
        ids = [event["id"] for event in events]
        for i in range(0, len(events), 7):
            rest, _ = self.watch("story", {"resumeToken": events[i]["resumeToken"]})
            self.assertEqual([event["id"] for event in rest], ids[i + 1:])
        last = Sse(self.daemon.http, "world=story&follow=false", {"Last-Event-ID": events[3]["resumeToken"]})
        self.assertEqual([json.loads(block["data"])["id"] for block in last.all()], ids[4:])

    def test_a_live_watch_hears_what_happens_next_and_waits_for_a_world_to_begin(self):
        sse = Sse(self.daemon.http, "world=newborn&kind=cluster")
        self.assertEqual(sse.response.status, 200)
        self.assertIn("retry", sse.next())
        grpc = subprocess.Popen(
            self.buf.command("-H", "x-ecsmi-world: newborn", "-d", "{}", f"http://{self.daemon.grpc}/{WATCH}"),
            stdout=subprocess.PIPE, text=True)
        try:
            until(grpc.stdout, "resumeToken")  # it stands
            for name in ("a", "b"):
                self.call("newborn", f"{ECS}/CreateCluster", {"clusterName": name})
                told = sse.event()
                self.assertEqual(json.loads(told["data"])["detail"]["clusterName"], name)
                self.assertEqual(until(grpc.stdout, '"clusterName"').split('"')[3], name)
        finally:
            grpc.kill()
            grpc.communicate()
            sse.close()

    def test_a_restart_neither_loses_nor_doubles(self):
        with Daemon(BINARY, "--clock=virtual") as daemon:
            buf = Buf(TOOL, daemon.grpc)
            type(self).buf, kept = buf, self.buf
            try:
                self.tell_story("again")
                events, _ = self.watch("again", {"from": "OLDEST"})
                self.assertEqual(daemon.stop(), 0)
                daemon.start()
                type(self).buf = Buf(TOOL, daemon.grpc)
                self.assertEqual(self.watch("again", {"from": "OLDEST"})[0], events)
                middle = len(events) // 2
                self.call("again", f"{ECS}/CreateCluster", {"clusterName": "later"})
                rest, _ = self.watch("again", {"resumeToken": events[middle]["resumeToken"]})
                self.assertEqual(rest[:-1], events[middle + 1:])
                self.assertEqual(rest[-1]["detail"]["clusterName"], "later")
            finally:
                type(self).buf = kept

    # --- what is refused ---

    def test_tokens_that_no_watch_gave_out_are_refused(self):
        _, token = self.watch("story", {"from": "OLDEST"})
        flipped = ("0" if token[5] != "0" else "1").join((token[:5], token[6:]))
        for bad in (flipped, token[:-1], token + "0", token.upper() + "x", "0" * 32, "§", "' OR 1=1"):
            refused = self.refused({"resumeToken": bad})
            self.assertEqual((refused.code, refused.exception), ("invalid_argument", "InvalidParameterException"), bad)
        # Another world's means nothing here.
        self.assertEqual(self.refused({"resumeToken": token}, world="other").exception, "InvalidParameterException")
        sse = Sse(self.daemon.http, "world=story", {"Last-Event-ID": flipped})
        self.assertEqual(sse.response.status, 400)
        self.assertEqual(json.loads(sse.response.read())["__type"], "InvalidParameterException")

    def test_bad_parameters_are_refused_by_name(self):
        for query, word in (("colour=red", "colour"), ("kind=weather", "weather"), ("follow=maybe", "follow"),
                            ("from=yesterday", "yesterday"), ("world=a%20b", "world"), ("task=%21", "tasks[0]"),
                            ("region=%21", "region"), ("cluster=%ff", "UTF-8")):
            sse = Sse(self.daemon.http, query)
            body = sse.response.read().decode()
            self.assertEqual(sse.response.status, 400, query)
            self.assertIn(word, body)
        posted = http.client.HTTPConnection(self.daemon.http, timeout=20)
        posted.request("POST", "/events", body="{}")
        self.assertEqual(posted.getresponse().status, 405)
        self.assertEqual(self.refused({"kinds": [99]}).exception, "InvalidParameterException")

    def test_below_what_is_kept_the_oldest_step_is_named(self):
        with Daemon(BINARY, "--clock=virtual", "--event-retention=20") as daemon:
            buf = Buf(TOOL, daemon.grpc)
            buf.call(f"{ECS}/CreateCluster", {"clusterName": "c"})
            first = self.watch("", {"from": "OLDEST"}, buf)[0][0]["resumeToken"]
            connection = http.client.HTTPConnection(daemon.http, timeout=20)
            for i in range(300):
                connection.request("POST", "/", body=json.dumps({"clusterName": f"c{i}"}), headers={
                    "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.CreateCluster",
                    "Content-Type": "application/x-amz-json-1.1"})
                self.assertEqual(connection.getresponse().read()[:1], b"{")
            with self.assertRaises(Refused) as caught:
                buf.call(WATCH, {"resumeToken": first, "follow": False})
            self.assertEqual(caught.exception.code, "out_of_range")
            self.assertEqual(caught.exception.exception, "TrimmedDataAccessException")
            self.assertRegex(caught.exception.message, r"the oldest step is [0-9]+")
            sse = Sse(daemon.http, headers={"Last-Event-ID": first})
            self.assertEqual(sse.response.status, 400)
            self.assertIn("the oldest step is", sse.response.read().decode())
            kept, _ = self.watch("", {"from": "OLDEST"}, buf)
            self.assertGreater(len(kept), 15)
            self.assertLess(len(kept), 200)

    # --- ends ---

    def test_sigterm_ends_open_watches_in_time(self):
        with Daemon(BINARY, "--clock=virtual") as daemon:
            buf = Buf(TOOL, daemon.grpc)
            buf.call(f"{ECS}/CreateCluster", {"clusterName": "c"})
            streams = [Sse(daemon.http, "from=oldest") for _ in range(20)]
            for stream in streams:
                self.assertIsNotNone(stream.event())
            clients = [subprocess.Popen(buf.command("-d", "{}", f"http://{daemon.grpc}/{WATCH}"),
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
            for client in clients:
                until(client.stdout, "resumeToken")
            self.assertEqual(daemon.stop(within_s=2.0), 0)
            for stream in streams:
                self.assertIsNone(stream.event())  # the last chunk, not a cut connection
                stream.close()
            for client in clients:
                _, errors = client.communicate(timeout=20)
                self.assertIn("unavailable", errors)

    def test_a_client_that_does_not_read_costs_no_memory(self):
        with Daemon(BINARY, "--clock=virtual", "--latency=none") as daemon:
            def resident_kib():
                text = pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text()
                return int(next(line for line in text.splitlines() if line.startswith("VmRSS")).split()[1])

            host, port = daemon.http.split(":")
            slow = socket.socket()
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.connect((host, int(port)))
            slow.sendall(b"GET /events?from=oldest HTTP/1.1\r\nHost: localhost\r\n\r\n")
            fast = http.client.HTTPConnection(daemon.http, timeout=20)

            def call(operation, request, prefix="AmazonEC2ContainerServiceV20141113"):
                fast.request("POST", "/", body=json.dumps(request), headers={
                    "X-Amz-Target": f"{prefix}.{operation}", "Content-Type": "application/x-amz-json-1.1"})
                response = fast.getresponse()
                body = response.read()
                self.assertEqual(response.status, 200, body)
                return json.loads(body)

            try:
                call("CreateCluster", {"clusterName": "web"})
                call("CreateCapacityProvider", PROVIDER)
                call("RunUntilQuiescent", {}, "EcsmiEmulator")
                call("RegisterTaskDefinition", DEFINITION)
                before = None
                for i in range(60):
                    tasks = call("RunTask", {**RUN, "count": 10})["tasks"]
                    call("AdvanceClock", {"by": 60}, "EcsmiEmulator")
                    call("StopTask", {"cluster": "web", "task": tasks[0]["taskArn"]})
                    if i == 10:
                        before = resident_kib()
                told = Sse(daemon.http, "from=oldest&follow=false").all()
                self.assertGreater(sum(len(block["data"]) for block in told), 4_000_000)
                self.assertLess(resident_kib() - before, 24 * 1024)
                # It still gets all, in its own time.
                slow.settimeout(20)
                text = b""
                while told[-1]["id"].encode() not in text:
                    part = slow.recv(65536)
                    self.assertNotEqual(part, b"")
                    text = text[-200:] + part
            finally:
                fast.close()
                slow.close()


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
