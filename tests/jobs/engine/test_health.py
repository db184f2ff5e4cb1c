"""What is counted of the requests to an instance, and when the counts are written."""

import asyncio

import pytest

from jobs.engine import Engine
from jobs.engine.health import HealthCounts
from jobs.net import Door, Fault, Request, Server, Timeouts
from jobs.scheduler import Scheduler
from models.instances import Instance
from models.instances.health import HALF_HOUR, Answers, HalfHour, last_day, whole
from tests.conftest import START
from tests.fakes.arr import FakeArr, Response
from tests.fakes.clock import FastClock
from tests.jobs.net.raw import Serve, reply

PAGE = {"content-type": "text/html"}


def counted(engine: Engine, instance: Instance) -> Answers:
    engine.health.write()
    return whole(last_day([instance], engine.clock.now())[instance.id])


async def ask(engine: Engine, instance: Instance, times: int = 1) -> None:
    for _ in range(times):
        try:
            await engine.client(instance).status()
        except Fault:
            continue


async def test_an_answer_is_counted_where_it_was_asked_for_anyway(
    engine: Engine, living_room: Instance, sonarr: FakeArr, cinema: Instance
) -> None:
    await ask(engine, living_room, 3)
    assert counted(engine, living_room)[:3] == (3, 0, 0)
    assert counted(engine, cinema) == Answers()
    assert len(sonarr.log) == 3


@pytest.mark.parametrize("answer", [Response(401), Response(500, {"message": "broken"})])
async def test_a_refusal_is_an_answer(
    engine: Engine, living_room: Instance, sonarr: FakeArr, answer: Response
) -> None:
    sonarr.before = lambda seen: answer
    await ask(engine, living_room)
    assert counted(engine, living_room)[:3] == (1, 0, 0)


@pytest.mark.parametrize(
    "answer",
    [
        Response(raises=ConnectionResetError()),
        Response(502, b"<html>Bad gateway</html>", PAGE),
        Response(522, b"<html>Connection timed out</html>", PAGE),
    ],
)
async def test_silence_is_counted_also_where_a_proxy_tells_of_it(
    engine: Engine, living_room: Instance, sonarr: FakeArr, answer: Response
) -> None:
    sonarr.before = lambda seen: answer
    await ask(engine, living_room, 2)
    assert counted(engine, living_room) == Answers(silent=2)


async def test_an_answer_of_more_than_five_seconds_is_slow(
    engine: Engine, living_room: Instance
) -> None:
    for seconds in (0.25, 5.0, 5.25):
        engine.health.of(living_room.id)(seconds, 200)
    assert counted(engine, living_room) == Answers(answered=3, slow=1, waited=10_500)


async def test_each_half_hour_has_a_row_of_its_own(
    engine: Engine, living_room: Instance, clock: FastClock
) -> None:
    for _ in range(2):
        await ask(engine, living_room)
        clock.advance(minutes=30)
    engine.health.write()
    assert [row.at for row in HalfHour.select().order_by(HalfHour.at)] == [START, START + HALF_HOUR]


async def test_a_tick_and_a_stop_write_what_was_counted(
    engine: Engine, living_room: Instance, clock: FastClock
) -> None:
    scheduler = Scheduler(engine)
    engine.health.of(living_room.id)(0.1, 200)
    await scheduler.tick()
    while engine.busy:
        await asyncio.sleep(0)
    before = HalfHour.get().answered
    assert before >= 1
    engine.health.of(living_room.id)(0.1, 200)
    assert HalfHour.get().answered == before
    await scheduler.stop()
    assert HalfHour.get().answered > before


def test_counts_of_an_instance_that_is_gone_are_dropped(
    living_room: Instance, clock: FastClock
) -> None:
    counts = HealthCounts(clock)
    counts.of(living_room.id)(0.1, 200)
    living_room.delete_instance()
    counts.write()
    assert HalfHour.select().count() == 0


async def test_a_connection_tells_of_each_request_that_was_sent(serve: Serve) -> None:
    heard: list[float | None] = []
    server = await serve(reply({"id": 7}))
    broken = await serve(reply({"id": 7})[:-3])
    nowhere = f"http://127.0.0.1:{server.port}"
    times = Timeouts(connect=1.0, read=0.3, slow_read=0.3, total=0.8, slow_total=0.8)
    door = Door(None, "VQS/0 test", {}, timeouts=times)

    async def told(url: str) -> list[float | None]:
        heard.clear()
        connection = door.open(Server(url, "Ntfy"), noted=lambda took, status: heard.append(took))
        try:
            await connection.ask(Request("GET", "/"))
        except Fault:
            return list(heard)
        finally:
            await connection.close()
        return list(heard)

    (took,) = await told(server.url)
    assert took is not None
    assert 0 <= took < 0.8
    assert await told(broken.url) == [None]
    assert await told("ftp://127.0.0.1") == []
    await server.stop()
    assert await told(nowhere) == [None]
