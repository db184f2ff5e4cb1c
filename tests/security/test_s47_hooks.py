"""S47: a webhook's address is secret, takes little, answers at once, and is a hint only."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from models.applications import APPLICATIONS
from models.database.fields import now
from models.environment import Environment
from models.environment.redaction import HIDDEN, redacted
from models.hooks import Hook
from models.hooks.events import hint_of
from models.instances import Instance
from models.logs import FILES
from tests.conftest import PASSWORD
from tests.contract import contract_dir
from tests.fakes.browser import ADDRESS, Browser
from tests.fakes.log import kept_log
from tests.fakes.webhooks import event
from tests.security.walk import PAGES, dump, send

MEGABYTE = 1024 * 1024
JSON = {"Content-Type": "application/json"}
# Columns that say that something came.
MARKS = ("heard_at", "strange_at", "lists_at", "state_at")


@pytest.fixture
def secret(living_room: Instance) -> str:
    return Hook.renew(living_room, None, now())[1]


def marks() -> list[object]:
    hook = Hook.get()
    return [getattr(hook, name) for name in MARKS]


async def test_every_event_that_is_sent_is_answered_alike(browser: Browser, secret: str) -> None:
    """Also what no application would send, and whatever a cookie or another site has to say."""
    folder = contract_dir() / "recorded/made-from-sources/webhooks"
    bodies = [path.read_bytes() for path in sorted(folder.glob("*.json"))]
    assert len(bodies) > 20
    bodies += [b"", b"[]", b"null", b"\0", b"\xff", b"[" * 100_000, b'{"eventType": [1]}']
    for body in bodies:
        for headers in ({}, JSON, {"Content-Type": "text/html"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = await browser.http.post(f"/hooks/{secret}", content=body, headers=headers)
            assert (answer.status_code, answer.content) == (204, b""), body[:80]
            assert "set-cookie" not in answer.headers


def test_every_recorded_event_is_of_its_own_application() -> None:
    folder = contract_dir() / "recorded/made-from-sources/webhooks"
    for path in sorted(folder.glob("*.json")):
        body, label = path.read_bytes(), path.name.partition("-")[0].removesuffix("5")
        hint = hint_of(body, APPLICATIONS[label])
        assert hint is not None and not hint.is_strange, path.name
        other = APPLICATIONS["radarr" if label == "sonarr" else "sonarr"]
        if {"series", "movie"} & json.loads(body).keys():
            assert hint_of(body, other) == (False, False, True), path.name


async def test_what_is_too_large_is_refused_and_not_read(browser: Browser, secret: str) -> None:
    whole = event("Download", padding="x" * (MEGABYTE - 2_000))
    assert len(whole) < MEGABYTE
    assert (await browser.http.post(f"/hooks/{secret}", content=whole)).status_code == 204
    before = dump()
    answer = await browser.http.post(f"/hooks/{secret}", content=whole + b" " * 4_000)
    assert answer.status_code == 413
    assert len(answer.content) < 200 and secret not in answer.text
    assert dump() == before


async def test_only_the_exact_secret_is_heard(browser: Browser, secret: str) -> None:
    before = dump()
    wrong = ("x", secret[:-1], f"{secret}x", secret.swapcase(), f"{secret}%00", f"{secret}%20")
    around = ("", "/", "/..", "/x", ";x", "?x", "%2f", ".json")
    for path in (*wrong, *(secret + each for each in around if each not in ("", "?x"))):
        answer = await browser.http.post(f"/hooks/{path}", content=event("Grab"))
        assert answer.status_code == 404, path
        assert secret not in answer.text, path
    for start in ("/HOOKS/", "//hooks/", "/hooks//", "/api/v1/hooks/", "/hooks/../hooks/"):
        answer = await send(browser.app, "POST", start + secret)
        assert answer.status in (401, 403, 404), start
    assert dump() == before
    for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = await browser.http.request(method, f"/hooks/{secret}")
        assert answer.status_code == 405, method
    assert dump() == before


async def test_an_event_changes_nothing_but_its_own_marks(browser: Browser, secret: str) -> None:
    """The address lets somebody make us look, and that is all."""
    before = dump()
    for kind in ("Grab", "Download", "SeriesDelete", "Health", "Test", "SignedIn"):
        forged = event(kind, role="admin", id=1, apiKey="x" * 32, token=secret)
        assert (await browser.http.post(f"/hooks/{secret}", content=forged)).status_code == 204
    after = dump()
    before.pop("hooks"), after.pop("hooks")
    assert after == before
    assert all(marks()[2:]) and marks()[0] and not marks()[1]


async def test_the_secret_opens_nothing_else(
    browser: Browser, secret: str, living_room: Instance
) -> None:
    for headers in ({"X-Api-Key": secret}, {"Authorization": f"Bearer {secret}"}):
        for path in ("/api/v1/instances", f"/instances/{living_room.id}", "/logs"):
            assert (await browser.http.get(path, headers=headers)).status_code in (303, 401)


@pytest.fixture
def log_text(options: Environment) -> Iterator[io.StringIO]:
    """Everything that is logged, at the lowest level, and unredacted beside it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    with kept_log(options.log_folder, level="debug"):
        yield stream
    logging.getLogger().removeHandler(handler)


async def test_no_log_and_no_page_shows_the_secret(
    alices: Browser, living_room: Instance, options: Environment, log_text: io.StringIO
) -> None:
    page = f"/instances/{living_room.id}/hook"
    made = await alices.post(page, address=ADDRESS, way="by-hand")
    secret = made.text.partition("/hooks/")[2].partition('"')[0]
    assert len(secret) == 43
    ways = ("/hooks/{}", "//hooks/{}", "/HOOKS/{}", "/hooks/{}/x", "/hooks/{}x", "/hooks%2f{}")
    for path in ways:
        for method in ("POST", "GET"):
            await send(alices.app, method, path.format(secret))
    for step in PAGES:
        shown = await alices.get(step.at(id=living_room.id, token="x"))
        assert secret not in shown.text, step
    files = [options.log_folder / name for name in FILES]
    written = "".join(path.read_text() for path in files if path.exists())
    assert "POST /hooks/" in written
    assert secret not in written
    assert secret not in repr(dump())


@pytest.mark.parametrize(
    "text",
    [
        "POST /hooks/{} 204",
        "http://vqs:7337/hooks/{}",
        'Unable to post to webhook: "https://x.example/searcharr/hooks/{}"',
        "/HOOKS/{}",
    ],
)
def test_an_address_is_redacted_wherever_it_is_written(text: str) -> None:
    secret = "3uTj0y9sFZ3oQn5QFz2c-_wEJm9o0mPjYkqVxkqVxkY"
    assert secret not in redacted(text.format(secret))
    assert HIDDEN in redacted(text.format(secret))


async def test_members_make_and_remove_none(bobs: Browser, living_room: Instance) -> None:
    page, before = f"/instances/{living_room.id}/hook", dump()["hooks"]
    for fields in ({"address": ADDRESS, "way": "by-hand"}, {"method": "DELETE"}):
        assert (await bobs.post(page, **fields)).status_code == 403
    assert dump()["hooks"] == before


async def test_a_deleted_instance_takes_its_secret_along(
    alices: Browser, secret: str, living_room: Instance
) -> None:
    await alices.post(f"/instances/{living_room.id}", method="DELETE", own_password=PASSWORD)
    assert (await alices.http.post(f"/hooks/{secret}", content=event("Grab"))).status_code == 404
