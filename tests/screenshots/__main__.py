"""`python -m tests.screenshots`: writes the pages that people look at into docs/images.

A month is lived first, and kept in .lived until the files that make it have changed. Then drawing
takes two minutes.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.fakes.program import ROOT, free_port
from tests.screenshots import kept, past
from tests.screenshots.pages import IN_TROUBLE, LINKED, ON_A_PHONE, PAGES, WHOLE
from tests.screenshots.small import small

IMAGES = ROOT / "docs" / "images"
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 1100}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--anew", action="store_true", help="live the month again in any case")
    parser.add_argument("--into", type=Path, metavar="FOLDER", default=IMAGES)
    parser.add_argument("--only", nargs="*", metavar="NAME", help="draw these pages alone")
    asked = parser.parse_args()
    asked.into.mkdir(parents=True, exist_ok=True)
    lived = kept.lived(anew=asked.anew)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        camera = Camera(chromium, asked.into, asked.only)
        for words, pages in (((), PAGES), (("--trouble",), IN_TROUBLE)):
            with _copied(lived) as folder, _served(folder, *words) as address:
                camera.draw(address, pages, is_usual=not words)
        chromium.close()


@contextmanager
def _copied(lived: Path) -> Iterator[Path]:
    """A data folder in a place that may be shown: pages name it."""
    place = Path(tempfile.gettempdir()) / "vqs"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(lived, place / "data")
    try:
        yield place / "data"
    finally:
        shutil.rmtree(place)


@contextmanager
def _served(folder: Path, *words: str) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "tests.screenshots.serve", str(folder), str(port), *words]
    process = subprocess.Popen(command, cwd=ROOT)
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


class Camera:
    """Draws pages in both themes; `only` are the names of those that are wanted, None for all."""

    def __init__(self, chromium: Browser, into: Path, only: list[str] | None) -> None:
        self.chromium, self.into, self.only = chromium, into, only

    def draw(self, address: str, pages: Mapping[str, str], *, is_usual: bool) -> None:
        """`is_usual`: also the sign-in, pages behind links, and the layout of a phone."""
        for scheme in ("light", "dark"):
            context = self.chromium.new_context(viewport=WIDE, color_scheme=scheme)
            self.page, self.tool = context.new_page(), context.new_page()
            self.suffix = "" if scheme == "light" else f"-{scheme}"
            self.page.goto(f"{address}/session/new")
            if is_usual:
                self._shoot("sign-in")
            _sign_in(self.page, address)
            linked = _linked(self.page, address) if is_usual else {}
            for name, path in {**pages, **linked}.items():
                self._go(name, address + path)
            self.page.set_viewport_size(PHONE)
            for name in ON_A_PHONE if is_usual else ():
                self._go(f"{name}-phone", address + PAGES[name])
            context.close()

    def _go(self, name: str, url: str) -> None:
        if not self.only or name in self.only:
            self.page.goto(url)
            self._shoot(name)

    def _shoot(self, name: str) -> None:
        """Writes what is on the screen, or the whole page."""
        if self.only and name not in self.only:
            return
        self.page.wait_for_load_state("networkidle")
        self.page.evaluate("document.fonts.ready")
        png = self.page.screenshot(full_page=name in WHOLE, animations="disabled")
        file = self.into / f"{name}{self.suffix}.png"
        file.write_bytes(small(self.tool, png))
        print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB", flush=True)


def _sign_in(page: Page, address: str) -> None:
    page.fill("[name=name]", "Alice")
    page.fill("[name=password]", past.PASSWORD)
    page.click("form[action='/session'] button")
    page.wait_for_url(f"{address}/")


def _linked(page: Page, address: str) -> dict[str, str]:
    """Where the pages behind links are: that depends on what happened."""
    found = {}
    for name, wanted in LINKED.items():
        page.goto(address + wanted.page)
        rows = page.locator("main").locator("li, tr", has_text=wanted.saying)
        link = rows.locator(f"a[href^='{wanted.beginning}']").first.get_attribute("href")
        found[name] = str(link)
    return found


if __name__ == "__main__":
    main()
