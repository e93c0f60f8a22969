#!/usr/bin/env python3
"""Bytes that no client should send, at the real binary: hostile_test.py ECSMID [unittest arguments]

Whatever comes: an error in AWS's shape or a closed connection, no row changed, memory bounded, the next caller served.
"""
import gzip
import json
import pathlib
import random
import re
import select
import socket
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from daemon import Daemon  # noqa: E402

BINARY = sys.argv[1]
ECS = ("AmazonEC2ContainerServiceV20141113", "application/x-amz-json-1.1", "message")
SQS = ("AmazonSQS", "application/x-amz-json-1.0", "message")
SCALING = ("AnyScaleFrontendService", "application/x-amz-json-1.1", "Message")
CLOUDWATCH = ("GraniteServiceVersion20100801", "application/x-amz-json-1.0", "message")
MIB = 1 << 20
BODY_MAX = 4 * MIB
HEAD_SECONDS, BODY_SECONDS = 10, 30


class Answer:
    def __init__(self, status, head, body):
        self.status, self.head, self.body = status, head, body


class Client:
    """One connection; an answer is None when the daemon closed it without one."""

    def __init__(self, daemon):
        host, port = daemon.http.split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=60)
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Sends what the daemon takes: it may have answered and closed before the end."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return self

    def answer(self):
        data = self.rest
        while b"\r\n\r\n" not in data:
            more = self.receive()
            if not more:
                assert data == b"", data
                return None
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = int(re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)[1])
        while len(body) < length:
            more = self.receive()
            assert more, (head, body)
            body += more
        self.rest = body[length:]
        return Answer(int(head.split()[1]), head, body[:length])

    def receive(self):
        try:
            return self.socket.recv(65536)
        except ConnectionResetError:
            return b""


def head_of(service, operation, length, more=b""):
    return (f"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: {service[0]}.{operation}\r\nContent-Type: {service[1]}\r\n"
            f"Content-Length: {length}\r\n").encode() + more + b"\r\n"


def call(daemon, service, operation, body, more=b""):
    with Client(daemon) as client:
        return client.send(head_of(service, operation, len(body), more) + body).answer()


def memory_mib(daemon, field="VmHWM"):
    status = pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+)", status)[1]) / 1024


class Case(unittest.TestCase):
    maxDiff = None
    growth_mib = 64

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(BINARY, "--profile=test", "--clock=virtual").start()
        assert call(cls.daemon, ECS, "CreateCluster", b'{"clusterName":"kept"}').status == 200

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    def setUp(self):
        pathlib.Path(f"/proc/{self.daemon.process.pid}/clear_refs").write_text("5")  # the peak counts from here
        self.before = memory_mib(self.daemon)
        self.dump = self.world()

    def tearDown(self):
        """No row changed, the next caller is served at once, and memory never was much more than before."""
        began = time.monotonic()
        self.assertEqual(self.world(), self.dump)
        self.assertLess(time.monotonic() - began, 2)
        self.assertLess(memory_mib(self.daemon) - self.before, self.growth_mib)

    def world(self):
        return json.loads(call(self.daemon, ("EcsmiEmulator", ECS[1], "message"), "DumpWorld", b"{}").body)["rows"]

    def assert_aws_error(self, answer, what, service=ECS, statuses=range(400, 504)):
        self.assertIsNotNone(answer, what)
        self.assertIn(answer.status, statuses, (what, answer.body[:300]))
        body = json.loads(answer.body)
        self.assertRegex(body["__type"], r"^[A-Za-z.]+$", what)
        self.assertTrue(body.get(service[2]), (what, body))


class Hostile(Case):
    # --- bodies ---

    def test_bodies_that_are_no_json(self):
        deep = 100_000
        bodies = {
            "nothing closed": b"{",
            "a list": b"[1]",
            "a number": b"7",
            "a NUL": b"\0",
            "garbage behind": b'{"clusterName":"x"} x',
            "two values": b"{}{}",
            "a comma too many": b'{"clusterName":"x",}',
            "single quotes": b"{'clusterName':'x'}",
            "a comment": b'{/* */"clusterName":"x"}',
            "a lone surrogate": rb'{"clusterName":"\ud800"}',
            "surrogates the wrong way round": rb'{"clusterName":"\udc00\ud800"}',
            "bytes that are no UTF-8": b'{"clusterName":"\xff\xfe"}',
            "a surrogate in UTF-8": b'{"clusterName":"\xed\xa0\x80"}',
            "a bare line break": b'{"clusterName":"a\nb"}',
            "a byte order mark": b"\xef\xbb\xbf{}",
            "UTF-16": '{"clusterName":"x"}'.encode("utf-16"),
            "an object for a string": b'{"clusterName":{"x":1}}',
            "a list for a string": b'{"clusterName":["x"]}',
            "deep objects": b'{"a":' * deep + b"1" + b"}" * deep,
            "deep lists": b'{"a":' + b"[" * deep + b"]" * deep + b"}",
            "deep and open": b'{"settings":' * deep,
        }
        for what, body in bodies.items():
            with self.subTest(what):
                self.assert_aws_error(call(self.daemon, ECS, "CreateCluster", body), what, statuses=[400])
        for number in (b"NaN", b"-Infinity", b"1e999", b"1.5", b"99999999999999999999", b"01", b"0x1", b"+1", b"1e", b"-", b'"1"'):
            with self.subTest(number):
                answer = call(self.daemon, ECS, "ListClusters", b'{"maxResults":' + number + b"}")
                self.assert_aws_error(answer, number, statuses=[400])
        for service, operation in ((SQS, "CreateQueue"), (SCALING, "RegisterScalableTarget"), (CLOUDWATCH, "PutMetricAlarm")):
            for what, body in (("nothing closed", b"{"), ("NaN", b'{"Threshold":NaN}'), ("deep", b'{"a":' * deep)):
                with self.subTest(operation, what=what):
                    answer = call(self.daemon, service, operation, body)
                    self.assert_aws_error(answer, what, service, [400])
                    if service in (SQS, CLOUDWATCH):
                        self.assertRegex(answer.head, rb"(?i)x-amzn-query-error: \w[\w.]*;Sender")

    def test_of_a_name_given_twice_the_last_counts_and_the_answer_says_so(self):
        answer = call(self.daemon, ECS, "DescribeClusters", b'{"clusters":["none"],"clusters":["kept"]}')
        self.assertEqual(answer.status, 200)
        self.assertEqual([each["clusterName"] for each in json.loads(answer.body)["clusters"]], ["kept"])
        self.assertRegex(answer.head, rb"(?i)x-ecsmi-warning: .*clusters is given twice")

    def test_forms_that_are_none(self):
        form = b"Content-Type: application/x-www-form-urlencoded\r\n"
        for body in (b"Action=", b"Action=Fly&Version=2012-11-05", b"Action=CreateQueue&QueueName=%zz", b"=&=&=", b"&" * 100_000,
                     b"Action=CreateQueue&QueueName=\xff\xfe", b"Action=SendMessage&MessageAttribute.99999999999.Name=x",
                     b"Action=CreateQueue&" + b"Attribute.1.Name=VisibilityTimeout&" * 50_000):
            with self.subTest(body[:60]), Client(self.daemon) as client:
                client.send(b"POST / HTTP/1.1\r\nHost: x\r\n".replace(b"x", b"127.0.0.1") + form +
                            b"Content-Length: %d\r\n\r\n" % len(body) + body)
                answer = client.answer()
                self.assertIn(answer.status, (400, 404, 413), answer.body[:200])
                self.assertRegex(answer.body, rb"<ErrorResponse|__type")

    def test_bodies_over_the_limit(self):
        big = b'{"clusterName":"' + b"x" * BODY_MAX + b'"}'
        self.assert_aws_error(call(self.daemon, ECS, "CreateCluster", big), "too long", statuses=[413])
        with Client(self.daemon) as client:  # told before it is sent
            client.send(head_of(ECS, "CreateCluster", 1 << 40))
            self.assert_aws_error(client.answer(), "a terabyte", statuses=[413])
        with Client(self.daemon) as client:  # in chunks nobody knows the length of
            client.send(head_of(ECS, "CreateCluster", 0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked"))
            for _ in range(6):
                client.send(b"100000\r\n" + b"x" * MIB + b"\r\n")
            self.assert_aws_error(client.answer(), "chunks", statuses=[413])
        bomb = gzip.compress(b" " * (200 * MIB), 9)
        self.assertLess(len(bomb), MIB)
        self.assert_aws_error(call(self.daemon, CLOUDWATCH, "PutMetricData", bomb, b"Content-Encoding: gzip\r\n"), "a bomb",
                              statuses=[413])
        for coding in (b"gzip", b"deflate", b"br"):
            answer = call(self.daemon, CLOUDWATCH, "PutMetricData", b"not packed", b"Content-Encoding: %s\r\n" % coding)
            self.assert_aws_error(answer, coding, statuses=[400, 415])

    # --- heads ---

    def test_heads_that_are_none(self):
        # Before there is a request that names a service, AWS's front answers for itself, too: an empty body is allowed.
        for what, data in {
            "no HTTP": b"hello\r\n\r\n",
            "TLS": bytes.fromhex("16030100c8010000c40303") + b"\0" * 200,
            "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "HTTP/3.0": b"GET / HTTP/3.0\r\n\r\n",
            "a length that is none": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
            "two lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
            "length and chunks": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "a chunk that is none": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "a name with a blank": b"POST / HTTP/1.1\r\nHost : a\r\n\r\n",
            "a folded line": b"POST / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
            "a NUL": b"POST / HTTP/1.1\r\nHost: a\0b\r\n\r\n",
            "bytes without end": b"\xff" * 100_000,
        }.items():
            with self.subTest(what), Client(self.daemon) as client:
                answer = client.send(data).answer()
                if answer is not None:
                    self.assertIn(answer.status, range(400, 506), what)
                    if b"connection: close" in answer.head.lower():
                        self.assertEqual(client.receive(), b"", what)

    def test_floods_of_headers(self):
        for what, more, status in (("many", b"".join(b"X-%d: y\r\n" % i for i in range(5_000)), 431),
                                   ("long", b"X-Long: " + b"y" * MIB + b"\r\n", 431),
                                   ("without end", b"X-Long: " + b"y" * (20 * MIB), 431)):
            with self.subTest(what), Client(self.daemon) as client:
                client.send(head_of(ECS, "ListClusters", 2, more)[:-2] + b"\r\n{}")
                answer = client.answer()
                if answer is not None:
                    self.assertEqual(answer.status, status)
        with Client(self.daemon) as client:
            answer = client.send(b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").answer()
            self.assert_aws_error(answer, "a long path", statuses=[414])

    def test_garbled_requests(self):
        seed = random.SystemRandom().randrange(1 << 32)
        chance = random.Random(seed)
        whole = head_of(ECS, "DescribeClusters", 23) + b'{"clusters":["garbled"]}'
        for _ in range(1_500):
            data = bytearray(whole)
            for _ in range(chance.randrange(1, 6)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            with self.subTest(seed=seed, data=bytes(data)), Client(self.daemon) as client:
                client.send(bytes(data[:chance.randrange(1, len(data) + 1)]))
                client.socket.shutdown(socket.SHUT_WR)
                answer = client.answer()
                if answer is not None and answer.status >= 400 and answer.body:
                    self.assertRegex(answer.body, rb"__type|<ErrorResponse")

    # --- half requests and many of them ---

    def test_clients_that_go_away_in_the_middle(self):
        whole = head_of(ECS, "CreateCluster", 20) + b'{"clusterName":"no"}'
        for end in range(1, len(whole)):
            with Client(self.daemon) as client:
                client.send(whole[:end])

    def test_a_connection_that_is_never_read_from(self):
        # Answers of about 15 MiB wait for a client that only asks.
        request = head_of(ECS, "DescribeClusters", 21) + b'{"clusters":["kept"]}'
        with Client(self.daemon) as client:
            client.socket.setblocking(False)
            sent = 0
            while sent < 20_000 * len(request):
                _, ready, _ = select.select([], [client.socket], [], 0.5)
                if not ready:
                    break  # the daemon reads no further before its answers are taken
                sent += client.socket.send(request * 16)


class ManyBodies(Case):
    # 256 MiB of bodies under way, as documented, and what they are kept in.
    growth_mib = 400

    def test_bodies_under_way_are_bounded_together(self):
        clients = [Client(self.daemon) for _ in range(120)]
        body = b"x" * (BODY_MAX - 1)
        for client in clients:
            client.socket.settimeout(2)
            try:
                client.send(head_of(ECS, "CreateCluster", BODY_MAX) + body)
            except TimeoutError:
                pass
        ready, _, _ = select.select([client.socket for client in clients], [], [], 5)
        self.assertGreater(len(ready), 0, "some are told that there is no room")
        for client in clients:
            if client.socket in ready:
                answer = client.answer()
                self.assertTrue(answer is None or answer.status == 503, answer and answer.body)
        for client in clients:
            client.socket.close()


class Slow(Case):
    def test_slow_loris(self):
        """Clients that send a byte now and then: cut when their time is up, and nobody else waits for them."""
        began = time.monotonic()
        heads = [Client(self.daemon).send(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ") for _ in range(400)]
        bodies = [Client(self.daemon).send(head_of(ECS, "ListClusters", 1_000) + b"{") for _ in range(50)]
        ended = {}
        clients = {client.socket: client for client in heads + bodies}
        while clients and time.monotonic() - began < BODY_SECONDS + 15:
            ready, _, _ = select.select(list(clients), [], [], 1)
            for each in ready:
                client = clients.pop(each)
                answer = client.answer()
                self.assertTrue(answer is None or answer.status == 408, answer and answer.head)
                ended[client] = time.monotonic() - began
            for client in clients.values():
                client.send(b" ")
            asked = time.monotonic()
            self.assertEqual(call(self.daemon, ECS, "ListClusters", b"{}").status, 200)
            self.assertLess(time.monotonic() - asked, 2)
        self.assertEqual(clients, {}, "all were cut")
        for group, seconds in ((heads, HEAD_SECONDS), (bodies, BODY_SECONDS)):
            for client in group:
                self.assertGreater(ended[client], seconds - 2)
                self.assertLess(ended[client], seconds + 10)
                client.socket.close()


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[2:]])
