"""What watches the program learns whether it runs, serves and works."""

import pytest

from models.database import Database
from models.opening.schema import MIGRATIONS
from models.people import User
from tests.fakes.browser import Browser
from views.routes import routes
from views.web.visitor import PROBES

READY = "/health/ready"
HISTORY = "schema_migration"
LATEST = max(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))


async def _statuses(browser: Browser) -> dict[str, int]:
    answers = {path: await browser.http.get(path) for path in PROBES}
    assert {answer.content for answer in answers.values()} == {b""}
    assert not any("set-cookie" in answer.headers for answer in answers.values())
    return {path: answer.status_code for path, answer in answers.items()}


def test_every_probe_is_an_address_and_no_other_is_one() -> None:
    paths = {route.path for route in routes() if route.path.startswith("/health")}
    assert paths == set(PROBES)


async def test_all_is_well_signed_in_or_not(browser: Browser, alices: Browser) -> None:
    await browser.state.work.tick()
    for one in (browser, alices):
        assert await _statuses(one) == dict.fromkeys(PROBES, 200)


async def test_all_is_well_before_anybody_exists(browser: Browser) -> None:
    await browser.state.work.tick()
    assert await _statuses(browser) == dict.fromkeys(PROBES, 200)


@pytest.mark.parametrize("table", ["settings", "sessions"])
async def test_a_database_that_does_not_answer_is_told_and_does_not_end_the_process(
    table: str, alices: Browser, db: Database
) -> None:
    await alices.state.work.tick()
    db.execute_sql(f"ALTER TABLE {table} RENAME TO gone")
    answers = 503 if table == "settings" else 200
    assert await _statuses(alices) == {"/health": answers, "/health/live": 200, READY: answers}


async def test_it_is_ready_once_the_engine_ticks_and_while_it_does(browser: Browser) -> None:
    scheduler = browser.state.work
    assert await _statuses(browser) == {"/health": 200, "/health/live": 200, READY: 503}
    await scheduler.tick()
    assert (await browser.http.get(READY)).status_code == 200
    scheduler.engine.clock.advance(minutes=2)
    assert await _statuses(browser) == {"/health": 200, "/health/live": 200, READY: 503}
    await scheduler.tick()
    assert (await browser.http.get(READY)).status_code == 200


async def test_who_stops_is_not_ready(browser: Browser) -> None:
    await browser.state.work.tick()
    browser.state.work.begin_to_stop()
    assert await _statuses(browser) == {"/health": 200, "/health/live": 200, READY: 503}


async def test_a_database_of_an_earlier_version_is_not_ready_and_a_later_one_is(
    browser: Browser, alice: User, db: Database
) -> None:
    await browser.state.work.tick()
    values = f"SELECT 9999, '9999_later', applied FROM {HISTORY} WHERE name = '{LATEST}'"
    try:
        db.execute_sql(f"INSERT INTO {HISTORY} (id, name, applied) {values}")
        assert (await browser.http.get(READY)).status_code == 200
        db.execute_sql(f"UPDATE {HISTORY} SET name = 'lost' WHERE name = '{LATEST}'")
        assert (await browser.http.get(READY)).status_code == 503
    finally:
        db.execute_sql(f"UPDATE {HISTORY} SET name = '{LATEST}' WHERE name = 'lost'")
        db.execute_sql(f"DELETE FROM {HISTORY} WHERE id = 9999")
