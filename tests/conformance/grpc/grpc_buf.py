"""buf curl, a gRPC client we did not write: it knows the contract through reflection alone."""
import base64
import json
import subprocess


class Refused(Exception):
    """An answer with an error: `code` as gRPC names it, `exception` as AWS does (google.rpc.ErrorInfo's reason)."""

    def __init__(self, body):
        super().__init__(json.dumps(body))
        self.code = body.get("code")
        self.message = body.get("message", "")
        infos = [detail["value"] for detail in body.get("details", []) if detail["type"] == "google.rpc.ErrorInfo"]
        self.exception = reason(infos[0]) if infos else None


def reason(value):
    """Field 1 of an ErrorInfo, whose contract reflection does not know: buf prints its bytes in base64."""
    data = base64.b64decode(value + "=" * (-len(value) % 4))
    assert data[0] == 0x0A and data[1] < 0x80, data
    return data[2:2 + data[1]].decode()


class Buf:
    def __init__(self, tool, address):
        self.tool = tool
        self.address = address

    def command(self, *arguments):
        return [self.tool, "curl", "--protocol", "grpc", "--http2-prior-knowledge", *arguments]

    def run(self, *arguments, deadline_s=60):
        return subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=deadline_s)

    def list(self, what):
        result = self.run(f"--list-{what}", f"http://{self.address}")
        assert result.returncode == 0, result.stderr
        return result.stdout.split()

    def call(self, method, request=None, headers=None, verbose=False):
        """The response of a unary call; with `verbose` also what buf says of headers."""
        arguments = [argument for pair in (headers or {}).items() for argument in ("-H", f"{pair[0]}: {pair[1]}")]
        if verbose:
            arguments.append("-v")
        result = self.run(*arguments, "-d", json.dumps(request or {}), f"http://{self.address}/{method}")
        if result.returncode != 0:
            raise Refused(error_body(result))
        response = json.loads(result.stdout) if result.stdout.strip() else {}
        return (response, result.stderr) if verbose else response


def error_body(result):
    """buf prints an error as a JSON object."""
    text = result.stderr[result.stderr.index("{"):] if "{" in result.stderr else ""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise AssertionError(f"buf's exit {result.returncode}, not an error body: {result.stderr}") from None
