"""S48: what a key for numbers only, or of a person who masks titles, is not told."""

from typing import Any

from models.database import database
from models.instances import Instance
from models.people import User
from tests.fakes.browser import Browser
from tests.programs import Program, in_order, path_of
from views.api.declared import ENDPOINTS
from views.web.visitor import METRICS

TITLE = "Unspeakable Title"
# Texts of the rows that may tell a title, or that an instance sent.
TELLING = {
    "items": ("title", "sort_title", "series_title", "slug"),
    "searches": ("title", "link", "message", "release"),
    "runs": ("step", "note", "left_out"),
    "exclusions": ("title",),
    "instances": ("fault", "last_error"),
    "jobs": ("fault",),
    "job_runs": ("sentence",),
}


def _plant() -> None:
    Instance.update(url="http://192.168.77.1:9").execute()
    for table, columns in TELLING.items():
        for column in columns:
            told = f"Searching {TITLE}" if column == "step" else f"“{TITLE}”"
            database.many(f'UPDATE "{table}" SET "{column}" = ?', [(told,)])


async def _told(program: Program, furnished: dict[str, object]) -> dict[str, str]:
    """The successful answers by the names of the endpoints, and the metrics."""
    found: dict[str, str] = {METRICS: (await program.http.get(METRICS)).text}
    for each in in_order():
        if each.method == "GET":
            answer: Any = await program.ask("GET", path_of(each, **furnished))
            if answer.status_code == 200:
                found[each.name] = answer.text
    return found


async def test_a_key_for_numbers_is_told_no_title(
    unhurried: Browser, alice: User, furnished: dict[str, object]
) -> None:
    _plant()
    async with Program(unhurried.app, alice, "read") as reader:
        told = await _told(reader, furnished)
    assert {name for name, text in told.items() if TITLE in text} >= {
        *("items.index", "items.show", "searches.index", "searches.show", "runs.index"),
        *("runs.show", "exclusions.index", "plans.preview", "queues.index", "instances.index"),
    }
    async with Program(unhurried.app, alice, "totals") as counter:
        told = await _told(counter, furnished)
    assert set(told) == {METRICS, *(each.name for each in ENDPOINTS if each.scope == "totals")}
    assert "vqs_up{" in told[METRICS]
    assert [name for name, text in told.items() if "Unspeakable" in text] == []


async def test_whoever_masks_titles_is_told_stand_ins(
    unhurried: Browser, alice: User, furnished: dict[str, object]
) -> None:
    _plant()
    alice.change(masked=True)
    async with Program(unhurried.app, alice) as program:
        told = await _told(program, furnished)
    assert [name for name, text in told.items() if "Unspeakable" in text] == []
    assert "192.168.77.1" not in told["instances.show"]
    assert "Title " in told["items.index"] and "Release." in told["searches.index"]
