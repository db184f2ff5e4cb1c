"""A poll puts new rows among those that are there: focus and selection stay where they were."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from models.database import Database
from models.database.encryption import load_or_create
from models.database.fields import now
from models.opening.schema import open_database
from models.searches import Search, SearchItem
from tests.browser.test_hostile import furnished, sign_in
from tests.fakes.program import running

pytestmark = pytest.mark.browser
SELECTED = "() => getSelection().anchorNode?.parentElement?.closest('.search-row')?.id"
SELECT = "(row) => getSelection().selectAllChildren(row.querySelector('.search-row-title bdi'))"


def test_focus_and_selection_stay_with_their_row(page: Page, tmp_path: Path) -> None:
    data = tmp_path / "data"
    furnished(data, "x")
    with running(data, log_level="error") as (address, _):
        sign_in(page, address)
        page.goto(f"{address}/instances/1")
        row = page.locator("#search-1")
        row.locator(".search-row-title a").first.focus()
        row.evaluate(SELECT)
        for number in (2, 3):
            _search(data, f"now {number}")
            page.evaluate("document.body.dispatchEvent(new Event('refresh'))")
            expect(page.locator(f"#search-{number}")).to_be_visible()
        held = page.evaluate("document.activeElement.closest('.search-row')?.id")
        assert (held, page.evaluate(SELECTED)) == ("search-1", "search-1")
        page.goto("about:blank")


def _search(data: Path, told: str) -> None:
    """A search is begun, newer than all, and every row tells something else than before."""
    keyring, _ = load_or_create(data.with_name(f"{data.name}-secret") / "master.key")
    opened: Database = open_database(data / "vqs.db", keyring, now())
    first = Search.get_by_id(1).__data__
    made = Search.create(**{**first, "id": None, "created_at": now()})
    SearchItem.create(search=made, item=1)
    Search.update(message=told).execute()
    with opened.atomic():
        made.tell("search-sent", now(), {"want": made.want})
    opened.close_all()
