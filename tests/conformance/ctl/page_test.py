#!/usr/bin/env python3
"""docs/ecsmictl.md shows what ecsmictl --help prints, README.md what story.txt has: page_test.py ECSMICTL ECSMID [--write]"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from ctl import Ctl  # noqa: E402

PAGE = HERE.parents[2] / "docs" / "ecsmictl.md"
MARK = "<!-- What follows is printed by ecsmictl; tests/conformance/ctl/page_test.py --write renews it. -->\n"


def verbs(text):
    """The names below "Subcommands:" of a help text."""
    at = text.find("Subcommands:\n")
    if at < 0:
        return []
    lines = text[at:].splitlines()[1:]
    names = []
    for line in lines:
        found = re.match(r"  (\S+)", line)
        if not found:
            if not line.startswith(" "):
                break
            continue
        names.append(found.group(1).split(",")[0])
    return names


def sections(ctl, words, out):
    text = ctl.out([*words, "--help"])
    for line in text.splitlines():
        assert len(line) <= 80, f"wider than a terminal: {line}"
    out.append(f"## {' '.join(['ecsmictl', *words])}\n\n```text\n{text.strip()}\n```\n")
    for verb in verbs(text):
        sections(ctl, [*words, verb], out)


def sessions(text):
    """The commands of a shell session, each with what it printed; a blank line within that is dropped."""
    return {re.sub(r"\n\n+", "\n", part).strip() for part in re.split(r"(?m)^(?=\$ |#|```)", text)
            if part.startswith("$ ecsmictl")}


def main():
    invented = sessions((PAGE.parents[1] / "README.md").read_text()) - sessions((HERE / "story.txt").read_text())
    if invented and "--write" not in sys.argv:
        print("README.md has what story.txt has not:", *sorted(invented), sep="\n")
        return 1
    out = []
    sections(Ctl(sys.argv[1], ""), [], out)
    page = PAGE.read_text()
    real = page[:page.index(MARK)] + MARK + "\n" + "\n".join(out)
    if "--write" in sys.argv:
        PAGE.write_text(real)
    elif real != page:
        import difflib
        sys.stdout.writelines(difflib.unified_diff(page.splitlines(True), real.splitlines(True), str(PAGE), "printed"))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
