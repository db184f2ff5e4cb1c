"""A page that lives: it tells what ended, and heals when the connection or the session is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from models.database import Database
from models.database.encryption import load_or_create
from models.database.fields import now
from models.opening.schema import open_database
from models.people.sessions import Session
from models.searches import Search
from tests.browser.conftest import PATIENCE_MS, close
from tests.browser.test_hostile import furnished, sign_in
from tests.fakes.program import running

pytestmark = pytest.mark.browser
REFRESH = "document.body.dispatchEvent(new Event('refresh'))"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    furnished(tmp_path / "data", "x")
    with running(tmp_path / "data", log_level="error") as (address, _):
        yield address


def _opened(tmp_path: Path) -> Database:
    keyring, _ = load_or_create(tmp_path / "data-secret" / "master.key")
    return open_database(tmp_path / "data" / "vqs.db", keyring, now())


def test_a_grab_is_told_and_marked(page: Page, address: str, tmp_path: Path) -> None:
    sign_in(page, address)
    page.goto(f"{address}/instances/1")
    opened = _opened(tmp_path)
    Search.update(outcome="nothing").execute()
    page.goto(f"{address}/instances/1")
    row = page.locator("#search-1")
    expect(row).to_have_attribute("data-outcome", "nothing")
    with opened.atomic():
        Search.get_by_id(1).end("grabbed", now())
    opened.close_all()
    page.evaluate(REFRESH)
    expect(page.locator(".toasts .toast")).to_contain_text("Grabbed:")
    assert page.locator(".toasts").get_attribute("aria-live") == "polite"
    expect(row).to_have_attribute("data-new", "")
    page.goto("about:blank")


def test_a_tab_that_is_signed_out_goes_on_by_itself(
    chromium: Browser, address: str, tmp_path: Path
) -> None:
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/queues")
    opened = _opened(tmp_path)
    Session.delete().execute()
    opened.close_all()
    page.evaluate(REFRESH)
    sentence = page.locator(".signed-out")
    expect(sentence).to_be_visible()
    assert page.url == f"{address}/queues"
    assert sentence.locator("a").get_attribute("href") == "/session/new?next=/queues"
    other = context.new_page()
    sign_in(other, address)
    page.evaluate(REFRESH)
    expect(sentence).to_be_hidden()
    assert page.url == f"{address}/queues"
    close(context)


def test_a_lost_connection_is_told_and_heals(chromium: Browser, address: str) -> None:
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/queues")
    context.set_offline(True)
    page.evaluate(REFRESH)
    expect(page.locator(".offline")).to_be_visible()
    context.set_offline(False)
    page.evaluate(REFRESH)
    expect(page.locator(".offline")).to_be_hidden()
    close(context)


@pytest.mark.parametrize("script", [True, False])
def test_the_list_of_faults_takes_the_focus(script: bool, chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=script)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/settings")
    page.locator("[name=hourly_budget]").evaluate("(field) => field.removeAttribute('max')")
    page.fill("[name=hourly_budget]", "999")
    page.click("form[action='/settings'] .form-submit button")
    expect(page.locator(".faults")).to_be_focused()
    page.click(".faults a")
    expect(page.locator("[name=hourly_budget]")).to_be_focused()
    close(context)


def test_what_destroys_asks_in_a_dialog(page: Page, address: str) -> None:
    sign_in(page, address)
    page.goto(f"{address}/queues/1/edit")
    page.click("[data-opens=delete-queue]")
    dialog = page.locator("#delete-queue")
    expect(dialog).to_be_visible()
    dialog.get_by_text("Cancel").click()
    expect(dialog).to_be_hidden()
    assert page.url == f"{address}/queues/1/edit"


def test_without_script_it_asks_on_a_page(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    sign_in(page, address)
    page.goto(f"{address}/queues/1/edit")
    page.click("[data-opens=delete-queue]")
    page.wait_for_url(f"{address}/queues/1/deletion")
    page.click(".question button")
    page.wait_for_url(f"{address}/queues")
    close(context)
