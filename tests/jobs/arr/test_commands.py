"""Commands, and what came of them."""

import asyncio
import json
from contextlib import suppress
from typing import Any

import pytest

from jobs.arr import Command, Fault
from tests.jobs.net.raw import SONARR, Asked, Instance, ToClient

DONE = {
    "id": 1001,
    "name": "EpisodeSearch",
    "status": "completed",
    "result": "successful",
    "body": {"episodeIds": [597], "name": "EpisodeSearch"},
    "queued": "2026-11-22T15:42:54Z",
    "message": "Episode search completed. 1 reports downloaded.",
}


async def told(message: str | None, **more: Any) -> Command:
    instance = Instance(**{"command/1001": {**DONE, "message": message, **more}})
    command = await instance.client().command(1001)
    assert command is not None
    return command


@pytest.mark.parametrize(
    ("message", "reports"),
    [
        ("Episode search completed. 1 reports downloaded.", 1),
        ("Season search completed. 12 reports downloaded.", 12),
        ("Series search completed. 0 reports downloaded.", 0),
        ("Completed search for 3 movies. 2 reports downloaded.", 2),
        ("Completed search for 1 episodes. 0 reports downloaded.", 0),
        ("Completed", None),
        ("Failed", None),
        ("", None),
        (None, None),
    ],
)
async def test_the_closing_message_tells_the_reports(
    message: str | None, reports: int | None
) -> None:
    assert (await told(message)).reports == reports


@pytest.mark.parametrize(
    ("message", "none_asked"),
    [
        ("Searching indexers for [Quarry : S01E02]. 0 active indexers", True),
        ("Searching indexers for [Quarry : S01E02]. 10 active indexers", False),
        ("Completed", False),
    ],
)
async def test_a_search_without_an_indexer_is_noticed(message: str, none_asked: bool) -> None:
    assert (await told(message)).asked_no_indexer is none_asked


@pytest.mark.parametrize(
    ("status", "finished", "failed"),
    [
        ("queued", False, False),
        ("started", False, False),
        ("completed", True, False),
        ("failed", True, True),
        ("aborted", True, True),
        ("cancelled", True, True),
        ("orphaned", True, True),
    ],
)
async def test_a_command_knows_its_end(status: str, finished: bool, failed: bool) -> None:
    command = await told("", status=status)
    assert (command.finished, command.failed) == (finished, failed)


async def test_texts_of_a_command_hold_no_address_and_one_line() -> None:
    text = "HttpException: [401] at https://indexer.example/api?apikey=abc\r\n   at Line 5"
    command = await told(text, exception=text)
    assert command.exception == command.message == "HttpException: [401] at (address)"


async def test_a_search_is_one_post_with_one_id() -> None:
    instance = Instance(command=DONE)
    command = await instance.client().search(597)
    assert (command.id, command.arr_ids, command.season) == (1001, (597,), None)
    body = {"name": "EpisodeSearch", "episodeIds": [597]}
    assert instance.asked == [Asked("POST", "command", {}, body)]


async def test_a_season_search_is_one_post() -> None:
    started = {**DONE, "status": "started", "body": {"seriesId": 5, "seasonNumber": 0}}
    instance = Instance(command=started)
    command = await instance.client().search_season(5, 0)
    assert (command.arr_ids, command.season) == ((), (5, 0))
    body = {"name": "SeasonSearch", "seriesId": 5, "seasonNumber": 0}
    assert instance.asked == [Asked("POST", "command", {}, body)]


async def test_a_movie_search_is_one_post_with_one_id() -> None:
    instance = Instance(command={**DONE, "body": {"movieIds": [8]}})
    assert (await instance.client("radarr").search(8)).arr_ids == (8,)
    body = {"name": "MoviesSearch", "movieIds": [8]}
    assert instance.asked == [Asked("POST", "command", {}, body)]


async def test_a_failed_post_is_not_sent_again() -> None:
    instance = Instance(command=503)
    with pytest.raises(Fault):
        await instance.client().search(597)
    assert len(instance.asked) == 1


async def test_a_forgotten_command_is_none() -> None:
    assert await Instance().client().command(5) is None


@pytest.mark.parametrize(("status", "cancelled"), [(200, True), (404, False), (409, False)])
async def test_only_what_is_still_queued_is_cancelled(status: int, cancelled: bool) -> None:
    instance = Instance(**{"command/5": status})
    assert await instance.client().cancel(5) is cancelled
    assert instance.asked == [Asked("DELETE", "command/5", {}, None)]


def grabbed(**more: Any) -> dict[str, Any]:
    data = {
        "indexer": "Paper Crane",
        "releaseSource": "UserInvokedSearch",
        "downloadUrl": "https://indexer.example/get?apikey=canary",
        "guid": "https://indexer.example/canary",
    }
    record = {"id": 1, "eventType": "grabbed", "sourceTitle": "Quarry.S01E02", "data": data}
    return {**record, "date": "2026-11-22T15:42:54Z", "downloadId": "A1", "episodeId": 7, **more}


SINCE = 1795362174900


async def test_grabs_are_those_of_a_search_of_this_item_since_then() -> None:
    records = [
        grabbed(),
        grabbed(date="2026-11-22T15:42:53Z"),
        grabbed(episodeId=8),
        grabbed(eventType="downloadFolderImported"),
        grabbed(data={"releaseSource": "Rss", "indexer": "x"}),
        grabbed(data=None),
        "malformed",
    ]
    instance = Instance(history={"totalRecords": 7, "records": records})
    [grab] = await instance.client().grabs(SINCE, 7)
    assert grab == (7, "Quarry.S01E02", "Paper Crane", 1795362174000, "A1")
    assert "canary" not in repr(grab)


async def test_grabs_of_a_movie_are_asked_for_by_its_id() -> None:
    record = grabbed(movieId=7)
    del record["episodeId"]
    instance = Instance(**{"history/movie": [record]})
    assert len(await instance.client("radarr").grabs(SINCE, 7)) == 1
    assert instance.asked[0].query == {"movieId": "7", "eventType": "1"}


async def test_last_searched_is_none_for_never_and_a_fault_for_gone() -> None:
    instance = Instance(**{"episode/1": {"id": 1, "lastSearchTime": "0001-01-01T00:00:00Z"}})
    assert await instance.client().last_searched(1) is None
    with pytest.raises(Fault) as caught:
        await instance.client().last_searched(2)
    assert caught.value.code == "not_found"


async def test_search_times_are_told_by_new_versions_only() -> None:
    for application, version, tells in [
        ("sonarr", "4.0.9.2332", True),
        ("sonarr", "4.0.9.2244", False),
        ("radarr", "5.10.3.9171", True),
        ("radarr", "5.9.1.9070", False),
    ]:
        client = Instance().client(application, version)
        assert client.tells_search_times is False
        await client.status()
        assert client.tells_search_times is tells, version


async def test_downloads_that_are_stuck_or_done_or_wait_in_delay_are_not_active() -> None:
    states = [
        *[("downloading", "ok"), ("queued", "ok"), ("completed", "warning"), ("paused", "ok")],
        ("delay", "ok"),
    ]
    records = [
        {"episodeId": n, "status": status, "trackedDownloadStatus": health, "downloadId": "A"}
        for n, (status, health) in enumerate([*states, ("downloading", "error")])
    ]
    downloads = await Instance(**{"queue/details": records}).client().downloading()
    assert [download.arr_id for download in downloads if download.active] == [0, 1]


WIKI = "https://wiki.servarr.com/sonarr/system"
MANUAL = f"{WIKI}#no-indexers-available-with-interactive-search-enabled"
AUTOMATIC = f"{WIKI}#no-indexers-available-with-automatic-search-enabled-sonarr-will-not-search"
FAILING = f"{WIKI}#indexers-are-unavailable-due-to-failures"
IN_ANY_LANGUAGE = [
    "No indexers available with Interactive Search enabled",
    "Kein Indexer erlaubt das interaktive Suchen",
    "Aucun indexeur disponible avec la recherche interactive activée",
    "没有启用自动搜索的索引器",
    "",
    None,
]


@pytest.mark.parametrize("message", IN_ANY_LANGUAGE)
@pytest.mark.parametrize(
    ("source", "kind", "wiki_url", "none"),
    [
        ("IndexerStatusCheck", "error", FAILING, True),
        ("IndexerStatusCheck", "warning", FAILING, False),
        ("IndexerLongTermStatusCheck", "error", FAILING, True),
        ("IndexerLongTermStatusCheck", "warning", FAILING, False),
        ("IndexerSearchCheck", "warning", MANUAL, False),
        ("IndexerSearchCheck", "warning", AUTOMATIC, True),
        ("IndexerSearchCheck", "warning", FAILING, True),
        ("IndexerSearchCheck", "error", FAILING, True),
        ("IndexerSearchCheck", "notice", FAILING, False),
        ("IndexerSearchCheck", "warning", None, True),
        ("IndexerSearchCheck", "warning", {"fullUri": MANUAL, "port": 443}, True),
        ("IndexerSearchCheck", "warning", 7, True),
        ("RootFolderCheck", "error", MANUAL, False),
    ],
)
async def test_health_says_whether_any_indexer_is_left_whatever_its_language(
    source: str, kind: str, wiki_url: object, none: bool, message: str | None
) -> None:
    record = {"source": source, "type": kind, "message": message, "wikiUrl": wiki_url}
    [health] = await Instance(health=[record]).client().health()
    assert health.no_indexer is none
    del record["wikiUrl"]
    [health] = await Instance(health=[record]).client().health()
    assert health.no_indexer is (none or (source, kind) == ("IndexerSearchCheck", "warning"))


async def test_a_search_goes_over_a_connection_that_nobody_can_have_closed(
    client_of: ToClient,
) -> None:
    """A server that hangs up on whatever is asked second; other requests share connections."""
    counts: list[int] = []

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        counts.append(0)
        mine = len(counts) - 1
        with suppress(asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                counts[mine] += 1
                if head.startswith(b"POST") and counts[mine] > 1:
                    break
                body = json.dumps(SONARR | {"id": 1}).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
                writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        writer.close()

    listening = await asyncio.start_server(meet, "127.0.0.1", 0)
    client = client_of(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
    await client.status()
    await client.status()
    await client.search(1)
    await client.search(2)
    await client.close()
    listening.close()
    assert counts == [2, 1, 1]
