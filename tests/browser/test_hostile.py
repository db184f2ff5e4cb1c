"""Hostile texts, met on every page of the program as text."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from models.encryption import load_or_create
from models.fields import now
from models.house import House
from models.instances import Instance
from models.queues import Queue
from models.runs import Run
from models.schema import open_database
from models.searches import Search
from models.users import User, hash_password
from tests.conftest import PASSWORD
from tests.fakes.program import running
from tests.timing import every

pytestmark = pytest.mark.browser
EVIL = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>{{7*7}}"
SHOWN_ON = ("/", "/queues", "/queues/1", "/instances", "/instances/1", "/searches", "/runs/1")


def _fill(data: Path) -> None:
    """Every text that comes from a person or from an instance is the hostile one."""
    keyring, _ = load_or_create(data.with_name(f"{data.name}-secret") / "master.key")
    data.mkdir(mode=0o700)
    opened = open_database(data / "vqs.db", keyring, now())
    user = User.create(
        name=EVIL,
        key="alice",
        password_hash=hash_password(House.current(), PASSWORD),
        role="admin",
        time_zone="UTC",
        created_at=now(),
    )
    instance = Instance.create(
        name=EVIL,
        key="attic",
        application="sonarr",
        url="http://127.0.0.1:9",
        api_key="k" * 32,
        version=EVIL,
        instance_name=EVIL,
        fault=EVIL,
        fault_code="refused",
        faulty_since=now(),
        sync_note=EVIL,
        created_at=now(),
        disabled_at=now(),
    )
    queue = Queue.create(
        owner=user,
        name=EVIL,
        key="nightly",
        strategy="missing",
        batch_size=5,
        schedule=every(120),
        created_at=now(),
    )
    queue.serve([instance])
    run = Run.start(queue, now(), trigger="schedule")
    assert run is not None
    run.finish("held", now(), EVIL)
    Search.create(
        run=run,
        queue=queue,
        instance=instance,
        queue_name=EVIL,
        instance_name=EVIL,
        demo=False,
        kind="episode",
        want="missing",
        title=EVIL,
        link="http://127.0.0.1:9/series/x",
        release=EVIL,
        indexer=EVIL,
        message=EVIL,
        attempt=1,
        state="done",
        outcome="grabbed",
        created_at=now(),
    )
    opened.close_all()


def _links(page: Page) -> set[str]:
    found = page.eval_on_selector_all("a[href]", "all => all.map((one) => one.href)")
    here = urlsplit(page.url).netloc
    return {link.partition("#")[0] for link in found if urlsplit(link).netloc == here}


def test_hostile_texts_are_text_on_every_page(page: Page, tmp_path: Path) -> None:
    _fill(tmp_path / "data")
    with running(tmp_path / "data", log_level="error") as (address, _):
        page.goto(address)
        page.fill("[name=name]", "alice")
        page.fill("[name=password]", PASSWORD)
        page.click("form[action='/session'] button")
        page.wait_for_url(f"{address}/")
        seen, ahead = set[str](), {f"{address}/", f"{address}/runs", f"{address}/styleguide"}
        while ahead:
            link = ahead.pop()
            seen.add(link)
            answer = page.goto(link)
            assert answer is not None and answer.status == 200, link
            assert page.locator("img").count() == 0, link
            assert "49" not in page.title()
            if not link.endswith("/styleguide"):
                ahead |= _links(page) - seen
        for path in SHOWN_ON:
            page.goto(address + path)
            assert EVIL in page.inner_text("body"), path
        assert len(seen) >= 12
        page.goto("about:blank")
