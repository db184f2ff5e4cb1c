"""What the events say."""

import pytest

from jobs.engine import Engine
from jobs.notifications.delivery import look
from models.instances import Instance
from models.notifications.outbox import Notice
from models.people import User
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.fakes.clock import FastClock
from tests.jobs.notifications.conftest import ToTarget
from tests.jobs.notifications.telling import happen


async def _said(engine: Engine) -> list[tuple[str, str]]:
    await look(engine)
    return [(row.event, row.text) for row in Notice.select().order_by(Notice.id)]


async def test_a_sign_in_is_told_only_from_an_address_not_seen_before(
    engine: Engine, clock: FastClock, target: ToTarget, alice: User
) -> None:
    target()
    for address in ("192.168.1.9", "192.168.1.9", "203.0.113.7", "203.0.113.7"):
        happen(engine, "signed-in", {"address": address}, person=alice)
        clock.advance(hours=1)
    assert await _said(engine) == [
        ("new-place", "Alice signed in from 203.0.113.7, for the first time from there.")
    ]


async def test_a_run_tells_what_it_grabbed_in_one_message(
    engine: Engine, target: ToTarget, nightly: Queue, living_room: Instance
) -> None:
    target(at_once='["run-grabbed"]')
    run = Run.start(nightly, engine.clock.now(), trigger="schedule")
    assert run is not None
    for title, outcome in (("Sea", "grabbed"), ("Hill", "nothing"), ("Sky", "grabbed")):
        names = {"queue_name": "nightly", "instance_name": "Living room", "demo": False}
        what = {"kind": "episode", "want": "missing", "attempt": 1, "state": "done"}
        told = {"title": title, "outcome": outcome, "created_at": engine.clock.now()}
        Search.create(run=run, instance=living_room, **names, **what, **told)
    run.finish("finished", engine.clock.now())
    assert await _said(engine) == [("run-grabbed", "nightly on Living room grabbed 2: Sea; Sky")]


@pytest.mark.parametrize(
    ("kind", "details", "said"),
    [
        ("grab-imported", {"title": "Sea", "release": "S"}, "Sea on Living room: S"),
        ("score-improved", {"title": "Sea", "before": 5, "after": 90}, "from 5 to 90"),
        ("nothing-found", {"weeks": 4, "searches": 50}, "50 searches in 4 weeks, and no grab"),
        ("indexer-silent", {"name": "Nyx", "searches": 9}, "Nyx gave nothing in its last 9"),
        ("backup-failed", {"sentence": "The disk is full."}, "The disk is full."),
        ("backup-old", {"days": 9}, "The last is 9 days old."),
        ("backup-old", {"days": None}, "There is no backup."),
    ],
)
async def test_each_event_has_its_sentence(
    kind: str,
    details: dict[str, object],
    said: str,
    engine: Engine,
    target: ToTarget,
    living_room: Instance,
) -> None:
    target()
    happen(engine, kind, details, instance=living_room.id)
    ((_, text),) = await _said(engine)
    assert said in text
