"""The mask for screenshots: no page shows a title, a release or an address."""

import pytest

from models.backlog import Item
from models.database.fields import now
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.searches.runs import Run
from tests.conftest import PASSWORD
from tests.fakes.browser import Browser
from tests.furnished import furnish
from tests.security.walk import walk
from tests.views.typed import everything
from tests.wanted import wanted
from views.web.mask import Mask

SECRET = "Quarry"
# The columns with titles, releases and addresses, as furnish() fills them.
MASKED = (
    *("items.title", "items.series_title", "searches.title", "searches.release"),
    *("items.sort_title", "items.slug", "searches.link"),
    *("grabs.release", "exclusions.title", "sessions.address", "audit.address"),
    *("offers.release", "offers.rejections"),
)
PORT = "127.0.0.1:9"


@pytest.fixture
async def furnished(browser: Browser) -> str:
    token = furnish(SECRET, PASSWORD)
    User.update(name="alice", key="alice").where(User.id == 1).execute()
    await browser.sign_in("alice", PASSWORD)
    return token


async def test_no_page_shows_a_title_or_an_address(browser: Browser, furnished: str) -> None:
    # No backup was made here, so that pages of one are not found.
    without = ("/health", "{backup")
    reading = [each for each in walk() if each.method == "GET"]
    steps = [each for each in reading if not any(part in each.path for part in without)]
    pages = sorted({step.at(id=1, token=furnished) for step in steps})
    open_, masked = {}, {}
    for path in pages:
        open_[path] = (await browser.get(path)).text
    await browser.post("/mask")
    for path in pages:
        answer = await browser.get(path)
        assert answer.status_code < 400, path
        masked[path] = answer.text
    marks = [f"{SECRET} {column}" for column in MASKED]
    assert [mark for mark in marks[:4] if not any(mark in text for text in open_.values())] == []
    shown = {
        (path, mark) for path, text in masked.items() for mark in (*marks, PORT) if mark in text
    }
    assert shown == set()


async def test_nothing_that_is_stored_changes(browser: Browser, furnished: str) -> None:
    await browser.post("/mask")
    before = everything()
    for path in ("/", "/backlog", "/items/1", "/searches", "/instances/1"):
        await browser.get(path)
    assert everything() == before
    await browser.post("/mask", method="DELETE")
    assert f"{SECRET} items.title" in (await browser.get("/items/1")).text


async def test_a_form_with_an_address_stays_closed(browser: Browser, furnished: str) -> None:
    await browser.post("/mask")
    page = await browser.get("/instances/1/edit")
    assert "stays closed" in page.text and 'name="url"' not in page.text


def test_a_stand_in_is_always_the_same_and_tells_the_quality(db: object) -> None:
    mask = Mask(b"a key")
    assert mask.title("Low Water") == mask.title("Low Water") != mask.title("High Water")
    assert mask.title("Low Water") != Mask(b"another key").title("Low Water")
    assert mask.release("Low.Water.2019.1080p.WEB-DL").endswith(".1080p.WEB-DL")
    assert mask.sentence("“Low Water” is excluded.") == f"“{mask.title('Low Water')}” is excluded."


def test_the_properties_of_an_item_are_made_of_stand_ins(db: object) -> None:
    mask = Mask(b"a key")
    item = Item(kind="episode", title="Pilot", series_title="Quarry", season=1, episode=6)
    told = mask.value(item, "label", item.label)
    assert told == f"{mask.title('Quarry')} - 1x06 - {mask.title('Pilot')}"


async def test_titles_within_sentences_are_masked_too(
    browser: Browser, alice: User, started: Queue, living_room: Instance
) -> None:
    """The step of a run, what a run left out, the audit trail, and what is said once."""
    item = wanted(living_room, title="Pilot", series_title="Quarry")
    run = Run.start(started, now(), trigger="schedule")
    assert run is not None
    run.tell(f"Searching {item.label}")
    run.leave_out(f"{item.label}: it is in cooldown.")
    await browser.sign_in("alice", PASSWORD)
    told = {path: (await browser.get(path)).text for path in ("/queues", "/runs/1", "/", "/audit")}
    assert all("Quarry" in told[path] for path in ("/queues", "/runs/1"))
    await browser.post("/mask")
    fields = {"kind": "series", "item": str(item.id), "until": "", "date": "", "back": ""}
    said = await browser.post("/exclusions", **fields)
    for path in ("/queues", "/runs/1", "/", "/audit", "/exclusions", f"/items/{item.id}"):
        text = (await browser.get(path)).text
        assert "Quarry" not in text and "Pilot" not in text, path
    assert "Quarry" not in said.text
    assert "it is in cooldown." in (await browser.get("/runs/1")).text
