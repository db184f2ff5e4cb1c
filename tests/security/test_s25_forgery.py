"""S25: nothing is changed by a request that no page of ours sent."""

from typing import Any

import pytest

from models.database.fields import now
from models.people import User
from models.people.sessions import Session
from tests.conftest import PASSWORD
from tests.fakes.browser import ADDRESS, HTMX, Browser
from tests.security.walk import UNSAFE, dump
from views.web import tokens

OURS = {"Sec-Fetch-Site": "same-origin"}
ELSEWHERE: dict[str, dict[str, str]] = {
    "cross-site": {"Sec-Fetch-Site": "cross-site"},
    "same-site": {"Sec-Fetch-Site": "same-site"},
    "cross-site, our origin": {"Sec-Fetch-Site": "cross-site", "Origin": ADDRESS},
    "another word": {"Sec-Fetch-Site": "same-origin, cross-site"},
    "another origin": {"Origin": "http://evil.example"},
    "another port": {"Origin": "http://127.0.0.1:8080"},
    "another scheme": {"Origin": "https://127.0.0.1:7337"},
    "a longer name": {"Origin": f"{ADDRESS}.evil.example"},
    "null": {"Origin": "null"},
    "empty": {"Origin": ""},
    "only a referrer": {"Referer": f"{ADDRESS}/queues"},
    "htmx, another origin": {"Origin": "http://evil.example", **HTMX},
    "nothing": {},
}


@pytest.mark.parametrize("where", ELSEWHERE)
async def test_what_comes_from_elsewhere_changes_nothing(
    where: str, alices: Browser, furnished: dict[str, object]
) -> None:
    token, before = await alices.token(), dump()
    for step in UNSAFE:
        fields = {"token": token, "_method": step.method}
        answer = await alices.http.post(step.at(**furnished), data=fields, headers=ELSEWHERE[where])
        assert answer.status_code == 403, step
        assert "Another site sent this" in answer.text, step
    assert dump() == before


async def test_no_token_but_this_browser_s_own_will_do(
    alices: Browser, bobs: Browser, browser: Browser, furnished: dict[str, object]
) -> None:
    others = [await bobs.token(), await browser.token()]
    before = dump()
    for step in UNSAFE:
        for token in ("", "nonsense", "é\u200b", "A" * 44, *others):
            answer = await alices.post(
                step.at(**furnished), method=step.method, token=token, follow=False
            )
            assert answer.status_code == 403, step
            assert "out of date" in answer.text, step
    assert dump() == before


async def test_no_token_at_all_will_not_do_either(
    alices: Browser, furnished: dict[str, object]
) -> None:
    before = dump()
    for step in UNSAFE:
        address = step.at(**furnished)
        for fields in ({"_method": step.method}, {"_method": step.method, "Token": "x"}):
            answer = await alices.http.post(address, data=fields, headers=OURS)
            assert answer.status_code == 403, step
    assert dump() == before


async def test_a_token_in_the_address_or_a_header_is_none(
    alices: Browser, furnished: dict[str, object]
) -> None:
    token, before = await alices.token(), dump()
    headers = {**OURS, "X-CSRF-Token": token, "Token": token}
    for step in UNSAFE:
        answer = await alices.http.post(
            f"{step.at(**furnished)}?token={token}&_method={step.method}",
            data={"_method": step.method},
            headers=headers,
        )
        assert answer.status_code == 403, step
    assert dump() == before


async def test_the_token_from_before_signing_in_is_out_of_date_after(
    browser: Browser, alice: User
) -> None:
    old = await browser.token()
    await browser.sign_in("alice", PASSWORD)
    assert (await browser.post("/hold", token=old, follow=False)).status_code == 403


async def test_the_token_of_a_session_that_ended_is_out_of_date(alices: Browser) -> None:
    old = await alices.token()
    await alices.post("/session", method="DELETE")
    await alices.sign_in("alice", PASSWORD)
    assert (await alices.post("/hold", token=old, follow=False)).status_code == 403


@pytest.mark.parametrize("kind", ["json", "multipart", "text", "xml", "none of these"])
async def test_what_is_no_form_changes_nothing(
    kind: str, alices: Browser, furnished: dict[str, object]
) -> None:
    token, before = await alices.token(), dump()
    for step in UNSAFE:
        fields = {"token": token, "_method": step.method}
        sent: dict[str, Any] = {
            "json": {"json": fields},
            "multipart": {"files": {name: (None, value) for name, value in fields.items()}},
            "text": {"content": f"token={token}", "headers": {"Content-Type": "text/plain"}},
            "xml": {"content": "<a/>", "headers": {"Content-Type": "application/xml"}},
            "none of these": {"content": f"token={token}", "headers": {"Content-Type": "x"}},
        }[kind]
        headers = {**OURS, **sent.pop("headers", {})}
        answer = await alices.http.post(step.at(**furnished), headers=headers, **sent)
        assert answer.status_code == 415, step
    assert dump() == before


async def test_a_link_changes_nothing(alices: Browser, furnished: dict[str, object]) -> None:
    """A GET with everything that the form would send in its query."""
    token, before = await alices.token(), dump()
    for step in UNSAFE:
        query = {"token": token, "_method": step.method}
        answer = await alices.http.get(step.at(**furnished), params=query)
        # On a server there is no backup with an address.
        assert answer.status_code in (200, 303, 404, 405), step
    assert dump() == before


async def test_nobody_is_signed_in_by_another_site(browser: Browser, alice: User) -> None:
    """Else somebody would work in the account of whoever sent the form."""
    fields = {"name": "alice", "password": PASSWORD, "token": await browser.token()}
    for headers in ELSEWHERE.values():
        answer = await browser.http.post("/session", data=fields, headers=headers)
        assert answer.status_code == 403
    assert not Session.select().exists()


def test_a_token_is_never_twice_the_same_and_bound_to_key_and_browser(db: object) -> None:
    key, session_id = b"k" * 32, f"somebody {now()}"
    made = {tokens.issue(key, session_id) for _ in range(50)}
    assert len(made) == 50
    assert all(tokens.fits(key, session_id, each) for each in made)
    token = made.pop()
    assert not tokens.fits(b"l" * 32, session_id, token)
    assert not tokens.fits(key, session_id + "x", token)
    assert not tokens.fits(key, "", token)
