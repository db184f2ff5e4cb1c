"""The scan of custom-format scores: its rounds, its bounds, and what it passes over."""

from datetime import timedelta

import pytest

from jobs.demo.sizes import Size
from jobs.engine import Engine
from jobs.scans import scan
from jobs.sync import sync
from models.instances import Instance
from models.scores import FileScore, ScoreChange
from models.scores.profiles import ScoreProfile
from models.scores.shelves import ROUNDS_APART, ScoreScan, ScoreShelf
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock


@pytest.fixture
def sonarr(clock: FastClock) -> FakeArr:
    size = Size(missing=140, upgrade=70, searched=0, history=0)
    return FakeArr("sonarr", size=size, now=clock.now)


def asked(server: FakeArr, path: str) -> int:
    return sum(seen.path.endswith(path) for seen in server.log)


async def go_on(engine: Engine, instance: Instance, passes: int = 200) -> ScoreScan:
    """Passes until the round has ended."""
    row = ScoreScan.of(instance)
    for _ in range(passes):
        assert await scan(engine, instance) is None
        row = ScoreScan.of(instance)
        if row.ended_at:
            return row
    return row


async def test_each_pass_sends_one_request_until_every_series_was_asked(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await sync(engine, living_room)
    before = len(sonarr.log)
    for number in (1, 2, 3):
        await scan(engine, living_room)
        assert len(sonarr.log) == before + number
    row = await go_on(engine, living_room)
    scanned = {each.arr_id for each in ScoreProfile.of(living_room) if each.is_scanned}
    own = [
        each
        for each in sonarr.world.library.series.values()
        if each.profile_id in scanned and each.monitored and any(e.file for e in each.episodes)
    ]
    assert scanned == {4, 5, 6}
    assert row.asked == row.shelves == len(own) > 0
    assert row.requests == 2 + len(own) and row.bytes > 1_000
    assert {each.profile_id for each in FileScore.select()} <= scanned


async def test_movies_are_asked_a_hundred_at_a_time(
    engine: Engine, cinema: Instance, radarr: FakeArr
) -> None:
    await sync(engine, cinema)
    row = await go_on(engine, cinema)
    assert asked(radarr, "/movie") == 1 and asked(radarr, "/moviefile") == -(-row.shelves // 100)
    counted = ScoreProfile.of(cinema)
    assert sum(each.files for each in counted) == FileScore.select().count() > 0
    assert all(each.files == 0 for each in counted if not each.is_scanned)


async def test_a_round_begins_a_day_after_the_one_before(
    engine: Engine, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    await sync(engine, living_room)
    await go_on(engine, living_room)
    quiet = len(sonarr.log)
    await scan(engine, living_room)
    assert len(sonarr.log) == quiet
    clock.advance(seconds=ROUNDS_APART.total_seconds())
    await scan(engine, living_room)
    assert (ScoreScan.of(living_room).round, len(sonarr.log)) == (2, quiet + 1)


async def test_nothing_is_asked_where_no_profile_has_a_cutoff_score(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await sync(engine, living_room)
    ScoreProfile.update(cutoff_score=0).execute()
    quiet = len(sonarr.log)
    await scan(engine, living_room)
    assert len(sonarr.log) == quiet


async def test_a_series_that_cannot_be_read_is_passed_over(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await sync(engine, living_room)
    await scan(engine, living_room)
    await scan(engine, living_room)
    sonarr.fail_next("/api/v3/episode", status=500, body={"message": "no"})
    await scan(engine, living_room)
    row = ScoreScan.of(living_room)
    assert (row.asked, FileScore.select().count()) == (1, 0)
    assert row.fault and "Living room" in row.fault
    await scan(engine, living_room)
    row = ScoreScan.of(living_room)
    assert (row.asked, row.fault) == (2, None)


async def test_an_instance_out_of_reach_keeps_its_place_in_the_round(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await sync(engine, living_room)
    await scan(engine, living_room)
    await scan(engine, living_room)
    before = ScoreScan.of(living_room).cursor
    sonarr.fail_next("/api/v3/episode", status=401)
    fault = await scan(engine, living_room)
    assert fault and fault.code == "wrong_key"
    row = ScoreScan.of(living_room)
    assert (row.cursor, row.fault) == (before, fault.sentence)


async def test_shelves_that_are_no_longer_listed_take_their_scores_along(
    engine: Engine, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    await sync(engine, living_room)
    await go_on(engine, living_room)
    shelf = FileScore.select().first().shelf
    sonarr.world.library.series[shelf].monitored = False
    clock.advance(seconds=ROUNDS_APART.total_seconds())
    await scan(engine, living_room)
    assert not ScoreShelf.select().where(ScoreShelf.arr_id == shelf).exists()
    assert not FileScore.select().where(FileScore.shelf == shelf).exists()
    assert FileScore.select().exists()


async def test_a_better_file_is_noted_with_its_gain(
    engine: Engine, cinema: Instance, radarr: FakeArr, clock: FastClock
) -> None:
    await sync(engine, cinema)
    await go_on(engine, cinema)
    scored = FileScore.select().where(FileScore.score < 0).first() or FileScore.select().first()
    file = radarr.world.items[scored.arr_id].file
    assert file is not None
    file.id = 77_777
    clock.advance(seconds=timedelta(days=2).total_seconds())
    await go_on(engine, cinema)
    [change] = ScoreChange.latest(cinema)
    assert (change.arr_id, change.score_before) == (scored.arr_id, scored.score)
    assert change.title.endswith(f"({radarr.world.items[scored.arr_id].year})")


async def test_a_deleted_instance_ends_its_scan_quietly(
    engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    await sync(engine, living_room)
    await scan(engine, living_room)

    def delete(_: object) -> None:
        living_room.delete_instance()

    sonarr.before = delete
    fault = await scan(engine, living_room)
    assert fault and fault.code == "deleted"
    assert ScoreScan.select().count() == 0
