"""What follows from webhooks: looks, and nothing that a look does not find."""

from datetime import timedelta

import pytest

from jobs.engine import Engine
from jobs.scheduler import Scheduler
from jobs.sync import refresh, sync
from models.applications import SONARR
from models.hooks import LOST_AFTER, Hook, HookHint
from models.hooks.events import hint_of
from models.instances import Instance
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.clock import FastClock
from tests.fakes.traps import lift, trap
from tests.fakes.webhooks import event
from tests.security.walk import dump

LISTS, STATE, BARE = HookHint(lists=True), HookHint(state=True), HookHint()
OF_LISTS = {"wanted/missing", "wanted/cutoff"}
OF_STATE = {"health", "queue/details", "rootfolder"}


@pytest.fixture
async def hook(engine: Engine, living_room: Instance) -> Hook:
    """The webhook of an instance that was just synced."""
    await sync(engine, living_room)
    made, _ = Hook.renew(living_room, None, engine.clock.now())
    return made


@pytest.fixture
def scheduler(engine: Engine, hook: Hook, clock: FastClock, sonarr: FakeArr) -> Scheduler:
    """Twenty minutes after the sync, when nothing else is due."""
    clock.advance(minutes=20)
    hook.change(health_at=clock.now())
    sonarr.log.clear()
    return Scheduler(engine)


def heard(hook: Hook, body: bytes, clock: FastClock) -> None:
    hint = hint_of(body, SONARR)
    if hint:
        Hook.get_by_id(hook.id).hear(hint, clock.now())


async def ticked(scheduler: Scheduler) -> None:
    await scheduler.tick()
    while scheduler.engine.busy:
        await scheduler.engine.clock.rest(0)


def asked(sonarr: FakeArr) -> set[str]:
    paths = {seen.path.removeprefix("/api/v3/") for seen in sonarr.log}
    sonarr.log.clear()
    return paths


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (event("Grab"), STATE),
        (event("ManualInteractionRequired"), STATE),
        (event("Health"), STATE),
        (event("HealthRestored"), STATE),
        (event("Download", isUpgrade=True, deletedFiles=[{"id": 5}]), LISTS),
        (event("Download", episodeFiles=[]), LISTS),
        (event("EpisodeFileDelete", deleteReason="manual"), LISTS),
        (event("SeriesAdd"), LISTS),
        (event("SeriesDelete", deletedFiles=True), LISTS),
        (event("Test"), BARE),
        (event("Rename"), BARE),
        (event("Something new"), BARE),
        (event("Grab", "radarr"), HookHint(is_strange=True)),
        (b"", None),
        (b"null", None),
        (b"[]", None),
        (b"{}", None),
        (b'{"eventType": ""}', None),
        (b'{"eventType": 5}', None),
        (b'{"eventType": "%s"}' % (b"x" * 101), None),
        (b"\xff\xfe", None),
        (b'{"eventType": "Grab"', None),
        (b'{"x": ' + b"[" * 100_000, None),
    ],
    ids=lambda each: each[:24] if isinstance(each, bytes) else "",
)
def test_only_the_kind_of_an_event_is_read(body: bytes, hint: HookHint | None) -> None:
    assert hint_of(body, SONARR) == hint


async def test_an_import_makes_us_look_at_the_lists(
    scheduler: Scheduler, hook: Hook, sonarr: FakeArr, clock: FastClock
) -> None:
    heard(hook, event("Download"), clock)
    await ticked(scheduler)
    assert asked(sonarr) == OF_LISTS
    await ticked(scheduler)
    assert asked(sonarr) == set()


async def test_what_has_left_the_lists_meanwhile_is_read(
    scheduler: Scheduler, hook: Hook, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    before = {row.want: row.total for row in living_room.lists}
    item = next(each for each in sonarr.world.items.values() if each.wanted and not each.file)
    item.monitored = False
    sonarr.world.changed()
    heard(hook, event("Download"), clock)
    await ticked(scheduler)
    assert {row.want: row.total for row in living_room.lists} != before
    assert "series" in asked(sonarr)


async def test_a_grab_makes_us_look_at_downloads_and_health(
    scheduler: Scheduler, hook: Hook, sonarr: FakeArr, clock: FastClock
) -> None:
    heard(hook, event("Grab"), clock)
    await ticked(scheduler)
    assert asked(sonarr) == OF_STATE


@pytest.mark.parametrize("kind", ["Test", "Rename", "Something new"])
async def test_what_is_no_hint_makes_nobody_look(
    kind: str, scheduler: Scheduler, hook: Hook, sonarr: FakeArr, clock: FastClock
) -> None:
    heard(hook, event(kind), clock)
    clock.advance(minutes=5)
    hook.change(health_at=clock.now())
    await ticked(scheduler)
    assert asked(sonarr) == set()
    assert Hook.get().arrives(clock.now())


@pytest.mark.parametrize("kind", ["Grab", "Download", "EpisodeFileDelete", "SeriesDelete"])
async def test_a_forged_event_changes_nothing_that_a_look_does_not_find(
    kind: str, scheduler: Scheduler, hook: Hook, sonarr: FakeArr, clock: FastClock
) -> None:
    """It says that everything was grabbed, imported or deleted; only the instance is believed."""
    before = dump()["items"]
    wanted = [{"id": each.id} for each in sonarr.world.items.values()]
    heard(hook, event(kind, episodes=wanted, deletedFiles=True), clock)
    await ticked(scheduler)
    assert asked(sonarr) in (OF_LISTS, OF_STATE)
    assert dump()["items"] == before


async def test_doubled_events_make_us_look_once(
    scheduler: Scheduler, hook: Hook, sonarr: FakeArr, clock: FastClock
) -> None:
    for _ in range(2):
        heard(hook, event("Grab"), clock)
    await ticked(scheduler)
    assert len(sonarr.log) == len(OF_STATE)


async def test_events_without_end_make_us_look_once_a_minute(
    scheduler: Scheduler, hook: Hook, sonarr: FakeArr, clock: FastClock
) -> None:
    for _ in range(120):
        for kind in ("Grab", "Download"):
            heard(hook, event(kind), clock)
        await ticked(scheduler)
        clock.advance(seconds=5)
    minutes = (clock.now() - hook.created_at).total_seconds() / 60
    assert 10 < len(sonarr.log) <= minutes * 7


@pytest.mark.long
async def test_a_flood_writes_hardly_anything(hook: Hook, clock: FastClock) -> None:
    """Each write after the first one would be an error."""
    heard(hook, event("Grab"), clock)
    trap("UPDATE", "hooks")
    for _ in range(10_000):
        heard(hook, event("Grab"), clock)
    lift("hooks")


async def test_a_hint_waits_until_a_faulty_instance_works_again(
    scheduler: Scheduler, hook: Hook, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    living_room.change(fault="x", fault_code="refused", retry_at=clock.now() + timedelta(days=1))
    heard(hook, event("Grab"), clock)
    await ticked(scheduler)
    assert asked(sonarr) == set()
    living_room.change(fault=None, fault_code=None, retry_at=None)
    await ticked(scheduler)
    assert asked(sonarr) >= OF_STATE


async def test_a_late_hint_is_followed_after_a_stop(
    scheduler: Scheduler, hook: Hook, sonarr: FakeArr, clock: FastClock
) -> None:
    heard(hook, event("Grab"), clock)
    clock.advance(minutes=9)
    await ticked(scheduler)
    assert asked(sonarr) == OF_STATE


async def test_before_a_run_lists_are_read_in_full_once_a_day_while_events_come(
    engine: Engine, scheduler: Scheduler, hook: Hook, living_room: Instance, sonarr: FakeArr,
    clock: FastClock,
) -> None:  # fmt: skip
    clock.advance(hours=7)
    hook.change(heard_at=clock.now())
    await refresh(engine, living_room)
    assert "series" not in asked(sonarr)
    hook.change(heard_at=clock.now() - LOST_AFTER)
    await refresh(engine, living_room)
    assert "series" in asked(sonarr)


async def test_a_day_without_events_puts_the_old_rhythm_back(
    scheduler: Scheduler, hook: Hook, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    heard(hook, event("Grab"), clock)
    hook = Hook.get()
    hook.change(state_at=None, proved_at=clock.now() + timedelta(hours=20))
    clock.advance(hours=25)
    living_room.change(synced_at=clock.now(), looked_at=clock.now() - timedelta(minutes=31))
    await ticked(scheduler)
    assert asked(sonarr) == {"health"}
    clock.advance(hours=1)
    living_room.change(synced_at=clock.now(), looked_at=clock.now() - timedelta(minutes=31))
    await ticked(scheduler)
    assert asked(sonarr) == OF_LISTS


async def test_events_of_another_application_do_not_count(hook: Hook, clock: FastClock) -> None:
    heard(hook, event("Grab", "radarr"), clock)
    hook = Hook.get()
    assert not hook.arrives(clock.now())
    assert (hook.state_at, hook.strange_at) == (None, clock.now())


async def test_health_that_fails_is_a_fault_of_the_instance(
    scheduler: Scheduler, hook: Hook, living_room: Instance, sonarr: FakeArr, clock: FastClock
) -> None:
    hook.change(heard_at=clock.now(), health_at=None)
    refusal = Response(401)
    sonarr.before = lambda seen: refusal if _is_health(seen) else None
    await ticked(scheduler)
    living_room.reread()
    assert living_room.fault_code == "wrong_key"


def _is_health(seen: Seen) -> bool:
    return seen.path.endswith("/health")
