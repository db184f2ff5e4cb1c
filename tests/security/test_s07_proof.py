"""S07: what cannot be undone asks for one's own password again; S39 for those who have none."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from models.database.fields import now
from models.household import Household
from models.instances import Instance
from models.people import User, hash_password
from models.people.administration import disable
from models.people.sessions import Session
from models.people.throttles import Throttle
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser
from tests.views.typed import everything
from views.web.proof import FRESH, GONE, NOT_FRESH, TOO_MANY, WRONG

OTHERS = "the password of somebody else"
NEW = "another walk by the sea"

# Each action with what its form holds besides the proof, and its address for one's object.
ACTIONS: list[tuple[str, str, dict[str, str]]] = [
    ("/people/{bob}", "DELETE", {"heir": "{alice}"}),
    ("/password", "PATCH", {"password": NEW, "password_again": NEW}),
    ("/people/{bob}", "PATCH", {"role": "admin"}),
    ("/people/{carol}", "PATCH", {"role": "member"}),
    ("/people/{bob}/suspension", "POST", {}),
    ("/people/{dora}/suspension", "DELETE", {}),
    ("/people/invitations", "POST", {"name": "", "role": "admin"}),
]
# These ask for nothing: they are made again in a minute, and give nobody power over others.
HARMLESS: list[tuple[str, str, dict[str, str]]] = [
    ("/instances/{attic}", "DELETE", {}),
    ("/people/{bob}", "PATCH", {"role": "viewer"}),
    ("/people/{carol}", "PATCH", {"role": "admin"}),
    ("/people/invitations", "POST", {"name": "", "role": "member"}),
    ("/people/{eve}/suspension", "DELETE", {}),
]


class Asking:
    """One of these actions, tried with this and that as proof."""

    def __init__(self, browser: Browser, ids: dict[str, int], action: Any) -> None:
        path, self.method, typed = action
        self.browser, self.address = browser, path.format(**ids)
        self.typed = {name: value.format(**ids) for name, value in typed.items()}

    async def answer(self, **proof: str) -> Any:
        return await self.browser.post(
            self.address, method=self.method, follow=False, **self.typed, **proof
        )


@pytest.fixture(params=ACTIONS, ids=[f"{method} {path}" for path, method, _ in ACTIONS])
def asking(request: pytest.FixtureRequest, alices: Browser, ids: dict[str, int]) -> Asking:
    return Asking(alices, ids, request.param)


@pytest.fixture
def ids(alice: User, bob: User, living_room: Instance) -> dict[str, int]:
    """Carol is an administrator too; Dora and Eve may not sign in, Dora was an administrator."""
    bob.change(password_hash=hash_password(Household.current(), OTHERS))
    found = {"alice": alice.id, "bob": bob.id, "attic": living_room.id}
    for name, role, since in (("carol", "admin", None), ("dora", "admin", 1), ("eve", "viewer", 1)):
        more = {"time_zone": "UTC", "created_at": now(), "disabled_at": since and now()}
        found[name] = User.create(name=name, key=name, role=role, **more).id
    return found


@pytest.mark.parametrize(
    "action", HARMLESS, ids=[f"{method} {path}" for path, method, _ in HARMLESS]
)
async def test_what_is_harmless_does_not_ask(
    action: Any, alices: Browser, ids: dict[str, int]
) -> None:
    assert (await Asking(alices, ids, action).answer()).status_code < 400


@pytest.mark.parametrize(
    "proof", [{}, {"own_password": ""}, {"own_password": "wrong"}, {"own_password": OTHERS}]
)
async def test_without_the_right_one_nothing_happens(asking: Asking, proof: dict[str, str]) -> None:
    before = everything()
    answer = await asking.answer(**proof)
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert OTHERS not in answer.text
    assert everything() == before


async def test_with_it_it_is_done(asking: Asking) -> None:
    before = everything()
    assert (await asking.answer(own_password=PASSWORD)).status_code in (201, 303)
    assert everything() != before


async def test_guesses_are_throttled_also_many_at_once(asking: Asking) -> None:
    before, token = everything(), await asking.browser.token()
    guesses = [f"guess {number}" for number in range(7)]
    answers = await asyncio.gather(
        *(asking.answer(own_password=guess, token=token) for guess in guesses)
    )
    answers.append(await asking.answer(own_password=PASSWORD, token=token))
    assert {answer.status_code for answer in answers} == {422}
    assert TOO_MANY in answers[-1].text
    assert everything() == before
    Throttle.update(blocked_until=now() - timedelta(seconds=1)).execute()
    assert (await asking.answer(own_password=PASSWORD)).status_code in (201, 303)


async def test_wrong_proofs_do_not_lock_the_owner_out_of_signing_in(
    asking: Asking, browser: Browser
) -> None:
    for _ in range(6):
        await asking.answer(own_password="wrong")
    assert (
        await browser.post("/session", follow=False, name="alice", password=PASSWORD)
    ).status_code == 303


async def test_whoever_has_no_password_proves_it_by_a_fresh_sign_in(
    asking: Asking, alice: User
) -> None:
    User.update(password_hash=None).where(User.id == alice.id).execute()
    if asking.address == "/password":
        assert (await asking.answer()).status_code == 403
        return
    before = everything()
    Session.update(created_at=now() - FRESH - timedelta(seconds=1)).execute()
    for typed in ("", PASSWORD):
        answer = await asking.answer(own_password=typed)
        assert answer.status_code == 422
        assert NOT_FRESH in answer.text
    assert everything() == before
    Session.update(created_at=now()).execute()
    assert (await asking.answer()).status_code in (201, 303)


@pytest.mark.embedded("disables between two steps of one loop")
async def test_whoever_is_disabled_while_the_password_is_checked_does_nothing(
    asking: Asking, alice: User
) -> None:
    token = await asking.browser.token()
    task = asyncio.create_task(asking.answer(own_password=PASSWORD, token=token))
    while not Throttle.select().exists():
        await asyncio.sleep(0)
    disable(alice, now())
    before = everything()
    answer = await task
    assert answer.status_code == 403
    assert GONE in answer.text
    assert everything() == before


async def test_taking_another_role_does_not_make_an_old_sign_in_fresh(
    alices: Browser, alice: User, bob: User
) -> None:
    User.update(password_hash=None).where(User.id == alice.id).execute()
    Session.update(created_at=now() - timedelta(hours=1)).execute()
    await alices.post(f"/people/{alice.id}", method="PATCH", follow=False, role="admin")
    answer = await alices.post(
        f"/people/{bob.id}", method="DELETE", follow=False, heir=str(alice.id)
    )
    assert answer.status_code == 422
    assert User.named("bob")
