"""What searches on the demo servers bring, and what comes of it."""

from typing import Any

import httpx

from jobs.demo.library import Episode
from tests.fakes.arr import FakeArr


async def _search(server: FakeArr, client: httpx.AsyncClient, **body: Any) -> str:
    """Posts, waits for the end, answers the closing message."""
    id = (await client.post("command", json=body)).json()["id"]
    server.advance(32)
    message: str = (await client.get(f"command/{id}")).json()["message"]
    return message


async def _first(client: httpx.AsyncClient, want: str = "missing") -> int:
    id: int = (await client.get(f"wanted/{want}?pageSize=1")).json()["records"][0]["id"]
    return id


async def _total(client: httpx.AsyncClient, want: str = "missing") -> int:
    total: int = (await client.get(f"wanted/{want}?pageSize=1")).json()["totalRecords"]
    return total


async def test_a_found_episode_is_grabbed_downloaded_and_leaves_the_list(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    id = await _first(sonarr)
    living_room.find(id)
    message = await _search(living_room, sonarr, name="EpisodeSearch", episodeIds=[id])
    assert message == "Episode search completed. 1 reports downloaded."
    grabs = (await sonarr.get(f"history?eventType=1&episodeId={id}")).json()["records"]
    assert len(grabs) == 1
    assert grabs[0]["data"]["releaseSource"] == "UserInvokedSearch"
    assert grabs[0]["date"] == "2026-05-04T12:00:04Z"
    download = (await sonarr.get("queue/details")).json()[0]
    assert (download["episodeId"], download["status"]) == (id, "downloading")
    assert download["downloadId"] == grabs[0]["downloadId"]
    assert download["title"] == grabs[0]["sourceTitle"]
    assert await _total(sonarr) == 140
    living_room.advance(120)
    assert (await sonarr.get("queue/details")).json() == []
    assert await _total(sonarr) == 139
    imports = (await sonarr.get(f"history?eventType=3&episodeId={id}")).json()["records"]
    assert imports[0]["downloadId"] == grabs[0]["downloadId"]
    assert (await sonarr.get(f"episode/{id}")).json()["hasFile"]


async def test_an_upgrade_leaves_the_cutoff_list_and_the_old_file_is_deleted(
    cinema: FakeArr, radarr: httpx.AsyncClient
) -> None:
    id = await _first(radarr, "cutoff")
    cinema.find(id)
    message = await _search(cinema, radarr, name="MoviesSearch", movieIds=[id])
    assert message == "Completed search for 1 movies. 1 reports downloaded."
    cinema.advance(120)
    assert await _total(radarr, "cutoff") == 69
    events = (await radarr.get(f"history/movie?movieId={id}")).json()
    assert [each["eventType"] for each in events[:3]] == [
        "downloadFolderImported",
        "movieFileDeleted",
        "grabbed",
    ]
    assert (await radarr.get(f"history?eventType=6&movieIds={id}")).json()["totalRecords"] == 1


async def test_a_search_that_finds_nothing_leaves_only_its_time(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    id = await _first(sonarr)
    await _search(living_room, sonarr, name="EpisodeSearch", episodeIds=[id])
    assert (await sonarr.get(f"episode/{id}")).json()["lastSearchTime"] == "2026-05-04T12:00:04Z"
    assert (await sonarr.get("queue/status")).json()["totalCount"] == 0
    assert await _first(sonarr) == id


async def test_with_no_active_indexer_a_search_completes_and_leaves_no_trace(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    id = await _first(sonarr)
    before = (await sonarr.get(f"episode/{id}")).json().get("lastSearchTime")
    living_room.find(id)
    living_room.world.active_indexers = 0
    message = await _search(living_room, sonarr, name="EpisodeSearch", episodeIds=[id])
    assert message == "Episode search completed. 0 reports downloaded."
    assert (await sonarr.get(f"episode/{id}")).json().get("lastSearchTime") == before
    assert (await sonarr.get("health")).json()[0]["source"] == "IndexerStatusCheck"


async def test_what_is_downloading_or_done_is_not_grabbed_again(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    id = await _first(sonarr)
    living_room.find(id)
    for reports in (1, 0):
        message = await _search(living_room, sonarr, name="EpisodeSearch", episodeIds=[id])
        assert message == f"Episode search completed. {reports} reports downloaded."
    living_room.advance(120)
    message = await _search(living_room, sonarr, name="EpisodeSearch", episodeIds=[id])
    assert message == "Episode search completed. 0 reports downloaded."


async def test_a_season_pack_is_one_release_with_a_record_for_each_episode(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    living_room.world.luck = lambda item, now: True
    series, season, ids = _whole_season(living_room)
    body = {"name": "SeasonSearch", "seriesId": series, "seasonNumber": season}
    message = await _search(living_room, sonarr, **body)
    assert message == "Season search completed. 1 reports downloaded."
    queue = (await sonarr.get(f"queue/details?seriesId={series}")).json()
    assert {each["episodeId"] for each in queue} == set(ids)
    assert len({each["downloadId"] for each in queue}) == 1
    grabs = (await sonarr.get(f"history/series?seriesId={series}&eventType=grabbed")).json()
    assert {each["data"]["releaseType"] for each in grabs} == {"SeasonPack"}
    episodes = (await sonarr.get(f"episode?seriesId={series}&seasonNumber={season}")).json()
    assert {each["lastSearchTime"] for each in episodes} == {"2026-05-04T12:00:04Z"}
    living_room.advance(120)
    assert await _total(sonarr) == 140 - len(ids)


def _whole_season(server: FakeArr) -> tuple[int, int, list[int]]:
    """A season of which everything is missing, and its episodes."""
    now = server.world.now()
    for series in server.world.library.series.values():
        for season in {each.season for each in series.episodes} - {0}:
            episodes = series.season(season)
            fitting = series.type == "standard" and len(episodes) > 2
            if fitting and all(each.wanted and each.missing(now) for each in episodes):
                return series.id, season, [each.id for each in episodes]
    raise AssertionError("the library has no such season")


async def test_a_page_of_the_queue_beyond_the_end_is_the_last_one(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    living_room.fill_queue(6)
    reply = (await sonarr.get("queue?pageSize=2&page=9")).json()
    assert (reply["page"], reply["totalRecords"], len(reply["records"])) == (3, 6, 2)


async def test_a_failed_download_leaves_the_item_on_the_list(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    id = await _first(sonarr)
    living_room.find(id)
    living_room.world.fail_rate = 1.0
    await _search(living_room, sonarr, name="EpisodeSearch", episodeIds=[id])
    living_room.advance(120)
    assert (await sonarr.get(f"history?eventType=4&episodeId={id}")).json()["totalRecords"] == 1
    assert await _first(sonarr) == id


async def test_an_ignored_download_leaves_the_item_on_the_list_too(
    cinema: FakeArr, radarr: httpx.AsyncClient
) -> None:
    id = await _first(radarr)
    cinema.find(id)
    cinema.world.ignore_rate = 1.0
    await _search(cinema, radarr, name="MoviesSearch", movieIds=[id])
    cinema.advance(120)
    events = (await radarr.get(f"history/movie?movieId={id}")).json()
    assert [each["eventType"] for each in events] == ["downloadIgnored", "grabbed"]
    assert len({each["downloadId"] for each in events}) == 1
    assert (await radarr.get("history?eventType=9")).json()["totalRecords"] == 1
    assert await _first(radarr) == id


async def test_history_since_a_moment_is_oldest_first(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    living_room.fill_queue(3)
    living_room.advance(200)
    everything = (await sonarr.get("history/since")).json()
    dates = [each["date"] for each in everything]
    assert dates == sorted(dates)
    late = (await sonarr.get("history/since?date=2026-05-04T12:00:01Z")).json()
    assert {each["eventType"] for each in late} == {"downloadFolderImported"}
    assert (await sonarr.get("history/since?date=yesterday")).status_code == 400
    assert isinstance(living_room.world.history[0].item, Episode)
