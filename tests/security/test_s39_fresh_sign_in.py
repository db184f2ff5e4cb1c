"""S39: whoever has no password here proves it by having signed in just now, in this session."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.database.fields import now
from models.environment import Environment
from models.people import User
from models.people.sessions import Session
from tests.fakes.browser import Browser
from tests.views.typed import everything
from views.web.proof import FRESH, NOT_FRESH

PROXY = "10.0.0.2"


@pytest.fixture
def options(tmp_path: Path) -> Environment:
    return Environment(data_dir=tmp_path, trusted_proxies="10.0.0.0/8", sso_header="Remote-User")


@pytest.fixture
def alice(alice: User) -> User:
    """Known by the proxy's word alone."""
    alice.change(password_hash=None)
    return alice


class Signed:
    """Alice's browser, behind the proxy that names her."""

    def __init__(self, app: Any) -> None:
        self.browser = Browser(app, peer=PROXY)
        self.browser.http.headers["Remote-User"] = "Alice"

    async def session(self) -> Session:
        before = {row.id for row in Session.select()}
        assert (await self.browser.http.get("/queues")).status_code == 200
        return next(row for row in Session.select() if row.id not in before)

    async def deletes(self, bob: User, alice: User, **proof: str) -> Any:
        return await self.browser.post(
            f"/people/{bob.id}", method="DELETE", follow=False, heir=str(alice.id), **proof
        )


def _aged(session: Session, **by: float) -> None:
    aged = now() - FRESH + timedelta(**by)
    Session.update(created_at=aged).where(Session.id == session.id).execute()


async def test_just_after_signing_in_it_is_done(browser: Browser, alice: User, bob: User) -> None:
    hers = Signed(browser.app)
    _aged(await hers.session(), seconds=30)
    assert (await hers.deletes(bob, alice)).status_code == 303
    assert User.named("bob") is None


@pytest.mark.parametrize("proof", [{}, {"own_password": ""}, {"own_password": "anything at all"}])
async def test_later_it_is_not_whatever_is_typed(
    proof: dict[str, str], browser: Browser, alice: User, bob: User
) -> None:
    hers = Signed(browser.app)
    _aged(await hers.session(), seconds=-1)
    before = everything()
    answer = await hers.deletes(bob, alice, **proof)
    assert answer.status_code == 422
    assert NOT_FRESH in answer.text
    assert everything() == before


async def test_having_used_the_session_just_now_does_not_make_it_fresh(
    browser: Browser, alice: User, bob: User
) -> None:
    hers = Signed(browser.app)
    _aged(await hers.session(), seconds=-1)
    for path in ("/", "/people", "/profile"):
        await hers.browser.http.get(path)
    assert (await hers.deletes(bob, alice)).status_code == 422


async def test_another_session_that_is_fresh_lends_it_nothing(
    browser: Browser, alice: User, bob: User
) -> None:
    old, young = Signed(browser.app), Signed(browser.app)
    _aged(await old.session(), seconds=-1)
    await young.session()
    assert (await old.deletes(bob, alice)).status_code == 422
    assert (await young.deletes(bob, alice)).status_code == 303


async def test_whoever_has_a_password_is_not_spared_it_by_a_fresh_sign_in(
    browser: Browser, alice: User, bob: User
) -> None:
    alice.change(password_hash=bob.password_hash)
    hers = Signed(browser.app)
    await hers.session()
    assert (await hers.deletes(bob, alice)).status_code == 422
    assert User.named("bob")
