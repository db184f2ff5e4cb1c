"""The outbox: each message is sent once, or shown as one that was not."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from starlette.responses import JSONResponse, Response

from jobs.engine import Engine
from jobs.net import Door
from jobs.notifications.delivery import check, look
from jobs.notifications.gathering import gather
from jobs.notifications.reading import read
from models.happenings import Happening
from models.household import Household
from models.instances import Instance
from models.notifications import NoticeTarget
from models.notifications.outbox import MOST_TRIES, Message, Notice
from tests.fakes.clock import FastClock
from tests.fakes.services import SETTINGS, FakeService
from tests.jobs.notifications.conftest import ToTarget
from tests.jobs.notifications.telling import grab, happen, told

Services = dict[str, FakeService]


async def test_what_happened_is_told_once(
    engine: Engine, taking: Services, target: ToTarget, living_room: Instance
) -> None:
    target()
    grab(engine)
    await told(engine)
    await told(engine, hours=1)
    (body,) = taking["webhook"].bodies
    assert (body["eventType"], body["type"]) == ("grabbed", "success")
    assert body["message"] == "Wild Rivers on Living room: R-GRP"
    assert body["link"] == "https://searcharr.example/searches"
    assert Message.get().outcome == "sent"


async def test_nothing_is_told_of_what_was_before_the_target(
    engine: Engine, taking: Services, target: ToTarget, living_room: Instance
) -> None:
    grab(engine)
    engine.clock.present += timedelta(seconds=1)  # type: ignore[attr-defined]
    target()
    await told(engine)
    assert Notice.select().count() == 0


async def test_several_due_events_are_one_message(
    engine: Engine, taking: Services, target: ToTarget, living_room: Instance
) -> None:
    target()
    for number in range(3):
        grab(engine, f"Title {number}")
    happen(engine, "job-failed", {"name": "check", "sentence": "No."})
    await told(engine)
    (body,) = taking["webhook"].bodies
    assert (body["title"], body["eventType"], body["type"]) == ("4 notices", "several", "error")
    assert body["message"].startswith("Grabbed\n• Title 0 on Living room: R-GRP\n• Title 1")
    assert body["message"].endswith("\n\nJobs that failed\n• Check the database: No.")


async def test_what_does_not_fit_is_the_next_message(
    engine: Engine, taking: Services, target: ToTarget, living_room: Instance
) -> None:
    target("pushover")
    for number in range(20):
        grab(engine, f"{number:02} " + "x" * 150)
    await told(engine)
    # Its gap of a second passes between two looks.
    for _ in range(5):
        await told(engine, seconds=5)
    texts = [body["message"] for body in taking["pushover"].bodies]
    assert len(texts) > 3
    lines = [line[2:4] for text in texts for line in text.splitlines() if "xx" in line]
    assert [line or "" for line in lines] == sorted(lines)
    assert sum(text.count("R-GRP") for text in texts) == 20


async def test_a_refused_try_is_repeated_after_growing_pauses(
    engine: Engine, taking: Services, target: ToTarget, living_room: Instance
) -> None:
    target()
    service = taking["webhook"]
    service.answers = [Response(status_code=500) for _ in range(2)]
    grab(engine)
    await told(engine)
    await told(engine, seconds=29)
    assert service.arrived == 1
    await told(engine, seconds=2)
    await told(engine, seconds=100)
    assert service.arrived == 2
    await told(engine, seconds=21)
    assert (service.arrived, len(service.bodies)) == (3, 1)
    assert NoticeTarget.get().failures == 0


@pytest.mark.parametrize(
    "answer",
    [
        Response(status_code=429, headers={"Retry-After": "7"}),
        JSONResponse({"message": "slow", "retry_after": 6.5, "global": False}, 429),
        JSONResponse({"ok": False, "parameters": {"retry_after": 7}}, 429),
    ],
    ids=["header", "discord", "telegram"],
)
async def test_a_service_says_how_long_to_wait(
    answer: Response, engine: Engine, taking: Services, target: ToTarget, living_room: Instance
) -> None:
    target("discord")
    taking["discord"].answers = [answer]
    grab(engine)
    await told(engine)
    await told(engine, seconds=6)
    assert taking["discord"].arrived == 1
    await told(engine, seconds=2)
    assert len(taking["discord"].bodies) == 1


async def test_a_message_that_is_refused_every_time_is_shown_as_failed(
    engine: Engine, taking: Services, target: ToTarget, living_room: Instance
) -> None:
    row = target()
    taking["webhook"].answers = [Response(b"<b>why</b>", 503) for _ in range(99)]
    grab(engine)
    await told(engine)
    for _ in range(20):
        await told(engine, hours=1)
    (lost,) = Message.lost(row)
    assert (lost.tries, lost.outcome, taking["webhook"].arrived) == (MOST_TRIES, "failed", 5)
    assert lost.fault == "webhook was asked to take a message, and had an error of its own (503)."


@pytest.mark.parametrize("status", [401, 403, 404, 410, 302])
async def test_a_target_that_takes_nothing_for_good_is_dead_until_a_test_gets_through(
    status: int, engine: Engine, taking: Services, target: ToTarget, living_room: Instance
) -> None:
    row = target()
    service = taking["webhook"]
    service.answers = [Response(status_code=status, headers={"Location": "http://10.0.0.1/"})]
    grab(engine)
    await told(engine)
    grab(engine, "Another")
    await told(engine, hours=5)
    row = NoticeTarget.get()
    assert row.dead_at is not None
    assert "hushed" not in row.fault
    assert service.arrived == 1
    assert await check(engine.door, row.kind, row.name, row.fields, engine.clock.now()) is None
    row.revive(engine.clock.now())
    for _ in range(3):
        await told(engine, minutes=1)
    assert [body["eventType"] for body in service.bodies] == ["test", "grabbed", "grabbed"]


async def test_a_lost_answer_is_unsure_and_nothing_is_sent_twice(
    engine: Engine, taking: Services, target: ToTarget, living_room: Instance
) -> None:
    """A proxy that gave up may have handed it on."""
    row = target()
    taking["webhook"].answers = [Response(status_code=504)]
    grab(engine)
    for _ in range(4):
        await told(engine, hours=1)
    assert taking["webhook"].arrived == 1
    assert Message.lost(row)[0].outcome == "unsure"


async def test_a_kill_between_taking_and_sending_loses_nothing_and_sends_nothing_twice(
    engine: Engine, taking: Services, target: ToTarget, living_room: Instance
) -> None:
    """Nobody knows whether it had left; what came after it is sent."""
    row = target()
    grab(engine)
    before = gather_after_reading(engine, row)
    assert before.take(replica=4711, at=engine.clock.now())
    grab(engine, "Another")
    await told(engine, minutes=1)
    await told(engine, minutes=1)
    first, second = Message.select().order_by(Message.id)
    assert (first.outcome, second.outcome) == ("unsure", "sent")
    assert [body["message"] for body in taking["webhook"].bodies] == [
        "Another on Living room: R-GRP"
    ]


def gather_after_reading(engine: Engine, row: NoticeTarget) -> Message:
    from_now = engine.clock.now()
    assert not read(from_now)
    message = gather(row, from_now, "")
    assert message is not None
    return message


async def test_only_one_of_two_takers_gets_a_message(
    engine: Engine, target: ToTarget, living_room: Instance
) -> None:
    row = target()
    grab(engine)
    mine = gather_after_reading(engine, row)
    yours = Message.get_by_id(mine.id)
    assert mine.take(1, engine.clock.now())
    assert not yours.take(2, engine.clock.now())
    assert gather(row, engine.clock.now(), "").id == mine.id  # type: ignore[union-attr]


async def test_quiet_hours_hold_back_and_one_message_tells_all(
    engine: Engine, taking: Services, target: ToTarget, living_room: Instance, clock: FastClock
) -> None:
    """By the wall clock: in the night of the change to summer time, 06:30 comes an hour sooner."""
    Household.update(time_zone="Europe/Berlin").execute()
    clock.present = datetime(2026, 3, 28, 21, 30, tzinfo=UTC)
    target(quiet_from=22, quiet_to=7)
    grab(engine)
    await told(engine)
    grab(engine, "Another")
    clock.present = datetime(2026, 3, 29, 4, 55, tzinfo=UTC)
    await told(engine)
    assert taking["webhook"].arrived == 0
    clock.present = datetime(2026, 3, 29, 5, 5, tzinfo=UTC)
    await told(engine)
    (body,) = taking["webhook"].bodies
    assert body["title"] == "2 notices"


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        (datetime(2026, 6, 1, 5, 59, tzinfo=UTC), datetime(2026, 6, 1, 6, tzinfo=UTC)),
        (datetime(2026, 6, 1, 6, 0, tzinfo=UTC), datetime(2026, 6, 2, 6, tzinfo=UTC)),
    ],
)
async def test_the_digest_comes_once_a_day_at_its_hour(
    day: datetime,
    due: datetime,
    engine: Engine,
    taking: Services,
    target: ToTarget,
    living_room: Instance,
    clock: FastClock,
) -> None:
    Household.update(time_zone="Europe/Berlin").execute()
    clock.present = day
    target(at_once="[]", digest='["grabbed", "job-failed"]', digest_hour=8)
    grab(engine)
    happen(engine, "job-failed", {"name": "check", "sentence": "No."})
    await told(engine)
    clock.present = due - timedelta(seconds=1)
    await told(engine)
    assert taking["webhook"].arrived == 0
    clock.present = due
    await told(engine)
    (body,) = taking["webhook"].bodies
    assert body["title"] == "Digest: Grabbed 1, Jobs that failed 1"
    assert body["type"] == "info"


async def test_a_digest_of_hundreds_is_one_message_that_counts_them_all(
    engine: Engine, taking: Services, target: ToTarget, living_room: Instance, clock: FastClock
) -> None:
    target(at_once='["job-failed"]', digest='["grabbed"]', digest_hour=8)
    for number in range(220):
        grab(engine, f"{number} {'x' * 60}")
    await told(engine)
    # An hour at which both are due.
    clock.present = Notice.select().first().due_at
    happen(engine, "job-failed", {"name": "check", "sentence": "No."})
    await told(engine)
    await told(engine, minutes=1)
    await told(engine, minutes=1)
    alone, digest = taking["webhook"].bodies
    assert alone["eventType"] == "job-failed"
    assert digest["title"] == "Digest: Grabbed 220"
    shown = digest["message"].count("•")
    assert 50 < shown < 220 and digest["message"].endswith(f"\n{220 - shown} more")


async def test_an_outage_is_told_after_a_while_and_its_end_only_then(
    engine: Engine, taking: Services, target: ToTarget, living_room: Instance
) -> None:
    target()
    happen(engine, "instance-faulty", {"code": "refused", "sentence": "No."}, instance=1)
    await told(engine, minutes=9)
    happen(engine, "instance-well", instance=1)
    await told(engine, minutes=9)
    assert taking["webhook"].arrived == 0
    happen(engine, "instance-faulty", {"code": "refused", "sentence": "No."}, instance=1)
    await told(engine)
    await told(engine, minutes=11)
    happen(engine, "instance-well", instance=1)
    await told(engine, minutes=1)
    assert [body["eventType"] for body in taking["webhook"].bodies] == ["unreachable", "reachable"]


async def test_the_same_trouble_is_told_once_a_day(
    engine: Engine, taking: Services, target: ToTarget, living_room: Instance
) -> None:
    target()
    for _ in range(3):
        happen(engine, "job-failed", {"name": "check", "sentence": "No."})
        happen(engine, "run-held", {"run": 1, "note": "Spent.", "gates": "budget:1"})
        await told(engine, hours=6)
    assert sorted(row.event for row in Notice.select()) == ["budget-spent", "job-failed"]
    await told(engine, hours=7)
    happen(engine, "job-failed", {"name": "check", "sentence": "No."})
    await told(engine)
    assert Notice.select().count() == 3


async def test_a_target_is_told_of_its_own_instances_only(
    engine: Engine, taking: Services, target: ToTarget, living_room: Instance, cinema: Instance
) -> None:
    target(instances=json.dumps([cinema.id]))
    grab(engine)
    grab(engine, "Sea", instance=cinema.id)
    await told(engine)
    assert [body["message"] for body in taking["webhook"].bodies] == ["Sea on Cinema: R-GRP"]


async def test_the_demo_library_is_told_only_where_it_is_chosen(
    engine: Engine, taking: Services, target: ToTarget, living_room: Instance
) -> None:
    living_room.change(demo=True)
    row = target()
    grab(engine)
    await told(engine)
    assert taking["webhook"].arrived == 0
    row.change(instances="[1]")
    grab(engine)
    await told(engine)
    assert taking["webhook"].arrived == 1


async def test_a_target_without_titles_is_told_none(
    engine: Engine, taking: Services, target: ToTarget, living_room: Instance
) -> None:
    target(says_titles=False)
    grab(engine, "Unspeakable")
    happen(engine, "grab-failed", {"title": "Unspeakable", "release": "U-GRP"}, instance=1)
    told_of = {"title": "Unspeakable", "before": 1, "after": 2}
    happen(engine, "score-improved", told_of, instance=1)
    happen(engine, "job-failed", {"name": "scores", "sentence": "“Unspeakable”"})
    happen(engine, "run-held", {"run": 1, "note": "“Unspeakable”", "gates": "no_indexer:1"})
    faulty = {"code": "x", "sentence": "Unspeakable"}
    happen(engine, "instance-faulty", faulty, instance=1)
    await told(engine)
    await told(engine, minutes=11)
    words = json.dumps(taking["webhook"].bodies)
    assert "Unspeakable" not in words
    assert "GRP" not in words
    assert "An item of Living room" in words


async def test_an_event_behind_a_gap_waits_for_a_transaction_that_may_still_end(
    engine: Engine, taking: Services, target: ToTarget, living_room: Instance
) -> None:
    """On a server numbers are given out before their transactions end."""
    target()
    grab(engine, "First")
    await told(engine)
    Happening.create(id=Happening.latest_id() + 2, at=engine.clock.now(), kind="job-failed")
    await told(engine, seconds=30)
    assert taking["webhook"].arrived == 1
    await told(engine, seconds=31)
    assert taking["webhook"].arrived == 2


async def test_a_look_goes_on_where_a_worker_died_while_it_read(
    engine: Engine, taking: Services, target: ToTarget, living_room: Instance
) -> None:
    target()
    for number in range(450):
        grab(engine, f"Title {number}")
    await look(engine)
    assert Notice.select().count() == 450


async def test_forbidden_addresses_are_never_asked() -> None:
    door = Door(None, "VQS/0 test", {})
    for address in ("http://169.254.169.254/x", "http://[fe80::1]/", "http://0.0.0.0:80/"):
        settings = SETTINGS["webhook"] | {"webhook_url": address}
        fault = await check(door, "webhook", "Mine", settings, datetime.now(UTC))
        assert fault is not None
        assert fault.code == "blocked_address"
    mail = {"host": "169.254.169.254", "port": 25, "security": "none", "sender": "a@b.example"}
    fault = await check(door, "email", "M", mail | {"recipients": "a@b.c"}, datetime.now(UTC))
    assert fault is not None
    assert fault.code == "blocked_address"
