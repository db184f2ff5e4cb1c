"""What every page has in common: its two endings, its polls, and what it offers to whom."""

import re

import pytest

from models.database.fields import now
from models.household import Household
from models.instances import Instance
from models.people import ROLES as LOW
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
PREVIEW = re.compile(r"(click(, load)?, )?input (from:[.]\w+ delay:\d+ms|delay:\d+ms from:#[\w-]+)")
POLLS = {"every 2s, refresh from:body", "every 15s, refresh from:body"}


@pytest.fixture
def busy(started: Queue, living_room: Instance) -> Run:
    """A run that goes on, while the lists are read; one item is known already."""
    wanted(living_room)
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


async def _offers_only_what_is_allowed(browser: Browser, role: str, path: str) -> None:
    page = await browser.http.get(path)
    if page.status_code != 200:
        assert page.status_code in (403, 303)
        return
    for form in forms_of(page.text):
        assert _rank(_least(form)) >= _rank(role), (role, form.action)
    for link in set(re.findall(r'href="(/[^"?]*)', page.text)):
        known = re.sub(r"/\d+", "/1", link)
        if known in ROLES:
            assert _rank(ROLES[known]["GET"]) >= _rank(role), (role, link)


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("path", [path for path in PAGES if path != "/styleguide"])
async def test_no_page_offers_what_its_reader_may_not_do(
    path: str, held: bool, alices: Browser, bobs: Browser, veras: Browser, busy: Run
) -> None:
    Household.current().change(held_at=now() if held else None)
    for browser, role in ((alices, "admin"), (bobs, "member"), (veras, "viewer")):
        await _offers_only_what_is_allowed(browser, role, path)


@pytest.mark.parametrize("path", [path for path in PAGES if "/1" not in path])
async def test_not_even_in_an_empty_household(path: str, bobs: Browser, veras: Browser) -> None:
    if path != "/styleguide":
        await _offers_only_what_is_allowed(bobs, "member", path)
        await _offers_only_what_is_allowed(veras, "viewer", path)


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/styleguide"])
async def test_pages_ask_again_only_as_they_should(path: str, alices: Browser, busy: Run) -> None:
    page = (await alices.http.get(path)).text
    triggers = [each for each in TRIGGER.findall(page) if not PREVIEW.fullmatch(each)]
    assert len(triggers) <= 1
    assert set(triggers) <= POLLS
    assert page.count("http-equiv") == page.count(REFRESH) <= 1
    if REFRESH in page:
        assert not TYPED.search(page)


@pytest.mark.parametrize("path", ["/queues/new", "/queues/1/edit", "/instances/new", "/searches"])
async def test_a_page_with_a_form_to_fill_in_never_changes_by_itself(
    path: str, alices: Browser, busy: Run
) -> None:
    page = (await alices.http.get(path)).text
    assert all(PREVIEW.fullmatch(each) for each in TRIGGER.findall(page))
    assert "http-equiv" not in page


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_shows_nothing_that_was_not_filled_in(
    path: str, alices: Browser, finished_run: Run
) -> None:
    page = (await alices.http.get(path)).text
    for slip in (">None<", "None ", "Undefined", "object at 0x", "{{", "{%", "[]", "&lt;time"):
        assert slip not in page, slip
    for form in forms_of(page):
        assert form.method == "get" or dict(form.values).get("token") or path == "/styleguide"
