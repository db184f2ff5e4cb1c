"""Passwords while they are typed, and an invitation from hand to hand, in Chromium."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import PASSWORD
from tests.fakes.program import first_address, running

pytestmark = pytest.mark.browser
HINT = "#f-password-hint"


def test_somebody_is_invited_and_comes(page: Page, tmp_path: Path) -> None:
    with running(tmp_path / "data") as (address, process):
        page.goto(address + first_address(process))
        page.fill("[name=name]", "Alice")
        _type_passwords(page)
        page.click("form[action='/setup'] button")
        page.goto(f"{address}/people")
        page.fill("[name=name]", "Bob")
        page.click("form[action='/people/invitations'] button")
        link = page.input_value("#link")
        page.goto(link)
        page.fill("[name=password]", "bob 2026 bob!")
        expect(page.locator(HINT)).to_have_attribute("data-tone", "refused")
        page.fill("[name=password]", PASSWORD)
        expect(page.locator(HINT)).to_have_attribute("data-tone", "good")
        page.fill("[name=password_again]", PASSWORD)
        page.click("main form button")
        expect(page).to_have_url(f"{address}/")
        _choose_a_theme(page, address)
        page.goto("about:blank")


def _type_passwords(page: Page) -> None:
    """What was typed and where one is in it stay as they are while the hint changes."""
    field = page.locator("[name=password]")
    field.press_sequentially("elevenchars")
    expect(page.locator(HINT)).to_have_text("1 more character.")
    expect(field).to_be_focused()
    expect(field).to_have_value("elevenchars")
    field.fill(PASSWORD)
    expect(page.locator(HINT)).to_have_attribute("data-tone", "good")
    page.fill("[name=password_again]", PASSWORD)


def _choose_a_theme(page: Page, address: str) -> None:
    page.goto(f"{address}/profile")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.check("input[name=theme][value=dark]")
    page.click("form[action='/profile'] button")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
