"""S01: whoever is not signed in gets nowhere, whatever the address and method, but by this list."""

import pytest

from tests.conftest import PASSWORD
from tests.fakes.browser import HTMX, Browser
from tests.security.walk import ASKED, GUARDED, PAGES, dump, send
from tests.views.typed import everything
from views.routes import routes

PUBLIC = {
    ("/setup", "GET"),
    ("/setup", "POST"),
    ("/session/new", "GET"),
    ("/session", "POST"),
    ("/session", "DELETE"),
    ("/session/second-factor/new", "GET"),
    ("/session/second-factor", "POST"),
    ("/invitations/{token}", "GET"),
    ("/invitations/{token}", "POST"),
    ("/password/hint", "POST"),
    ("/health", "GET"),
    ("/health/live", "GET"),
    ("/health/ready", "GET"),
    ("/manifest.webmanifest", "GET"),
    ("/static/{name:path}", "GET"),
    ("/hooks/{secret}", "POST"),
}
METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get", "X")
VARIANTS = (
    "/{}",
    "//{}",
    "{}/",
    "{}//",
    "{}/.",
    "{}/..",
    "{}/../",
    "/.{}",
    "/..{}",
    "/static/..{}",
    "/static/%2e%2e{}",
    "/health{}",
    "/health/..{}",
    "/session/new/..{}",
    "/setup{}",
    "{};x",
    "{};/static/a.css",
    "{}%00",
    "{}%20",
    "{}%2f",
    "{}%2F..",
    "{}%3b",
    "{}/%2e",
    "{}/%2e%2e",
    "{}%5c",
    "{}.css",
    "{}.json",
    "%2f{}",
    "http://127.0.0.1:7337{}",
)


def test_the_list_of_what_is_public_is_exact() -> None:
    public = {
        (route.path, method)
        for route in routes()
        for method, marks in route.endpoint.marks.items()
        if marks.role is None
    }
    assert public == PUBLIC


def test_the_program_has_no_address_beside_the_table(browser: Browser) -> None:
    inner = browser.app
    while hasattr(inner, "app"):
        inner = inner.app
    assert [route.path for route in inner.routes] == [route.path for route in routes()]


async def test_every_guarded_address_leads_to_the_sign_in(
    browser: Browser, furnished: dict[str, object]
) -> None:
    token, before = await browser.token(), dump()
    for step in GUARDED:
        address = step.at(**furnished)
        if step.method == "GET":
            plain = await browser.http.get(address)
            part = await browser.get(address, htmx=True)
            wanted = f"/session/new?next={address.replace('/', '%2F')}"
        else:
            fields = {"method": step.method, "token": token, "follow": False}
            plain = await browser.post(address, **fields)
            part = await browser.post(address, **fields, htmx=True)
            wanted = "/session/new"
        assert (plain.status_code, plain.headers["location"]) == (303, wanted), step
        assert (part.status_code, part.headers["hx-redirect"]) == (401, "/session/new"), step
        assert part.text == plain.text == "", step
    assert dump() == before


async def test_json_is_led_there_or_refused(browser: Browser, furnished: dict[str, object]) -> None:
    before = dump()
    for step in GUARDED:
        address, headers = step.at(**furnished), {"Sec-Fetch-Site": "same-origin"}
        if step.method == "GET":
            answer = await browser.http.get(address, headers={"Accept": "application/json"})
            assert answer.status_code == 303, step
        else:
            for method in ("POST", step.method):
                answer = await browser.http.request(
                    method, address, json={"_method": step.method}, headers=headers
                )
                assert answer.status_code in (405, 415), step
    assert dump() == before


@pytest.mark.long
async def test_nobody_gets_in_with_another_method(
    browser: Browser, furnished: dict[str, object]
) -> None:
    """HEAD is answered like GET, without a body; each other method by nothing at all."""
    token, before = await browser.token(), dump()
    for step in {step.path: step for step in GUARDED}.values():
        address = step.at(**furnished)
        for method in METHODS:
            answer = await send(browser.app, method, address, {"Sec-Fetch-Site": "same-origin"})
            reads = any(each.path == step.path and each.method == "GET" for each in GUARDED)
            wanted = 303 if method == "HEAD" and reads else 405
            assert answer.status == wanted, (method, step)
            if answer.status == 303:
                assert answer.headers["location"].startswith("/session/new")
                assert answer.body == b""
        for hidden in ("PUT", "HEAD", "x", ""):
            answer = await browser.post(address, method=hidden, token=token, follow=False)
            assert answer.status_code == 405, (hidden, step)
    assert dump() == before


@pytest.mark.long
async def test_what_only_looks_like_a_public_address_is_none(
    browser: Browser, furnished: dict[str, object]
) -> None:
    """No prefix, suffix or part of an address opens anything; "/" has no such neighbours."""
    before = dump()
    for path in sorted({step.at(**furnished) for step in GUARDED} - {"/"}):
        for variant in (*(each.format(path) for each in VARIANTS), path.upper(), path.title()):
            answer = await send(browser.app, "GET", variant)
            assert answer.status == 404, variant
            assert b"Alice" not in answer.body, variant
    assert dump() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Original-URL": "/static/app.css"},
        {"X-Rewrite-URL": "/health"},
        {"X-Forwarded-Path": "/session/new"},
        {"X-Forwarded-Prefix": "/static"},
        {"X-HTTP-Method-Override": "GET"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Api-Key": "x"},
        {"Authorization": "Basic YWxpY2U6eA=="},
        {"Remote-User": "Alice"},
        {"Referer": "http://127.0.0.1:7337/session/new"},
        {"Upgrade": "websocket", "Connection": "Upgrade"},
        HTMX,
    ],
    ids=lambda headers: next(iter(headers)),
)
async def test_no_header_is_a_key(
    headers: dict[str, str], browser: Browser, furnished: dict[str, object]
) -> None:
    before = dump()
    for address in ("/", "/queues", "/settings", "/instances/1", "/audit"):
        answer = await send(browser.app, "GET", address, headers)
        assert answer.status in (303, 401), address
        assert answer.body == b""
    for query in ("apikey=x", "token=x", "_method=GET", "next=/health", "path=/static/a.css"):
        assert (await send(browser.app, "GET", f"/queues?{query}", headers)).status in (303, 401)
    assert dump() == before


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Api-Key": "vqs_" + "x" * 43},
        {"Authorization": "Bearer x"},
        {"Authorization": "Basic YWxpY2U6eA=="},
        {"X-Forwarded-For": "127.0.0.1", "Remote-User": "Alice"},
        {"Accept": "text/html", **HTMX},
        {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"},
    ],
    ids=lambda headers: next(iter(headers), "none"),
)
async def test_no_endpoint_answers_without_a_key_that_counts(
    headers: dict[str, str], browser: Browser, furnished: dict[str, object]
) -> None:
    """Nor by the cookie of somebody who is signed in."""
    await browser.sign_in("alice", PASSWORD)
    cookies = "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())
    before = everything()
    for step in ASKED:
        for cookie in ({}, {"Cookie": cookies}):
            answer = await send(
                browser.app, step.method, step.at(**furnished), {**headers, **cookie}
            )
            assert answer.status in (401, 429), step
            assert answer.headers["content-type"] == "application/problem+json"
            assert "set-cookie" not in answer.headers
            assert b"Alice" not in answer.body and b"Nightly" not in answer.body
        for method in METHODS:
            answer = await send(browser.app, method, step.at(**furnished), headers)
            assert answer.status in (401, 405, 429), (method, step)
    assert everything() == before


async def test_what_only_looks_like_an_endpoint_is_none(
    browser: Browser, furnished: dict[str, object]
) -> None:
    for path in sorted({step.at(**furnished) for step in ASKED}):
        for variant in (*(each.format(path) for each in VARIANTS), path.upper(), path.title()):
            answer = await send(browser.app, "GET", variant)
            assert answer.status == 404, variant


async def test_while_nobody_exists_everything_leads_to_the_first_run(browser: Browser) -> None:
    token, before = await browser.token(), dump()
    for step in GUARDED:
        if step.method == "GET":
            answer = await browser.http.get(step.at(id=1))
        else:
            answer = await browser.post(
                step.at(id=1), method=step.method, token=token, follow=False
            )
        assert (answer.status_code, answer.headers["location"]) == (303, "/setup"), step
    assert dump() == before


async def test_an_invitation_needs_its_token(
    browser: Browser, furnished: dict[str, object]
) -> None:
    form, before = await browser.token(), dump()
    right = str(furnished["token"])
    for wrong in ("x", "1", right[:-1], f"{right}x", right.swapcase(), right + "%00", "%2e%2e"):
        assert (await send(browser.app, "GET", f"/invitations/{wrong}")).status == 404, wrong
        answer = await browser.post(f"/invitations/{wrong}", token=form, follow=False)
        assert answer.status_code == 404, wrong
    assert dump() == before


async def test_what_is_public_shows_nothing_of_the_household(
    browser: Browser, furnished: dict[str, object]
) -> None:
    """But an invitation says by whom it is."""
    for step in PAGES:
        if step.role is None:
            page = (await browser.get(step.at(**furnished))).text
            for word in ("Nightly", "Living room", "Low Water", "Alice", "Bob", "demo://"):
                assert word not in page or (word, step.path) == ("Alice", "/invitations/{token}")
