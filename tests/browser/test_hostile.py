"""S27: hostile texts, met on every page of the program as text, with script and without."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from models.database.encryption import load_or_create
from models.database.fields import now
from models.opening.schema import open_database
from tests.browser.conftest import PATIENCE_MS, close
from tests.conftest import PASSWORD
from tests.fakes.program import running
from tests.furnished import furnish
from tests.security.walk import walk

pytestmark = pytest.mark.browser
EVIL = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{7*7}}"
# Texts that come from people, instances and browsers, each of which some page must show.
MET = {
    *("users.name", "invitations.name", "sessions.address", "audit.name", "audit.about"),
    *("audit.address", "instances.name", "instances.fault", "instances.sync_note"),
    *("snapshots.name", "drifts.sentence", "items.title", "items.series_title"),
    *("items.root_folder", "queues.name", "runs.queue_name", "runs.note", "searches.title"),
    *("searches.release", "searches.indexer", "searches.message", "searches.instance_name"),
    *("searches.queue_name", "exclusions.title", "exclusions.decided_by"),
    *("faults.sentence", "runs.left_out"),
}


def paths(token: str) -> list[str]:
    """Every page there is; later ones join by themselves.

    A file is no page, and no backup is made here.
    """
    pages = [
        step
        for step in walk()
        if step.method == "GET" and not step.path.startswith("/health")
        if not step.path.endswith((".csv", ".json", ".webmanifest")) and "{backup" not in step.path
    ]
    return sorted({step.at(id=1, token=token) for step in pages})


def furnished(data: Path, text: str) -> str:
    """A data folder with this text wherever a text is free; the token of an invitation."""
    keyring, _ = load_or_create(data.with_name(f"{data.name}-secret") / "master.key")
    data.mkdir(mode=0o700)
    opened = open_database(data / "vqs.db", keyring, now())
    token = furnish(text, PASSWORD)
    opened.close_all()
    return token


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/session/new")
    page.fill("[name=name]", "alice")
    page.fill("[name=password]", PASSWORD)
    page.click("form[action='/session'] button")
    page.wait_for_url(f"{address}/")


def _look_at(page: Page, address: str, path: str) -> str:
    """What it says, in its fields too."""
    answer = page.goto(address + path)
    assert answer is not None and answer.status == 200, path
    assert page.locator("img").count() == 0, path
    assert page.locator("script:not([src])").count() == 0, path
    assert "49" not in page.title(), path
    policy = answer.headers.get("content-security-policy", "")
    assert "default-src 'none'" in policy and "unsafe" not in policy, path
    fields = page.locator("input, textarea").evaluate_all("all => all.map((one) => one.value)")
    return "\n".join([page.locator("body").inner_text(), *fields])


def test_hostile_texts_are_text_on_every_page(page: Page, tmp_path: Path) -> None:
    """The page itself fails on a violation, an error, a warning or a dialog."""
    token = furnished(tmp_path / "data", EVIL)
    with running(tmp_path / "data", log_level="error") as (address, _):
        sign_in(page, address)
        said = "\n".join(_look_at(page, address, path) for path in paths(token))
        page.goto("about:blank")
    assert [column for column in sorted(MET) if f"{EVIL} {column}" not in said] == []


def test_they_are_without_script_as_well(chromium: Browser, tmp_path: Path) -> None:
    token = furnished(tmp_path / "data", EVIL)
    context = chromium.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with running(tmp_path / "data", log_level="error") as (address, _):
        sign_in(page, address)
        for path in paths(token):
            page.goto(address + path)
            assert page.locator("img").count() == 0, path
        assert not [url for url in asked if not url.startswith(address)]
        close(context)
