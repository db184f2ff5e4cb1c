"""Programs of the people, and a household with one of everything."""

import itertools
from collections.abc import AsyncIterator

import pytest

from models.instances import Instance
from models.people import User
from models.searches import Search
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.browser import Browser
from tests.programs import Program
from views.web.limits import Limits


@pytest.fixture
def unhurried(browser: Browser) -> Browser:
    """A browser of an app that nobody asks too often."""
    browser.state.limits = Limits(itertools.count(step=1000).__next__)
    return browser


@pytest.fixture
async def alices_program(unhurried: Browser, alice: User) -> AsyncIterator[Program]:
    async with Program(unhurried.app, alice) as made:
        yield made


@pytest.fixture
async def bobs_program(unhurried: Browser, bob: User) -> AsyncIterator[Program]:
    async with Program(unhurried.app, bob) as made:
        yield made


@pytest.fixture
def furnished(finished_run: Run) -> dict[str, object]:
    """One row of everything that has an address, for each parameter of an address."""
    # An address of a demo cannot be saved.
    Instance.update(url="http://192.168.77.1:9").execute()
    searched(finished_run)
    return {"id": 1, "name": "ended"}


def searched(run: Run) -> None:
    """A search of this run that grabbed something."""
    Search.create(
        run=run,
        queue=run.queue,
        instance=1,
        queue_name="Nightly",
        instance_name="Living room",
        demo=False,
        kind="episode",
        want="missing",
        title="The River",
        release="The.River.1080p-Group",
        message="“The River” was grabbed.",
        attempt=1,
        state="done",
        outcome="grabbed",
        created_at=START,
    )
