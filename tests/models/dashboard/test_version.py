"""Polled pages see what has happened, and what moves between two events."""

from datetime import timedelta

from models import happenings
from models.dashboard.version import moving
from models.database import database
from models.database.fields import now
from models.household import Household
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.wanted import wanted


def test_it_stays_while_nothing_happens(nightly: Queue, living_room: Instance) -> None:
    assert moving(START) == moving(START + timedelta(seconds=20))


def test_every_event_changes_it(alice: User) -> None:
    before = moving(START)
    with database.atomic():
        happenings.note("profile-changed", START, person=alice)
    assert moving(START) != before


def test_what_moves_between_two_events_changes_it(nightly: Queue, living_room: Instance) -> None:
    run = Run.start(nightly, START, trigger="schedule")
    assert run
    item = wanted(living_room, at=START)
    steps = [
        lambda: run.tell("Checking the instances"),
        lambda: run.wait(START + timedelta(seconds=30)),
        lambda: run.leave_out("Low Water: it is excluded."),
        lambda: Search.begin([item], run, START, 1),
        lambda: living_room.change(syncing_since=START, sync_read=500),
        lambda: nightly.change(next_run_at=START + timedelta(hours=1)),
        lambda: Household.current().change(held_at=START),
    ]
    for step in steps:
        before = moving(START)
        step()
        assert moving(START) != before


def test_the_approach_of_a_run_changes_it(nightly: Queue) -> None:
    nightly.change(started_at=START, next_run_at=START + timedelta(minutes=10))
    far, near = (moving(START + timedelta(seconds=seconds)) for seconds in (0, 590))
    assert far != near


def test_it_holds_no_secret(living_room: Instance) -> None:
    Household.found(now())
    assert "Sealed" not in repr(moving(START))
