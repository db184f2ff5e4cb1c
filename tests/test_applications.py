"""What another application takes: one object, one client, one simulator, and nothing else."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest

from app import create_app
from jobs import arr
from jobs.arr import CLIENTS
from jobs.arr.radarr import Radarr
from jobs.arr.sonarr import Sonarr
from jobs.demo import SIMULATORS
from jobs.engine import Engine
from jobs.runs import carry_out
from models import demo
from models.applications import APPLICATIONS, SONARR, Incomplete
from models.backlog import Item
from models.backlog.exclusions import kinds_of
from models.database import Database
from models.database.encryption import Keyring
from models.environment import Environment
from models.instances import Instance
from models.people import User
from models.people.setup import SetupToken
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import PASSWORD, SETUP_TOKEN, START
from tests.fakes.browser import Browser
from tests.fakes.clock import FastClock
from tests.fakes.pretend import ALBUM, CRATE, Crate, CrateSimulator
from tests.timing import every

ROOT = Path(__file__).parents[1]


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> CrateSimulator:
    """The simulator of an application that was registered as the real ones are."""
    simulator = CrateSimulator()
    monkeypatch.setitem(APPLICATIONS, CRATE.name, CRATE)
    monkeypatch.setitem(CLIENTS, CRATE.name, Crate)
    monkeypatch.setitem(SIMULATORS, CRATE.name, lambda: simulator)
    return simulator


@pytest.fixture
async def engine(db: Database, clock: FastClock, shop: CrateSimulator) -> AsyncIterator[Engine]:
    made = Engine(clock=clock)
    yield made
    await made.stop()


@pytest.fixture
def crate(db: Database, shop: CrateSimulator) -> Instance:
    return next(each for each in demo.add(START) if each.application is CRATE)


@pytest.fixture
def records(alice: User, crate: Instance) -> Queue:
    queue = Queue.create(
        owner=alice,
        name="Records",
        key="records",
        strategy="missing",
        batch_size=2,
        packs="always",
        movie_release="home",
        schedule_json=every(120),
        created_at=START,
    )
    queue.serve([crate])
    return queue


async def test_its_items_are_synced_and_searched_by_a_queue(
    engine: Engine, records: Queue, shop: CrateSimulator
) -> None:
    run = Run.start(records, START, trigger="schedule")
    assert run
    await carry_out(engine, run)
    items = list(Item.select())
    assert {item.kind for item in items} == {ALBUM}
    assert {item.label for item in items} == {f"The Low Tides - Record {n}" for n in (1, 2, 3)}
    assert [each["body"]["name"] for each in shop.commands] == ["AlbumSearch"] * 2
    told = {(each.application, each.kind, each.outcome) for each in Search.select()}
    assert told == {(CRATE, "album", "grabbed")}
    assert {each.indexer for each in Search.select()} == {"Shelf"}
    assert kinds_of(items[0]) == ("item", "series")


async def test_the_pages_speak_of_it_in_its_own_words(
    engine: Engine, records: Queue, keyring: Keyring, options: Environment, crate: Instance
) -> None:
    run = Run.start(records, START, trigger="schedule")
    assert run
    await carry_out(engine, run)
    app, _ = create_app(options, keyring, SetupToken(SETUP_TOKEN), engine)
    said = {
        "/": "Records",
        "/backlog": "The Low Tides",
        f"/backlog?instance={crate.id}&series=9": "Record 3",
        "/items/1": "This album",
        "/items/2?exclude=series": "The whole artist",
        "/instances": "Demo Crate",
        f"/instances/{crate.id}": "Crate 2.0",
        "/instances/new": "Artists",
        "/queues/1": "Records",
        "/queues/1/preview": "The Low Tides - Record",
        "/runs/1": "2 of 2",
        "/searches": "The Low Tides - Record",
        "/yield?period=all&library=demo": "Shelf",
        "/plan": "Records",
    }
    async with Browser(app) as browser:
        await browser.sign_in("alice", PASSWORD)
        for path, words in said.items():
            answer = await browser.get(path)
            assert answer.status_code == 200, path
            assert words in unescape(answer.text), path
            assert "episode" not in answer.text, path
        answer = await browser.post("/exclusions", item=1, kind="series", until="")
        assert "“The Low Tides” is excluded for ever." in unescape(answer.text)
        assert "The whole artist" in (await browser.get("/exclusions")).text


@pytest.mark.parametrize("registered", [CLIENTS, SIMULATORS])
def test_the_program_does_not_start_where_a_half_is_missing(
    shop: CrateSimulator, registered: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(registered, CRATE.name)
    with pytest.raises(Incomplete, match="Crate has no "):
        Engine()


@pytest.mark.parametrize("registered", [CLIENTS, SIMULATORS])
def test_nor_where_a_half_is_of_no_application(
    shop: CrateSimulator, registered: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(APPLICATIONS, CRATE.name)
    with pytest.raises(Incomplete, match="crate, which is no application"):
        Engine()


def test_what_a_client_was_not_told_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hasty(Radarr):
        """A client of an application with seasons that cannot search one."""

        application = SONARR

    monkeypatch.setitem(CLIENTS, "sonarr", Hasty)
    with pytest.raises(Incomplete, match="The client of Sonarr lacks downloads_of_series, grabs"):
        arr.insist_on_clients()
    monkeypatch.setitem(CLIENTS, "sonarr", Sonarr)
    arr.insist_on_clients()


def test_no_code_asks_by_a_name_or_an_empty_column_what_it_deals_with() -> None:
    names = "|".join({*APPLICATIONS, *(each.kind.name for each in APPLICATIONS.values())})
    asks = re.compile(
        rf'[!=]= *"({names})"|"({names})" *[!=]=|(item|first|each|group)\.series_id is', re.I
    )
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("models", "jobs", "views", "components")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".py", ".html") and "migrations" not in path.parts
        for line in path.read_text().splitlines()
        if asks.search(line)
    ]
    assert found == []
