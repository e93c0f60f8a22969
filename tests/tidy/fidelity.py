"""Holds docs/FIDELITY.md to the code: what a refusal points at exists, and so does every test that a row names."""
import pathlib
import re

PAGE = "docs/FIDELITY.md"
TEST = re.compile(r"\bTEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\)")
POINTER = re.compile(re.escape(PAGE) + r"#([a-z0-9-]+)")
REFUSER = re.compile(r"absl::Status (\w+)\([^()]*std::string_view anchor\)")
LINK = re.compile(r"\]\(#([^)]+)\)")


def anchors(page):
    """The anchors GitHub gives to the headings of a page."""
    found = set()
    for heading in re.findall(r"^#+ +(.+?) *$", page, re.M):
        plain = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()).replace(" ", "-")
        anchor, again = plain, 0
        while anchor in found:
            again += 1
            anchor = f"{plain}-{again}"
        found.add(anchor)
    return found


def last_argument(text, start):
    """The last top-level argument of the call whose arguments begin at `start`."""
    depth, argument, at = 1, start, start
    while at < len(text):
        if text[at] == '"':
            at = re.compile(r'"(?:[^"\\]|\\.)*"').match(text, at).end()
            continue
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if depth == 0:
            break
        if text[at] == "," and depth == 1:
            argument = at + 1
        at += 1
    return text[argument:at].strip()


def pointers(root):
    """(file, anchor) of every refusal of ours and of every mention of the page. Anchor "" = not a literal."""
    texts = {path.relative_to(root).as_posix(): path.read_text()
             for top in ("src", "include", "proto", "tests") for path in sorted((root / top).rglob("*"))
             if path.suffix in (".cc", ".h", ".proto")}
    # Ours(...) and every function that hands an anchor on to it.
    refusers = {name for text in texts.values() for name in REFUSER.findall(text)}
    calls = re.compile(r"(?<!\w)(?:" + "|".join(sorted(refusers)) + r")\(")
    for name, text in texts.items():
        for anchor in POINTER.findall(text):
            yield name, anchor
        for call in calls.finditer(text):
            argument = last_argument(text, call.end())
            if argument not in ("anchor", "std::string_view anchor"):
                literal = re.fullmatch(r'"([a-z0-9-]+)"', argument)
                yield name, literal.group(1) if literal else ""


def check(root):
    page = (root / PAGE).read_text()
    known = anchors(page)
    failures = []
    for name, anchor in pointers(root):
        if not anchor:
            failures.append(f"{name}: the anchor of a refusal must be a literal, so that it can be looked up")
        elif anchor not in known:
            failures.append(f"{name}: no heading of {PAGE} has the anchor '{anchor}'; add a section that says what AWS "
                            "does, what ours does and why, what to do instead, and which flag changes it")
    for anchor in LINK.findall(page):
        if anchor not in known:
            failures.append(f"{PAGE}: link to '#{anchor}', which is no heading")
    tests = {f"{suite}.{name}" for path in (root / "tests").rglob("*.cc") for suite, name in TEST.findall(path.read_text())}
    for number, line in enumerate(page.splitlines(), 1):
        if not re.match(r"\| (?:[A-H]\d|—)", line):
            continue
        for named in re.findall(r"`([^`]+)`", line.rstrip(" |").rsplit(" | ", 1)[-1]):
            is_test = re.fullmatch(r"[A-Z]\w*\.[A-Z]\w*", named)
            is_file = re.fullmatch(r"tests/[\w./-]+", named)
            if is_test and named not in tests:
                failures.append(f"{PAGE}:{number}: there is no test {named}; name the one that holds this row now")
            elif is_file and not (root / named).is_file():
                failures.append(f"{PAGE}:{number}: there is no file {named}; name the one that holds this row now")
    return failures
