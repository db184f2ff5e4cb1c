"""S27: what people and instances write is text on every page; the browser's part is its own test.

(That one is tests/browser/test_hostile.py.)
"""

from html.parser import HTMLParser

import httpx
import pytest

from models.database import Database
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser
from tests.furnished import furnish
from tests.placed import a_backup
from tests.security.walk import CHANGES, Step, walk

pytestmark = pytest.mark.long

EVIL = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{7*7}}"
PAGES = [step for step in walk() if step.method == "GET" and not step.path.startswith("/health")]
NAMES = ("text", "page", "next", "seen", "instance", "queue", "outcome", "want", "reason", "kind")
FIELDS = (
    *("name", "url", "browser_url", "application", "time_zone", "theme", "role", "strategy"),
    *("batch_size", "every", "unit", "until", "date", "item", "code", "next", "instances"),
)


class Looking(HTMLParser):
    """Whatever would run, or would be fetched, because a text was taken for markup."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("img", "iframe", "object", "embed", "base", "style"):
            self.found.append(tag)
        if tag == "script" and not (given.get("src") or "").startswith("/static/"):
            self.found.append("script")
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.found.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction") and _runs(value or ""):
                self.found.append(f"{tag} {name}={value}")


def _runs(address: str) -> bool:
    return address.strip().lower().startswith(("javascript:", "data:text", "vbscript:"))


def _named(step: Step) -> str:
    return f"{step.method} {step.path}"


@pytest.fixture
async def alices(db: Database, browser: Browser) -> Browser:
    browser.invitation = furnish(EVIL, PASSWORD)  # type: ignore[attr-defined]
    await browser.sign_in("alice", PASSWORD)
    return browser


def _must_be_harmless(answer: httpx.Response, address: str) -> None:
    html = answer.text
    if answer.headers.get("content-type", "").startswith(("text/csv", "application/json")):
        # A browser keeps it, and looks at nothing in it.
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"
        return
    assert Looking(html).found == [], address
    assert "49}" not in html and "<img src=x" not in html, address
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy and "http" not in policy


@pytest.mark.parametrize("step", PAGES, ids=_named)
async def test_what_is_stored_and_what_is_asked_is_text(
    step: Step, alices: Browser, db: Database
) -> None:
    token = alices.invitation  # type: ignore[attr-defined]
    address = step.at(id=1, token=token, backup=a_backup(db))
    for query in ({}, dict.fromkeys(NAMES, EVIL)):
        for htmx in (False, True):
            headers = {"HX-Request": "true", "HX-Request-Type": "partial"} if htmx else {}
            answer = await alices.http.get(address, params=query, headers=headers)
            named_nothing = answer.status_code == 404 and (
                query or (db.is_server and "{backup:backup}" in step.path)
            )
            assert answer.status_code in (200, 204, 303) or named_nothing, address
            _must_be_harmless(answer, address)


@pytest.mark.parametrize("step", CHANGES, ids=_named)
async def test_what_is_typed_is_text_when_it_is_shown_again(step: Step, alices: Browser) -> None:
    form_token = await alices.token()
    for htmx in (False, True):
        answer = await alices.post(
            step.at(id=1),
            method=step.method,
            htmx=htmx,
            follow=False,
            token=form_token,
            **dict.fromkeys(FIELDS, EVIL),
        )
        _must_be_harmless(answer, step.path)


@pytest.mark.parametrize("path", ["/session/new", "/queues/<img src=x>", "/%3Cimg%20src=x%3E"])
async def test_nor_does_an_address_or_a_sign_in_become_markup(path: str, browser: Browser) -> None:
    answer = await browser.http.get(path, params={"next": f"/{EVIL}"}, follow_redirects=True)
    _must_be_harmless(answer, path)
    answer = await browser.post("/session", name=EVIL, password=EVIL, next=f"/{EVIL}")
    _must_be_harmless(answer, path)
