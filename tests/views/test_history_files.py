"""The history as a file: exactly what the filters show, and nothing that a spreadsheet runs."""

import csv
from datetime import timedelta
from typing import Any

import pytest

from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.browser import Browser
from tests.wanted import wanted
from views import searches


def _searched(living_room: Instance, minute: int, **changes: Any) -> Search:
    at = START + timedelta(minutes=minute)
    search = Search.begin([wanted(living_room)], None, at, 1)
    search.change(state="done", **{"outcome": "nothing"} | changes)
    return search


async def _rows(browser: Browser, query: str = "") -> list[dict[str, str]]:
    answer = await browser.get(f"/searches.csv{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(answer.text.splitlines(keepends=True)))


async def test_a_file_has_what_the_page_shows(
    veras: Browser, nightly: Queue, living_room: Instance
) -> None:
    release = "Low.Water.S01E02.1080p.WEB-DL-GROUP"
    _searched(living_room, 1, outcome="grabbed", release=release, indexer="Nest")
    _searched(living_room, 2)
    Run.create(
        queue=nightly,
        queue_name="Nightly",
        trigger="schedule",
        state="held",
        note="Everything is on hold.",
        started_at=START,
    )
    found = await _rows(veras)
    assert [row["Outcome"] for row in found] == ["nothing found", "grabbed", "held"]
    assert found[1]["Release"] == release and found[1]["Quality"] == "1080p WEB-DL"
    assert found[1]["Time"] == "2026-05-04T14:01:00+02:00"
    assert found[2]["Reason"] == "Everything is on hold."
    assert [row["Indexer"] for row in await _rows(veras, "?outcome=grabbed")] == ["Nest"]
    assert await _rows(veras, "?since=2026-05-05") == []


async def test_a_file_holds_all_pages_and_is_read_in_chunks(
    veras: Browser, living_room: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searches, "CHUNK", 2)
    titles = [_searched(living_room, number).title for number in range(7)]
    assert [row["Title"] for row in await _rows(veras)] == titles[::-1]
    assert len(await _rows(veras, "?text=low")) == 7


async def test_foreign_texts_in_a_file_are_no_formulas(
    veras: Browser, living_room: Instance
) -> None:
    evil = '=HYPERLINK("http://evil","x")'
    _searched(living_room, 1, title=evil, message=evil, release=evil, indexer=evil)
    (row,) = await _rows(veras)
    for name in ("Title", "Reason", "Release", "Indexer"):
        assert row[name] == "'" + evil


async def test_a_file_is_offered_to_be_kept(veras: Browser, vera: User) -> None:
    answer = await veras.get("/searches.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="history-')
    assert answer.headers["cache-control"] == "no-store"


async def test_nobody_gets_the_file_without_signing_in(browser: Browser, alice: User) -> None:
    assert (await browser.http.get("/searches.csv")).status_code == 303
