"""A restore from the page: the process stops as for a signal, and begins anew with the backup."""

import re
import time
from html import unescape
from pathlib import Path

import httpx
import pytest

from models.people.sessions import Session
from tests.conftest import PASSWORD
from tests.fakes.program import running
from tests.people import account
from tests.placed import Place

pytestmark = pytest.mark.long

PATIENCE = 30.0
OURS = {"Sec-Fetch-Site": "same-origin"}


def _send(browser: httpx.Client, page: str, action: str, **typed: str) -> httpx.Response:
    token = re.search(r'name="token" value="([^"]+)"', browser.get(page).text)
    assert token
    return browser.post(action, data={"token": unescape(token[1]), **typed}, headers=OURS)


def test_the_same_process_begins_anew_with_the_backup(tmp_path: Path) -> None:
    place = Place(tmp_path)
    opened = place.open()
    account("Carol", "admin", password=PASSWORD)
    opened.close_all()
    backup = place.back_up()
    place.move_to("Europe/Rome")
    with running(place.options.data_dir) as (address, process):
        with httpx.Client(base_url=address, trust_env=False) as browser:
            _send(browser, "/session/new", "/session", name="Carol", password=PASSWORD, next="/")
            page = f"/backups/{backup.name}/restore"
            answer = _send(browser, page, page, own_password=PASSWORD)
            assert answer.status_code == 200 and "begins anew" in answer.text
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and not _is_restored(place):
            _visit(address)
        assert process.poll() is None
        assert _is_restored(place)
        assert _visit(address) == 200
    assert place.zone() == "UTC"
    opened = place.open()
    assert not Session.select().exists()
    opened.close_all()


def _is_restored(place: Place) -> bool:
    return "before-restore" in [each.cause for each in place.folder.all()]


def _visit(address: str) -> int:
    """The answer, which a visitor waits for meanwhile; 0 where the connection was cut.

    Nobody is refused, which would be a ConnectError.
    """
    try:
        return httpx.get(f"{address}/health", trust_env=False, timeout=PATIENCE).status_code
    except (httpx.ReadError, httpx.RemoteProtocolError):
        return 0
