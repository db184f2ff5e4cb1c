"""S46: a key lets its person in, for one request, and never more than the person may."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from models.database.fields import now
from models.environment.redaction import redacted
from models.people import User
from models.people.audit import Event
from models.people.keys import SCOPES, ApiKey
from models.people.throttles import FREE_TRIES, Throttle
from tests.fakes.browser import Browser
from tests.programs import Program
from tests.security.walk import GUARDED, dump
from views.web.keys import admit
from views.web.visitor import Visitor

WRONG = "vqs_" + "x" * 43
ROLES = {"alice": "admin", "bob": "member", "vera": "viewer"}


def asked(peer: str = "127.0.0.1", query: str = "", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/metrics", "headers": raw}
    scope |= {"client": (peer, 50_000), "query_string": query.encode()}
    scope["state"] = {"visitor": Visitor(None)}
    return Request(scope)


def status(request: Request, scope: str = "totals", role: str = "viewer") -> int:
    try:
        admit(request, scope, role)
    except HTTPException as error:
        return error.status_code
    return 200


def test_it_is_taken_from_two_headers_and_from_nothing_else(bob: User) -> None:
    _, key = ApiKey.make(bob, "Homepage", "read", now())
    assert status(asked(x_api_key=key)) == status(asked(authorization=f"bearer {key}")) == 200
    assert status(asked(query=f"apikey={key}&api_key={key}&X-Api-Key={key}")) == 401
    assert status(asked(authorization=f"Basic {key}")) == 401
    assert status(asked(cookie=f"vqs={key}", x_key=key, authorization=key)) == 401


def test_a_refusal_says_what_it_wants(bob: User) -> None:
    with pytest.raises(HTTPException) as refused:
        admit(asked(), "totals")
    assert (refused.value.headers or {})["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("name", ROLES)
def test_it_has_never_more_than_its_scope_and_its_person(
    name: str, scope: str, bob: User, vera: User
) -> None:
    user = User.named(name)
    assert user
    _, key = ApiKey.make(user, "Homepage", scope, now())
    for wanted in SCOPES:
        for role in ("viewer", "member", "admin"):
            both = user.may(role) and list(SCOPES).index(wanted) <= list(SCOPES).index(scope)
            assert status(asked(x_api_key=key), wanted, role) == (200 if both else 403)


def test_the_role_of_the_person_follows_at_once(bob: User) -> None:
    _, key = ApiKey.make(bob, "Homepage", "write", now())
    assert status(asked(x_api_key=key), "write", "member") == 200
    bob.change(role="viewer")
    assert status(asked(x_api_key=key), "write", "member") == 403
    bob.change(disabled_at=now())
    assert status(asked(x_api_key=key)) == 401


@pytest.fixture
def blocked(bob: User) -> str:
    """A right key, after too many wrong ones from 10.0.0.9."""
    _, key = ApiKey.make(bob, "Homepage", "read", now())
    found = [status(asked("10.0.0.9", x_api_key=WRONG)) for _ in range(FREE_TRIES + 1)]
    assert found == [401] * FREE_TRIES + [429]
    return key


def test_wrong_keys_are_throttled_for_each_address(blocked: str) -> None:
    assert status(asked("10.0.0.9", authorization=f"Bearer {WRONG}")) == 429
    with pytest.raises(HTTPException) as refused:
        admit(asked("10.0.0.9", x_api_key=WRONG), "totals")
    assert 0 < int((refused.value.headers or {})["Retry-After"]) <= 60
    assert status(asked("10.0.0.10", x_api_key=WRONG)) == 401
    # The count is in the database, for all replicas and after a restart.
    assert Throttle.blocked(["key:10.0.0.9"], now() + timedelta(seconds=30))


def test_a_right_key_passes_beside_wrong_ones_of_the_same_address(blocked: str) -> None:
    assert status(asked("10.0.0.9", x_api_key=blocked)) == 200
    assert status(asked("10.0.0.9")) == 401


def test_wrong_keys_are_one_row_of_the_trail_in_an_hour(blocked: str) -> None:
    rows = list(Event.select().where(Event.action == "refused"))
    assert sum(row.times for row in rows) == FREE_TRIES
    assert {row.address for row in rows} == {"10.0.0.9"} and len(rows) <= 2


def test_no_log_holds_one(bob: User) -> None:
    _, key = ApiKey.make(bob, "Homepage", "read", now())
    for line in (key, f"got {key!r}", f"x-api-key {key}", f"/api/v1/queues?x={key}", f"[{key}]"):
        assert key not in redacted(line), line
        assert key[4:] not in redacted(line), line


async def test_the_key_alone_says_who_asks(
    alices: Browser, alice: User, vera: User, nightly: object
) -> None:
    """Not the cookie beside it, and not the site that a browser comes from."""
    cookies = "; ".join(f"{name}={value}" for name, value in alices.http.cookies.items())
    theirs = {"Cookie": cookies, "Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    for user, status in ((alice, 200), (vera, 403)):
        async with Program(alices.app, user) as program:
            answer = await program.ask("POST", "/hold", headers=theirs)
            assert answer.status_code == status
            assert await program.get("/hold", headers=theirs)
    async with Program(alices.app, None) as nobody:
        assert (await nobody.ask("POST", "/hold", headers=theirs)).status_code == 401


async def test_it_opens_no_page(browser: Browser, furnished: dict[str, object]) -> None:
    """No sessions, passwords, second factors, keys, invitations: nothing that a browser shows."""
    alice = User.named("alice")
    assert alice
    _, key = ApiKey.make(alice, "Another", "write", now())
    token = await browser.token()
    before = dump()
    for step in GUARDED:
        for headers in ({"X-Api-Key": key}, {"Authorization": f"Bearer {key}"}):
            browser.http.headers.update(headers)
            address = step.at(**furnished)
            if step.method == "GET":
                answer = await browser.http.get(address)
            else:
                answer = await browser.post(address, method=step.method, token=token, follow=False)
            assert answer.headers["location"].startswith("/session/new"), step
    assert dump() == before
