#!/usr/bin/env python3
"""The shell examples of the documents, run: docs_test.py ECSMID BUF FOLDER

Of README.md and docs/**/*.md in FOLDER every ```sh block that calls curl, grpcurl or the AWS CLI is run in bash, in the
order of its document and in one shell, so that a block may use what an earlier one set. A line that starts ecsmid, in such a
block or indented, says with which flags the daemon of the blocks after it runs; the test starts it on free ports and
puts those in place of 4566 and 50051. Each block has to end with 0, and a refusal over HTTP counts as a failure. A block
without a language that follows is what has to be printed; … stands for anything, ids and times may differ.
"""
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from aws_cli import missing_cli  # noqa: E402
from daemon import Daemon  # noqa: E402

BINARY, BUF, ROOT = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], pathlib.Path(sys.argv[3])
TOOLS = re.compile(r"(?:^|[\s(;|&])(curl|grpcurl|aws)\s", re.MULTILINE)
START = re.compile(r"^ *build/release/bin/ecsmid(?: +([^&\n]*?))? *&?$", re.MULTILINE)
OWN_FLAGS = ("--db", "--grpc-listen", "--http-listen")
ELLIPSIS = "…"
VARYING = [
    (r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "<time>"),
    (r"\b1\d{9}(\.\d+)?\b", "<time>"),
    (r"\b\d+m[0-9.]+s\b", "<duration>"),
    (r'(Ms"?: ?)\d+', r"\1<duration>"),
    (r"\b[0-9a-f]{17,}\b", "<id>"),
]
# curl says so when it is refused, and leaves a stream that never ends; buf stands in for a grpcurl that is not there.
PRELUDE = r"""
curl() {
  case " $* " in
    *" -N "*|*" -sN "*|*" --no-buffer "*) command curl --fail-with-body --max-time 3 "$@" || [ $? = 28 ] ;;
    *) command curl --fail-with-body "$@" ;;
  esac
}
if ! command -v grpcurl >/dev/null; then
  grpcurl() {
    local options=() address=
    while [ $# -gt 0 ]; do
      case "$1" in
        -plaintext) ;;
        -d|-H) options+=("$1" "$2"); shift ;;
        list) options+=(--list-services) ;;
        *) if [ -z "$address" ]; then address=$1; else address=$address/$1; fi ;;
      esac
      shift
    done
    "$BUF" curl --protocol grpc --http2-prior-knowledge "${options[@]}" "http://$address"
  }
fi
"""


def fixed(text):
    for pattern, name in VARYING:
        text = re.sub(pattern, name, text)
    return re.sub(r"[ \t]+", " ", text)


class Block:
    def __init__(self, line, text):
        self.line = line
        self.text = text
        self.output = None
        self.tools = set(TOOLS.findall(text))


def blocks_of(document):
    """Blocks in order, and flags (strings) where a daemon is started."""
    found, fence, lines, begin = [], None, [], 0
    for number, line in enumerate(document.splitlines(), 1):
        if line.startswith("```"):
            if fence is None:
                fence, lines, begin = line[3:].strip(), [], number
                continue
            text = "\n".join(lines) + "\n"
            if fence == "sh":
                started = START.search(text)
                if started:
                    found.append(started[1] or "")
                found.append(Block(begin, START.sub("", text)))
            elif fence == "" and found and isinstance(found[-1], Block) and found[-1].output is None:
                found[-1].output = text
            fence = None
        elif fence is not None:
            lines.append(line)
        elif START.match(line):
            found.append(START.match(line)[1] or "")
    return found


NO_CLI = missing_cli()


class Examples(unittest.TestCase):
    maxDiff = None

    def run_blocks(self, name, flags, blocks):
        """Blocks that share a daemon, in one shell."""
        runnable = []
        for block in blocks:
            if "aws" in block.tools and NO_CLI:
                print(f"{name}:{block.line} not run: {NO_CLI}", flush=True)
            elif block.tools:
                runnable.append(block)
        if not runnable:
            return 0
        own = [flag for flag in flags.split() if not flag.startswith(OWN_FLAGS)]
        with Daemon(BINARY, *own) as daemon:
            bin_folder = daemon.folder / "build" / "release"
            bin_folder.mkdir(parents=True)
            (bin_folder / "bin").symlink_to(BINARY.parent)
            script = PRELUDE + "set -eo pipefail\n" + "".join(
                f"echo '<block {block.line}>'\n{block.text}\n" for block in runnable)
            script = re.sub(r"(127\.0\.0\.1|localhost):4566", daemon.http, script)
            script = re.sub(r"(127\.0\.0\.1|localhost):50051", daemon.grpc, script)
            environment = {**os.environ, "BUF": BUF, "AWS_PAGER": ""}
            result = subprocess.run(["bash", "-c", script], cwd=daemon.folder, env=environment, text=True, timeout=120,
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.assertEqual(result.returncode, 0, f"{name}\n{result.stdout}\n{daemon.log()}")
        printed = dict(re.findall(r"<block (\d+)>\n(.*?)(?=<block |\Z)", result.stdout, re.DOTALL))
        for block in runnable:
            if block.output is None:
                continue
            at, text = 0, fixed(printed[str(block.line)])
            for part in (fixed(each).strip() for each in block.output.split(ELLIPSIS)):
                where = text.find(part, at)
                self.assertNotEqual(where, -1, f"{name}:{block.line} does not print\n{part}\nafter\n{text[:at]}\nbut\n{text[at:]}")
                at = where + len(part)
        return len(runnable)

    def test_every_example_works(self):
        count = 0
        for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
            found, flags, blocks = blocks_of(path.read_text()), "--profile=test", []
            for each in [*found, None]:
                if isinstance(each, Block):
                    blocks.append(each)
                    continue
                with self.subTest(path=path.name, flags=flags):
                    count += self.run_blocks(path.relative_to(ROOT), flags, blocks)
                flags, blocks = each, []
        self.assertGreaterEqual(count, 2, "examples of curl and grpcurl")


class Reading(unittest.TestCase):
    def test_blocks_flags_and_output(self):
        found = blocks_of("# t\n\n    build/release/bin/ecsmid --profile=test\n\n```sh\ncurl x\n```\nsays\n```\n1…\n```\n"
                          "```sh\nbuild/release/bin/ecsmid --clock=virtual --db=:memory: &\ngrpcurl y\n```\n```c\ncurl z\n```\n")
        self.assertEqual([each if isinstance(each, str) else (each.line, each.text, each.output) for each in found], [
            "--profile=test", (5, "curl x\n", "1…\n"), "--clock=virtual --db=:memory:", (12, "\ngrpcurl y\n", None)])

    def test_ids_and_times_may_differ(self):
        self.assertEqual(fixed("i-0d052a887a40434e2 c6g.large 1795522569.96 0m0.3s"), "i-<id> c6g.large <time> <duration>")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[4:]])
