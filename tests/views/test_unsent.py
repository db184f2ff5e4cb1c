"""A form that was sent after the session had ended is there again after the sign-in."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from models.database.fields import now
from models.forms.held_forms import LARGEST_CHARACTERS, LASTS, HeldForm
from models.instances import Instance
from models.notifications import NoticeTarget
from models.people import User
from models.people.sessions import Session
from models.prowlarrs import Prowlarr
from models.queues import Queue
from tests.conftest import PASSWORD
from tests.fakes.browser import ADDRESS, HTMX, Browser
from tests.security.authenticator import code, set_up, wait_a_minute
from tests.views.typed import everything, instance_fields, queue_fields
from tests.wanted import wanted
from views.routes import routes

KEPT = "/session/new?next=%2Funsent"
SAID = "You were signed out before this was sent"


async def _send_late(browser: Browser, path: str, *, htmx: bool = False, **fields: Any) -> Any:
    """The page was open; meanwhile the session ended."""
    token = await _token(browser)
    Session.delete().execute()
    return await browser.post(path, htmx=htmx, follow=False, token=token, **fields)


async def _token(browser: Browser) -> str:
    page = (await browser.get("/profile")).text
    return page.partition('name="token" value="')[2].partition('"')[0]


async def _sign_in(browser: Browser, name: str = "Alice") -> httpx.Response:
    await browser.get(KEPT)
    answer = await browser.post(
        "/session", follow=False, name=name, password=PASSWORD, next="/unsent"
    )
    return await browser.get(f"{ADDRESS}{answer.headers['location']}")


@pytest.mark.parametrize("htmx", [False, True])
async def test_what_was_typed_comes_back_and_can_be_sent(
    htmx: bool, alices: Browser, living_room: Instance
) -> None:
    typed = queue_fields(living_room.id, name="Typed for a long time", batch_size="7")
    answer = await _send_late(alices, "/queues", htmx=htmx, **typed)
    assert answer.headers["hx-redirect" if htmx else "location"] == KEPT
    assert not Queue.select().exists()
    assert "We keep what you typed for 15 minutes" in (await alices.get(KEPT)).text
    page = await _sign_in(alices)
    assert (page.status_code, page.url.path) == (200, "/unsent")
    assert SAID in page.text
    assert 'value="Typed for a long time"' in page.text
    assert 'action="/queues"' in page.text
    assert not Queue.select().exists()
    assert (await alices.post("/queues", follow=False, **typed)).status_code == 303
    assert Queue.get().name == "Typed for a long time"


async def test_the_form_of_an_existing_thing_comes_back_on_its_own_page(
    alices: Browser, living_room: Instance
) -> None:
    typed = instance_fields("http://sonarr:8989", name="Attic", api_key="f" * 32)
    await _send_late(alices, f"/instances/{living_room.id}", method="PATCH", **typed)
    page = await _sign_in(alices)
    assert f'action="/instances/{living_room.id}"' in page.text
    assert 'value="Attic"' in page.text
    assert "f" * 32 not in page.text
    living_room.reread()
    assert living_room.name == "Living room"


async def test_it_comes_back_through_a_second_factor(alices: Browser, alice: User) -> None:
    secret, _ = await set_up(alices)
    wait_a_minute(alice)
    await _send_late(alices, "/settings", method="PATCH", hourly_budget="13")
    await alices.post("/session", name="Alice", password=PASSWORD, next="/unsent")
    page = await alices.post("/session/second-factor", code=code(secret))
    assert page.url.path == "/unsent"
    assert 'value="13"' in page.text


async def test_nobody_else_sees_it_in_the_same_browser(
    alices: Browser, bob: User, living_room: Instance
) -> None:
    await _send_late(alices, "/queues", **queue_fields(living_room.id, name="Secret plan"))
    page = await _sign_in(alices, "Bob")
    assert "No kept form" in page.text
    assert "Secret plan" not in page.text


async def test_the_same_person_does_not_see_it_in_another_browser(
    alices: Browser, living_room: Instance
) -> None:
    await _send_late(alices, "/queues", **queue_fields(living_room.id, name="Secret plan"))
    async with Browser(alices.app) as other:
        assert "Secret plan" not in (await _sign_in(other)).text


async def test_it_goes_after_a_while(alices: Browser, living_room: Instance) -> None:
    await _send_late(alices, "/queues", **queue_fields(living_room.id))
    HeldForm.update(held_at=now() - LASTS).execute()
    assert "No kept form" in (await _sign_in(alices)).text
    assert HeldForm.sweep(now() + timedelta(seconds=1)) == 1


async def test_a_form_without_our_token_is_not_kept(alices: Browser, living_room: Instance) -> None:
    """Another site could otherwise write a form that a person then sends for it."""
    Session.delete().execute()
    for token in ("", "AAAA", "A" * 44):
        answer = await alices.post(
            "/queues", follow=False, token=token, **queue_fields(living_room.id)
        )
        assert answer.headers["location"] == "/session/new"
    assert not HeldForm.select().exists()


async def test_strangers_fill_no_table(
    browser: Browser, alice: User, living_room: Instance
) -> None:
    answer = await browser.post("/queues", follow=False, **queue_fields(living_room.id))
    assert answer.headers["location"] == "/session/new"
    assert not HeldForm.select().exists()


async def test_no_secret_is_kept_and_no_large_form(alices: Browser, alice: User) -> None:
    await _send_late(
        alices, "/instances", **instance_fields("http://sonarr:8989", api_key="f" * 32)
    )
    (held,) = HeldForm.select()
    assert "api_key" not in dict(held.fields)
    assert "f" * 32 not in str(held.fields)
    large = [("name", "x" * LARGEST_CHARACTERS)]
    assert not HeldForm.hold("another", alice.id, ("/queues", "POST"), large, now())


async def test_what_has_no_form_leads_back_to_its_page(alices: Browser, nightly: Queue) -> None:
    token = await _token(alices)
    Session.delete().execute()
    headers = {"Referer": f"{ADDRESS}/queues/{nightly.id}", "Sec-Fetch-Site": "same-origin"}
    path = f"/queues/{nightly.id}/pause"
    answer = await alices.http.post(path, data={"token": token}, headers=headers)
    assert answer.headers["location"] == f"/session/new?next=%2Fqueues%2F{nightly.id}"
    answer = await alices.http.post(path, data={"token": token}, headers={**headers, **HTMX})
    assert answer.status_code == 401
    assert not HeldForm.select().exists()


async def test_whoever_may_not_do_it_any_more_gets_no_form(alices: Browser, alice: User) -> None:
    User.create(name="Zoe", key="zoe", role="admin", time_zone="UTC", created_at=now())
    await _send_late(alices, "/settings", method="PATCH", hourly_budget="13")
    alice.change(role="viewer")
    assert (await _sign_in(alices)).status_code == 403


MARKED = [
    (route.path, method)
    for route in routes()
    for method, marks in route.endpoint.marks.items()
    if marks.keeps_typed
]
LISTS = [("name", "Lists"), ("url", "http://prowlarr:9696"), ("api_key", "k" * 32), ("anyway", "1")]
TYPED: dict[str, list[tuple[str, str]]] = {
    "/exclusions": [("item", "1"), ("kind", "item"), ("until", "")],
    "/people/invitations": [("role", "member")],
    "/profile": [("name", "Alicia"), ("time_zone", "UTC"), ("theme", "dark")],
    "/settings": [],
    "/notifications": [("kind", "ntfy"), ("name", "Phone"), ("url", "https://ntfy.sh")],
    "/notifications/{id:id}": [("kind", "webhook"), ("name", "Phone")],
    "/prowlarrs": LISTS,
    "/prowlarrs/{id:id}": LISTS,
}


@pytest.mark.parametrize(("path", "method"), MARKED)
async def test_looking_at_it_changes_nothing(
    path: str, method: str, alices: Browser, alice: User, nightly: Queue
) -> None:
    """Also where everything that was typed is right."""
    wanted(Instance.get(), at=now())
    told = {"name": "Old", "key": "old", "kind": "webhook", "created_at": now()}
    NoticeTarget.create(settings='{"webhook_url": "http://127.0.0.1:9/hook"}', **told)
    Prowlarr.create(name="Old", key="old", url="http://old", api_key="k" * 32, created_at=now())
    address = path.replace("{id:id}", "1")
    instance, queue = instance_fields("http://sonarr:8989", anyway="1"), queue_fields(1)
    typed = TYPED.get(path, list((instance if "instances" in path else queue).items()))
    visitor_id = alices.http.cookies["vqs"].rpartition(".")[0]
    fields = [(name, text) for name, text in typed if isinstance(text, str)]
    assert HeldForm.hold(visitor_id, alice.id, (address, method), fields, now())
    before = everything()
    page = await alices.get("/unsent")
    assert page.status_code == 200
    assert SAID in page.text
    assert f'action="{address}"' in page.text
    assert everything() == before


def test_every_large_form_is_kept() -> None:
    large = {"/queues", "/queues/{id:id}", "/instances", "/instances/{id:id}", "/settings"}
    assert large <= {path for path, _ in MARKED}
