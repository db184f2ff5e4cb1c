"""Journeys to one's own account and to those of others."""

import re

from models.database.fields import now
from models.people import User
from models.people.invitations import Invitation
from models.people.keys import ApiKey
from models.people.second_factors import RecoveryCode, SecondFactor
from models.people.sessions import Session
from tests.conftest import PASSWORD, SETUP_TOKEN
from tests.people import account
from tests.security.authenticator import CODES, SECRET, code, wait_a_minute
from tests.views.journeys.home import Home
from tests.views.journeys.person import Person

TWICE = {"password": PASSWORD, "password_again": PASSWORD}
KEY = re.compile(r'value="(vqs_[^"]+)"')
OTHER = "another walk along the sea"


async def set_up(home: Home) -> None:
    me = await home.nobody().open(f"/setup?token={SETUP_TOKEN}")
    await me.submit("/setup", name="Alice", time_zone="Europe/Berlin", **TWICE)
    assert me.path == "/instances/new"
    assert User.get().is_admin


async def sign_in(home: Home) -> None:
    account("Alice", password=PASSWORD)
    me = await home.nobody().open("/queues/new")
    await me.submit("/session", name="alice", password=PASSWORD)
    assert me.path == "/queues/new"
    assert Session.select().count() == 1


async def sign_out(home: Home) -> None:
    me = await home.alice()
    await me.submit("/session")
    assert me.path == "/session/new"
    assert not Session.select().exists()


async def _with_a_factor(home: Home) -> tuple[Person, str, list[str]]:
    """Alice, her secret and her recovery codes."""
    me = await home.alice()
    await (await me.open("/profile")).follow("/two-factor")
    await me.submit("/two-factor", own_password=PASSWORD)
    found = SECRET.search(me.html)
    assert found
    await me.submit("/two-factor", code=code(found[1]))
    return me, found[1], CODES.findall(me.page)


async def turn_on_a_second_factor(home: Home) -> None:
    await _with_a_factor(home)
    assert SecondFactor.is_on(User.get())


async def sign_in_with_a_code(home: Home) -> None:
    _, secret, _ = await _with_a_factor(home)
    wait_a_minute(User.get())
    before = Session.select().count()
    me = await home.nobody().open("/session/new")
    await me.submit("/session", name="Alice", password=PASSWORD)
    await me.submit("/session/second-factor", code=code(secret))
    assert Session.select().count() == before + 1


async def sign_in_with_a_recovery_code(home: Home) -> None:
    _, _, codes = await _with_a_factor(home)
    me = await home.nobody().open("/session/new")
    await me.submit("/session", name="Alice", password=PASSWORD)
    await me.submit("/session/second-factor", code=codes[0])
    assert RecoveryCode.select().count() == len(codes) - 1


async def renew_recovery_codes(home: Home) -> None:
    me, _, codes = await _with_a_factor(home)
    await (await me.open("/two-factor")).submit("/two-factor/recovery-codes", own_password=PASSWORD)
    assert not set(CODES.findall(me.page)) & set(codes)


async def turn_off_the_second_factor(home: Home) -> None:
    me, _, _ = await _with_a_factor(home)
    await (await me.open("/two-factor")).submit("/two-factor", own_password=PASSWORD)
    assert not SecondFactor.is_on(User.get())


async def change_the_profile(home: Home) -> None:
    me = await (await home.alice()).open("/profile")
    changes = {"name": "Alicia", "time_zone": "Asia/Tokyo", "theme": "dark", "refreshes": "1"}
    await me.submit("/profile", **changes)
    alice = User.get()
    found = (alice.name, alice.time_zone, alice.theme, alice.refreshes)
    assert found == ("Alicia", "Asia/Tokyo", "dark", True)


async def choose_a_theme(home: Home) -> None:
    me = await (await home.alice()).open("/queues")
    await me.submit("/theme", theme="dark")
    assert (User.get().theme, me.path) == ("dark", "/queues")


async def mask_titles(home: Home) -> None:
    me = await (await home.alice()).open("/backlog")
    await me.submit("/mask")
    assert User.get().masked


async def show_titles_again(home: Home) -> None:
    me = await (await home.alice()).open("/backlog")
    await me.submit("/mask")
    await me.submit("/mask", _method="DELETE")
    assert not User.get().masked


async def change_the_password(home: Home) -> None:
    me = await (await home.alice()).open("/profile")
    await me.follow("/password")
    changed = {"password": OTHER, "password_again": OTHER}
    await me.submit("/password", own_password=PASSWORD, **changed)
    me = await home.nobody().open("/session/new")
    await me.submit("/session", name="Alice", password=OTHER)
    assert me.path == "/"


async def sign_out_another_browser(home: Home) -> None:
    await home.alice()
    other = Session.get().id
    me = await (await home.alice()).open("/profile")
    await (await me.follow("/sessions")).submit(f"/sessions/{other}")
    assert [each.id for each in Session.select()] != [other]
    assert Session.select().count() == 1


async def sign_out_all_other_browsers(home: Home) -> None:
    await home.alice()
    await home.alice()
    me = await (await home.alice()).open("/sessions")
    await (await me.follow("/sessions/deletion")).submit("/sessions")
    assert Session.select().count() == 1


async def invite_somebody(home: Home) -> None:
    me = await (await home.alice()).open("/people")
    await me.submit("/people/invitations", name="Bob", role="member")
    link = me.html.partition('id="link"')[2].partition('value="')[2].partition('"')[0]
    bob = await home.nobody().open("/invitations/" + link.rpartition("/")[2])
    await bob.submit(bob.path, name="Bob", time_zone="UTC", **TWICE)
    assert User.get_by_id(2).role == "member" and bob.path == "/"


async def withdraw_an_invitation(home: Home) -> None:
    me = await (await home.alice()).open("/people")
    await me.submit("/people/invitations", name="Bob", role="member")
    await (await me.open("/people")).submit("/people/invitations/1")
    assert not Invitation.select().exists()


async def _with_bob(home: Home) -> Person:
    me = await home.alice()
    account("Bob", "member", password=PASSWORD)
    return await (await me.open("/people")).follow("/people/2")


async def change_a_role(home: Home) -> None:
    me = await _with_bob(home)
    await me.submit("/people/2", role="viewer")
    assert User.get_by_id(2).role == "viewer"


async def keep_somebody_out(home: Home) -> None:
    me = await _with_bob(home)
    await me.submit("/people/2/suspension", own_password=PASSWORD)
    assert User.get_by_id(2).disabled_at


async def let_somebody_in_again(home: Home) -> None:
    me = await _with_bob(home)
    await me.submit("/people/2/suspension", own_password=PASSWORD)
    await (await me.open("/people/2")).submit("/people/2/suspension", _method="DELETE")
    assert not User.get_by_id(2).disabled_at


async def delete_a_person(home: Home) -> None:
    me = await _with_bob(home)
    await (await me.follow("/people/2/deletion")).submit(
        "/people/2", heir="1", own_password=PASSWORD
    )
    assert [each.name for each in User.select()] == ["Alice"]


async def _with_a_key(home: Home) -> Person:
    me = await home.alice()
    await (await me.open("/profile")).follow("/keys")
    await me.submit("/keys", name="Homepage", scope="totals", own_password=PASSWORD)
    return me


async def make_a_key(home: Home) -> None:
    me = await _with_a_key(home)
    found = KEY.search(me.page)
    assert found
    assert ApiKey.of(found[1], now())


async def revoke_a_key(home: Home) -> None:
    me = await _with_a_key(home)
    await me.follow("/keys")
    await me.submit("/keys/1")
    assert not ApiKey.living(User.get()).exists()
