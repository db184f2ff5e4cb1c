"""The page of the log, its downloads, and the id of a request."""

import asyncio
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from app import create_app
from jobs.engine import Engine
from jobs.runs import carry_out
from jobs.scheduler import Scheduler
from models.database import database
from models.database.encryption import Keyring
from models.environment import Environment
from models.household import Household
from models.household.fixed import Fixed, fix
from models.instances import Instance
from models.logs import ALL, DEBUG, ERRORS, LOG, Log
from models.logs.about import about
from models.people.audit import Event
from models.people.setup import SetupToken
from models.queues import Queue
from models.searches.runs import Run
from models.wishes import Wish
from tests.fakes.browser import ADDRESS, Browser
from tests.fakes.log import kept_log
from tests.views.typed import settled

log = logging.getLogger("models.example")
XSS = "<img src=x onerror=alert(1)>"


@pytest.fixture
def kept(options: Environment) -> Iterator[Log]:
    with kept_log(options.log_folder) as made:
        yield made


def _read(options: Environment, name: str = ALL) -> str:
    return (options.log_folder / name).read_text()


async def test_the_page_shows_recent_lines_the_newest_first(kept: Log, alices: Browser) -> None:
    log.warning("the first")
    log.error("the second")
    page = await alices.get("/logs")
    assert page.text.index("the second") < page.text.index("the first")


async def test_a_strangers_text_is_shown_as_text(kept: Log, alices: Browser) -> None:
    log.warning("the title is %s\nand more", XSS)
    page = await alices.http.get("/logs")
    assert XSS not in page.text
    assert "&lt;img src=x onerror=alert(1)&gt;" in page.text


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("?level=error", "an error", "a warning"),
        ("?text=WARN", "a warning", "an error"),
        (f"?file={ERRORS}", "an error", "a warning"),
        ("?request=abc123", "of a request", "an error"),
        ("?file=../vqs.db&level=loud&part=x&before=-1", "a warning", "nothing"),
    ],
)
async def test_it_is_filtered(
    query: str, shown: str, hidden: str, kept: Log, alices: Browser, options: Environment
) -> None:
    log.warning("a warning")
    log.error("an error")
    with (options.log_folder / ALL).open("a") as file:
        file.write('time=2026-05-04T12:00:00Z level=info message="of a request" request=abc123\n')
    page = await alices.get(f"/logs{query}")
    assert page.status_code == 200
    assert shown in page.text
    assert hidden not in page.text


async def test_older_lines_are_a_page_away(kept: Log, alices: Browser) -> None:
    for number in range(150):
        log.warning("line %s.", number)
    page = await alices.get("/logs")
    assert "line 149." in page.text
    assert "line 20." not in page.text
    older = re.search(r'rel="next" href="([^"]+)"', page.text)
    assert older
    page = await alices.get(older[1].replace("&amp;", "&"))
    assert "line 20." in page.text
    assert 'rel="prev" href="/logs"' in page.text


async def test_an_error_says_where_it_happened(kept: Log, alices: Browser) -> None:
    try:
        raise ValueError("the reason")
    except ValueError:
        log.exception("it broke")
    page = await alices.get("/logs")
    assert "Traceback" in page.text
    assert "the reason" in page.text


async def test_files_that_cannot_be_written_are_told_on_the_page(
    options: Environment, alices: Browser
) -> None:
    options.log_folder.write_text("a file")
    with kept_log(options.log_folder):
        log.warning("lost")
        page = await alices.get("/logs")
    assert "The log files cannot be written: Not a directory. 1 line left out so far" in page.text
    assert page.status_code == 200


async def test_a_file_is_downloaded_as_it_was_written_and_the_audit_trail_says_so(
    kept: Log, alices: Browser, options: Environment
) -> None:
    log.warning("password=%s of “%s”", "hunter2-and-a-half", XSS)
    answer = await alices.post("/logs/downloads", file=ALL)
    assert answer.headers["content-disposition"] == f'attachment; filename="{ALL}"'
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert XSS in answer.text
    assert "hunter2" not in answer.text
    event = Event.select().order_by(Event.id.desc()).first()
    assert (event.action, event.about, event.name) == ("log-downloaded", ALL, "Alice")


@pytest.mark.parametrize("name", ["../vqs.db", "vqs.db", "", f"{ALL}.9", DEBUG])
async def test_nothing_else_can_be_downloaded(name: str, kept: Log, alices: Browser) -> None:
    before = Event.select().count()
    assert (await alices.post("/logs/downloads", file=name)).status_code == 404
    assert Event.select().count() == before


async def test_whoever_masks_pages_gets_no_titles_from_the_log(kept: Log, alices: Browser) -> None:
    log.warning("search-sent, title “The Long Film” at http://nas.example:8989/")
    await alices.post("/mask")
    page = await alices.get("/logs")
    assert "search-sent, title “Title " in page.text
    assert "Long Film" not in page.text
    assert "nas.example" not in page.text
    assert "Download" not in page.text
    answer = await alices.post("/logs/downloads", file=ALL)
    assert "Long Film" not in answer.text


async def test_saving_the_settings_changes_the_level_by_the_next_tick(
    kept: Log, alices: Browser, engine: Engine
) -> None:
    page = await alices.get("/settings")
    assert 'id="f-log_level"' in page.text
    typed = {name: str(getattr(Household.current(), name)) for name in _names(page.text)}
    await alices.post("/settings", method="PATCH", **typed | {"log_level": "debug"})
    await Scheduler(engine).tick()
    await settled(engine)
    assert kept.level == "debug"
    assert Event.select().order_by(Event.id.desc()).first().action == "settings-changed"


def _names(page: str) -> set[str]:
    return set(re.findall(r'id="f-([a-z_]+)"', page))


async def test_a_level_of_the_environment_is_shown_and_cannot_be_chosen(
    kept: Log, alices: Browser, engine: Engine
) -> None:
    where = "VQS_LOG_LEVEL in the environment"
    fix({"log_level": Fixed("error", where)})
    try:
        assert f"Set by {where}" in (await alices.get("/settings")).text
        assert f"Set by {where}" in (await alices.get("/logs")).text
        assert Household.current().log_level == "error"
    finally:
        fix({})


@pytest.mark.embedded("hears its own notices")
async def test_a_replica_that_only_serves_follows_the_level_too(
    kept: Log, tmp_path: Path, engine: Engine, keyring: Keyring
) -> None:
    address = tmp_path / "address"
    address.write_text("postgresql://nowhere")
    web = Environment(data_dir=tmp_path, database_url_file=address, role="web")
    app: Any = create_app(web, keyring, SetupToken(""), engine)[0]
    while not isinstance(app, Starlette):
        app = app.app
    async with app.router.lifespan_context(app):
        Household.current().change(log_level="error")
        database.notify("wishes")
        await settled(engine)
        assert kept.level == "info"
        database.notify("settings")
        await asyncio.sleep(0)
        await settled(engine)
        assert kept.level == "error"


async def test_every_answer_has_an_id_and_an_error_page_shows_it(browser: Browser) -> None:
    names = set()
    for address in ("/", "/session/new", "/nothing", "/health/live", "/static/nothing"):
        answer = await browser.http.get(address)
        names.add(answer.headers["x-request-id"])
        if answer.status_code == 404:
            assert answer.headers["x-request-id"] in answer.text
    assert len(names) == 5


async def test_an_id_of_a_stranger_is_not_taken(browser: Browser) -> None:
    answer = await browser.http.get("/nothing", headers={"X-Request-ID": "mine-mine-mine"})
    assert answer.headers["x-request-id"] != "mine-mine-mine"
    assert "mine-mine-mine" not in answer.text


async def test_an_unexpected_error_is_found_by_the_id_on_its_page(
    kept: Log, alices: Browser, options: Environment
) -> None:
    database.execute_sql("ALTER TABLE runs RENAME TO gone")
    transport = httpx.ASGITransport(alices.app, raise_app_exceptions=False)
    cookies = alices.http.cookies
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, cookies=cookies) as client:
        answer = await client.get("/runs")
    assert answer.status_code == 500
    name = answer.headers["x-request-id"]
    assert f'href="/logs?request={name}"' in answer.text


async def test_the_id_of_a_post_is_in_the_lines_of_the_run_that_it_began(
    kept: Log, alices: Browser, nightly: Queue, engine: Engine, options: Environment
) -> None:
    nightly.start(engine.clock.now())
    answer = await alices.post(f"/queues/{nightly.id}/runs", follow=False)
    name = answer.headers["x-request-id"]
    await settled(engine)
    run = Run.select().first()
    assert run.state == "finished"
    lines = [line for line in _read(options).splitlines() if f"request={name}" in line]
    assert any("run-began" in line for line in lines)
    assert any("run-ended" in line and f"run={run.id} queue={nightly.id}" in line for line in lines)
    assert any("search-sent" in line and "instance=" in line for line in lines)


async def test_a_run_by_schedule_belongs_to_no_request(
    kept: Log, alices: Browser, nightly: Queue, engine: Engine, options: Environment
) -> None:
    await alices.get("/queues")
    run = Run.start(nightly, engine.clock.now(), trigger="schedule")
    assert run
    await engine.spawn(f"run-{run.id}", carry_out(engine, run))
    lines = [line for line in _read(options).splitlines() if "run-ended" in line]
    assert len(lines) == 1
    assert f"run={run.id}" in lines[0]


async def test_what_a_tick_begins_belongs_to_no_request_that_woke_it(
    kept: Log, living_room: Instance, engine: Engine, options: Environment
) -> None:
    with about(request="abc123"):
        await Scheduler(engine).tick()
    await settled(engine)
    assert "sync-ended" in _read(options)
    assert "abc123" not in _read(options)


async def test_a_wish_keeps_the_id_until_a_worker_takes_it_up(
    alices: Browser, nightly: Queue, engine: Engine
) -> None:
    engine.clock.stopping.set()
    answer = await alices.post(f"/instances/{nightly.instances[0].id}/syncs", follow=False)
    assert Wish.get().request_id == answer.headers["x-request-id"]


def test_the_folder_is_in_the_data_folder(tmp_path: Path) -> None:
    assert Environment(data_dir=tmp_path).log_folder == tmp_path / "logs"
    assert LOG.folder is None
