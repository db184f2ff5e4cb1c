"""From nothing to the first polite search, in Chromium."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import PASSWORD
from tests.fakes.program import first_address, running

pytestmark = [pytest.mark.browser, pytest.mark.sample]
ACTIVE = '.lane[data-state="active"]'
SCHEDULED = '.lane[data-state="scheduled"]'


def test_a_new_user_watches_scheduled_searches_go_out(page: Page, tmp_path: Path) -> None:
    with running(tmp_path / "data") as (address, process):
        page.goto(address + first_address(process))
        _sign_up(page, address)
        _make_a_queue(page, address)
        _watch(page, address)
        _pause_and_resume(page, address)
        _read_the_history(page, address)
        page.goto("about:blank")


def _sign_up(page: Page, address: str) -> None:
    expect(page).to_have_url(f"{address}/setup")
    page.fill("[name=name]", "Alice")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=password_again]", "something else")
    page.click("form[action='/setup'] button")
    expect(page.locator("#f-password_again-error")).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("Alice")
    expect(page.locator("[name=password]")).to_have_value("")
    page.fill("[name=password]", PASSWORD)
    expect(page.locator("#f-password-hint")).to_have_attribute("data-tone", "good")
    page.fill("[name=password_again]", PASSWORD)
    page.click("form[action='/setup'] button")
    expect(page).to_have_url(f"{address}/instances/new")


def _make_a_queue(page: Page, address: str) -> None:
    page.click("form[action='/demo'] button")
    expect(page).to_have_url(f"{address}/queues/new")
    page.fill("[name=batch_size]", "2")
    page.click("form[action='/queues'] .form-submit button")
    expect(page).to_have_url(f"{address}/queues/1/preview")
    page.click("button[name=start][value=now]")
    expect(page).to_have_url(f"{address}/")


def _watch(page: Page, address: str) -> None:
    """The lane changes by itself: the mark on the window is gone after a reload."""
    page.evaluate("window.here = true")
    page.wait_for_selector(ACTIVE)
    expect(page.locator(f"{ACTIVE} a[href='/runs/1']").first).to_be_visible()
    page.wait_for_selector(SCHEDULED)
    assert page.evaluate("window.here") is True
    trigger = page.locator(".content").first.get_attribute("hx-trigger") or ""
    assert trigger.startswith("every 15s")


def _pause_and_resume(page: Page, address: str) -> None:
    """The card alone is exchanged, and the page stays."""
    page.goto(f"{address}/queues")
    page.evaluate("window.here = true")
    pause = page.locator("form[action='/queues/1/pause'] button")
    pause.click()
    page.wait_for_selector('.queue-card[data-state="paused"]')
    pause.click()
    page.wait_for_selector('.queue-card[data-state="scheduled"]')
    assert page.evaluate("window.here") is True


def _read_the_history(page: Page, address: str) -> None:
    page.goto(f"{address}/searches")
    expect(page.locator("body")).to_contain_text("2 searches")
    page.fill("[name=text]", "nothing has this title")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("No search matches")
    page.goto(f"{address}/runs/1")
    expect(page.locator("body")).to_contain_text("Finished")
    expect(page.locator("body")).to_contain_text("first run")
