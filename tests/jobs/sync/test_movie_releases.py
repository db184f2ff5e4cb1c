"""Movies that Radarr calls available before anybody can have them."""

from datetime import timedelta

import pytest

from jobs.demo.library import Movie
from jobs.demo.sizes import Size
from jobs.engine import Engine
from jobs.runs import carry_out
from jobs.sync import sync
from models.backlog import Item
from models.backlog.eligibility import Reason
from models.instances import Instance
from models.queues import Queue
from models.searches.runs import Run
from tests.fakes.arr import FakeArr
from tests.fakes.clock import FastClock

DAY = 86_400


@pytest.fixture
def announced(engine: Engine, clock: FastClock) -> FakeArr:
    """A Radarr with one movie: in cinemas for a week, to be had at home in a month."""
    made = FakeArr("radarr", size=Size(1, 0, searched=0, history=0), now=clock.now)
    (movie,) = made.world.items.values()
    assert isinstance(movie, Movie)
    now = int(made.world.now())
    movie.minimum, movie.in_cinemas = "announced", now - 7 * DAY
    movie.digital, movie.physical = now + 30 * DAY, now + 60 * DAY
    engine.door.inside = {"radarr": made}
    return made


@pytest.fixture
def films(nightly: Queue, cinema: Instance) -> Queue:
    nightly.serve([cinema])
    return nightly


async def run(engine: Engine, queue: Queue) -> Run:
    run = Run.start(queue, engine.clock.now(), trigger="schedule")
    assert run
    await carry_out(engine, run)
    return Run.get_by_id(run.id)


async def test_a_movie_is_searched_some_hours_after_its_first_home_release(
    engine: Engine, announced: FakeArr, films: Queue, clock: FastClock, cinema: Instance
) -> None:
    await run(engine, films)
    item = Item.get()
    out = clock.now() + timedelta(days=30, hours=6)
    assert item.available and item.reason == Reason.UNRELEASED
    assert abs(item.eligible_at - out) < timedelta(minutes=5)
    assert announced.commands == []
    clock.present = item.eligible_at
    await sync(engine, cinema)
    await run(engine, films)
    assert [each["name"] for each in announced.commands] == ["MoviesSearch"]


async def test_a_queue_may_take_it_as_soon_as_radarr_calls_it_available(
    engine: Engine, announced: FakeArr, films: Queue
) -> None:
    films.change(movie_release="available")
    await run(engine, films)
    assert len(announced.commands) == 1
    again = await run(engine, films)
    assert again.planned == 0, "it rests like any other item"


async def test_a_queue_may_take_only_what_has_a_home_release(
    engine: Engine, announced: FakeArr, films: Queue
) -> None:
    (movie,) = announced.world.items.values()
    movie.digital = movie.physical = None
    movie.in_cinemas -= 90 * DAY
    films.change(movie_release="home")
    assert (await run(engine, films)).planned == 0
    films.change(movie_release="usual")
    assert (await run(engine, films)).planned == 1
