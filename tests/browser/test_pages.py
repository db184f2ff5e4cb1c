"""Every page in Chromium, in every pair of circumstances: nothing is wrong with any."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations, product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from models.database.encryption import load_or_create
from models.database.fields import now
from models.opening.schema import open_database
from models.people import User
from tests.browser.conftest import NOISE, PATIENCE_MS, VIOLATIONS, close
from tests.browser.looking import faults
from tests.browser.pairs import CIRCUMSTANCES, Way, pairs, ways
from tests.browser.test_hostile import furnished, paths
from tests.conftest import PASSWORD
from tests.fakes.program import running
from tests.people import account
from tests.security.walk import walk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
# 58 letters: the name of a village in Wales.
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
NAMES = {"admin": "alice", "member": "mona", "viewer": "vera"}
# What a page shows by its query alone.
STATES = (
    "/backlog?reason=eligible",
    "/queues/new?strategy=custom",
    "/searches?outcome=grabbed",
    "/searches?text=nothing+has+this+title",
    "/api?read=queues.update",
    "/nowhere",
)
# All that somebody sees who is not signed in; every other page leads to the form of the sign-in.
OPEN = {*(step.path for step in walk() if step.role is None), "/nowhere", "/queues"}
# Members and viewers see of an empty household what its administrator sees, and less.
FIRST = [way for way in ways() if way.role in ("admin", None)]
# A member's and a viewer's walk meets pages that are refused to them, which are pages too.
REFUSED = (*NOISE, "status of 403", "status of 404")


def test_every_two_circumstances_meet() -> None:
    met = set().union(*map(pairs, ways()))
    wanted = {
        (a, one, b, other)
        for (a, some), (b, others) in combinations(enumerate(CIRCUMSTANCES), 2)
        for one, other in product(some, others)
    }
    assert met == wanted


@pytest.mark.parametrize("way", ways(), ids=lambda way: way.name)
def test_nothing_is_wrong_with_a_page(way: Way, chromium: Browser, tmp_path: Path) -> None:
    token = furnished(tmp_path / "data", LONG)
    _add_people(tmp_path / "data")
    found = _found(way, chromium, tmp_path / "data", [*paths(token), *STATES])
    assert not found, "\n".join(found)


@pytest.mark.parametrize("way", FIRST, ids=lambda way: way.name)
def test_nor_while_there_is_nothing_to_show(way: Way, chromium: Browser, tmp_path: Path) -> None:
    """Nobody finds the page of the first start, for there is no account either."""
    if way.role:
        _add_people(tmp_path / "data")
    shown = [path for path in paths("x") if not {"1", "x"} & set(path.split("/"))]
    found = _found(way, chromium, tmp_path / "data", shown)
    assert not found, "\n".join(found)


def _add_people(data: Path) -> None:
    keyring, _ = load_or_create(data.with_name(f"{data.name}-secret") / "master.key")
    data.mkdir(mode=0o700, exist_ok=True)
    opened = open_database(data / "vqs.db", keyring, now())
    for role, name in NAMES.items():
        if not User.select().where(User.key == name).exists():
            account(name, role, password=PASSWORD)
    opened.close_all()


def _found(way: Way, chromium: Browser, data: Path, paths: list[str]) -> list[str]:
    """What is wrong, beginning with the path."""
    settings = {"base_path": way.base} if way.base else {}
    with (
        running(data, log_level="error", **settings) as (address, _),
        _context(way, chromium) as context,
    ):
        below = f"{address}/{way.base}".rstrip("/")
        walker = Walker(context.new_page(), way)
        if way.role:
            walker.sign_in(below, NAMES[way.role])
        else:
            paths = [path for path in paths if path in OPEN or path.startswith("/invitations/")]
        return [f"{path} {fault}" for path in paths for fault in walker.faults(below + path)]


@contextmanager
def _context(way: Way, chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        viewport={"width": way.width, "height": 900},
        java_script_enabled=way.script,
        color_scheme=way.scheme,
    )
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(VIOLATIONS)
    yield context
    close(context)


class Walker:
    """Goes from page to page; `said` are errors and warnings of the console, violations too."""

    def __init__(self, page: Page, way: Way) -> None:
        self.page, self.way = page, way
        self.said: list[str] = []
        self.seen: set[str] = set()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(n in message.text for n in REFUSED):
            self.said.append(message.text)

    def sign_in(self, address: str, name: str) -> None:
        self.page.goto(f"{address}/session/new")
        self.page.fill("[name=name]", name)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("form[action$='/session'] button")
        self.page.wait_for_url(f"{address}/")

    def faults(self, url: str) -> list[str]:
        """What is wrong with one page; what its script says is taken before axe looks at it."""
        self.said.clear()
        answer = self.page.goto(url)
        assert answer is not None and answer.status < 500, url
        said = [*self.said]
        if self.page.url in self.seen:
            return said
        self.seen.add(self.page.url)
        return [*said, *faults(self.page, script=self.way.script)]
