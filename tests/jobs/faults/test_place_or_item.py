"""Whatever answers a command: does it speak of the item or of the way there, and was it taken?"""

from typing import Any

import pytest

from jobs.arr import Fault
from jobs.engine import Engine
from jobs.searches import OF_THE_ITEM, run_errand
from jobs.searches.errands import Errand
from jobs.sync import sync
from models.backlog import Item
from models.backlog.eligibility import Policy, Reason
from models.database.fields import to_ms
from models.household import Household
from models.instances import Instance, WantedList
from models.instances.faults import InstanceFault, forget
from models.searches import Search
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.clock import FastClock

pytestmark = pytest.mark.long

EVERY = range(300, 600)
SOME = (301, 302, 307, 400, 401, 403, 404, 405, 409, 422, 429, 500, 502, 503, 504, 521, 599)
PAGE = b"<!doctype html><h1>No</h1>"
BODIES: dict[str, tuple[Any, dict[str, str]]] = {
    "JSON of its own": ({"message": "no", "description": "no"}, {}),
    "JSON of somebody else": ({"error": "no"}, {}),
    "a page": (PAGE, {}),
    "plain text": (b"404 page not found", {"Content-Type": "text/plain"}),
    "nothing": (b"", {"Content-Type": ""}),
}
# The statuses with which each comes from the application itself, and from nothing in front of it.
SPOKEN_BY_IT = {
    "JSON of its own": {*range(400, 600)} - {401, 403},
    "nothing": {401, 404, 405, 406, 415},
}


class Desk:
    """Sends one search after another for one item, which forgets what it learnt in between."""

    def __init__(self, engine: Engine, sonarr: FakeArr, instance: Instance) -> None:
        self.engine = engine
        self.sonarr = sonarr
        self.instance = instance
        self.answer = Response()
        self.takes = False
        self.hides_commands = False
        self.taken = 0
        sonarr.before = self._hook

    async def send(self, answer: Response, *, takes: bool, hides_commands: bool = False) -> Search:
        self.answer, self.takes, self.hides_commands, self.taken = answer, takes, hides_commands, 0
        self._forget()
        await run_errand(self.engine, Errand(self.instance.id, (self.item.id,)))
        assert len(self.sonarr.commands) == 1
        return Search.get()

    async def send_again(self) -> int:
        """How many commands the instance has taken of both."""
        forget(self.instance, self.engine.clock.now())
        self.answer, self.takes, self.hides_commands = Response(200), True, False
        self.engine.clock.advance(minutes=2)  # type: ignore[attr-defined]
        await run_errand(self.engine, Errand(self.instance.id, (self.item.id,)))
        return self.taken

    @property
    def item(self) -> Item:
        return Item.select().where(Item.want == "missing").order_by(Item.id).get()

    @property
    def fault(self) -> InstanceFault | None:
        return InstanceFault.of(self.instance, "sending")

    def _forget(self) -> None:
        forget(self.instance, self.engine.clock.now())
        Search.delete().execute()
        self.sonarr.log.clear()
        self.engine.clock.advance(hours=1)  # type: ignore[attr-defined]
        now = self.engine.clock.now()
        Instance.update(conditions_at=now).execute()
        WantedList.update(synced_at=now).execute()
        learnt = dict.fromkeys(("searched_at", "cooldown_until", "arr_searched_at"))
        self.item.judge(Policy.current(), to_ms(now), **learnt)

    def _hook(self, seen: Seen) -> Response | None:
        if seen.method == "POST":
            if self.takes:
                world = self.sonarr.world
                own = {"episodeIds": seen.body["episodeIds"]}
                world.commands.add("EpisodeSearch", own, world.now())
                world.commands.dispatch(world.now())
                self.taken += 1
            return self.answer
        hidden = self.hides_commands and seen.path == "/api/v3/command"
        return Response(502, PAGE) if hidden else None


@pytest.fixture
async def desk(engine: Engine, sonarr: FakeArr, living_room: Instance) -> Desk:
    Household.current().change(hourly_budget=10**6, daily_budget=10**6)
    living_room.change(hourly_budget=10**6, daily_budget=10**6, spacing_seconds=1)
    await sync(engine, living_room)
    return Desk(engine, sonarr, living_room)


def speaks_of_the_item(status: int, kind: str) -> bool:
    return kind == "JSON of its own" and status in (400, 409)


@pytest.mark.parametrize("kind", BODIES)
async def test_of_every_status_the_client_tells_all_that_is_decided_by(
    engine: Engine, sonarr: FakeArr, living_room: Instance, kind: str
) -> None:
    """So that some statuses stand for all in the tests below, which run whole searches."""
    body, headers = BODIES[kind]
    client = engine.client(living_room)
    for status in EVERY:
        sonarr.fail_next("/api/v3/command", status=status, body=body, headers=headers)
        with pytest.raises(Fault) as caught:
            await client.search(1)
        told = caught.value
        of_its_own = status in SPOKEN_BY_IT.get(kind, ())
        assert (told.status, told.by_application) == (status, of_its_own), status
        assert told.may_have_arrived is (status >= 500), status
    assert sorted(OF_THE_ITEM) == [400, 409]


@pytest.mark.parametrize("kind", BODIES)
async def test_what_was_taken_is_followed_whatever_is_answered(desk: Desk, kind: str) -> None:
    body, headers = BODIES[kind]
    for status in SOME:
        if speaks_of_the_item(status, kind):
            continue
        row = await desk.send(Response(status, body, headers), takes=True)
        assert (row.outcome, row.cost, desk.fault) == ("nothing", 1, None), status
        assert desk.item.reason == Reason.COOLDOWN, status


@pytest.mark.parametrize("kind", BODIES)
async def test_what_was_not_taken_costs_the_item_nothing_unless_the_application_speaks_of_it(
    desk: Desk, kind: str
) -> None:
    body, headers = BODIES[kind]
    for status in SOME:
        row = await desk.send(Response(status, body, headers), takes=False)
        of_the_item = speaks_of_the_item(status, kind)
        charged = of_the_item or (kind == "JSON of its own" and status == 500)
        assert (row.outcome, row.cost) == ("failed", int(charged)), status
        assert (desk.fault is None) is of_the_item, status
        assert (desk.item.reason == Reason.COOLDOWN) is charged, status


@pytest.mark.parametrize("kind", BODIES)
async def test_where_the_commands_cannot_be_read_only_an_error_of_the_server_is_unknown(
    desk: Desk, kind: str
) -> None:
    body, headers = BODIES[kind]
    for status in SOME:
        if speaks_of_the_item(status, kind):
            continue
        row = await desk.send(Response(status, body, headers), takes=False, hides_commands=True)
        outcome = "unknown" if status >= 500 else "failed"
        assert (row.outcome, row.cost) == (outcome, int(status >= 500)), status
        assert desk.fault is not None
        assert (desk.item.reason == Reason.COOLDOWN) is (status >= 500), status


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize("takes", [True, False])
async def test_no_item_is_taken_twice_inside_its_cooldown(
    desk: Desk, kind: str, takes: bool
) -> None:
    """The second attempt comes two minutes later, when nothing is wrong any more."""
    body, headers = BODIES[kind]
    for status in SOME:
        await desk.send(Response(status, body, headers), takes=takes)
        assert await desk.send_again() <= 1, status


@pytest.mark.parametrize("kind", ["text/plain", "text/html", "application/octet-stream"])
async def test_a_command_in_the_answer_is_taken_whatever_its_type(desk: Desk, kind: str) -> None:
    """Counted as "nothing was begun", one episode was searched six times in a minute."""

    def mistype(seen: Seen) -> Response | None:
        if seen.method != "POST":
            return None
        world, own = desk.sonarr.world, {"episodeIds": seen.body["episodeIds"]}
        command = world.commands.add("EpisodeSearch", own, world.now())
        world.commands.dispatch(world.now())
        body = f'{{"id": {command.id}, "name": "EpisodeSearch", "status": "queued"}}'.encode()
        return Response(201, body, {"Content-Type": kind})

    desk.sonarr.before = mistype
    await run_errand(desk.engine, Errand(desk.instance.id, (desk.item.id,)))
    row = Search.get()
    assert (row.outcome, row.cost, row.command_id is not None) == ("nothing", 1, True)
    assert [seen.path for seen in desk.sonarr.log].count("/api/v3/command") == 1


async def test_refused_polls_are_the_instances_fault_at_once_and_free_its_lane_after_three(
    desk: Desk, clock: FastClock
) -> None:
    """The key was changed just after the search was sent."""
    told: list[str | None] = []

    def refuse(seen: Seen) -> Response | None:
        if "/command/" not in seen.path:
            return None
        told.append(Instance.get().fault)
        return Response(401, b"", {"Content-Type": ""})

    desk.sonarr.before = refuse
    began = clock.now()
    await run_errand(desk.engine, Errand(desk.instance.id, (desk.item.id,)))
    assert told[0] is None
    assert told[1] == told[2] == Instance.get().fault is not None
    assert (len(told), Search.get().outcome) == (3, "unknown")
    assert (clock.now() - began).total_seconds() < 60
    assert not desk.engine.lane(desk.instance.id).busy


async def test_a_stranger_who_knows_no_path_does_not_say_that_a_command_is_forgotten(
    desk: Desk,
) -> None:
    """A proxy forgot the stopped instance while its command ran."""
    text = Response(404, b"404 page not found\n", {"Content-Type": "text/plain"})
    desk.sonarr.before = lambda seen: text if "/command/" in seen.path else None
    await run_errand(desk.engine, Errand(desk.instance.id, (desk.item.id,)))
    assert InstanceFault.of(desk.instance, "following") is not None
    assert desk.item.reason == Reason.COOLDOWN
