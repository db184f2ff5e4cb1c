"""The board of instances, and the health on an instance's own page."""

import re
from datetime import timedelta

import pytest

from models.backlog.snapshots import Drift, Snapshot
from models.database.fields import now
from models.instances import Instance
from models.instances.faults import failed, forget
from models.instances.health import Answers, HalfHour, half_hour
from models.searches import Search
from tests.fakes.browser import Browser


def part(page: str, instance: Instance) -> str:
    """The card of an instance."""
    found = page.partition(f'id="instance-{instance.id}"')[2].partition("</article>")[0]
    return re.sub(r"\s+", " ", found)


def bars(html: str) -> int:
    return sum(path.count("M") for path in re.findall(r'<path data-state="\w+" d="([^"]+)"', html))


def fail(instance: Instance, sentence: str) -> None:
    told = {"code": "timeout", "sentence": sentence, "at": now()}
    failed(instance, "status", retry_at=now() + timedelta(minutes=1), **told)


async def test_each_instance_has_its_bars_and_its_response_time(
    veras: Browser, living_room: Instance, cinema: Instance
) -> None:
    at = half_hour(now())
    HalfHour.add({(living_room.id, at): Answers(10, 0, 0, 340), (cinema.id, at): Answers(0, 0, 3)})
    page = (await veras.get("/instances")).text
    mine, other = part(page, living_room), part(page, cinema)
    assert bars(mine) == bars(other) == 48
    assert "Living room, last 24 hours: answered well in 1 half hour." in mine
    assert "10 answers in 34 ms on average" in mine and "34 ms on average</span>" in mine
    assert "answered not at all or hardly in 1 half hour." in other
    assert "no answer · 3 requests without an answer" in other


async def test_where_nothing_was_measured_nothing_is_said_of_a_missing_answer(
    veras: Browser, living_room: Instance
) -> None:
    at = half_hour(now())
    for page in ("/instances", f"/instances/{living_room.id}"):
        said = (await veras.get(page)).text
        assert "not measured" in said and "no answer" not in said, page
    HalfHour.add({(living_room.id, at): Answers(0, 0, 3)})
    for page in ("/instances", f"/instances/{living_room.id}"):
        said = (await veras.get(page)).text
        assert "no answer" in said and "not measured" not in said, page


async def test_a_card_tells_what_the_instance_told(veras: Browser, living_room: Instance) -> None:
    at = now()
    living_room.change(version="4.0.17.2952", synced_at=at, downloads=3, tight_folder="/tv")
    living_room.change(tight_free=412 * 10**9 + 5)
    for number in (1, 2):
        Snapshot.create(
            instance=living_room, kind="indexer", arr_id=number, name="x", fingerprint=""
        )
    Drift.create(instance=living_room, at=at - timedelta(days=9), sentence="It is long ago.")
    Drift.create(instance=living_room, at=at, sentence="The tag “4k” is <new>.")
    mine = part((await veras.get("/instances")).text, living_room)
    for told in ("<bdi>4.0.17.2952<", "412 GB free", "<bdi>/tv</bdi>", "3 of 20", "<dd>2</dd>"):
        assert told in mine
    assert "“4k” is &lt;new&gt;" in mine and "long ago" not in mine


@pytest.mark.parametrize(
    ("free", "said"),
    [(10**8, "100 MB free"), (999 * 10**9, "999 GB free"), (42 * 10**11, "4.2 TB free")],
)
async def test_free_room_is_told_in_a_unit_that_people_read(
    veras: Browser, living_room: Instance, free: int, said: str
) -> None:
    living_room.change(tight_folder="/tv", tight_free=free)
    assert said in (await veras.get("/instances")).text


async def test_an_error_stands_on_the_board_and_is_remembered_after_it(
    veras: Browser, living_room: Instance
) -> None:
    fail(living_room, "Living room (Sonarr) did not answer <in time>.")
    mine = part((await veras.get("/instances")).text, living_room)
    assert "<bdi>Living room (Sonarr) did not answer &lt;in time&gt;.</bdi> Since" in mine
    assert "Last error" not in mine
    forget(living_room, now())
    for page in ("/instances", f"/instances/{living_room.id}"):
        assert "Last error" in (await veras.get(page)).text
    living_room.change(last_error_at=now() - timedelta(days=8))
    assert "Last error" not in (await veras.get("/instances")).text


async def test_a_condition_and_a_spent_budget_are_said_once(
    veras: Browser, living_room: Instance, cinema: Instance
) -> None:
    living_room.change(no_indexer="all are off", hourly_budget=1)
    sent = {"queue_name": "x", "instance_name": "x", "demo": False, "kind": "episode"}
    told = {"want": "missing", "title": "x", "attempt": 1, "state": "done", "cost": 1}
    Search.create(instance=living_room, created_at=now(), sent_at=now(), **sent, **told)
    page = (await veras.get("/instances")).text
    assert page.count("Living room has no indexer to search: all are off") == 1
    mine = part(page, living_room)
    assert "none available" in mine and "free again" in mine
    assert "free again" not in part(page, cinema)


async def test_the_page_of_an_instance_shows_a_day_and_a_month(
    veras: Browser, living_room: Instance
) -> None:
    for days in (0, 3):
        at = half_hour(now() - timedelta(days=days))
        HalfHour.add({(living_room.id, at): Answers(7, 2, 1, 70)})
    page = (await veras.get(f"/instances/{living_room.id}")).text
    assert bars(page) == 48 + 30
    assert "last 30 days: answered slowly, or not each time, in 2 days." in page
    told = "".join(f"<td><bdi>{each}</bdi></td>" for each in (7, 10, 2, 1))
    assert page.count(told) == 2


async def test_a_board_without_news_is_not_sent_again(
    veras: Browser, living_room: Instance
) -> None:
    page = await veras.get("/instances")
    poll = page.text.partition('hx-get="')[2].partition('"')[0]
    assert (await veras.get(poll, htmx=True)).status_code == 204
    living_room.change(fault="It is gone.", faulty_since=now())
    assert "It is gone." in (await veras.get(poll, htmx=True)).text
