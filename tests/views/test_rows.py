"""Rows that a poll exchanges: each has an id of its own, so that it stays itself when it moves."""

from html.parser import HTMLParser

from models.searches import Search
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser
from tests.furnished import furnish
from tests.security.walk import walk

ROWS = {"li", "tr", "article"}


class Rows(HTMLParser):
    """The ids of the rows in the part of a page that is polled, and the rows without one."""

    def __init__(self) -> None:
        super().__init__()
        self.is_polled = False
        self.is_content = False
        self.ids: list[str] = []
        self.nameless: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("class") == "content":
            self.is_content, self.is_polled = True, "hx-trigger" in given
        elif self.is_content and given.get("id"):
            self.ids.append(str(given["id"]))
        elif self.is_content and tag in ROWS:
            self.nameless.append(f"{tag} {given}")


def rows_of(html: str) -> Rows:
    parsed = Rows()
    parsed.feed(html)
    return parsed


async def test_every_row_of_a_polled_page_has_an_id_of_its_own(browser: Browser) -> None:
    token = furnish("x", PASSWORD)
    Search.update(state="sent", outcome=None).execute()
    await browser.sign_in("alice", PASSWORD)
    polled = 0
    for path in sorted({step.at(id=1, token=token) for step in walk() if step.method == "GET"}):
        rows = rows_of((await browser.get(path)).text)
        # The samples of the styleguide stand there more than once.
        assert path == "/styleguide" or len(rows.ids) == len(set(rows.ids)), path
        if rows.is_polled:
            polled += 1
            assert (path, rows.nameless) == (path, [])
    assert polled > 5
