"""One long word in every text: no page scrolls sideways on a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PATIENCE_MS
from tests.browser.test_hostile import furnished, paths, sign_in
from tests.fakes.program import running

pytestmark = pytest.mark.browser
# 58 letters: the name of a village in Wales.
LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
WIDER = """
() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return "";
  const all = [...document.querySelectorAll("body *")];
  const out = all.filter((one) => one.getBoundingClientRect().right > wide + 1);
  const names = out.map((one) => `${one.tagName}.${one.className.baseVal ?? one.className}`);
  return `${document.documentElement.scrollWidth}: ${[...new Set(names)].slice(-6).join(" ")}`;
}
"""


@pytest.mark.parametrize("width", [360, 390, 1440])
def test_no_page_scrolls_sideways(width: int, chromium: Browser, tmp_path: Path) -> None:
    token = furnished(tmp_path / "data", LONG)
    context = chromium.new_context(viewport={"width": width, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    with running(tmp_path / "data", log_level="error") as (address, _):
        sign_in(page, address)
        wider = {path: _wider(page, address + path) for path in paths(token)}
        context.close()
    assert {path: names for path, names in wider.items() if names} == {}


def _wider(page: Page, url: str) -> str:
    """With all that unfolds, opened."""
    page.goto(url)
    page.evaluate(
        "document.querySelectorAll('details:not([data-menu])').forEach((d) => d.open = true)"
    )
    return str(page.evaluate(WIDER))
