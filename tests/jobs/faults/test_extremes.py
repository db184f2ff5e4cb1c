"""Numbers and dates that no honest server sends, and instances that go while they are read."""

from datetime import UTC, datetime, timedelta

import pytest

from jobs.arr import Fault
from jobs.engine import Engine
from jobs.engine.retries import note_fault
from jobs.sync import sync
from models.backlog import Item
from models.instances import Instance
from models.instances.faults import InstanceFault
from models.queues import Queue
from models.searches import Search
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.clock import FastClock
from tests.jobs.faults.acting import now, run


@pytest.mark.parametrize("seconds", ["999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
async def test_no_retry_after_silences_an_instance_for_more_than_a_day(
    engine: Engine, nightly: Queue, living_room: Instance, sonarr: FakeArr, seconds: str
) -> None:
    headers = {"Retry-After": seconds}
    sonarr.fail_next("/api/v3/command", status=429, headers=headers)
    held = await run(engine, nightly)
    assert held.state == "held"
    assert now(living_room).retry_at <= engine.clock.now() + timedelta(days=1)


async def test_a_long_outage_does_not_overflow_the_back_off(
    engine: Engine, living_room: Instance, clock: FastClock
) -> None:
    note_fault(living_room, "status", Fault("timeout", "It did not answer."), clock.now())
    InstanceFault.update(failures=100_000).execute()
    note_fault(living_room, "status", Fault("timeout", "It did not answer."), clock.now())
    assert living_room.retry_at == clock.now() + timedelta(minutes=30)


async def test_a_clock_that_is_years_off_is_no_clock(
    engine: Engine, nightly: Queue, living_room: Instance, clock: FastClock
) -> None:
    fake = FakeArr("sonarr", now=datetime(9000, 1, 1, tzinfo=UTC))
    engine.door.inside = {"sonarr": fake}
    await sync(engine, living_room)
    assert now(living_room).clock_ahead_ms == 0
    assert list(Item.select())


async def test_dates_at_the_end_of_time_do_not_break_the_backlog(
    engine: Engine, nightly: Queue, living_room: Instance, sonarr: FakeArr
) -> None:
    never = "9999-12-31T23:59:59Z"
    records = [{"id": 1, "airDateUtc": never, "lastSearchTime": never}, {"id": 2}]
    page = {"totalRecords": 2, "records": records}
    sonarr.before = lambda seen: Response(200, page) if "missing" in seen.path else None
    assert await sync(engine, living_room) is None
    assert {item.arr_id for item in Item.select()} >= {1, 2}
    assert (await run(engine, nightly)).state == "finished"


@pytest.mark.parametrize("path", ["status", "series", "missing", "cutoff", "health"])
async def test_an_instance_that_is_deleted_while_it_is_read_ends_the_run_in_peace(
    engine: Engine,
    nightly: Queue,
    sonarr: FakeArr,
    path: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def delete(seen: Seen) -> Response | None:
        if path in seen.path:
            Instance.delete().execute()
        return None

    sonarr.before = delete
    ended = await run(engine, nightly)
    assert ended.state in ("finished", "held")
    assert not Search.select().exists()
    assert caplog.text == ""
