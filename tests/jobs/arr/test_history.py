"""How downloads ended, as the history of an instance tells it."""

from typing import Any

import pytest

from jobs.arr import Client
from models.searches.fates import Ending
from tests.contract import recorded
from tests.jobs.net.raw import Asked, Instance

AT = 1795362174000


async def endings(client: Client, since: int = AT) -> list[Ending]:
    return [ending async for batch in client.endings(since) for ending in batch]


def event(kind: str, **more: Any) -> dict[str, Any]:
    record = {"id": 1, "eventType": kind, "sourceTitle": "Quarry.S01E02", "data": {"reason": None}}
    return {**record, "date": "2026-11-22T15:42:54Z", "downloadId": "A1", "episodeId": 7, **more}


@pytest.mark.parametrize("application", ["sonarr", "radarr"])
async def test_one_request_tells_of_all_kinds_of_ends(application: str) -> None:
    """Numbers of kinds differ between the two, and only one could be asked for: none is."""
    ids = {"sonarr": {}, "radarr": {"episodeId": None, "movieId": 7}}[application]
    kinds = ("grabbed", "downloadFolderImported", "downloadFailed", "downloadIgnored")
    others = ("episodeFileDeleted", "movieFileDeleted", "movieFolderImported", "unknown")
    records = [event(kind, **ids) for kind in (*kinds, *others)]
    instance = Instance(**{"history/since": records})
    found = await endings(instance.client(application))
    assert [ending.fate for ending in found] == ["imported", "failed", "ignored"]
    assert found[0] == Ending(7, "A1", "Quarry.S01E02", "imported", AT)
    query = {"date": "2026-11-22T15:42:54Z"}
    assert instance.asked == [Asked("GET", "history/since", query, None)]


async def test_what_cannot_be_read_spares_the_rest() -> None:
    records = [
        "malformed",
        event("downloadFailed", date="yesterday"),
        event("downloadFailed", episodeId=None),
        event("downloadFailed", downloadId=None, data=None, sourceTitle=None),
        {"eventType": "downloadFolderImported"},
    ]
    instance = Instance(**{"history/since": records})
    assert await endings(instance.client()) == [Ending(7, None, "", "failed", AT)]


@pytest.mark.parametrize(
    "path", ["aiopyarr/radarr/history-movie.json", "pyarr/radarr/movie_history.json"]
)
async def test_what_real_servers_answered_is_read(path: str) -> None:
    told = recorded(path)
    instance = Instance(**{"history/since": told})
    expected = sum(each["eventType"] == "downloadFolderImported" for each in told)
    found = await endings(instance.client("radarr"), 0)
    assert sum(ending.fate == "imported" for ending in found) == expected


async def test_a_long_history_is_read_piece_by_piece() -> None:
    records = [event("episodeFileRenamed")] * 2_000 + [event("downloadFailed")]
    instance = Instance(**{"history/since": records})
    batches = [batch async for batch in instance.client().endings(AT)]
    assert len(batches) > 8
    assert [len(batch) for batch in batches if batch] == [1]
