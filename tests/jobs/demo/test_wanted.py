"""The wanted lists of the demo servers."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.fakes.arr import FakeArr


async def _ids(client: httpx.AsyncClient, query: str, want: str = "missing") -> list[int]:
    reply = await client.get(f"wanted/{want}?{query}")
    return [record["id"] for record in reply.json()["records"]]


async def _all(client: httpx.AsyncClient, want: str, query: str = "") -> list[dict[str, Any]]:
    reply = await client.get(f"wanted/{want}?pageSize=9999&{query}")
    records: list[dict[str, Any]] = reply.json()["records"]
    return records


async def test_the_lists_want_exactly_what_the_size_says(
    sonarr: httpx.AsyncClient, radarr: httpx.AsyncClient
) -> None:
    for client in (sonarr, radarr):
        for want, number in (("missing", 140), ("cutoff", 70)):
            reply = await client.get(f"wanted/{want}?pageSize=1")
            assert reply.json()["totalRecords"] == number
            assert len(reply.json()["records"]) == 1


async def test_pages_follow_each_other_and_end_empty(sonarr: httpx.AsyncClient) -> None:
    pages = [await _ids(sonarr, f"pageSize=50&page={number}") for number in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [50, 50, 40, 0]
    assert len({id for page in pages for id in page}) == 140


async def test_pages_below_one_are_the_first(sonarr: httpx.AsyncClient) -> None:
    first = await _ids(sonarr, "page=1")
    assert len(first) == 10
    assert await _ids(sonarr, "page=0") == await _ids(sonarr, "page=-3") == first


async def test_a_page_size_of_zero_has_no_records_and_below_zero_all(
    sonarr: httpx.AsyncClient,
) -> None:
    assert await _ids(sonarr, "pageSize=0") == []
    assert len(await _ids(sonarr, "pageSize=-1")) == 140


@pytest.mark.parametrize("wish", ["airDateUtc", "title; drop table", ""])
async def test_an_unknown_sort_key_is_silently_replaced(
    sonarr: httpx.AsyncClient, radarr: httpx.AsyncClient, wish: str
) -> None:
    for client, default in (
        (sonarr, "episodes.airDateUtc"),
        (radarr, "movieMetadata.sortTitle"),
    ):
        reply = await client.get("wanted/missing", params={"sortKey": wish})
        assert (reply.status_code, reply.json()["sortKey"]) == (200, default)


async def test_a_direction_left_out_is_descending(sonarr: httpx.AsyncClient) -> None:
    reply = (await sonarr.get("wanted/missing?pageSize=200")).json()
    aired = [record["airDateUtc"] for record in reply["records"]]
    assert reply["sortDirection"] == "descending"
    assert aired == sorted(aired, reverse=True)
    upwards = await _all(sonarr, "missing", "sortDirection=Ascending")
    assert [record["airDateUtc"] for record in upwards] == sorted(aired)
    assert await _ids(sonarr, "sortDirection=1") == await _ids(sonarr, "sortDirection=default")


async def test_never_searched_comes_first_by_last_search(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    records = await _all(
        sonarr, "missing", "sortKey=episodes.lastSearchTime&sortDirection=ascending"
    )
    moments = [record.get("lastSearchTime", "") for record in records]
    assert moments == sorted(moments)
    assert moments[0] == "" and moments[-1] != ""


async def test_missing_has_no_file_and_has_aired(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    records = await _all(sonarr, "missing")
    assert not any(record["hasFile"] or record["episodeFileId"] for record in records)
    now = living_room.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert all(record["airDateUtc"] < now for record in records)


async def test_cutoff_has_a_file_below_it_and_no_specials(
    sonarr: httpx.AsyncClient, radarr: httpx.AsyncClient
) -> None:
    records = await _all(sonarr, "cutoff", "includeEpisodeFile=true")
    assert all(record["episodeFile"]["qualityCutoffNotMet"] for record in records)
    assert all(record["seasonNumber"] > 0 for record in records)
    assert all(record["hasFile"] for record in await _all(radarr, "cutoff"))


async def test_an_episode_becomes_missing_when_it_has_been_shown(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    before = {record["id"] for record in await _all(sonarr, "missing")}
    living_room.now += timedelta(days=9)
    after = await _all(sonarr, "missing")
    aired = [record for record in after if record["id"] not in before]
    assert aired and all(record["airDateUtc"] > "2026-05-04" for record in aired)


async def test_unmonitored_is_a_list_of_its_own(radarr: httpx.AsyncClient) -> None:
    records = await _all(radarr, "missing", "monitored=false")
    assert records and not any(record["monitored"] for record in records)


async def test_unreleased_movies_are_missing_but_not_available(
    cinema: FakeArr, radarr: httpx.AsyncClient
) -> None:
    records = await _all(radarr, "missing")
    later = [record for record in records if not record["isAvailable"]]
    assert 0 < len(later) < 30
    cinema.now += timedelta(days=400)
    assert all(record["isAvailable"] for record in await _all(radarr, "missing"))


async def test_series_come_only_when_asked_for(sonarr: httpx.AsyncClient) -> None:
    assert not any("series" in record for record in await _all(sonarr, "missing"))
    for record in await _all(sonarr, "missing", "includeSeries=true"):
        assert record["series"]["id"] == record["seriesId"]
        assert "statistics" not in record["series"]


async def test_what_is_unknown_is_left_out_rather_than_null(
    sonarr: httpx.AsyncClient, radarr: httpx.AsyncClient
) -> None:
    for client in (sonarr, radarr):
        reply = await client.get("wanted/missing?pageSize=9999")
        assert "null" not in reply.text
        assert any("lastSearchTime" not in record for record in reply.json()["records"])
