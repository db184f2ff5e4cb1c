"""Long lists come in parts, which together hold everything once."""

from datetime import timedelta
from typing import Any

import pytest

from models.backlog import Item
from models.backlog.exclusions import Exclusion
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.programs import Program
from tests.wanted import wanted


@pytest.fixture
def plenty(nightly: Queue, cinema: Instance, alice: User) -> None:
    """Seven of each, some at the same moment."""
    for number in range(7):
        at = START + timedelta(minutes=number // 2)
        run = Run.create(queue=nightly, queue_name="x", trigger="x", started_at=at, state="held")
        its: dict[str, Any] = {"queue_name": "x", "instance_name": "x", "demo": False}
        its |= {"kind": "movie", "want": "missing", "attempt": 1, "title": f"The River {number}"}
        its |= {"state": "done", "outcome": ("grabbed", "nothing")[number % 2]}
        Search.create(run=run, queue=nightly, instance=cinema, created_at=at, **its)
        wanted(cinema if number % 2 else nightly.instances[0])
        it: dict[str, Any] = {"instance": cinema, "user": alice, "kind": "item", "arr_id": number}
        Exclusion.create(title="x", created_at=at, **it)


@pytest.mark.parametrize("path", ["/runs", "/searches", "/items", "/exclusions"])
async def test_the_parts_hold_everything_once(
    path: str, alices_program: Program, plenty: None
) -> None:
    whole = await alices_program.get(path)
    assert len(whole["items"]) == 7 and whole["next"] is None
    parts, cursor = [], ""
    while cursor is not None:
        part = await alices_program.get(path, params={"limit": 3, "cursor": cursor})
        assert len(part["items"]) <= 3
        parts += part["items"]
        cursor = part["next"]
    assert parts == whole["items"]


@pytest.mark.parametrize(
    ("path", "table"),
    [("/runs", Run), ("/searches", Search), ("/items", Item), ("/exclusions", Exclusion)],
)
async def test_rows_that_come_and_go_hide_and_repeat_no_other(
    path: str, table: type[Any], alices_program: Program, plenty: None
) -> None:
    whole = [each["id"] for each in (await alices_program.get(path))["items"]]
    first = await alices_program.get(path, params={"limit": 3})
    shown, gone, last = whole[0], whole[4], whole[2]
    for number in (shown, gone, last):
        row = table.get_by_id(number)
        row.delete_instance()
    told = {**row.__data__, "id": None, "arr_id": 99}
    table.create(**{name: told[name] for name in table._meta.fields if name in told})
    parts, cursor = [each["id"] for each in first["items"]], first["next"]
    while cursor is not None:
        part = await alices_program.get(path, params={"limit": 1, "cursor": cursor})
        parts += [each["id"] for each in part["items"]]
        cursor = part["next"]
    assert [each for each in parts if each in whole] == [each for each in whole if each != gone]
    assert len(set(parts)) == len(parts)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("/searches?outcome=grabbed", 4),
        ("/searches?text=river%206", 1),
        ("/searches?want=upgrade", 0),
        ("/searches?instance=2", 7),
        ("/searches?queue=99", 0),
        ("/searches?since=2026-05-04T14:02:00%2B02:00", 3),
        ("/searches?until=2026-05-04T12:01:00Z", 2),
        ("/items?instance=1", 4),
        ("/items?reason=eligible&want=missing", 7),
        ("/items?reason=cooldown", 0),
        ("/items?instance=1&series=5", 4),
        ("/items?instance=1&series=5&want=upgrade", 0),
        ("/runs?queue=1", 7),
        ("/runs?queue=2", 0),
    ],
)
async def test_filters_leave_out_the_others(
    query: str, found: int, alices_program: Program, plenty: None
) -> None:
    assert len((await alices_program.get(query))["items"]) == found


@pytest.mark.parametrize(
    "query",
    [
        *("cursor=x", "cursor=MQ", "limit=0", "limit=201", "limit=x", "since=2026-05-04"),
        *("since=12", "outcome=held", "text=%07", "instance=0", "instance=" + "9" * 30),
    ],
)
async def test_what_makes_no_sense_is_refused(query: str, alices_program: Program) -> None:
    answer = await alices_program.ask("GET", f"/searches?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


async def test_a_series_needs_its_instance(alices_program: Program, db: object) -> None:
    answer = await alices_program.ask("GET", "/items?series=5")
    assert answer.json()["errors"] == [
        {"field": "series", "detail": "Name the instance of this series as well."}
    ]
