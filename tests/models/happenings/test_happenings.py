"""What happened is one row, there exactly when its fact is, and read by id."""

import json
from datetime import timedelta

import pytest

from jobs.engine import Engine
from jobs.housekeeping.ended import clear_ended
from models import demo, happenings
from models.database import database
from models.happenings import KEPT_FOR, Happening
from models.happenings.kinds import KINDS, OF_PEOPLE, OF_THE_PROGRAM
from models.instances import Instance
from models.instances.faults import failed, worked
from models.jobs import Job, JobReport, JobRun
from models.people import User
from models.people.audit import WORDS, Event
from models.queues import Queue
from models.searches.runs import Run
from tests.conftest import START

SOON = START + timedelta(minutes=1)


def told() -> list[str]:
    return [row.kind for row in Happening.select().order_by(Happening.id)]


def test_an_event_is_refused_outside_the_transaction_of_its_fact(alice: User) -> None:
    with pytest.raises(RuntimeError, match="outside the transaction"):
        happenings.note("held", START, person=alice)
    assert told() == [] and not Event.select().exists()


def test_an_event_goes_with_its_fact(nightly: Queue) -> None:
    with database.atomic() as transaction:
        assert Run.start(nightly, START, trigger="schedule")
        assert told() == ["run-began"]
        transaction.rollback()
    assert told() == [] and not Run.select().exists()


def test_a_second_run_at_the_same_time_is_no_event(nightly: Queue) -> None:
    assert Run.start(nightly, START, trigger="schedule")
    assert Run.start(nightly, START, trigger="person") is None
    assert told() == ["run-began"]


def test_only_kinds_and_details_of_the_list_are_taken(alice: User) -> None:
    with database.atomic(), pytest.raises(KeyError):
        happenings.note("something", START)
    with database.atomic(), pytest.raises(AssertionError):
        happenings.note("held", START, {"colour": "blue"}, person=alice)


def test_every_action_of_the_trail_is_a_kind_that_asks_for_it_and_no_other_is() -> None:
    assert {name for name, kind in KINDS.items() if kind.is_audited} == set(WORDS)
    assert not set(OF_PEOPLE) & set(OF_THE_PROGRAM)


def test_the_trail_has_what_people_did_and_not_what_the_program_did(
    alice: User, nightly: Queue
) -> None:
    with database.atomic():
        happenings.note("held", START, {"about": "all", "address": "10.0.0.9"}, person=alice)
    Run.start(nightly, START, trigger="schedule")
    (event,) = Event.select()
    assert (event.action, event.name, event.about, event.address) == (
        *("held", "Alice", "all"),
        "10.0.0.9",
    )
    assert told() == ["held", "run-began"]


def test_many_refusals_in_an_hour_are_one_event(alice: User) -> None:
    for minute in range(5):
        with database.atomic():
            happenings.note("refused", START + timedelta(minutes=minute), {"address": "10.0.0.9"})
    assert told() == ["refused"]
    assert Event.get().times == 5


def test_a_reader_follows_by_id(alice: User) -> None:
    with database.atomic():
        for kind in ("held", "went-on", "held"):
            happenings.note(kind, START, person=alice)
    first, second, third = Happening.after(0, 10)
    assert list(Happening.after(first.id, 10)) == [second, third]
    assert list(Happening.after(0, 2)) == [first, second]
    assert list(Happening.after(Happening.latest_id(), 10)) == []
    assert (first.person, first.queue, json.loads(first.details)) == (alice.id, None, {})


def test_long_words_of_others_are_cut(alice: User) -> None:
    with database.atomic():
        happenings.note("job-failed", START, {"name": "history", "sentence": "x" * 5000})
    assert len(Happening.get().details) < 400


async def test_events_go_after_thirty_days(engine: Engine, alice: User) -> None:
    now = engine.clock.now()
    with database.atomic():
        for age in (KEPT_FOR + timedelta(hours=1), KEPT_FOR - timedelta(hours=1)):
            happenings.note("held", now - age, person=alice)
    report = await clear_ended(engine)
    assert "1 event older than 30 days" in report.sentence
    assert Happening.get().at == now - KEPT_FOR + timedelta(hours=1)
    assert Event.select().count() == 2


def test_an_id_is_never_given_twice(alice: User) -> None:
    with database.atomic():
        happenings.note("held", START, person=alice)
        last = Happening.latest_id()
        Happening.delete().execute()
        happenings.note("held", START, person=alice)
    assert Happening.latest_id() > last


def test_the_end_of_a_run_says_how_and_a_held_one_is_a_kind_of_its_own(nightly: Queue) -> None:
    for state in ("finished", "held", "cancelled"):
        run = Run.start(nightly, START, trigger="schedule")
        assert run
        run.finish(state, SOON, "Words.")
    Run.start(nightly, START, trigger="schedule", owner=7)
    assert Run.interrupt_all(SOON, owner=8) == 0
    assert Run.interrupt_all(SOON, owner=7) == 1
    ends = ["run-ended", "run-held", "run-ended", "run-ended"]
    assert told() == [kind for end in ends for kind in ("run-began", end)]
    last = Happening.select().order_by(Happening.id.desc()).first()
    assert json.loads(last.details)["state"] == "interrupted"
    assert last.queue == nightly.id


def test_an_instance_is_faulty_once_and_well_once(living_room: Instance) -> None:
    for kind in ("status", "lists", "status"):
        said = {"code": "refused", "sentence": "Away.", "at": START}
        failed(living_room, kind, retry_at=SOON, **said)
    worked(living_room, SOON, "status")
    assert told() == ["instance-faulty"]
    worked(living_room, SOON, "lists")
    worked(living_room, SOON, "lists")
    assert told() == ["instance-faulty", "instance-well"]
    assert {row.instance for row in Happening.select()} == {living_room.id}


def test_a_job_that_fails_and_then_works_again_is_told(alice: User) -> None:
    job = Job.named("history", START)
    for outcome in ("done", "failed", "interrupted", "done", "done"):
        run = JobRun.start(job, START, trigger="schedule")
        assert run
        report = JobReport("Words.", outcome)
        run.finish(report, SOON, took_ms=1, following=SOON + timedelta(days=1), kept=3)
    assert told() == ["job-failed", "job-well"]


def test_the_demo_takes_its_events_with_it(living_room: Instance) -> None:
    added = demo.add(START)
    for instance in (living_room, *added):
        failed(instance, "status", code="refused", sentence="Away.", at=START, retry_at=SOON)
    demo.remove()
    assert [row.instance for row in Happening.select()] == [living_room.id]
