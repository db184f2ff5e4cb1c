"""`python -m tests.screenshots`: writes the pages that people look at into docs/images.

A month is lived first, which takes some ten minutes; with `--past FOLDER` it is kept there, and
one that is there already is taken.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.fakes.program import ROOT, free_port
from tests.screenshots import past
from tests.screenshots.small import small

IMAGES = ROOT / "docs" / "images"
# A Sunday evening in Berlin.
MOMENT = datetime(2026, 11, 29, 19, 10, tzinfo=UTC)
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 1100}
PAGES = {
    "dashboard": "/",
    "queues": "/queues",
    "queue": "/queues/1",
    "queue-form": "/queues/new?strategy=missing",
    "preview": "/queues/1/preview",
    "plan": "/plan",
    "backlog": "/backlog",
    "series": "/backlog?view=series",
    "history": "/searches",
    "runs": "/runs",
    "yield": "/yield",
    "instances": "/instances",
    "instance": "/instances/2",
    "exclusions": "/exclusions",
    "settings": "/settings",
    "jobs": "/jobs",
    "profile": "/profile",
    "people": "/people",
    "help": "/help",
}
# Found by a link in a row of another page that says something: what it is depends on what happened.
LINKED = {
    "item": ("/backlog", "/items/", re.compile("in cooldown")),
    "run": ("/runs", "/runs/", re.compile(r"5 searches\s+\d grabbed")),
}
ON_A_PHONE = ("dashboard", "backlog")
WHOLE = ("dashboard", "instance")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--past", type=Path, metavar="FOLDER")
    parser.add_argument("--into", type=Path, metavar="FOLDER", default=IMAGES)
    parser.add_argument("--days", type=int, default=30)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vqs-past-") as made:
        folder = asked.past or Path(made)
        if not (folder / "vqs.db").exists():
            folder.mkdir(exist_ok=True)
            past.live(folder, MOMENT, asked.days)
        with _served(folder) as address, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            asked.into.mkdir(exist_ok=True)
            for scheme in ("light", "dark"):
                _draw(chromium, address, scheme, asked.into)
            chromium.close()


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    port = free_port()
    words = ["-m", "tests.screenshots.serve", str(folder), str(port), MOMENT.isoformat()]
    process = subprocess.Popen([sys.executable, *words], cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _wait(address: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if httpx.get(f"{address}/health", trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("it does not answer")


def _draw(chromium: Browser, address: str, scheme: str, into: Path) -> None:
    """Every page in one theme; a phone has its own layout of a few."""
    suffix = "" if scheme == "light" else f"-{scheme}"
    context = chromium.new_context(viewport=WIDE, color_scheme=scheme)
    page, tool = context.new_page(), context.new_page()
    page.goto(f"{address}/session/new")
    _shoot(page, tool, into / f"sign-in{suffix}.png")
    page.fill("[name=name]", "Alice")
    page.fill("[name=password]", past.PASSWORD)
    page.click("form[action='/session'] button")
    page.wait_for_url(f"{address}/")
    for name, path in PAGES.items() | _linked(page, address):
        page.goto(address + path)
        _shoot(page, tool, into / f"{name}{suffix}.png", whole=name in WHOLE)
    page.set_viewport_size(PHONE)
    for name in ON_A_PHONE:
        page.goto(address + PAGES[name])
        _shoot(page, tool, into / f"{name}-phone{suffix}.png")
    context.close()


def _linked(page: Page, address: str) -> set[tuple[str, str]]:
    found = set()
    for name, (path, beginning, saying) in LINKED.items():
        page.goto(address + path)
        rows = page.locator("main").locator("li, tr", has_text=saying)
        link = rows.locator(f"a[href^='{beginning}']").first.get_attribute("href")
        found.add((name, str(link)))
    return found


def _shoot(page: Page, tool: Page, into: Path, *, whole: bool = False) -> None:
    """Writes what is on the screen, or the whole page."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    into.write_bytes(small(tool, page.screenshot(full_page=whole, animations="disabled")))
    print(f"{into.name}: {into.stat().st_size / 1000:.0f} kB", flush=True)


if __name__ == "__main__":
    main()
