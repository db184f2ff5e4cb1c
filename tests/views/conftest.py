"""People at their browsers, signed in."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from models.backlog.exclusions import Exclusion
from models.database.encryption import Keyring
from models.database.fields import now
from models.files.declared import use
from models.household.fixed import fix
from models.notifications import NoticeTarget
from models.opening.outside import apply_file, load_environment
from models.people import User
from models.prowlarrs import Prowlarr
from models.queues import Queue
from models.searches.runs import Run
from tests.conftest import START
from tests.fakes.browser import Browser
from tests.wanted import wanted

KEY = "k" * 32
Declare = Callable[[str], None]


@pytest.fixture
async def alices(browser: Browser, alice: User, keyring: Keyring) -> AsyncIterator[Browser]:
    """The administrator's browser."""
    async with Browser(browser.app) as made:
        made.let_in(alice, keyring)
        yield made


@pytest.fixture
async def bobs(browser: Browser, bob: User, keyring: Keyring) -> AsyncIterator[Browser]:
    """The member's browser."""
    async with Browser(browser.app) as made:
        made.let_in(bob, keyring)
        yield made


@pytest.fixture
async def veras(browser: Browser, vera: User, keyring: Keyring) -> AsyncIterator[Browser]:
    """The viewer's browser."""
    async with Browser(browser.app) as made:
        made.let_in(vera, keyring)
        yield made


@pytest.fixture
def started(nightly: Queue) -> Queue:
    """The nightly queue, agreed to; its next run is long past."""
    nightly.start(START)
    return nightly


@pytest.fixture
def finished_run(started: Queue) -> Run:
    """An earlier run of the nightly queue; beside it an exclusion, a Prowlarr and a target."""
    run = Run.start(started, START, trigger="schedule")
    assert run is not None
    run.finish("finished", START)
    Exclusion.create(
        instance=started.instances[0],
        user=started.owner,
        kind="item",
        arr_id=999,
        title="Low Water",
        created_at=START,
    )
    wanted(started.instances[0])
    Prowlarr.create(
        name="Indexers", key="indexers", url="demo://none", api_key="p" * 32, created_at=START
    )
    told = {"name": "Phone", "key": "phone", "kind": "webhook", "created_at": START}
    NoticeTarget.create(settings='{"webhook_url": "http://127.0.0.1:9/hook"}', **told)
    return run


@pytest.fixture
def declare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Declare]:
    """Starts the program with this file; what it fixes is given up again afterwards."""
    path = tmp_path / "searcharr.toml"
    (tmp_path / "sonarr.key").write_text(f"{KEY}\n")
    monkeypatch.setenv("VQS_CONFIG_FILE", str(path))

    def start(text: str) -> None:
        path.write_text(text)
        load_environment()
        apply_file(now())

    yield start
    use(None)
    fix({})
