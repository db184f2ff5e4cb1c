"""What the pages say of custom-format scores."""

import re

from jobs.engine import Engine
from jobs.scans import scan
from models.instances import Instance, WantedList
from models.queues import Queue
from models.scores import ScoreReading, keep
from models.scores.profiles import Rules, count, keep_counts, keep_rules
from models.scores.shelves import ScoreScan
from tests.conftest import START
from tests.fakes.arr import FakeArr
from tests.fakes.browser import Browser
from tests.wanted import wanted

HD = Rules(4, "HD <b>", True, 10_000, 1, 1205)


def words(text: str) -> str:
    """The text of a page, its numbers with commas."""
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
    return re.sub(r"(?<=\d) (?=\d{3}\b)", ",", told)


def scored(instance: Instance, *scores: int, below_quality: bool = False) -> None:
    rows = [
        (ScoreReading(number, 1, number, 4, score, below_quality), "Quarry - 1x06")
        for number, score in enumerate(scores, 1)
    ]
    keep(instance, [1], rows, START, is_whole=True)
    keep_counts(instance, count(instance.id), START)


async def test_an_instance_says_where_the_files_of_each_profile_stand(
    alices: Browser, living_room: Instance
) -> None:
    told = [HD, HD._replace(arr_id=5, name="Kept", upgrades=False)]
    keep_rules(living_room, [*told, HD._replace(arr_id=6, name="Plain", cutoff_score=0)], START)
    scored(living_room, 0, 100, 1205)
    page = words((await alices.get(f"/instances/{living_room.id}")).text)
    assert "HD &lt;b&gt; cutoff 10,000, best seen not known yet" in page
    assert "2 below the cutoff" in page and "1 out of reach" in page
    assert "Its formats add up to 1,205, so no release can reach this cutoff." in page
    assert "Not scanned, as they allow no upgrades: Kept ." in page
    assert "Not scanned, as they have no cutoff score: Plain ." in page
    assert "The first scan begins within a quarter of an hour after a sync." in page
    living_room.change(synced_at=START)
    page = words((await alices.get(f"/instances/{living_room.id}")).text)
    assert "Score – not scanned yet" in page and "Missing 0 0 eligible" in page


async def test_an_instance_without_cutoff_scores_says_nothing_of_them(
    alices: Browser, living_room: Instance
) -> None:
    keep_rules(living_room, [HD._replace(cutoff_score=0)], START)
    page = await alices.get(f"/instances/{living_room.id}")
    assert "Custom-format scores" not in page.text


async def test_an_instance_says_how_far_the_scan_is_and_what_failed(
    alices: Browser, engine: Engine, living_room: Instance, sonarr: FakeArr
) -> None:
    keep_rules(living_room, [HD], START)
    await scan(engine, living_room)
    row = ScoreScan.of(living_room)
    row.change(shelves=1000, asked=312, requests=313, bytes=14_250_000, fault="It said <i>no</i>.")
    page = words((await alices.get(f"/instances/{living_room.id}")).text)
    assert "Scanned 312 of 1,000 series since" in page
    assert "313 requests, 14.2 MB." in page
    assert "The last request failed: It said &lt;i&gt;no&lt;/i&gt;." in page


async def test_a_replaced_file_shows_on_both_pages(alices: Browser, living_room: Instance) -> None:
    keep_rules(living_room, [HD], START)
    item = wanted(living_room, arr_id=1, want="upgrade")
    scored(living_room, 100)
    rows = [(ScoreReading(1, 1, 99, 4, 250, False), "Quarry - 1x06")]
    keep(living_room, [1], rows, START, is_whole=True)
    page = words((await alices.get(f"/instances/{living_room.id}")).text)
    assert "Quarry - 1x06" in page and "100 → 250" in page
    page = words((await alices.get(f"/items/{item.id}")).text)
    assert "250, cutoff 10,000; no release can score above 1,205" in page
    assert "Score before 100; 250 since" in page


async def test_the_page_of_an_item_says_that_it_is_wanted_for_its_score(
    alices: Browser, living_room: Instance
) -> None:
    keep_rules(living_room, [HD], START)
    item = wanted(living_room, arr_id=1, want="score", gap=5)
    page = words((await alices.get(f"/items/{item.id}")).text)
    assert "Below the cutoff score of its profile on Living room" in page
    assert "Living room told of a score below the cutoff" in page
    assert "wanted list" not in page and "first sync" not in page


async def test_a_queue_of_scores_says_that_they_are_still_being_read(
    alices: Browser, living_room: Instance, nightly: Queue
) -> None:
    keep_rules(living_room, [HD], START)
    living_room.change(synced_at=START)
    for want in ("missing", "upgrade"):
        WantedList.of(living_room, want).change(synced_at=START, whole=True)
    nightly.change(strategy="score")
    pages = (f"/queues/{nightly.id}", f"/queues/{nightly.id}/preview")
    for page in pages:
        assert "still being read" in (await alices.get(page)).text, page
    ScoreScan.of(living_room).change(ended_at=START)
    for page in pages:
        assert "still being read" not in (await alices.get(page)).text, page
    ScoreScan.of(living_room).change(ended_at=None)
    nightly.change(strategy="missing")
    for page in pages:
        assert "still being read" not in (await alices.get(page)).text, page
