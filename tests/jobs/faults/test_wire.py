"""Faults of a real connection on 127.0.0.1: refused, silent, broken off, dripping, endless."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from jobs.arr import Timeouts
from jobs.engine import Engine
from jobs.sync import sync
from models.instances import Instance
from models.queues import Queue
from models.searches import Search
from tests.fakes.arr import FakeArr
from tests.fakes.serving import serving
from tests.jobs.faults.acting import Lossy, listed, now, run

pytestmark = pytest.mark.long

SHORT = Timeouts(connect=1.0, read=0.3, slow_read=0.3, total=0.6, slow_total=0.6)
NOT_FOUND = "http://no-such-name.invalid:8989"


class Wire:
    """The fake, until `how` says what happens to requests under `path`."""

    def __init__(self, fake: FakeArr) -> None:
        self.fake = fake
        self.path = "/api/v3/wanted"
        self.how = ""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not self.how or not scope["path"].startswith(self.path):
            await self.fake(scope, receive, send)
            return
        await getattr(self, self.how)(send)

    async def hang(self, send: Any) -> None:
        await asyncio.sleep(2)

    async def broken_off(self, send: Any) -> None:
        await self._begin(send, b"1000")
        await send({"type": "http.response.body", "body": b'{"page"', "more_body": True})
        send.__self__.transport.abort()

    async def drip(self, send: Any) -> None:
        await self._begin(send, b"1000")
        for _ in range(20):
            await send({"type": "http.response.body", "body": b"{", "more_body": True})
            await asyncio.sleep(0.1)

    async def endless(self, send: Any) -> None:
        """200 MB, if anybody took them."""
        await self._begin(send, b"200000000")
        for _ in range(200):
            await send({"type": "http.response.body", "body": b" " * 10**6, "more_body": True})

    async def _begin(self, send: Any, length: bytes) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


@pytest.fixture
def wire(engine: Engine, living_room: Instance, sonarr: FakeArr) -> Iterator[Wire]:
    """`living_room` behind a real socket, and little patience."""
    engine.door.timeouts = SHORT
    made = Wire(sonarr)
    with serving(made) as address:
        living_room.change(url=address)
        yield made


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("hang", "timeout"),
        ("broken_off", "reset"),
        ("drip", "timeout"),
        ("endless", "too_large"),
    ],
)
async def test_a_reading_that_fails_on_the_wire_leaves_the_backlog_and_holds_the_run(
    engine: Engine, nightly: Queue, living_room: Instance, wire: Wire, how: str, code: str
) -> None:
    await sync(engine, living_room)
    before = listed(living_room)
    living_room.change(synced_at=None)
    wire.how = how
    held = await run(engine, nightly)
    assert listed(living_room) == before
    assert now(living_room).fault_code == code
    assert (held.state, held.note) == ("held", now(living_room).fault)
    assert wire.fake.commands == []


@pytest.mark.parametrize(("how", "code"), [("hang", "timeout"), ("broken_off", "reset")])
async def test_a_command_that_vanishes_on_the_wire_is_never_sent_again(
    engine: Engine, nightly: Queue, living_room: Instance, wire: Wire, how: str, code: str
) -> None:
    await sync(engine, living_room)
    wire.path, wire.how = "/api/v3/command", how
    held = await run(engine, nightly)
    row = Search.get()
    assert (row.state, row.outcome, row.cost) == ("done", "unknown", 1)
    assert row.items[0].cooldown_until > engine.clock.now()
    assert held.state == "held"
    assert now(living_room).fault_code == code


async def test_a_command_that_was_taken_without_an_answer_is_found_and_followed(
    engine: Engine, nightly: Queue, living_room: Instance, sonarr: FakeArr
) -> None:
    """The server takes the POST, and says nothing for longer than we wait."""
    engine.door.timeouts = SHORT
    nightly.change(batch_size=1)
    with serving(Lossy(sonarr, seconds=2)) as address:
        living_room.change(url=address)
        finished = await run(engine, nightly)
    row = Search.get()
    assert len(sonarr.commands) == 1
    assert (row.outcome, row.command_id is not None) == ("nothing", True)
    assert finished.state == "finished"


async def test_a_refused_connection_costs_nothing_and_is_asked_again_later(
    engine: Engine, nightly: Queue, living_room: Instance, sonarr: FakeArr
) -> None:
    with sonarr.serve() as address:
        living_room.change(url=address)
        await sync(engine, living_room)
    living_room.change(conditions_at=engine.clock.now())
    before = listed(living_room)
    held = await run(engine, nightly)
    row = Search.get()
    assert (row.outcome, row.cost, row.items[0].cooldown_until) == ("failed", 0, None)
    assert held.state == "held"
    assert now(living_room).fault_code in ("refused", "reset")
    assert listed(living_room) == before


async def test_a_name_that_is_not_found_holds_the_run_with_its_sentence(
    engine: Engine, nightly: Queue, living_room: Instance
) -> None:
    living_room.change(url=NOT_FOUND)
    held = await run(engine, nightly)
    assert held.state == "held"
    assert held.note.startswith("Living room (Sonarr) cannot be found: the name no-such-name.")
    assert not Search.select().exists()
