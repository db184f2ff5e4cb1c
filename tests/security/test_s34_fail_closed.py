"""S34: what cannot be read means no: nobody comes in, and nothing is searched."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from jobs.engine import Engine
from jobs.runs import carry_out
from models.database import Database
from models.database.fields import now
from models.household import Household
from models.instances import Instance
from models.people import ROLES, User
from models.people.invitations import Invitation
from models.people.second_factors import RecoveryCode, SecondFactor
from models.people.sessions import Session
from models.queues import Queue
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import PASSWORD, START
from tests.fakes.arr import FakeArr
from tests.fakes.browser import ADDRESS, Browser
from tests.fakes.traps import unlinked
from tests.security.authenticator import code, set_up, wait_a_minute
from tests.security.walk import CHANGES, GUARDED, dump

GARBAGE = "gAAAAABgarbage"
ANY_TYPE = pytest.mark.embedded("writes a text into a column of numbers, which a server refuses")


@pytest.fixture
async def calm(alices: Browser) -> AsyncIterator[Browser]:
    """Alice's browser, to which an error of the program is an answer."""
    async with Browser(alices.app) as made:
        transport = httpx.ASGITransport(alices.app, raise_app_exceptions=False)
        await made.http.aclose()
        made.http = httpx.AsyncClient(
            transport=transport, base_url=ADDRESS, cookies=alices.http.cookies
        )
        yield made


async def _every(browser: Browser, furnished: dict[str, object], token: str) -> list[int]:
    statuses = []
    for step in GUARDED:
        address = step.at(**furnished)
        if step.method == "GET":
            answer = await browser.http.get(address)
        else:
            fields = {"method": step.method, "token": token, "follow": False}
            answer = await browser.post(address, **fields)
        assert "Nightly" not in answer.text, step
        statuses.append(answer.status_code)
    return statuses


@pytest.mark.long
@pytest.mark.parametrize("role", ["", "Admin", "ADMIN", "root", "admin ", "0", "viewer,admin"])
async def test_a_role_that_is_none_may_nothing(
    role: str, calm: Browser, furnished: dict[str, object], alice: User
) -> None:
    token = await calm.token()
    User.update(role=role).where(User.id == alice.id).execute()
    before = dump()
    assert set(await _every(calm, furnished, token)) == {403}
    assert dump() == before


@pytest.mark.parametrize("role", ["", "Admin", "root", "member "])
def test_such_a_role_is_below_every_other(role: str) -> None:
    user = User(role=role)
    assert not any(user.may(each) for each in ROLES)
    assert not user.may_change
    assert not user.is_admin


async def test_an_invitation_of_such_a_role_lets_nobody_do_anything(
    browser: Browser, alice: User, furnished: dict[str, object]
) -> None:
    _, token = Invitation.make(alice, "owner", "", now())
    typed = {"name": "Zoe", "password": PASSWORD, "password_again": PASSWORD, "time_zone": "UTC"}
    await browser.post(f"/invitations/{token}", follow=False, **typed)
    form, before = await browser.token(), dump()
    for step in CHANGES:
        answer = await browser.post(
            step.at(**furnished), method=step.method, token=form, follow=False
        )
        assert answer.status_code in (303, 403), step
        if answer.status_code == 303:
            assert answer.headers["location"] == "/session/new"
    assert dump() == before


async def test_a_session_of_nobody_is_none(
    calm: Browser, furnished: dict[str, object], alice: User, db: Database
) -> None:
    token = await calm.token()
    with unlinked():
        Session.update(user=999).execute()
    before = dump()
    assert set(await _every(calm, furnished, token)) == {303}
    # Her forms wait for her to sign in again.
    assert {**dump(), "held_forms": []} == before


@ANY_TYPE
@pytest.mark.parametrize("column", ["seen_at", "created_at"])
async def test_a_session_whose_times_cannot_be_read_is_none(
    column: str, calm: Browser, furnished: dict[str, object], db: Database
) -> None:
    token = await calm.token()
    db.execute_sql(f"UPDATE sessions SET {column} = 'some day'")
    before = dump()
    assert set(await _every(calm, furnished, token)) <= {303, 500}
    assert dump() == before


async def test_without_the_settings_nothing_is_shown_or_done(
    calm: Browser, furnished: dict[str, object], db: Database
) -> None:
    token = await calm.token()
    # As at the start of the program, each job of the household gets its row.
    await calm.get("/jobs")
    Household.delete().execute()
    before = dump()
    for step in GUARDED:
        # What a file of settings looks like is made of the forms alone.
        if step.method == "GET" and step.path != "/settings/file/schema.json":
            answer = await calm.http.get(step.at(**furnished))
            assert answer.status_code == 500, step
            assert "Nightly" not in answer.text, step
    answer = await calm.post("/settings", method="PATCH", token=token, hourly_budget="200")
    assert answer.status_code == 500
    assert dump() == before


async def test_without_the_settings_it_does_not_call_itself_healthy(browser: Browser) -> None:
    Household.delete().execute()
    answer = await browser.http.get("/health")
    assert (answer.status_code, answer.content) == (503, b"")


async def test_without_the_settings_nobody_signs_in(calm: Browser, alice: User) -> None:
    await calm.post("/session", method="DELETE", follow=False)
    token = await calm.token()
    Household.update(pepper="x").execute()
    Household.delete().execute()
    answer = await calm.post("/session", token=token, name="alice", password=PASSWORD)
    assert answer.status_code == 500
    assert not Session.select().exists()


async def test_with_a_pepper_that_cannot_be_read_nobody_signs_in(
    calm: Browser, alice: User, db: Database
) -> None:
    Session.delete().execute()
    db.many("UPDATE settings SET pepper = ?", [(GARBAGE,)])
    token = await calm.token()
    for password in (PASSWORD, ""):
        answer = await calm.post("/session", token=token, name="alice", password=password)
        assert answer.status_code in (422, 500)
    assert not Session.select().exists()


@pytest.mark.parametrize("stored", ["", "x", "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$$"])
async def test_with_a_password_that_cannot_be_read_nobody_signs_in(
    stored: str, calm: Browser, alice: User
) -> None:
    Session.delete().execute()
    alice.change(password_hash=stored)
    token = await calm.token()
    for password in (PASSWORD, stored, ""):
        answer = await calm.post("/session", token=token, name="alice", password=password)
        assert answer.status_code == 422
    assert not Session.select().exists()


async def test_with_a_second_factor_that_cannot_be_read_a_code_does_not_do(
    calm: Browser, alice: User, db: Database
) -> None:
    secret, _ = await set_up(calm)
    wait_a_minute(alice)
    await calm.post("/session", method="DELETE", follow=False)
    db.many("UPDATE second_factors SET secret = ?", [(GARBAGE,)])
    RecoveryCode.delete().execute()
    await calm.sign_in("alice", PASSWORD)
    for typed in (code(secret), "000000"):
        answer = await calm.post("/session/second-factor", follow=False, code=typed)
        assert answer.status_code in (422, 500)
    assert not Session.select().exists()
    assert SecondFactor.is_on(alice)


BROKEN: dict[str, str] = {
    "a negative budget of the household": "UPDATE settings SET hourly_budget = -5",
    "a budget of nothing": "UPDATE settings SET daily_budget = 0",
    "a negative budget of the instance": "UPDATE instances SET hourly_budget = -1",
    "a key that cannot be read": f"UPDATE instances SET api_key = '{GARBAGE}'",
    "no settings": "DELETE FROM settings",
}
MISTYPED: dict[str, str] = {
    "a budget that is no number": "UPDATE settings SET hourly_budget = 'many'",
    "a budget of the instance that is no number": "UPDATE instances SET daily_budget = 'many'",
    "hold since some day": "UPDATE settings SET held_at = 'some day'",
    "disabled since some day": "UPDATE instances SET disabled_at = 'some day'",
}


async def test_with_everything_in_order_it_is_searched(
    furnished: Any, started: Queue, engine: Engine, sonarr: FakeArr
) -> None:
    """So that the cases below are not held by something else."""
    run = Run.start(started, START, trigger="schedule")
    assert run is not None
    await carry_out(engine, run)
    assert sonarr.commands


@pytest.mark.parametrize(
    "what", [*BROKEN, *(pytest.param(each, marks=ANY_TYPE) for each in MISTYPED)]
)
async def test_nothing_is_searched_with(
    what: str, furnished: Any, started: Queue, engine: Engine, sonarr: FakeArr, db: Database
) -> None:
    assert Instance.select().count() == 1
    db.execute_sql((BROKEN | MISTYPED)[what])
    run, before = Run.start(started, START, trigger="schedule"), Search.select().count()
    assert run is not None
    with suppress(Household.DoesNotExist):
        await carry_out(engine, run)
    assert not sonarr.commands
    assert Search.select().count() == before
