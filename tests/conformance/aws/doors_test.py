#!/usr/bin/env python3
"""The real binary between other programs: doors_test.py ECSMID CLIENTS

An endpoint behind --forward, clients that call too fast for --throttle=aws, keys at the gRPC door (buf).
"""
import http.client
import http.server
import json
import pathlib
import sys
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "grpc")]
from daemon import Daemon, run_refused  # noqa: E402
from grpc_buf import Buf, Refused  # noqa: E402

BINARY, CLIENTS = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
ECS = "AmazonEC2ContainerServiceV20141113"


def signed(service, key="111122223333"):
    return f"AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=00"


class Endpoint(http.server.BaseHTTPRequestHandler):
    """Says what it was sent."""
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told = json.dumps({"path": self.path, "host": self.headers["Host"], "bytes": len(body),
                           "sum": sum(body), "via": self.headers["Via"]}).encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(told)))
        self.send_header("x-amz-request-id", "endpoint-1")
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_):
        pass


class Forward(unittest.TestCase):
    def setUp(self):
        self.endpoint = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
        threading.Thread(target=self.endpoint.serve_forever, daemon=True).start()
        self.addCleanup(self.endpoint.server_close)
        self.addCleanup(self.endpoint.shutdown)
        self.url = f"http://127.0.0.1:{self.endpoint.server_address[1]}"

    def ask(self, connection, method, path, headers, body=b""):
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()

    def test_one_address_serves_ours_and_others(self):
        with Daemon(BINARY, "--clock=auto", "--durability=memory", f"--forward=s3,iam={self.url}",
                    "--forward=logs=http://127.0.0.1:9") as daemon:
            connection = http.client.HTTPConnection(daemon.http, timeout=30)
            body = bytes(range(256)) * 50_000
            answer, told = self.ask(connection, "PUT", "/bucket/a%20key?x=1", {"Authorization": signed("s3")}, body)
            self.assertEqual(answer.status, 201)
            self.assertEqual(answer.headers["x-amz-request-id"], "endpoint-1")
            told = json.loads(told)
            self.assertEqual((told["path"], told["host"], told["bytes"], told["sum"]),
                             ("/bucket/a%20key?x=1", daemon.http, len(body), sum(body)))
            # The same connection, ours.
            answer, told = self.ask(connection, "POST", "/", {"X-Amz-Target": f"{ECS}.ListClusters",
                                                              "Authorization": signed("ecs")}, b"{}")
            self.assertEqual((answer.status, told), (200, b'{"clusterArns":[]}'))
            # The world's prefix is ours; a presigned request is known by its query.
            presigned = "/w/team/bucket/key?X-Amz-Credential=k%2F20260101%2Fus-east-1%2Fs3%2Faws4_request"
            answer, told = self.ask(connection, "PUT", presigned, {}, b"abc")
            self.assertEqual(json.loads(told)["path"], presigned.removeprefix("/w/team"))
            # An endpoint that is not there, and a service that nobody named.
            answer, told = self.ask(connection, "POST", "/", {"X-Amz-Target": "Logs_20140328.DescribeLogGroups",
                                                              "Authorization": signed("logs")}, b"{}")
            self.assertEqual(answer.status, 502)
            self.assertEqual(json.loads(told)["__type"], "ServiceUnavailableException")
            self.assertIn("http://127.0.0.1:9", json.loads(told)["message"])
            answer, told = self.ask(connection, "POST", "/", {"X-Amz-Target": "DynamoDB_20120810.ListTables",
                                                              "Authorization": signed("dynamodb")}, b"{}")
            self.assertEqual(answer.status, 400)
            self.assertIn("--forward=", json.loads(told)["message"])
            connection.close()
            self.assertEqual(daemon.stop(), 0)

    def test_a_circle_of_daemons_is_noticed(self):
        with Daemon(BINARY, "--durability=memory") as probe:
            port = probe.ready["http"].rsplit(":", 1)[1]
            probe.kill()
            with Daemon(BINARY, "--durability=memory", f"--forward=s3=http://127.0.0.1:{port}") as first:
                with Daemon(BINARY, "--durability=memory", f"--forward=s3=http://{first.http}",
                            f"--http-listen=127.0.0.1:{port}") as second:
                    connection = http.client.HTTPConnection(second.http, timeout=30)
                    self.addCleanup(connection.close)
                    answer, told = self.ask(connection, "PUT", "/bucket/key", {"Authorization": signed("s3")}, b"abc")
                    self.assertEqual(answer.status, 508)
                    self.assertIn(b"comes back here", told)

    def test_what_cannot_be_passed_on_is_refused_at_start(self):
        for rule, words in {
            f"ecs={self.url}": ["'ecs' is answered here"],
            f"s3,monitoring={self.url}": ["'monitoring' is answered here"],
            "s3=localhost:4567": ["neither http:// nor https://"],
            "s3=https://s3.amazonaws.com": ["signed for another Host"],
            "s3": ["is not SERVICE,…=URL"],
        }.items():
            with self.subTest(rule):
                status, error = run_refused(BINARY, "--db=:memory:", f"--forward={rule}")
                self.assertEqual(status, 2, error)
                for word in ["--forward", *words]:
                    self.assertIn(word, error)
        with Daemon(BINARY) as daemon:
            address = daemon.http
        port = address.rsplit(":", 1)[1]
        status, error = run_refused(BINARY, "--db=:memory:", "--grpc-listen=127.0.0.1:0", f"--http-listen={address}",
                                    f"--forward=s3=http://localhost:{port}")
        self.assertEqual(status, 2, error)
        self.assertIn("which is this daemon", error)


class Throttle(unittest.TestCase):
    def test_aws_buckets_are_shared_by_both_doors(self):
        with Daemon(BINARY, "--clock=virtual", "--durability=memory", "--throttle=aws") as daemon:
            connection = http.client.HTTPConnection(daemon.http, timeout=30)
            self.addCleanup(connection.close)
            answers = []
            for i in range(40):
                connection.request("POST", "/", body=json.dumps({"clusterName": f"c{i}"}), headers={
                    "X-Amz-Target": f"{ECS}.CreateCluster", "Authorization": signed("ecs", "000000000000")})
                answer = connection.getresponse()
                answers.append((answer.status, json.loads(answer.read())))
            refused = [told for status, told in answers if status == 400]
            # A burst of 20, one a second after it.
            self.assertTrue(20 <= 40 - len(refused) < 40, len(refused))
            self.assertEqual(refused[0], {"__type": "ThrottlingException", "message": "Rate exceeded"})
            with self.assertRaises(Refused) as refusal:
                for _ in range(3):  # a token may have come back meanwhile
                    Buf(CLIENTS / "buf", daemon.grpc).call("ecsmi.ecs.v1.EcsService/DeleteCluster", {"cluster": "c0"})
            self.assertEqual((refusal.exception.code, refusal.exception.exception, refusal.exception.message),
                             ("resource_exhausted", "ThrottlingException", "Rate exceeded"))


class Keys(unittest.TestCase):
    def test_a_key_file_opens_grpc_beyond_loopback_to_its_keys(self):
        status, error = run_refused(BINARY, "--db=:memory:", "--grpc-listen=0.0.0.0:0")
        self.assertEqual(status, 2, error)
        self.assertIn("--auth-file or --insecure", error)
        with Daemon(BINARY, "--durability=memory") as probe:
            keys = pathlib.Path(probe.folder) / "keys.yaml"
            keys.write_text("- {access_key_id: AKIDTEAM, secret_access_key: right, worlds: [team]}\n")
            with Daemon(BINARY, "--clock=virtual", "--durability=memory", "--grpc-listen=0.0.0.0:0",
                        f"--auth-file={keys}") as daemon:
                buf = Buf(CLIENTS / "buf", daemon.grpc.replace("0.0.0.0", "127.0.0.1"))
                self.assertEqual(buf.call("grpc.health.v1.Health/Check"), {"status": "SERVING"})
                bearer = {"authorization": "Bearer AKIDTEAM:right"}
                for headers, code, exception in [
                    ({}, "unauthenticated", "MissingAuthenticationTokenException"),
                    ({"authorization": "Bearer AKIDTEAM:wrong"}, "unauthenticated", "UnrecognizedClientException"),
                    ({**bearer, "x-ecsmi-world": "other"}, "permission_denied", "AccessDeniedException"),
                ]:
                    with self.subTest(headers), self.assertRaises(Refused) as refusal:
                        buf.call("ecsmi.ecs.v1.EcsService/ListClusters", headers=headers)
                    self.assertEqual((refusal.exception.code, refusal.exception.exception), (code, exception))
                self.assertEqual(buf.call("ecsmi.ecs.v1.EcsService/ListClusters", headers=bearer), {})


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[3:]])
