"""Chromium, and what it must not complain of."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 30_000
VIOLATIONS = """
document.addEventListener("securitypolicyviolation",
  (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
"""
# Chromium reports each answer over 399 as an error, a refused form as well.
NOISE = ("status of 422",)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Where it is missing the tests are skipped, but not where all of them must run.

    Its event loop would run on beneath the tests of the next module, which have loops of their own.
    """
    if not CHROMIUM.exists():
        assert not os.environ.get("CI"), f"{CHROMIUM} is missing"
        pytest.skip(f"{CHROMIUM} is missing")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def close(context: BrowserContext) -> None:
    """Closes it once its pages are left: one that waits for an answer may keep Chromium from it."""
    for page in context.pages:
        page.goto("about:blank")
    context.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page; its test fails where a policy was violated, a script failed or a dialog opened."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(n in message.text for n in NOISE):
            complaints.append(message.text)

    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(VIOLATIONS)
    made = context.new_page()
    made.on("console", hear)
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on("dialog", lambda dialog: (complaints.append("a dialog"), dialog.dismiss()))
    yield made
    close(context)
    assert complaints == []
