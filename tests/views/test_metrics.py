"""Metrics: who may read them, what they tell, and what they never tell."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from models.backlog import Tally
from models.backlog.eligibility import Reason
from models.database import Database
from models.database.fields import now
from models.environment import Environment
from models.household import Household
from models.instances import Instance
from models.metrics import FAMILIES, OF_HOUSEHOLD
from models.people import User
from models.queues import Queue
from models.searches import Search
from models.yields.table import Yield
from tests.fakes.browser import Browser
from tests.programs import Program
from tests.views.api import conftest as api
from tests.views.api.test_summary import library as _library

unhurried, library = api.unhurried, _library
NEAR, FAR = "172.20.0.9", "203.0.113.9"
OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"


@pytest.fixture
def options(tmp_path: Path) -> Environment:
    """Metrics are open to a network, and a proxy is trusted."""
    return Environment(
        data_dir=tmp_path, metrics_networks="172.20.0.0/16", trusted_proxies="172.20.0.2"
    )


async def scrape(app: Any, peer: str = NEAR, **headers: str) -> httpx.Response:
    async with Program(app, None, peer=peer) as program:
        return await program.http.get("/metrics", headers=headers)


def read(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """The value of each series; each is told once."""
    samples = [each for found in text_string_to_metric_families(text) for each in found.samples]
    series = {(each.name, frozenset(each.labels.items())): each.value for each in samples}
    assert len(series) == len(samples)
    return series


def value(text: str, name: str, **labels: str) -> float:
    return read(text)[name, frozenset(labels.items())]


async def told(browser: Browser) -> str:
    """The figures, read anew."""
    browser.state.metrics = type(browser.state.metrics)(browser.state.options)
    answer = await scrape(browser.app)
    assert answer.status_code == 200
    return answer.text


async def test_a_key_of_any_scope_reads_them_and_nothing_else_does(
    unhurried: Browser, vera: User
) -> None:
    assert (await scrape(unhurried.app, FAR)).status_code == 401
    for header, start in (("X-Api-Key", ""), ("Authorization", "Bearer ")):
        async with Program(unhurried.app, vera, "totals", FAR) as program:
            secret = program.http.headers.pop("X-Api-Key")
            answer = await program.http.get("/metrics", headers={header: start + secret})
            assert answer.status_code == 200
            assert (await program.http.get(f"/metrics?apikey={secret}")).status_code == 401
            program.key.revoke(now())
            wrong = await program.http.get("/metrics", headers={header: start + secret})
            assert wrong.status_code == 401


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        (NEAR, {}, 200),
        (FAR, {}, 401),
        # The trusted proxy tells for whom it asks.
        ("172.20.0.2", {"X-Forwarded-For": "172.20.0.77"}, 200),
        ("172.20.0.2", {"X-Forwarded-For": FAR}, 401),
        # Another one may ask for anybody.
        (NEAR, {"X-Forwarded-For": "172.20.0.77"}, 401),
        (NEAR, {"Forwarded": f"for={FAR}"}, 401),
        (NEAR, {"Via": "1.1 front"}, 401),
    ],
)
async def test_a_configured_network_needs_no_key(
    peer: str, headers: dict[str, str], status: int, unhurried: Browser, alice: User
) -> None:
    assert (await scrape(unhurried.app, peer, **headers)).status_code == status


async def test_they_are_what_the_household_counts(unhurried: Browser, library: Queue) -> None:
    text = await told(unhurried)
    living = {"instance_name": "Living room", "app": "sonarr"}
    assert value(text, "vqs_up", **living) == 1
    assert value(text, "vqs_wanted_items", **living, want="missing") == 90
    assert value(text, "vqs_waiting_items", **living) == 70
    assert value(text, "vqs_queue_items", **living) == 6
    assert value(text, "vqs_searches_total", **living, want="missing", outcome="grabbed") == 1
    assert value(text, "vqs_searches_total", **living, want="missing", outcome="nothing") == 0
    assert value(text, "vqs_grabs_total", **living, want="missing") == 1
    assert value(text, "vqs_imports_total", **living, want="missing") == 1
    limit = Household.current().daily_budget
    assert value(text, "vqs_budget_limit", scope="all", window="day", instance_name="") == limit
    queue = {"queue_name": "Nightly"}
    last, due = (f"vqs_{which}_run_timestamp_seconds" for which in ("last", "next"))
    assert value(text, last, **queue) < value(text, due, **queue)
    assert value(text, "vqs_leader") == value(text, "vqs_database_up") == 1
    assert value(text, "process_open_fds") > 0


async def test_no_title_and_no_text_of_others_is_in_them(
    unhurried: Browser, library: Queue, living_room: Instance
) -> None:
    living_room.change(fault="http://secret.example said: River", fault_code="timeout")
    text = await told(unhurried)
    for word in ("River", "Alice", "secret", "demo://"):
        assert word not in text
    assert value(text, "vqs_up", instance_name="Living room", app="sonarr") == 0


async def test_the_series_do_not_grow_with_items_and_searches(
    unhurried: Browser, library: Queue, cinema: Instance
) -> None:
    before = read(await told(unhurried)).keys()
    for number in range(30):
        api.searched(Search.get().run)
        search = Search.select().order_by(Search.id.desc()).get()
        search.change(title=f"River {number}", attempt=number + 1, strategy="", order="")
        Yield.count_outcome(search)
    Tally.create(instance=cinema, want="missing", reason=Reason.COOLDOWN, items=900_000)
    assert read(await told(unhurried)).keys() == before


async def test_each_series_is_of_a_known_family_with_its_labels(
    unhurried: Browser, library: Queue
) -> None:
    text = await told(unhurried)
    found = {each.name: each for each in text_string_to_metric_families(text)}
    assert {name for name in found if not name.startswith("process_")} == {
        name.removesuffix("_total") for name in FAMILIES
    } - {"vqs_indexer_budget_left", "vqs_backup_timestamp_seconds"}
    for name, family in FAMILIES.items():
        told_one = found.get(name.removesuffix("_total"))
        for sample in told_one.samples if told_one else ():
            assert set(sample.labels) - {"le"} == set(family.labels), name
        assert name.endswith("_total") == (family.kind == "counter"), name
        assert "instance" not in family.labels, "Prometheus sets it itself"


async def test_who_does_not_lead_tells_of_itself_alone(unhurried: Browser, library: Queue) -> None:
    unhurried.state.work.engine.leads = False
    series = {name for name, _ in read(await told(unhurried))}
    unhurried.state.work.engine.leads = True
    assert series.isdisjoint(OF_HOUSEHOLD)
    assert {"vqs_build_info", "process_cpu_seconds_total"} <= series


async def test_they_are_kept_for_some_seconds(unhurried: Browser, library: Queue) -> None:
    await told(unhurried)
    Household.update(held_at=now()).execute()
    assert value((await scrape(unhurried.app)).text, "vqs_paused") == 0
    board = unhurried.state.metrics
    later = await board.samples(now() + timedelta(seconds=11), leads=True)
    assert later.of["vqs_paused"] == {(): 1.0}


async def test_without_a_database_it_tells_so(
    unhurried: Browser, library: Queue, db: Database
) -> None:
    db.execute_sql("ALTER TABLE queues RENAME TO others")
    text = await told(unhurried)
    db.execute_sql("ALTER TABLE others RENAME TO queues")
    assert value(text, "vqs_database_up") == 0
    assert {name for name, _ in read(text)}.isdisjoint(OF_HOUSEHOLD)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "text/plain; version=0.0.4; charset=utf-8"),
        (OPENMETRICS, "application/openmetrics-text; version=1.0.0; charset=utf-8"),
    ],
)
async def test_the_format_is_the_one_that_was_asked_for(
    accept: str, kind: str, unhurried: Browser, library: Queue
) -> None:
    answer = await scrape(unhurried.app, Accept=accept)
    assert answer.headers["content-type"].startswith(kind)
    assert answer.text.endswith("# EOF\n") == bool(accept)
    assert answer.headers["cache-control"] == "no-store"
