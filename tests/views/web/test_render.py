"""What every page has in common: its two endings, its polls, and what it offers to whom."""

import re
from collections.abc import Iterable

import pytest

from models.database.fields import now
from models.household import Household
from models.instances import Instance
from models.notifications import NoticeTarget
from models.people import ROLES as LOW
from models.prowlarrs import Prowlarr
from models.queues import Queue
from models.searches.runs import Run
from tests.fakes.browser import Browser
from tests.fakes.plain import PlainForm, forms_of
from tests.views.test_routes import PAGES, ROLES
from tests.wanted import wanted

REFRESH = '<noscript><meta http-equiv="refresh" content="5"></noscript>'
TYPED = re.compile(r'<input[^>]*type="(?:text|password|number|url|search|checkbox|radio)"|<select')
TRIGGER = re.compile(r'hx-trigger="([^"]*)"')
# What is shown of a form beside its fields, and replaces nothing of it.
PREVIEW = re.compile(
    r"(click(, load)?, )?input (from:[.][\w-]+ delay:\d+ms|delay:\d+ms from:#[\w-]+)"
)
# No backup was made here, so that pages of one are not found.
REAL = [path for path in PAGES if path != "/styleguide" and not path.startswith("/backups/")]
POLLS = {"every 2s, refresh from:body", "every 15s, refresh from:body"}


@pytest.fixture
def busy(started: Queue, living_room: Instance) -> Run:
    """A run that goes on, while the lists are read; one item is known already."""
    wanted(living_room)
    Prowlarr.create(name="Lists", key="lists", url="http://x", api_key="k" * 32, created_at=now())
    NoticeTarget.create(
        name="Phone", key="phone", kind="ntfy", settings='{"topic": "x"}', created_at=now()
    )
    run = Run.start(started, now(), trigger="person")
    assert run is not None
    living_room.change(syncing_since=now())
    return run


def _rank(role: str | None) -> int:
    return len(LOW) if role is None else LOW.index(role)


def _least(form: PlainForm) -> str | None:
    method = dict(form.values).get("_method", form.method.upper())
    example = re.sub(r"/jobs/\w+/", "/jobs/{name}/", re.sub(r"/\d+", "/1", form.action))
    return ROLES[example][method]


async def _offered_in_vain(
    browser: Browser, role: str, paths: Iterable[str] = REAL
) -> list[tuple[str, str, str]]:
    """What pages offer to this role though it may not do it: the role, the page and the address."""
    found = []
    for path in paths:
        page = await browser.http.get(path)
        if page.status_code != 200:
            assert page.status_code in (403, 303), path
            continue
        for form in forms_of(page.text):
            if _rank(_least(form)) < _rank(role):
                found.append((role, path, form.action))
        for link in set(re.findall(r'href="(/[^"?]*)', page.text)):
            known = re.sub(r"/\d+", "/1", link)
            if known in ROLES and _rank(ROLES[known]["GET"]) < _rank(role):
                found.append((role, path, link))
    return found


@pytest.mark.parametrize("held", [False, True])
async def test_no_page_offers_what_its_reader_may_not_do(
    held: bool, alices: Browser, bobs: Browser, veras: Browser, busy: Run
) -> None:
    Household.current().change(held_at=now() if held else None)
    for browser, role in ((alices, "admin"), (bobs, "member"), (veras, "viewer")):
        assert await _offered_in_vain(browser, role) == []


async def test_not_even_in_an_empty_household(bobs: Browser, veras: Browser) -> None:
    paths = [path for path in REAL if "/1" not in path]
    assert await _offered_in_vain(bobs, "member", paths) == []
    assert await _offered_in_vain(veras, "viewer", paths) == []


async def test_pages_ask_again_only_as_they_should(alices: Browser, busy: Run) -> None:
    at_fault = []
    for path in REAL:
        page = (await alices.http.get(path)).text
        triggers = [each for each in TRIGGER.findall(page) if not PREVIEW.fullmatch(each)]
        as_they_should = len(triggers) <= 1 and set(triggers) <= POLLS
        once = page.count("http-equiv") == page.count(REFRESH) <= 1
        if not as_they_should or not once or (REFRESH in page and TYPED.search(page)):
            at_fault.append((path, triggers))
    assert at_fault == []


@pytest.mark.parametrize("path", ["/queues/new", "/queues/1/edit", "/instances/new", "/searches"])
async def test_a_page_with_a_form_to_fill_in_never_changes_by_itself(
    path: str, alices: Browser, busy: Run
) -> None:
    page = (await alices.http.get(path)).text
    assert all(PREVIEW.fullmatch(each) for each in TRIGGER.findall(page))
    assert "http-equiv" not in page


async def test_a_page_shows_nothing_that_was_not_filled_in(
    alices: Browser, finished_run: Run
) -> None:
    slips = (">None<", "None ", "Undefined", "object at 0x", "{{", "{%", "[]", "&lt;time")
    shown = []
    for path in PAGES:
        page = (await alices.http.get(path)).text
        shown += [(path, slip) for slip in slips if slip in page]
        for form in forms_of(page) if path != "/styleguide" else ():
            if form.method != "get" and not dict(form.values).get("token"):
                shown.append((path, form.action))
    assert shown == []
