"""What the endpoints that read ask of the database."""

import logging

import pytest

from models.database import Database
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.programs import Program, path_of
from tests.views.test_queries import LARGE, TABLE, Asked
from tests.wanted import wanted
from views.api.declared import ENDPOINTS

READING = [path_of(each, id=1) for each in ENDPOINTS if each.method == "GET"]
# With a cursor, and with each filter.
PARTS = [
    *("/items?instance=1&series=5", "/items?reason=eligible&want=missing", "/searches?text=x"),
    *("/searches?queue=1", "/searches?instance=1&outcome=nothing", "/runs?queue=1"),
]


async def asked(program: Program, path: str, caplog: pytest.LogCaptureFixture) -> Asked:
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "peewee"):
        await program.get(path)
    told = [record.msg for record in caplog.records if record.name == "peewee"]
    return [each for each in told if "set_config" not in each[0]]


async def _parts(program: Program, path: str) -> list[str]:
    """The address of the first part and, where there is one, of the second."""
    if path not in ("/items", "/searches", "/runs", "/exclusions"):
        return [path]
    following = (await program.get(f"{path}?limit=1"))["next"]
    return [path, f"{path}?limit=1&cursor={following}"] if following else [path]


@pytest.mark.embedded("asks SQLite for its plans of small tables")
async def test_no_endpoint_reads_all_of_a_large_table(
    alices_program: Program,
    furnished: dict[str, object],
    cinema: Instance,
    caplog: pytest.LogCaptureFixture,
    db: Database,
) -> None:
    wanted(cinema)
    Run.create(queue=1, queue_name="x", trigger="x", started_at=START, state="held")
    faults = []
    for path in [*READING, *PARTS]:
        for part in await _parts(alices_program, path):
            for sql, values in await asked(alices_program, part, caplog):
                tables = {alias: name for name, alias in TABLE.findall(sql)}
                plan = db.rows(f"EXPLAIN QUERY PLAN {sql}", tuple(values))
                scans = [row[3].split() for row in plan if row[3].startswith("SCAN")]
                scanned = {
                    tables.get(words[1], words[1]) for words in scans if "INDEX" not in words
                }
                if scanned & LARGE:
                    faults.append((part, sql))
    assert faults == []


async def test_an_endpoint_asks_no_more_for_more_rows(
    alices_program: Program,
    furnished: dict[str, object],
    living_room: Instance,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """But the plan, the preview and the reasons of an item, which reckon queue by queue."""
    by_queue = ("/plan", "/queues/1/plan", "/queues/1/preview", "/items/1")
    paths = [each for each in READING if each not in by_queue]
    before = [await _number(alices_program, path, caplog) for path in paths]
    _more(living_room)
    after = [await _number(alices_program, path, caplog) for path in paths]
    grown = [each for each in zip(paths, before, after, strict=True) if each[2] > each[1]]
    assert grown == []


async def _number(program: Program, path: str, caplog: pytest.LogCaptureFixture) -> int:
    return len(await asked(program, path, caplog))


def _more(instance: Instance) -> None:
    first = Queue.get_by_id(1)
    for number in range(3):
        name = f"queue {number}"
        queue = Queue.create(**first.__data__ | {"id": None, "name": name, "key": name})
        queue.serve(first.instances)
        run = Run.start(queue, START, trigger="schedule")
        assert run is not None
        Search.begin([wanted(instance)], run, START, 1).change(state="done")
        run.finish("finished", START)
