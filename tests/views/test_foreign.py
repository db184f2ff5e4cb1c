"""Text that comes from elsewhere stands apart: its direction does not turn what is beside it."""

from html.parser import HTMLParser

from tests.conftest import PASSWORD
from tests.fakes.browser import Browser
from tests.furnished import furnish
from tests.security.walk import walk

TURNED = "\u202eturned"
# No element can stand in these; the browser keeps their direction to themselves.
WHOLE = {"title", "option", "textarea", "script", "style", "text"}
VOID = {"input", "br", "meta", "link", "img", "hr", "rect", "circle", "line"}


class Loose(HTMLParser):
    """Texts with the mark that stand in no <bdi>."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if TURNED in data and "bdi" not in self.open and not WHOLE & set(self.open):
            self.found.append(f"{'/'.join(self.open[-3:])}: {data.strip()}")


async def test_every_foreign_text_is_isolated_on_every_page(browser: Browser) -> None:
    token = furnish(TURNED, PASSWORD)
    await browser.sign_in("alice", PASSWORD)
    met = 0
    loose: dict[str, list[str]] = {}
    for path in sorted({step.at(id=1, token=token) for step in walk() if step.method == "GET"}):
        page = await browser.get(path)
        met += page.text.count(TURNED)
        parser = Loose()
        if page.headers.get("content-type", "").startswith("text/html"):
            parser.feed(page.text)
        if parser.found:
            loose[path] = parser.found
    assert "\n".join(f"{path} {text}" for path, texts in loose.items() for text in texts) == ""
    assert met > 100
