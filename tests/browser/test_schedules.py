"""The preview of a schedule in Chromium: it follows what is typed, and needs no script."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from models.backlog.snapshots import Snapshot
from models.database.encryption import load_or_create
from models.database.fields import now
from models.instances import Instance
from models.opening.schema import open_database
from tests.browser.conftest import close
from tests.conftest import PASSWORD
from tests.fakes.program import running
from tests.people import account

pytestmark = pytest.mark.browser


@pytest.fixture
def form(page: Page, tmp_path: Path) -> Iterator[Page]:
    """The form of a new queue."""
    with _served(tmp_path) as address:
        _sign_in(page, address)
        page.goto(f"{address}/queues/new")
        yield page
        page.goto("about:blank")


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    data = folder / "data"
    _fill(data)
    with running(data) as (address, _):
        yield address


def _sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/session/new")
    page.fill("[name=name]", "Alice")
    page.fill("[name=password]", PASSWORD)
    page.click("form[action='/session'] button")


def _fill(data: Path) -> None:
    keyring, _ = load_or_create(data.with_name(f"{data.name}-secret") / "master.key")
    data.mkdir(mode=0o700)
    opened = open_database(data / "vqs.db", keyring, now())
    account("Alice", password=PASSWORD)
    Instance.create(
        name="Attic",
        key="attic",
        application="sonarr",
        url="http://127.0.0.1:9",
        api_key="k" * 32,
        created_at=now(),
        disabled_at=now(),
    )
    Snapshot.create(instance=1, kind="tag", arr_id=1, name="anime", fingerprint="")
    opened.close_all()


def test_the_next_moments_follow_what_is_typed(form: Page) -> None:
    words = form.locator(".timetable-words")
    expect(words).to_contain_text("Every 2 hours")
    form.check("[name=kind][value=daily]")
    expect(words).to_contain_text("Daily at 03:00")
    expect(form.locator("[name=times]")).to_be_visible()
    expect(form.locator("[name=every]")).to_be_hidden()
    form.fill("[name=times]", "03:00, 25:00")
    expect(form.locator(".timetable")).to_contain_text("“25:00” is not a time of day")
    expect(form.locator("[name=times]")).to_be_focused()
    form.fill("[name=times]", "03:00, 15:00")
    expect(form.locator(".timetable-rows > li")).to_have_count(10)
    expect(words).to_contain_text("Daily at 03:00 and 15:00")


def test_a_picked_name_becomes_a_chip_and_the_answer_follows(form: Page) -> None:
    form.goto(f"{form.url.partition('?')[0]}?strategy=custom")
    box = form.locator("#f-tags_all")
    box.fill("anime")
    form.press("#f-tags_all", "Tab")
    chip = form.locator(".pick-chip", has_text="anime")
    expect(chip.locator("input")).to_be_checked()
    expect(box).to_have_value("")
    expect(form.locator("#f-tags_all-add")).to_be_focused()
    chip.click()
    expect(chip.locator("input")).not_to_be_checked()
    form.fill("[name=batch_size]", "0")
    expect(form.locator(".answer-faults")).to_contain_text("at least 1")
    expect(form.locator(".timetable-words")).to_contain_text("Every 2 hours")


def test_another_preset_keeps_what_was_typed(form: Page) -> None:
    form.fill("[name=name]", "My films")
    form.press("[name=name]", "Tab")
    form.click("#preset-upgrades")
    expect(form.locator("#preset-upgrades")).to_have_attribute("aria-current", "true")
    expect(form.locator("#preset-upgrades")).to_be_focused()
    expect(form.locator("[name=name]")).to_have_value("My films")
    expect(form.locator(".timetable-words")).to_contain_text("Daily at 03:00")
    assert "token" not in form.url


def test_the_enter_key_saves_and_does_not_preview(form: Page) -> None:
    form.fill("[name=name]", "Nightly")
    form.press("[name=name]", "Enter")
    expect(form.locator("h1")).to_have_text("Preview of the first run")


def test_of_a_queue_that_is_there_the_next_moments_follow_too(form: Page) -> None:
    form.fill("[name=name]", "Nightly")
    form.press("[name=name]", "Enter")
    form.wait_for_url("**/preview")
    form.goto(form.url.replace("/preview", "/edit"))
    form.check("[name=kind][value=daily]")
    form.fill("[name=times]", "04:00")
    expect(form.locator(".timetable-words")).to_contain_text("Daily at 04:00")
    expect(form.locator("h1")).to_contain_text("Edit")


def test_a_button_shows_them_without_script(chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    with _served(tmp_path) as address:
        _sign_in(page, address)
        page.goto(f"{address}/queues/new")
        page.check("[name=kind][value=cron]")
        page.fill("[name=cron]", "*/45 3 * * 1")
        page.click("text=Show the answer")
        assert "At 03:00 and 03:45 on Monday" in page.inner_text(".timetable-words")
        assert page.locator(".timetable-rows > li").count() == 10
        page.fill("[name=cron]", "0 22-6 * * *")
        page.click("text=Show the answer")
        assert "22-6 goes backwards" in page.inner_text(".timetable")
        assert page.input_value("[name=cron]") == "0 22-6 * * *"
    close(context)
