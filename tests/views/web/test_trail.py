"""What a view writes and the event that tells it are there together, or neither is."""

import inspect
from typing import Any

import pytest
from peewee import DatabaseError

from models.happenings import Happening
from models.household import Household
from models.instances import Instance
from models.people import User
from models.people.audit import Event
from models.queues import Queue
from tests.fakes.browser import Browser
from tests.fakes.traps import lift, trap
from tests.views.typed import everything
from views.routes import pages

WAITING = [
    view
    for route in pages()
    for method, view in route.endpoint.views.items()
    if isinstance(route.endpoint.marks[method].event, str) and inspect.iscoroutinefunction(view)
]


def test_every_view_that_awaits_says_what_belongs_to_its_event() -> None:
    assert WAITING
    for view in WAITING:
        source = inspect.getsource(view)
        there = vars(inspect.getmodule(view)).items()
        called = [each for name, each in there if f"{name}(request, " in source]
        sources = [source, *(inspect.getsource(each) for each in called if callable(each))]
        tells = any("trail.telling(request):" in each for each in sources)
        assert tells, f"{view.__module__}.{view.__name__}"


@pytest.mark.parametrize(
    ("path", "method", "fields"),
    [
        ("/hold", "POST", {}),
        ("/queues/1/pause", "POST", {}),
        ("/queues/1", "DELETE", {}),
        ("/instances/1", "DELETE", {}),
        ("/demo", "POST", {}),
        ("/people/invitations", "POST", {"role": "viewer", "name": "Zoe"}),
        ("/people/2", "PATCH", {"role": "viewer"}),
    ],
)
async def test_without_room_for_the_event_nothing_is_changed(
    path: str,
    method: str,
    fields: dict[str, Any],
    alices: Browser,
    bob: User,
    nightly: Queue,
) -> None:
    await alices.get("/")
    before = everything()
    trap("INSERT", "happenings", cry="no room for an event")
    with pytest.raises(DatabaseError, match="no room"):
        await alices.post(path, method=method, **fields)
    assert everything() == before
    lift("happenings")
    assert (await alices.post(path, method=method, **fields)).status_code < 400
    assert everything() != before


async def test_an_event_of_a_person_is_in_the_trail_and_among_the_events(
    alices: Browser, alice: User, living_room: Instance
) -> None:
    await alices.post("/hold")
    event, happening = Event.recent().first(), Happening.select().order_by(-Happening.id).first()
    assert (event.action, event.name) == (happening.kind, "Alice") == ("held", "Alice")
    assert (happening.person, happening.at) == (alice.id, event.at)
    assert Household.current().held_at
