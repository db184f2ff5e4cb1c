"""S36: what is installed is pinned, nothing is loaded from elsewhere, and nothing reports home."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from jobs.engine import Engine
from models.instances import Instance
from tests.conftest import PASSWORD
from tests.fakes.arr import FakeArr
from tests.fakes.browser import Browser
from tests.furnished import furnish
from tests.security.walk import walk
from tests.trees import nodes
from tests.views.typed import instance_fields, settled

ROOT = Path(__file__).parent.parent.parent
REQUIREMENTS = ("requirements.txt", "tests/requirements.txt")
SERVED = [
    *(ROOT / "components").rglob("*.html"),
    *(path for path in (ROOT / "static").rglob("*") if path.suffix in (".css", ".js", ".svg")),
]
CODE = [
    ROOT / "app.py",
    *(path for layer in ("views", "jobs", "models") for path in (ROOT / layer).rglob("*.py")),
]
PAGES = [step for step in walk() if step.method == "GET" and not step.path.startswith("/health")]
# Examples in sentences and in the demo library, which nobody calls; the namespace of SVG.
SPOKEN_OF = {
    *("192.168.1.20", "www.w3.org", "json-schema.org", "localhost", "127.0.0.1"),
    *("prowlarr", "vqs", "gotify", "apprise", "searcharr.example.com"),
}
# Where messages go that an administrator asked for, with a key typed in by hand.
ASKED_FOR = {"api.pushover.net", "api.telegram.org", "discord.com", "ntfy.sh"}
QUOTED_BY_THE_DEMO = {
    *("artworks.example.invalid", "indexer.example.invalid", "tools.ietf.org", "wiki.servarr.com"),
}
# Whatever names an address, but for links that somebody has to follow.
LOADED = re.compile(
    r"""<(?!a\b)[a-z]+[^>]*?\b(?:src|href|action|formaction|hx-get|hx-post|data)="([^"]+)"""
)
SHA256 = re.compile(r"--hash=sha256:[0-9a-f]{64}")


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_requirement_is_one_version_with_its_hashes(name: str) -> None:
    text = (ROOT / name).read_text().replace("\\\n", " ")
    lines = [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    assert len(lines) > 10
    for line in lines:
        pin, *hashes = line.split(" --hash")
        assert re.fullmatch(r"[a-z0-9-]+==[0-9][\w.]*( ; .+)?", pin.strip()), pin
        assert hashes and len(SHA256.findall(line)) == len(hashes), pin


def test_both_files_agree_and_are_the_only_ones() -> None:
    pins = [
        dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / n).read_text(), re.M))
        for n in REQUIREMENTS
    ]
    assert [name for name in set(pins[0]) & set(pins[1]) if pins[0][name] != pins[1][name]] == []
    told = [(ROOT / each).read_text() for each in ("Dockerfile", "Makefile", ".ci/run")]
    text = "\n".join(told).replace("\\\n", " ")
    lines = re.findall(r"^.*\bpip\b.* install .*-r .*$", text, re.MULTILINE)
    assert lines
    for line in lines:
        assert "--require-hashes" in line, line


def test_whatever_the_checks_overlook_has_its_reason_beside_it() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    for skipped in tomllib.loads(project)["tool"]["bandit"]["skips"]:
        assert f"\n# {skipped}: " in project
    for path in CODE:
        for said in re.findall(r"#\s*nosec(.*)", path.read_text()):
            assert re.fullmatch(r" B\d{3} # \S.+", said), f"{path}: {said}"


def test_the_checks_are_part_of_the_commands() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for tool in ("bandit", "pylint", "ruff", "mypy", "tests.audit"):
        assert f"-m {tool}" in makefile, tool
    assert "\ncheck: analyse\n" in makefile
    everything = "test test-long test-browser test-postgres test-any-hour test-api analyse"
    assert f"\ntest-all: {everything}\n" in makefile
    assert "\nmake test-all " in (ROOT / ".ci" / "run").read_text()


def test_images_are_named_by_more_than_latest() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"${BASE}"}
    (base,) = re.findall(r"^ARG BASE=(\S+)", text, re.MULTILINE)
    assert re.search(r":\d+\.\d+", base)


def test_nothing_that_is_served_loads_from_another_origin() -> None:
    loads = r"""(?:\bsrc(?:set)?=|url\(|@import\s|fetch\(|import\(|EventSource\(|WebSocket\("""
    loads = rf"{loads}|sendBeacon\()\s*[\"']?(?:https?:|wss?:|//)"
    other = re.compile(rf"{loads}|<link[^>]+href=[\"'](?:https?:|//)")
    found = {path.relative_to(ROOT).as_posix(): other.findall(path.read_text()) for path in SERVED}
    assert {name: each for name, each in found.items() if each} == {}


async def test_no_page_as_it_is_sent_loads_from_another_origin(browser: Browser) -> None:
    token = furnish("Plain", PASSWORD)
    await browser.sign_in("alice", PASSWORD)
    elsewhere = []
    for step in PAGES:
        answer = await browser.http.get(step.at(id=1, token=token))
        found = LOADED.findall(answer.text)
        elsewhere += [
            (step.path, each) for each in found if urlsplit(each).netloc or each[:2] == "//"
        ]
        if "connect-src 'self'" not in answer.headers["content-security-policy"]:
            elsewhere.append((step.path, "no policy"))
        for link in re.findall(r"<a\b[^>]*href=\"https?://[^>]*>", answer.text):
            if not ("noreferrer" in link or "noopener" in link or 'target="_blank"' not in link):
                elsewhere.append((step.path, link))
    assert elsewhere == []


def test_no_host_is_named_in_the_code_but_in_examples() -> None:
    named = {}
    for path in CODE:
        for node in nodes(path):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for host in re.findall(r"https?://(\w[\w.-]*)", node.value):
                    demo = QUOTED_BY_THE_DEMO if "demo" in path.parts else set()
                    if host not in SPOKEN_OF | ASKED_FOR | demo and not host.endswith(".example"):
                        named[host] = path.relative_to(ROOT).as_posix()
    assert named == {}


class Wire:
    """Every connection that this process opens while it listens, by the interpreter's own word."""

    def __init__(self) -> None:
        self.listens = False
        self.met: set[tuple[str, int]] = set()
        sys.addaudithook(self._hear)

    def _hear(self, event: str, args: tuple[object, ...]) -> None:
        if self.listens and event in ("socket.connect", "socket.sendto"):
            address = args[1]
            if isinstance(address, tuple):
                self.met.add((str(address[0]), int(address[1])))


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    yield made
    made.listens = False


async def test_only_instances_are_called(
    wire: Wire, alices: Browser, sonarr: FakeArr, engine: Engine
) -> None:
    with sonarr.serve() as url:
        wire.listens = True
        await alices.post("/instances", **instance_fields(url))
        await settled(engine)
        row = Instance.get()
        await alices.post(f"/instances/{row.id}/checks")
        await alices.post(f"/instances/{row.id}/syncs")
        await settled(engine)
        for step in PAGES:
            await alices.http.get(step.at(id=1, token="x"))
        wire.listens = False
        port = int(url.rpartition(":")[2])
    assert sonarr.log
    assert wire.met == {("127.0.0.1", port)}
