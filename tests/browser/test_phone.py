"""A phone has a layout of its own, and paper has none of what can only be pressed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS, close
from tests.browser.test_hostile import furnished, sign_in
from tests.fakes.program import running
from views.web.documents import names

pytestmark = pytest.mark.browser
TARGET = 44


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    furnished(tmp_path / "data", "x")
    with running(tmp_path / "data", log_level="error") as (address, _):
        yield address


@pytest.fixture
def phone(chromium: Browser, address: str) -> Iterator[Page]:
    """Without script: all of it is markup and CSS."""
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, java_script_enabled=False
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    sign_in(page, address)
    yield page
    close(context)


def test_every_place_is_two_taps_away(phone: Page, address: str) -> None:
    bar = phone.locator(".navigation-places")
    for name in ("Dashboard", "Queues", "Backlog", "History"):
        expect(bar.get_by_role("link", name=name)).to_be_visible()
    bar.locator("summary").tap()
    for name in ("Yield", "Plan", "Instances"):
        expect(bar.get_by_role("link", name=name)).to_be_visible()
    bar.get_by_role("link", name="Plan").tap()
    phone.wait_for_url(f"{address}/plan")


def test_hold_everything_is_big_and_works(phone: Page, address: str) -> None:
    switch = phone.get_by_role("switch", name="Hold everything")
    box = switch.bounding_box()
    assert box is not None and box["height"] >= TARGET and box["width"] >= 3 * TARGET
    switch.tap()
    expect(phone.get_by_role("switch", name="Hold everything")).to_be_checked()


def test_a_queue_is_one_line_that_leads_to_its_page(phone: Page, address: str) -> None:
    phone.goto(f"{address}/queues")
    row = phone.locator(".queue-list .queue-card").first
    box = row.bounding_box()
    assert box is not None and box["height"] < 1.5 * TARGET
    row.tap(position={"x": box["width"] / 2, "y": box["height"] / 2})
    phone.wait_for_url(f"{address}/queues/1")


def test_no_document_is_wider_than_the_screen(phone: Page, address: str) -> None:
    wide = []
    for name in names():
        phone.goto(f"{address}/help?read={name}")
        if phone.evaluate("document.documentElement.scrollWidth") > 360:
            wide.append(name)
    assert wide == []


def test_filters_are_behind_one_button(phone: Page, address: str) -> None:
    phone.goto(f"{address}/backlog")
    field = phone.locator(".filters [name=text]")
    expect(field).to_be_hidden()
    phone.locator(".filter-fold summary").tap()
    expect(field).to_be_visible()
    phone.set_viewport_size({"width": 1280, "height": 800})
    phone.goto(f"{address}/backlog")
    expect(field).to_be_visible()
    expect(phone.locator(".filter-fold summary")).to_be_hidden()


def test_paper_is_light_and_unfolded(chromium: Browser, address: str) -> None:
    context = chromium.new_context(color_scheme="dark", java_script_enabled=False)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    sign_in(page, address)
    for path in ("/plan", "/yield", "/queues/1"):
        page.goto(address + path)
        page.emulate_media(media="print", color_scheme="dark")
        for gone in (".navigation", ".page-header .actions .button"):
            assert not [each for each in page.locator(gone).all() if each.is_visible()], path
        ink = page.locator("h1").evaluate("(h) => getComputedStyle(h).color")
        assert ink.startswith("oklch(0.2"), ink
        folded = page.locator("main details:not([open]) > :not(summary)").all()
        assert all(each.is_visible() for each in folded), path
        page.emulate_media(media="screen", color_scheme="dark")
    close(context)
