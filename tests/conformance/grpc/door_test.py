#!/usr/bin/env python3
"""The gRPC door as buf sees it, on the real binary: door_test.py ECSMID BUF [unittest arguments]"""
import base64
import json
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from daemon import Daemon, read_line  # noqa: E402
from grpc_buf import Buf, Refused, error_body  # noqa: E402
from story_requests import DEFINITION, PROVIDER, RUN  # noqa: E402

BINARY, TOOL = sys.argv[1], sys.argv[2]
ECS = "ecsmi.ecs.v1.EcsService"
EMULATOR = "ecsmi.emulator.v1.EmulatorService"
HEALTH = "grpc.health.v1.Health"
SERVICES = {
    ECS, EMULATOR, "ecsmi.sqs.v1.SqsService", "ecsmi.autoscaling.v1.ApplicationAutoScalingService",
    "ecsmi.cloudwatch.v1.CloudWatchService", HEALTH, "grpc.channelz.v1.Channelz",
    "grpc.reflection.v1alpha.ServerReflection",
}


class Door(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(BINARY, "--clock=virtual", "--log-format=json").start()
        cls.buf = Buf(TOOL, cls.daemon.grpc)

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def refused(self, method, request=None, **more):
        with self.assertRaises(Refused) as caught:
            self.buf.call(method, request, **more)
        return caught.exception

    # --- what reflection shows ---

    def test_all_services_are_listed(self):
        self.assertEqual(set(self.buf.list("services")), SERVICES)

    def test_methods_are_listed(self):
        methods = self.buf.list("methods")
        for method in (f"{ECS}/RunTask", f"{EMULATOR}/AdvanceClock", f"{HEALTH}/Watch"):
            self.assertIn(method, methods)

    def test_the_health_contract_is_described(self):
        # Through the protocol itself: the file that declares the service, as descriptor bytes with its comments' names.
        response = self.buf.call("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                 {"file_containing_symbol": HEALTH})
        files = response["fileDescriptorResponse"]["fileDescriptorProto"]
        blob = b"".join(base64.b64decode(file) for file in files)
        for name in (b"HealthCheckResponse", b"ServingStatus", b"NOT_SERVING", b"Watch"):
            self.assertIn(name, blob)

    def test_channelz_knows_the_server(self):
        servers = self.buf.call("grpc.channelz.v1.Channelz/GetServers", {"start_server_id": "0"})
        self.assertEqual(len(servers["server"]), 1)
        self.assertGreater(int(servers["server"][0]["data"]["callsStarted"]), 0)

    # --- health ---

    def test_health_is_serving(self):
        for service in ("", ECS):
            self.assertEqual(self.buf.call(f"{HEALTH}/Check", {"service": service}), {"status": "SERVING"})
        self.assertEqual(self.refused(f"{HEALTH}/Check", {"service": "nobody"}).code, "not_found")

    # --- a task's life ---

    def test_a_task_runs_and_stops(self):
        world = {"x-ecsmi-world": "story"}
        call = lambda method, request: self.buf.call(method, request, headers=world)  # noqa: E731
        self.assertEqual(call(f"{ECS}/CreateCluster", {"clusterName": "web"})["cluster"]["status"], "ACTIVE")
        call(f"{ECS}/CreateCapacityProvider", PROVIDER)
        call(f"{EMULATOR}/RunUntilQuiescent", {})
        definition = call(f"{ECS}/RegisterTaskDefinition", DEFINITION)["taskDefinition"]
        self.assertEqual(definition["revision"], 1)
        tasks = call(f"{ECS}/RunTask", RUN)["tasks"]
        self.assertEqual([task["lastStatus"] for task in tasks], ["PROVISIONING"] * 2)
        arns = [task["taskArn"] for task in tasks]
        moved = call(f"{EMULATOR}/AdvanceClock", {"by": "600s"})
        self.assertGreater(int(moved["itemsFired"]), 0)
        described = call(f"{ECS}/DescribeTasks", {"cluster": "web", "tasks": arns})
        self.assertEqual([task["lastStatus"] for task in described["tasks"]], ["RUNNING"] * 2)
        self.assertTrue(all(task["containerInstanceArn"] for task in described["tasks"]))
        counts = call(f"{ECS}/DescribeClusters", {"clusters": ["web"]})["clusters"][0]
        self.assertEqual(counts["runningTasksCount"], 2)
        call(f"{ECS}/StopTask", {"cluster": "web", "task": arns[0], "reason": "enough"})
        call(f"{EMULATOR}/AdvanceClock", {"by": "120s"})
        stopped = call(f"{ECS}/DescribeTasks", {"cluster": "web", "tasks": arns[:1]})["tasks"][0]
        self.assertEqual((stopped["lastStatus"], stopped["stopCode"], stopped["stoppedReason"]),
                         ("STOPPED", "UserInitiated", "enough"))
        # Another world has seen nothing of it.
        self.assertEqual(self.buf.call(f"{ECS}/ListClusters"), {})

    # --- time ---

    def test_a_virtual_clock_is_set_and_only_forwards(self):
        world = {"x-ecsmi-world": "time"}
        moved = self.buf.call(f"{EMULATOR}/SetClock", {"now": "2026-03-01T00:00:00Z"}, headers=world)
        self.assertEqual(moved["clock"]["now"], "2026-03-01T00:00:00Z")
        self.assertEqual(moved["clock"]["mode"], "VIRTUAL")
        error = self.refused(f"{EMULATOR}/SetClock", {"now": "2026-02-01T00:00:00Z"}, headers=world)
        self.assertEqual(error.exception, "InvalidParameterException")
        self.assertIn("time cannot go back", error.message)
        self.assertEqual(self.refused(f"{EMULATOR}/SetClock", {}, headers=world).exception, "InvalidParameterException")

    def test_info_names_engine_and_durability(self):
        info = self.buf.call(f"{EMULATOR}/GetInfo")
        self.assertEqual(info["durability"], "full")
        self.assertRegex(info["engineVersion"], r"^\d+\.\d+\.\d+")

    def test_types_are_listed_for_the_region_asked_about(self):
        listed = self.buf.call(f"{EMULATOR}/ListInstanceTypes", {"region": "eu-west-1", "maxResults": 1})
        self.assertTrue(listed["instanceTypes"][0]["availabilityZones"][0].startswith("eu-west-1"))
        self.assertEqual(self.refused(f"{EMULATOR}/ListInstanceTypes", {"region": "no such"}).exception,
                         "InvalidParameterException")

    # --- errors ---

    def test_errors_carry_the_exceptions_name(self):
        table = [
            (f"{ECS}/DescribeTasks", {"cluster": "none", "tasks": ["x"]}, "not_found", "ClusterNotFoundException"),
            (f"{ECS}/DescribeTasks", {"tasks": []}, "invalid_argument", "InvalidParameterException"),
            (f"{ECS}/RunTask", {}, "invalid_argument", "ClientException"),
            (f"{ECS}/ExecuteCommand", {}, "unimplemented", "UnknownOperationException"),
            (f"{EMULATOR}/AdvanceClock", {}, "invalid_argument", "InvalidParameterException"),
        ]
        for method, request, code, exception in table:
            with self.subTest(method):
                error = self.refused(method, request)
                self.assertEqual((error.code, error.exception), (code, exception))
        log = [json.loads(line) for line in self.daemon.log().splitlines()]
        failed = [line for line in log if line["message"] == "call failed" and line["operation"] == "ExecuteCommand"]
        self.assertEqual(failed[0]["exception"], "UnknownOperationException")
        self.assertGreaterEqual(failed[0].keys(), {"request", "world", "us", "level", "time"})

    def test_a_message_above_four_mebibytes_is_refused_and_the_door_goes_on(self):
        big = pathlib.Path(self.daemon.folder) / "big.json"
        big.write_text(json.dumps({"clusterName": "x" * (5 << 20)}))
        result = self.buf.run("-d", f"@{big}", f"http://{self.daemon.grpc}/{ECS}/CreateCluster")
        self.assertEqual(error_body(result)["code"], "resource_exhausted")
        self.assertEqual(self.buf.call(f"{HEALTH}/Check"), {"status": "SERVING"})

    # --- promise 6 ---

    def test_what_is_not_acted_on_is_named_in_a_header(self):
        request = dict(DEFINITION, family="warned", taskRoleArn="arn:aws:iam::123456789012:role/task")
        request["containerDefinitions"] = [{"name": "main", "image": "example/web:1", "user": "nobody"}]
        _, trace = self.buf.call(f"{ECS}/RegisterTaskDefinition", request, verbose=True)
        header = re.search(r"(?i)x-ecsmi-warning: (.*)", trace).group(1)
        self.assertIn("taskRoleArn is not acted on", header)
        self.assertIn("containerDefinitions.user is not acted on", header)
        self.assertIn("taskRoleArn is not acted on", self.daemon.log())
        _, trace = self.buf.call(f"{ECS}/RegisterTaskDefinition", dict(DEFINITION, family="plain"), verbose=True)
        self.assertNotIn("x-ecsmi-warning", trace.lower())


class Strict(unittest.TestCase):
    def test_what_is_not_acted_on_is_refused(self):
        with Daemon(BINARY, "--clock=virtual", "--strict") as daemon:
            buf = Buf(TOOL, daemon.grpc)
            with self.assertRaises(Refused) as caught:
                buf.call(f"{ECS}/CreateCluster", {"settings": [{"name": "containerInsights", "value": "enabled"}]})
            self.assertEqual(caught.exception.exception, "InvalidParameterException")
            self.assertIn("settings", caught.exception.message)
            self.assertIn("docs/FIDELITY.md#stored-and-echoed-only", caught.exception.message)
            self.assertEqual(buf.call(f"{ECS}/ListClusters"), {})
            buf.call(f"{ECS}/CreateCluster", {"clusterName": "web"})
            buf.call(f"{ECS}/CreateCapacityProvider", PROVIDER)  # what AWS demands is only named


class Watch(unittest.TestCase):
    def test_a_watch_tells_the_status_and_the_end(self):
        with Daemon(BINARY) as daemon:
            buf = Buf(TOOL, daemon.grpc)
            streams = {
                service: subprocess.Popen(buf.command("-d", json.dumps({"service": service}),
                                                      f"http://{daemon.grpc}/{HEALTH}/Watch"),
                                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                for service in ("", "nobody")
            }
            first = {service: read_object(stream.stdout) for service, stream in streams.items()}
            self.assertEqual(first, {"": {"status": "SERVING"}, "nobody": {"status": "SERVICE_UNKNOWN"}})
            self.assertEqual(daemon.stop(), 0)
            self.assertEqual(read_object(streams[""].stdout), {"status": "NOT_SERVING"})
            for stream in streams.values():
                _, error = stream.communicate(timeout=10)
                self.assertIn("unavailable", error)


def read_object(stream):
    """The next JSON object of a stream of them."""
    text = ""
    while True:
        line = read_line(stream, 20)
        assert line, f"the stream ended: {text!r}"
        text += line
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            continue


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[3:]])
