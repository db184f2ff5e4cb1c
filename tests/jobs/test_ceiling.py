"""Months of a Radarr whose profile has a cutoff that no file reaches, as templates often have."""

from datetime import timedelta

import pytest

from jobs.demo.formats import better_groups
from jobs.demo.library import File
from jobs.demo.sizes import Size
from jobs.demo.state import LATER_FILES
from jobs.engine import Engine
from jobs.housekeeping.grabs import follow_grabs
from jobs.runs import carry_out
from jobs.scans import scan
from jobs.sync import sync
from models.backlog import Item
from models.backlog.eligibility import Policy
from models.backlog.judging import wake
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.scores import ScoreChange
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.clock import FastClock
from tests.timing import every

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

CUTOFF, TOP, BETTER = 10_000, 1_800, 2_150
FORMATS = [{"format": n, "name": f"F{n}", "score": score} for n, score in enumerate((1700, 450), 1)]
PROFILES = [
    {
        "id": number, "name": f"Films {number}", "upgradeAllowed": True, "formatItems": FORMATS,
        "cutoffFormatScore": CUTOFF, "minFormatScore": 0, "minUpgradeFormatScore": 1,
    }
    for number in (1, 4, 5, 6)
]  # fmt: skip
# Four searches a day: so few that the files below the top are never all at rest.
EVERY, BATCH = 360, 1


class Shop:
    """A Radarr full of good files, the given share of them at the top; it finds nothing."""

    def __init__(self, server: FakeArr, at_top: int) -> None:
        self.server = server
        self.top: set[int] = set()
        server.before = self.answer
        server.world.luck = lambda item, now: False
        movies = server.world.items
        for movie in movies.values():
            movie.monitored = True
            movie.file = File(movie.id, movie.profile.good[0], 9**10, 1_500_000_000, "NTb")
        # Those that the demo's own formats can better come first, as it must grab one of them.
        ids = sorted(movies, key=lambda each: not better_groups(movies[each]))
        self.top = set(ids[:at_top])

    def answer(self, seen: Seen) -> Response | None:
        if seen.path.endswith("/qualityprofile"):
            return Response(200, PROFILES)
        if not seen.path.endswith("/moviefile"):
            return None
        self.server.world.now()
        return Response(200, [self._file(int(each)) for each in seen.query["movieId"]])

    def _file(self, movie_id: int) -> dict[str, object]:
        file = self.server.world.items[movie_id].file
        assert file
        known = {"id": file.id, "movieId": movie_id, "qualityCutoffNotMet": False}
        return known | {"customFormatScore": self._score(movie_id, file.id)}

    def _score(self, movie_id: int, file_id: int) -> int:
        if file_id >= LATER_FILES:
            return BETTER
        return TOP if movie_id in self.top else TOP - 5 - movie_id


def queue_of(owner: User, cinema: Instance, order: str) -> Queue:
    made = Queue.create(
        owner=owner, name="Score", key="score", strategy="score", order=order, batch_size=BATCH,
        schedule_json=every(EVERY), created_at=START,
    )  # fmt: skip
    made.serve([cinema])
    return made


async def live(engine: Engine, queue: Queue, clock: FastClock, until: float) -> None:
    """Runs the queue every six hours, and goes on with the scan before each run."""
    [cinema] = queue.instances
    while clock.now() < START + timedelta(days=until):
        clock.advance(minutes=EVERY)
        await scan(engine, cinema)
        await follow_grabs(engine)
        wake(Policy.current(), clock.now())
        run = Run.start(queue, clock.now(), trigger="schedule")
        assert run
        await carry_out(engine, run)


def share_at_best(days: float) -> tuple[int, float]:
    """How many searches there were in the first days, and the share of those at their best."""
    month = Search.created_at < START + timedelta(days=days)
    rows = [at_best for (at_best,) in Search.select(Search.at_best).where(month).tuples()]
    return len(rows), sum(rows) / len(rows)


@pytest.fixture
def radarr(clock: FastClock) -> FakeArr:
    size = Size(missing=210, upgrade=0, searched=0, history=0)
    return FakeArr("radarr", size=size, now=clock.now, search_seconds=1)


async def test_of_a_month_one_search_in_twenty_is_for_files_at_the_ceiling_and_all_have_their_turn(
    engine: Engine, cinema: Instance, alice: User, radarr: FakeArr, clock: FastClock
) -> None:
    shop = Shop(radarr, at_top=12)
    queue = queue_of(alice, cinema, "farthest")
    await sync(engine, cinema)
    await live(engine, queue, clock, 3)
    mine = Item.arr_id.in_(list(shop.top)) & (Item.want == "score")
    waiting = Item.select().where(mine, Item.searched_at.is_null(), Item.gap <= 0)
    able = [each for each in waiting if better_groups(radarr.world.items[each.arr_id])]
    last = max(able, key=lambda item: item.cooldown_until or START)
    radarr.find(last.arr_id)
    await live(engine, queue, clock, 30)
    number, share = share_at_best(30)
    assert number > 115 and 0 < share <= 0.05
    await live(engine, queue, clock, 90)
    found = ScoreChange.get_or_none(ScoreChange.arr_id == last.arr_id)
    assert found and (found.score_before, found.score_after) == (TOP, BETTER)
    assert found.at < START + timedelta(days=90)


@pytest.mark.parametrize("order", ["farthest", "least_recent"])
async def test_files_at_the_ceiling_do_not_take_the_room_that_others_leave(
    order: str, engine: Engine, cinema: Instance, alice: User, radarr: FakeArr, clock: FastClock
) -> None:
    Shop(radarr, at_top=180)
    queue = queue_of(alice, cinema, order)
    await sync(engine, cinema)
    await live(engine, queue, clock, 30)
    number, share = share_at_best(30)
    assert number > 60 and share <= 0.05
