"""From nothing to the first polite search, with script off, through the real program."""

import re
from pathlib import Path

import pytest

from tests.conftest import PASSWORD
from tests.fakes.plain import PlainBrowser
from tests.fakes.program import first_address, running


@pytest.mark.long
def test_a_new_user_sees_scheduled_searches_and_their_outcomes(tmp_path: Path) -> None:
    with running(tmp_path / "data") as (address, process), PlainBrowser(address) as browser:
        _sign_up(browser, first_address(process))
        _make_a_queue(browser)
        _agree(browser)
        _watch(browser)
        _leave_and_come_back(browser)
        _remove_the_demo(browser)


def _sign_up(browser: PlainBrowser, first: str) -> None:
    assert browser.open(first).path == "/setup"
    twice = {"password": PASSWORD, "password_again": PASSWORD}
    browser.submit("/setup", name="Alice", time_zone="Europe/Berlin", **twice)
    assert browser.path == "/instances/new"


def _make_a_queue(browser: PlainBrowser) -> None:
    browser.submit("/demo")
    assert browser.path == "/queues/new"
    browser.submit("/queues", batch_size=3)
    assert browser.path == "/queues/1/preview"


def _agree(browser: PlainBrowser) -> None:
    """Nothing is sent before; the preview shows when the lists are read."""
    browser.wait_for(lambda page: page.offers("/queues/1/consent") and "refresh" not in page.html)
    form = next(form for form in browser.forms if form.action == "/queues/1/consent")
    assert form.buttons == [("start", "now"), ("start", "night")]
    browser.open("/searches")
    assert "No search yet" in browser.text
    browser.open("/queues/1/preview").submit("/queues/1/consent", start="now")
    assert browser.path == "/"


def _watch(browser: PlainBrowser) -> None:
    """The page refreshes by itself while the run goes on, and stops when it ends."""
    browser.wait_for(lambda page: 'http-equiv="refresh"' in page.html)
    browser.wait_for(lambda page: 'href="/runs/1"' in page.html)
    browser.open("/runs/1").wait_for(lambda page: "Finished" in page.text)
    assert 'http-equiv="refresh"' not in browser.html
    assert "3 of 3" in browser.text
    assert "first run" in browser.text
    browser.open("/searches")
    assert "3 searches" in browser.text
    assert len(re.findall(r'data-state="(?:grabbed|nothing)"', browser.html)) >= 3
    assert not re.findall(r'data-state="(?:unknown|failed|sent|sending)"', browser.html)


def _leave_and_come_back(browser: PlainBrowser) -> None:
    browser.submit("/session")
    assert browser.path == "/session/new"
    assert browser.open("/searches").path.startswith("/session/new?next=")
    browser.submit("/session", name="alice", password=PASSWORD)
    assert browser.path == "/searches"


def _remove_the_demo(browser: PlainBrowser) -> None:
    browser.open("/instances").submit("/demo")
    assert browser.path == "/instances"
    assert browser.open("/searches").text.count("No search yet") == 1
    assert browser.open("/runs").path == "/runs"
    assert "/runs/1" not in browser.html
