"""S28: every answer says what browsers may do with it, and none sends anybody elsewhere."""

from collections.abc import AsyncIterator
from urllib.parse import quote, urljoin, urlsplit

import httpx
import pytest

from models.database import Database
from models.people import User
from tests.conftest import PASSWORD
from tests.fakes.browser import ADDRESS, HTMX, Browser
from tests.security.authenticator import code, set_up, wait_a_minute
from tests.security.walk import PAGES, UNSAFE, send, walk
from views.web.assets import assets
from views.web.endpoint import local
from views.web.limits import A_PASSWORD
from views.web.middleware.headers import ALWAYS, POLICY

EVIL = (
    "//evil.example",
    "///evil.example",
    "////evil.example/%2e%2e",
    "https://evil.example/",
    "https:evil.example",
    "http:/evil.example",
    "HTTPS://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\u3000//evil.example",
    "/\u2028/evil.example",
    "/\u200b/evil.example",
    "/\uff0fevil.example",
    "\x00//evil.example",
    "/\r\nSet-Cookie: a=b",
    "/\nLocation: http://evil.example",
    "@evil.example",
    "evil.example",
    "?next=//evil.example",
    "#//evil.example",
    "",
)
HARMLESS = ("/%5cevil.example", "/%2f/evil.example", "/.//evil.example", "/@evil.example", "/a//b")


@pytest.fixture
async def calm(alices: Browser) -> AsyncIterator[httpx.AsyncClient]:
    """Alice's browser, to which an error of the program is an answer."""
    transport = httpx.ASGITransport(alices.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url=ADDRESS, cookies=alices.http.cookies
    ) as client:
        yield client


def _check(answer: httpx.Response, what: object) -> None:
    for name, value in ALWAYS.items():
        assert answer.headers.get_list(name) == [value], (what, name)
    assert "strict-transport-security" not in answer.headers, what
    assert "server" not in answer.headers, what


def test_the_policy_allows_nothing_unsafe() -> None:
    rules = dict(rule.split(" ", 1) for rule in POLICY.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["form-action"] == "'self'"
    for word in ("unsafe", "*", "http:", "https:", "blob:", "nonce", "strict-dynamic"):
        assert word not in POLICY
    assert ALWAYS["X-Content-Type-Options"] == "nosniff"
    assert ALWAYS["Referrer-Policy"] == "same-origin"
    for name in ("Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"):
        assert ALWAYS[name] == "same-origin"
    assert "camera=()" in ALWAYS["Permissions-Policy"]


async def test_every_page_and_fragment_has_them_and_is_kept_in_no_cache(
    alices: Browser, browser: Browser, furnished: dict[str, object]
) -> None:
    for step in PAGES:
        for one in (alices, browser):
            for headers in ({}, HTMX):
                for method in ("GET", "HEAD"):
                    answer = await one.http.request(method, step.at(**furnished), headers=headers)
                    _check(answer, step)
                    assert answer.headers["cache-control"] == "no-store", step


async def test_every_answer_to_a_form_has_them(
    alices: Browser, browser: Browser, furnished: dict[str, object]
) -> None:
    for step in UNSAFE:
        for one in (alices, browser):
            for htmx in (False, True):
                answer = await one.post(
                    step.at(**furnished), method=step.method, token="stale", htmx=htmx, follow=False
                )
                _check(answer, step)
                assert answer.headers["cache-control"] == "no-store", step


async def test_every_kind_of_error_has_them(
    calm: httpx.AsyncClient, furnished: dict[str, object], db: Database
) -> None:
    ours = {"Sec-Fetch-Site": "same-origin"}
    seen = {}
    for headers in ({}, HTMX):
        both = {**ours, **headers}
        answers = [
            await calm.get("/nothing", headers=both),
            await calm.get("/hold", headers=both),
            await calm.post("/hold", headers=headers),
            await calm.post("/hold", headers=both, json={}),
            await calm.post("/hold", headers={**both, "Content-Length": "9999999"}, content=b""),
            await calm.post("/hold", headers=both, content=b"a=&" * 500),
            await calm.post("/hold", headers=both, data={"a": "b" * 2**20}),
            await calm.get("/", headers={**both, "Host": "evil.example"}),
            await calm.get("/", headers={**both, "X-Large": "x" * 40_000}),
            await calm.get("/?" + "x" * 9000, headers=both),
            await calm.request("TRACE", "/", headers=both),
        ]
        seen |= {answer.status_code: answer for answer in answers}
        for answer in answers:
            _check(answer, answer.status_code)
            assert answer.headers["cache-control"] == "no-store"
    db.execute_sql("ALTER TABLE runs RENAME TO gone")
    broken = await calm.get("/runs")
    _check(broken, broken.status_code)
    assert broken.status_code == 500
    assert {403, 404, 405, 413, 414, 415, 421, 431} <= set(seen)


async def test_too_many_requests_have_them_too(browser: Browser, alice: User) -> None:
    answers = [
        await browser.http.get("/invitations/x", headers=HTMX)
        for _ in range(int(A_PASSWORD.times) + 1)
    ]
    assert answers[-1].status_code == 429
    _check(answers[-1], 429)


async def test_files_have_them_and_may_be_kept(browser: Browser, alice: User) -> None:
    for name in ("app.css", "app.js", "htmx.min.js", "icons/favicon.svg"):
        answer = await browser.http.get(assets().address(name))
        _check(answer, name)
        assert "immutable" in answer.headers["cache-control"]
    answer = await browser.http.get("/static/nothing.js")
    _check(answer, "nothing")
    assert answer.headers["cache-control"] == "no-store"


async def test_https_is_asked_for_only_over_https(
    browser: Browser, furnished: dict[str, object]
) -> None:
    transport = httpx.ASGITransport(browser.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://vqs.lan") as secure:
        for step in walk():
            address = step.at(**furnished)
            assert "strict-transport-security" in (await secure.get(address)).headers, step
            said = {"X-Forwarded-Proto": "https", "Forwarded": "proto=https"}
            plain = await send(browser.app, "GET", address, said)
            assert "strict-transport-security" not in plain.headers, step


def _goes_elsewhere(address: str) -> bool:
    """As browsers read it: backslashes are slashes, and tabs and line ends are not there."""
    read = address.strip(" \0").translate({9: None, 10: None, 13: None}).replace("\\", "/")
    there = urlsplit(urljoin(f"{ADDRESS}/session/new", read))
    return f"{there.scheme}://{there.netloc}" != ADDRESS


@pytest.mark.parametrize("address", EVIL + HARMLESS)
def test_a_local_address_stays_here(address: str) -> None:
    assert not _goes_elsewhere(local(address))
    assert local(address) == (address if address in HARMLESS else "/")


@pytest.mark.parametrize("htmx", [False, True])
async def test_signing_in_leads_nowhere_else(htmx: bool, browser: Browser, alice: User) -> None:
    name = "hx-location" if htmx else "location"
    for number, address in enumerate(EVIL):
        async with Browser(browser.app, peer=f"192.168.1.{number}") as one:
            form = await one.get(f"/session/new?next={quote(address)}")
            assert 'name="next" value="/"' in form.text, address
            token = await one.token()
            typed = {"name": "alice", "password": PASSWORD, "next": address, "token": token}
            answer = await one.post("/session", htmx=htmx, follow=False, **typed)
            assert answer.headers[name] == "/", address
            assert "a=b" not in answer.headers.get("set-cookie", "")


async def test_nor_does_the_second_step(browser: Browser, alice: User) -> None:
    secret, _ = await set_up(browser)
    for address in EVIL[:12]:
        wait_a_minute(alice)
        async with Browser(browser.app) as one:
            typed = {"name": "alice", "password": PASSWORD, "next": address}
            await one.post("/session", follow=False, **typed)
            answer = await one.post(
                "/session/second-factor", follow=False, code=code(secret), next=address
            )
            if answer.status_code == 422:
                answer = await one.post("/session/second-factor", follow=False, code=code(secret))
            assert answer.headers["location"] == "/", address


async def test_nor_does_the_page_that_a_form_says_it_stood_on(
    alices: Browser, furnished: dict[str, object]
) -> None:
    referers = (
        "http://evil.example/queues",
        "https://127.0.0.1:7337.evil.example/",
        "http://127.0.0.1:7337@evil.example/",
        f"{ADDRESS}//evil.example",
        f"{ADDRESS}/\\evil.example",
        f"{ADDRESS}\\@evil.example/",
        "http://[",
        "javascript:alert(1)",
    )
    token = await alices.token()
    for referer in referers:
        for method in ("POST", "DELETE"):
            answer = await alices.http.post(
                "/hold",
                data={"token": token, "_method": method},
                headers={"Sec-Fetch-Site": "same-origin", "Referer": referer},
            )
            assert answer.status_code == 303
            assert not _goes_elsewhere(answer.headers["location"]), referer
