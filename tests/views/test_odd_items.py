"""What an instance leaves out of its records, or fills with nonsense, hinders no page."""

import re
from datetime import timedelta
from typing import Any

import pytest

from jobs.engine import Engine
from jobs.sync import sync
from models.backlog import Item
from models.backlog.exclusions import Exclusion, kinds_of
from models.database.fields import now
from models.instances import Instance
from models.people import User
from models.queues import Queue
from models.searches import Search
from tests.fakes.arr import FakeArr, Response, Seen
from tests.fakes.browser import Browser
from tests.wanted import wanted

EPISODE = {
    "id": 50,
    "seriesId": 1,
    "seasonNumber": 2,
    "episodeNumber": 3,
    "title": "The Ferry",
    "airDateUtc": "2020-01-02T03:04:05Z",
    "monitored": True,
}
MOVIE = {
    "id": 50,
    "title": "The Ferry",
    "sortTitle": "ferry",
    "tmdbId": 7,
    "year": 2019,
    "monitored": True,
    "isAvailable": True,
    "digitalRelease": "2020-01-02T03:04:05Z",
}
MISSING = object()
ODD: dict[str, tuple[Any, ...]] = {
    "seriesId": (MISSING, None, 0, 2147483647),
    "seasonNumber": (MISSING, None, 0, 2147483647),
    "episodeNumber": (MISSING, None, 0, 2147483647),
    "title": (MISSING, None, "", " ", "\u202e\u0000", "x" * 200_000, "{{ 7 }}%s{0}"),
    "tvdbId": (MISSING, 0, 2147483647),
    "tmdbId": (MISSING, None, 0, 2147483647),
    "year": (MISSING, None, 0, -5, 2147483647),
    "airDateUtc": (MISSING, None, "", "0001-01-01T00:00:00Z", "9998-12-31T23:59:59Z", "soon"),
    "digitalRelease": (MISSING, "0002-01-01T00:00:00+14:00", "9999-12-31T00:00:00Z", "x" * 99),
    "lastSearchTime": ("0002-01-01T00:00:00Z", "9998-12-31T23:59:59-14:00", "never"),
    "sortTitle": (MISSING, None, "", "\U0001f600", "x" * 200_000),
    "monitored": (MISSING, None),
    "isAvailable": (MISSING, None),
    "tags": (None, [], [0], [2147483647] * 900),
    "rootFolderPath": (MISSING, None, "", "/", "\\", "x" * 200_000),
    "qualityProfileId": (None, 0, 2147483647),
}


PAGES = (
    "/",
    "/backlog",
    "/backlog?instance={id}",
    "/backlog?instance={id}&reason=eligible",
    "/exclusions",
    "/instances/{id}",
    "/plan",
    "/queues/1",
    "/queues/1/preview",
    "/searches",
    "/yield",
)


def odd_records(record: dict[str, Any]) -> list[dict[str, Any]]:
    """One record for each odd value of each field, and one with nothing but its id."""
    records: list[dict[str, Any]] = [{"id": 49}]
    for name, values in ODD.items():
        for value in values:
            changed = {key: each for key, each in record.items() if key != name}
            changed |= {} if value is MISSING else {name: value}
            records.append(changed | {"id": 50 + len(records)})
    return records


def _answering(fake: FakeArr, records: list[dict[str, Any]]) -> None:
    def before(seen: Seen) -> Response | None:
        if "/wanted/" not in seen.path.lower():
            return None
        missing = seen.path.lower().endswith("missing")
        kept = records if missing else []
        body = {"page": 1, "pageSize": 1000, "totalRecords": len(kept), "records": kept}
        return Response(200, body)

    fake.before = before


@pytest.mark.long
@pytest.mark.parametrize("application", ["sonarr", "radarr"])
async def test_no_page_fails_over_an_odd_record(
    application: str,
    alices: Browser,
    engine: Engine,
    nightly: Queue,
    living_room: Instance,
    cinema: Instance,
    sonarr: FakeArr,
    radarr: FakeArr,
    alice: User,
) -> None:
    fake, instance = (sonarr, living_room) if application == "sonarr" else (radarr, cinema)
    records = odd_records(EPISODE if application == "sonarr" else MOVIE)
    _answering(fake, records)
    assert await sync(engine, instance) is None
    items = list(Item.select().where(Item.instance == instance))
    assert len(items) == len(records)
    for item in items:
        for kind in kinds_of(item):
            until = now() + timedelta(days=1)
            made = Exclusion.decide(item, kind, until=until, user=alice, at=now())
            assert made.title and "None" not in made.title
        Search.begin([item], None, now(), 0).change(state="done")
        page = await alices.get(f"/items/{item.id}?exclude=item")
        assert page.status_code == 200, item.label[:99]
        assert not _said_of_nothing(page.text), item.label[:99]
        assert len(page.text) < 60_000
    for path in PAGES:
        page = await alices.get(path.format(id=instance.id))
        assert page.status_code == 200, path
        assert not _said_of_nothing(page.text), path
        assert "x" * 501 not in page.text


def _said_of_nothing(page: str) -> list[str]:
    """The word None, which stands for nothing in Python only."""
    return re.findall(r".{0,40}\bNone\b(?! new).{0,40}", re.sub(r"<[^<>]*>", " ", page))


async def test_what_is_missing_of_a_number_is_left_out(living_room: Instance) -> None:
    for season, episode, number in [
        (1, 6, "1x06"),
        (0, 6, "0x06"),
        (0, None, "a special"),
        (2, None, "season 2"),
        (None, 6, "episode 6"),
        (None, None, ""),
    ]:
        item = wanted(living_room, season=season, episode=episode, title="The Ferry")
        parts = ("Low Water", number, "The Ferry")
        assert item.label == " - ".join(part for part in parts if part)


async def test_a_series_without_a_title_is_called_so(living_room: Instance) -> None:
    item = wanted(living_room, series_title=None, title="", season=3, episode=4)
    assert item.label == "A series without a title - 3x04 - Without a title"
