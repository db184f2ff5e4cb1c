"""Prowlarrs on the pages: connected, changed and removed; what is left of each indexer."""

from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest

from jobs.demo import DEMO_KEY
from jobs.demo.prowlarr import DemoProwlarr
from jobs.engine import Engine
from jobs.prowlarrs import read
from jobs.runs import carry_out
from models import demo
from models.database import Database
from models.database.fields import now
from models.instances import Instance
from models.people.audit import Event
from models.prowlarrs import Prowlarr
from models.prowlarrs.indexers import ProwlarrIndexer
from models.prowlarrs.meters import Meters
from models.queues import Queue
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.arr import FakeArr
from tests.fakes.browser import Browser
from tests.fakes.clock import FastClock
from tests.fakes.serving import serving
from tests.views.typed import settled

NEVER = "a key that is the Prowlarr's alone"


@pytest.fixture
def simulator(clock: FastClock) -> DemoProwlarr:
    clock.present = now()
    return DemoProwlarr(now=clock.now)


@pytest.fixture
async def engine(
    db: Database,
    clock: FastClock,
    sonarr: FakeArr,
    radarr: FakeArr,
    simulator: DemoProwlarr,
    address: str,
) -> AsyncIterator[Engine]:
    """It ends before the server at the address does, as a reading may be under way."""
    made = Engine(clock=clock, demo={"sonarr": sonarr, "radarr": radarr, "prowlarr": simulator})
    yield made
    await made.stop()


@pytest.fixture
def address(simulator: DemoProwlarr) -> Iterator[str]:
    with serving(simulator) as at:
        yield at


@pytest.fixture
def indexers(db: Database) -> Prowlarr:
    return Prowlarr.create(
        name="Indexers", key="indexers", url="demo://prowlarr", api_key=DEMO_KEY, created_at=START
    )


def typed(address: str, **changes: Any) -> dict[str, Any]:
    fields = {"name": "Mine", "url": address, "api_key": DEMO_KEY, "verify_tls": "1"}
    return {name: value for name, value in (fields | changes).items() if value is not None}


async def test_a_prowlarr_is_connected_and_read(
    alices: Browser, engine: Engine, address: str
) -> None:
    answer = await alices.post("/prowlarrs", **typed(address))
    assert "“Mine” is connected" in answer.text
    await settled(engine)
    row = Prowlarr.get()
    assert (row.version, row.fault) == ("2.3.6.5325", None)
    assert row.api_key.reveal() == DEMO_KEY
    assert Event.select().where(Event.action == "prowlarr-added").count() == 1
    page = await alices.get("/prowlarrs")
    assert "Paper Crane" in page.text
    assert "of 400" in page.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"api_key": "0" * 32}, "does not accept this API key"),
        ({"api_key": None}, "Type the API key: Prowlarr shows it"),
        ({"url": "http://169.254.169.254"}, "169.254.169.254"),
        ({"url": "prowlarr:9696"}, "Begin with http://"),
        ({"name": ""}, "Please fill this in"),
    ],
)
async def test_what_does_not_work_is_refused_in_a_sentence(
    changes: dict[str, Any], said: str, alices: Browser, address: str
) -> None:
    answer = await alices.post("/prowlarrs", **typed(address, **changes), follow=False)
    assert answer.status_code == 422
    assert said in answer.text
    assert Prowlarr.select().count() == 0


async def test_the_connection_can_be_tested_before_it_is_saved(
    alices: Browser, address: str
) -> None:
    answer = await alices.post("/prowlarrs/checks?prowlarr=", **typed(address), htmx=True)
    assert "Found Prowlarr 2.3.6.5325" in answer.text
    whole = await alices.post("/prowlarrs/checks?prowlarr=", **typed(address))
    assert "Found Prowlarr 2.3.6.5325" in whole.text
    assert 'value="Mine"' in whole.text
    wrong = await alices.post("/prowlarrs/checks", **typed(address, api_key="0" * 32), follow=False)
    assert wrong.status_code == 422
    assert Prowlarr.select().count() == 0


@pytest.mark.parametrize("changes", [{"url": "http://127.0.0.1:1"}, {"verify_tls": None}])
async def test_the_stored_key_goes_to_no_other_place(
    changes: dict[str, Any], alices: Browser, address: str, simulator: DemoProwlarr
) -> None:
    await alices.post("/prowlarrs", **typed(address))
    seen = len(simulator.log)
    number = Prowlarr.get().id
    fields = typed(address, api_key=None) | changes
    fields = {name: value for name, value in fields.items() if value is not None}
    for path, method in (
        (f"/prowlarrs/{number}", "PATCH"),
        (f"/prowlarrs/checks?prowlarr={number}", "POST"),
    ):
        answer = await alices.post(path, method=method, **fields, follow=False)
        assert answer.status_code == 422
        assert "type the API key again" in answer.text or "type it again" in answer.text
    assert len(simulator.log) <= seen + 4
    assert Prowlarr.get().url == address


@pytest.fixture
def behind_a_proxy(simulator: DemoProwlarr) -> Iterator[str]:
    """Its address; what comes without name, password and header is refused by the proxy."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        if headers.get(b"authorization") == BASIC and headers.get(b"x-team") == b"blue":
            await simulator(scope, receive, send)
            return
        start = {"type": "http.response.start", "status": 401}
        await send(start | {"headers": [(b"www-authenticate", b"Basic")]})
        await send({"type": "http.response.body", "body": b""})

    with serving(app) as at:
        yield at


PROXY = {
    "proxy_name": "anna",
    "proxy_password": "the password of the proxy",
    "proxy_header_1": "X-Team",
    "proxy_value_1": "blue",
}
BASIC = b"Basic " + b64encode(b"anna:the password of the proxy")


async def test_a_proxy_in_front_of_it_gets_what_it_asks_for(
    alices: Browser, engine: Engine, behind_a_proxy: str
) -> None:
    refused = await alices.post("/prowlarrs", **typed(behind_a_proxy))
    assert refused.status_code == 422
    answer = await alices.post("/prowlarrs", **typed(behind_a_proxy), **PROXY)
    assert answer.status_code == 200, settled(answer)
    row = Prowlarr.get()
    assert await read(engine, row) is None
    page = (await alices.get(f"/prowlarrs/{row.id}/edit")).text
    assert 'value="X-Team"' in page
    assert not any(secret in page for secret in ("anna", "password of the proxy", "blue"))
    renamed = {"name": "Other", "url": behind_a_proxy, "verify_tls": "1"}
    kept = renamed | {"proxy_header_1": "X-Team"}
    path = f"/prowlarrs/{row.id}"
    assert (await alices.post(path, method="PATCH", **kept)).status_code == 200
    assert (Prowlarr.get().name, await read(engine, Prowlarr.get())) == ("Other", None)
    elsewhere = kept | {"url": behind_a_proxy + "/other", "api_key": DEMO_KEY}
    answer = await alices.post(path, method="PATCH", **elsewhere)
    assert answer.status_code == 422
    assert "This goes to another place" in answer.text


async def test_without_script_a_tested_key_is_kept_for_the_form(
    alices: Browser, address: str
) -> None:
    page = await alices.post("/prowlarrs/checks", **typed(address))
    assert "Found Prowlarr" in page.text
    assert DEMO_KEY not in page.text
    answer = await alices.post("/prowlarrs", **typed(address, api_key=""))
    assert answer.status_code == 200
    assert Prowlarr.get().api_key.reveal() == DEMO_KEY
    again = await alices.post("/prowlarrs", **typed(f"{address}/x", name="Another", api_key=""))
    assert again.status_code == 422


async def test_the_same_prowlarr_is_not_connected_twice(alices: Browser, address: str) -> None:
    await alices.post("/prowlarrs", **typed(address))
    there = address.replace("127.0.0.1", "localhost")
    for changes in ({"url": address}, {"url": there}):
        answer = await alices.post("/prowlarrs", **typed(address, name="Two") | changes)
        assert "This is the same Prowlarr as Mine." in answer.text
    again = await alices.post("/prowlarrs", **typed(address, url="http://127.0.0.1:1", name="mine"))
    assert "Another Prowlarr has this name." in again.text
    assert Prowlarr.select().count() == 1


async def test_it_is_renamed_without_its_key_and_removed(
    alices: Browser, engine: Engine, address: str
) -> None:
    await alices.post("/prowlarrs", **typed(address))
    await settled(engine)
    number = Prowlarr.get().id
    await alices.post(
        f"/prowlarrs/{number}", method="PATCH", **typed(address, api_key=None, name="Two")
    )
    assert Prowlarr.get().name == "Two"
    assert Prowlarr.get().api_key.reveal() == DEMO_KEY
    assert "Remove Two?" in (await alices.get(f"/prowlarrs/{number}/deletion")).text
    await alices.post(f"/prowlarrs/{number}", method="DELETE")
    assert Prowlarr.select().count() == ProwlarrIndexer.select().count() == 0


async def test_no_page_shows_the_key_and_viewers_get_no_buttons(
    alices: Browser, veras: Browser, engine: Engine, address: str, simulator: DemoProwlarr
) -> None:
    await alices.post("/prowlarrs", **typed(address))
    await settled(engine)
    row = Prowlarr.get()
    row.change(api_key=NEVER)
    for path in ("/prowlarrs", f"/prowlarrs/{row.id}/edit", "/audit"):
        assert NEVER not in (await alices.get(path)).text
    page = (await veras.get("/prowlarrs")).text
    assert "Paper Crane" in page
    assert "/prowlarrs/new" not in page
    assert f"/prowlarrs/{row.id}" not in page


async def test_the_page_shows_blocks_use_links_and_what_is_left(
    veras: Browser,
    engine: Engine,
    indexers: Prowlarr,
    simulator: DemoProwlarr,
    living_room: Instance,
) -> None:
    simulator.blocked[3] = simulator.now + 3_600
    simulator.off.add(2)
    await read(engine, indexers)
    page = (await veras.get("/prowlarrs")).text
    for said in (
        "Blocked",
        "Off in Prowlarr",
        "Living room",
        "by feeds",
        "not measured",
        "kept for",
    ):
        assert said in page, said


async def test_what_is_left_adds_up_while_searches_are_not_read_yet(
    alices: Browser, engine: Engine, indexers: Prowlarr, nightly: Queue, clock: FastClock
) -> None:
    begun = Run.start(nightly, clock.now(), trigger="schedule")
    assert begun
    await carry_out(engine, begun)
    page = (await alices.get("/prowlarrs")).text
    assert "no limit" in page
    meters = [each for each in Meters(clock.now()).all if each.left is not None]
    assert any(each.unread for each in meters)
    for each in meters:
        assert each.used + each.reserve + each.unread + each.left == each.indexer.query_limit
        assert f"{each.unread} for searches just sent" in page


async def test_a_prowlarr_that_does_not_answer_says_so(
    veras: Browser, engine: Engine, indexers: Prowlarr, simulator: DemoProwlarr
) -> None:
    simulator.status = 503
    await read(engine, indexers)
    assert "Indexers (Prowlarr) is starting up." in (await veras.get("/prowlarrs")).text


async def test_the_demo_library_has_one_that_goes_with_it(alices: Browser, engine: Engine) -> None:
    await alices.post("/demo")
    row = Prowlarr.get()
    assert row.demo
    assert (await alices.http.get(f"/prowlarrs/{row.id}/edit")).status_code == 403
    assert (await alices.post(f"/prowlarrs/{row.id}", method="DELETE")).status_code == 403
    demo.remove()
    assert Prowlarr.select().count() == 0


async def test_a_viewer_learns_who_is_needed_to_connect_one(veras: Browser) -> None:
    page = (await veras.get("/prowlarrs")).text
    assert "No Prowlarr yet" in page
    assert "/prowlarrs/new" not in page


def test_a_reading_is_due_after_its_fault_ends(indexers: Prowlarr) -> None:
    indexers.failed("refused", "x", START)
    assert indexers.retry_at == START + timedelta(minutes=1)
    indexers.answered(None, START)
    assert (indexers.fault, indexers.failures) == (None, 0)


async def test_the_page_ranks_the_indexers_and_names_a_silent_one(
    veras: Browser, engine: Engine, indexers: Prowlarr, nightly: Queue, simulator: DemoProwlarr
) -> None:
    engine.door.inside["sonarr"].world.told = simulator.hear  # type: ignore[attr-defined]
    run = Run.start(nightly, now(), trigger="schedule")
    assert run
    await carry_out(engine, run)
    await read(engine, Prowlarr.get())
    before = (await veras.get("/instances")).text
    page = (await veras.get("/prowlarrs")).text
    assert "What they did for our searches" in page
    assert "has gone silent" not in page
    silent = {"silent_since": now(), "silent_searches": 44}
    ProwlarrIndexer.update(**silent).where(ProwlarrIndexer.number == 1).execute()
    page = (await veras.get("/prowlarrs")).text
    assert "Paper Crane has gone silent" in page
    assert "44" in page and page.count("Silent</span>") == 1
    assert "has gone silent" not in before
    assert "has gone silent" in (await veras.get("/instances")).text
    number = ProwlarrIndexer.get(ProwlarrIndexer.silent_since.is_null(False)).id
    assert f'href="/prowlarrs#indexer-{number}"' in (await veras.get("/")).text
