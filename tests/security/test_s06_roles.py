"""S06: administrators do everything, members change what is theirs, viewers change nothing."""

from collections.abc import AsyncIterator

import pytest

from models.backlog.exclusions import Exclusion
from models.database.fields import now
from models.instances import Instance
from models.people import User
from models.people.administration import change_role
from models.people.keys import ApiKey
from models.people.names import key_of
from models.people.sessions import Session
from models.queues import Queue
from models.searches.runs import Run
from models.searches.saved_views import SavedView
from tests.conftest import PASSWORD, START
from tests.fakes.browser import Browser
from tests.programs import Program, path_of, sent
from tests.security.walk import CHANGES, GUARDED, Step
from tests.timing import every
from tests.views.typed import everything
from tests.wanted import wanted
from views.api.declared import ENDPOINTS

# What viewers decide about themselves.
OWN = {
    "/keys",
    "/keys/{id:id}",
    "/profile",
    "/theme",
    "/mask",
    "/password",
    "/searches/views",
    "/searches/views/{id:id}",
    "/sessions",
    "/sessions/{id:id}",
    "/two-factor",
    "/two-factor/recovery-codes",
}
# What every member may ask of the household: nobody owns an instance or an item.
SHARED = {
    "/instances/{id:id}/checks",
    "/instances/{id:id}/syncs",
    "/prowlarrs/{id:id}/readings",
    "/items/{id:id}/searches",
    "/items/{id:id}/trials",
}
# Nobody learns that somebody has one of these.
UNTOLD = ("/keys/", "/sessions/", "/searches/views/")
OBJECTS = [step for step in CHANGES if "{id:id}" in step.path]


def _named(step: Step) -> str:
    return f"{step.method} {step.path}"


@pytest.fixture
async def carls(browser: Browser, living_room: Instance, bob: User) -> AsyncIterator[Browser]:
    """Another member's browser: the first queue, run, exclusion and session are his."""
    carl = User.create(
        name="Carl",
        key=key_of("Carl"),
        password_hash=bob.password_hash,
        role="member",
        time_zone="UTC",
        created_at=now(),
    )
    queue = Queue.create(
        owner=carl,
        name="Carl's",
        key="carl's",
        strategy="missing",
        batch_size=2,
        schedule_json=every(60),
        created_at=START,
    )
    queue.serve([living_room])
    queue.start(START)
    assert Run.start(queue, START, trigger="person", by=carl)
    Exclusion.create(
        instance=living_room,
        user=carl,
        kind="item",
        arr_id=999,
        title="Low Water",
        created_at=START,
    )
    ApiKey.make(carl, "Carl's", "write", now())
    SavedView.keep(carl, "Carl's", "outcome=failed", now())
    wanted(living_room)
    async with Browser(browser.app) as made:
        await made.sign_in("carl", PASSWORD)
        yield made


async def test_a_viewer_changes_nothing(carls: Browser, veras: Browser) -> None:
    before, let_in = everything(), []
    for step in CHANGES:
        for htmx in (False, True) if step.path not in OWN else ():
            answer = await veras.post(step.at(id=1), method=step.method, htmx=htmx, follow=False)
            if answer.status_code != 403 or everything() != before:
                let_in.append((step, htmx, answer.status_code))
    assert let_in == []


@pytest.mark.parametrize("name", ["bob", "vera"])
async def test_what_is_the_administrator_s_is_nobody_else_s(
    name: str, carls: Browser, bobs: Browser, veras: Browser
) -> None:
    browser, before, let_in = {"bob": bobs, "vera": veras}[name], everything(), []
    for step in GUARDED:
        if step.role != "admin":
            continue
        if step.method == "GET":
            answer = await browser.http.get(step.at(id=1))
        else:
            answer = await browser.post(step.at(id=1), method=step.method, follow=False)
        if answer.status_code != 403 or everything() != before:
            let_in.append((step, answer.status_code))
    assert let_in == []


async def test_a_member_changes_nothing_of_another_member(carls: Browser, bobs: Browser) -> None:
    his = Session.select().join(User).where(User.name == "Carl").get()
    before, let_in = everything(), []
    for step in OBJECTS:
        is_session = step.path.startswith("/sessions/")
        address = step.at(id=his.id if is_session else 1)
        for htmx in (False, True) if step.path not in SHARED else ():
            answer = await bobs.post(address, method=step.method, htmx=htmx, follow=False)
            is_untold = step.path.startswith(UNTOLD)
            refused = answer.status_code == (404 if is_untold else 403)
            if not refused or everything() != before:
                let_in.append((step, htmx, answer.status_code))
    assert let_in == []
    assert (await carls.http.get("/queues")).status_code == 200


@pytest.mark.parametrize(
    "step", [s for s in OBJECTS if s.role == "member" and s.path not in SHARED], ids=_named
)
async def test_what_the_member_may_not_is_open_to_its_owner_and_to_administrators(
    step: Step, carls: Browser, alices: Browser
) -> None:
    for browser in (carls, alices):
        answer = await browser.post(step.at(id=1), method=step.method, follow=False)
        assert answer.status_code != 403
        if step.method == "DELETE":
            break


async def test_a_member_reads_what_is_another_s_and_is_offered_no_change(
    carls: Browser, bobs: Browser, veras: Browser
) -> None:
    for browser in (bobs, veras):
        page = await browser.get("/queues/1")
        assert page.status_code == 200
        assert "/queues/1/edit" not in page.text
        assert "/queues/1/pause" not in page.text
    assert "/queues/1/edit" in (await carls.get("/queues/1")).text


async def test_a_key_changes_nothing_that_its_person_may_not(
    carls: Browser, bob: User, vera: User
) -> None:
    """With a body that would do it, and the scope to change everything."""
    let_in = []
    for user in (vera, bob):
        async with Program(carls.app, user) as program:
            before = everything()
            for each in ENDPOINTS:
                theirs = "{id:id}" in each.path and each.role == "member"
                is_shared = each.path in SHARED
                if each.method == "GET" or (user.may(each.role) and (is_shared or not theirs)):
                    continue
                answer = await program.ask(each.method, path_of(each, id=1, name="x"), **sent(each))
                program.key.change(used_at=None)
                if answer.status_code != 403 or everything() != before:
                    let_in.append((user.name, each.name, answer.status_code))
    assert let_in == []


async def test_a_member_cannot_give_a_queue_away_or_take_one(bobs: Browser, carls: Browser) -> None:
    for field in ("owner", "owner_id", "user", "role"):
        answer = await bobs.post(
            "/queues", follow=False, name="Mine", instances="1", **{field: "1"}
        )
        assert answer.status_code == 422
    assert Queue.select().count() == 1


async def test_a_lower_role_counts_from_the_next_request_on(
    bobs: Browser, bob: User, carls: Browser
) -> None:
    assert (await bobs.http.get("/queues/new")).status_code == 200
    change_role(bob, "viewer")
    assert (await bobs.http.get("/queues/new")).status_code == 303
    await bobs.sign_in("bob", PASSWORD)
    assert (await bobs.http.get("/queues/new")).status_code == 403


async def test_a_role_is_no_field_of_one_s_own_profile(bobs: Browser, bob: User) -> None:
    typed = {"name": "Bob", "time_zone": "UTC", "theme": "auto"}
    for field in ("role", "is_admin", "disabled_at", "password_hash"):
        answer = await bobs.post(
            "/profile", method="PATCH", follow=False, **typed, **{field: "admin"}
        )
        assert answer.status_code == 422
    assert User.get_by_id(bob.id).role == "member"
