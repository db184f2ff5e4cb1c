"""How a wanted list is walked while it changes."""

from collections.abc import Callable
from typing import Any

import pytest

from jobs.arr import Client, Page, Radarr, Sonarr
from tests.jobs.net.raw import Asked, Instance

SERIES = {
    "id": 7,
    "title": "The Quarry",
    "sortTitle": "quarry",
    "status": "ended",
    "seriesType": "anime",
    "qualityProfileId": 4,
    "rootFolderPath": "/tv/",
    "titleSlug": "the-quarry",
    "year": 2009,
    "tags": [3, 9],
}


def episode(number: int, **more: Any) -> dict[str, Any]:
    place = {"id": number, "seriesId": 7, "seasonNumber": 2, "episodeNumber": number % 100}
    return {**place, "title": f"Part {number}", "monitored": True, **more}


def movie(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "title": f"Film {number}", "monitored": True, "year": 2001, **more}


def wanted(list_at: Callable[[int], list[Any]], *, most: int = 10**6, echo: bool = True) -> Any:
    """A wanted list that may be another one at each request, in pages of at most `most`."""
    asked = 0

    def answer(request: Asked) -> dict[str, Any]:
        nonlocal asked
        asked += 1
        records = list_at(asked)
        number, size = int(request.query["page"]), min(most, int(request.query["pageSize"]))
        start = (number - 1) * size
        return {
            "page": number,
            "pageSize": size if echo else int(request.query["pageSize"]),
            "totalRecords": len(records),
            "records": records[start : start + size],
        }

    return answer


async def pages_of(client: Client, want: str = "missing") -> list[Page]:
    return [page async for page in client.pages(want)]


def ids(pages: list[Page]) -> list[int]:
    return [entry.arr_id for page in pages for entry in page.entries]


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sonarr, "page_size", 10)
    monkeypatch.setattr(Radarr, "page_size", 10)


def sonarr(answer: Any, want: str = "missing") -> Instance:
    path = {"missing": "wanted/missing", "upgrade": "wanted/cutoff"}[want]
    return Instance(**{path: answer, "series": [SERIES]})


async def test_a_list_is_read_to_its_end_and_no_further() -> None:
    instance = sonarr(wanted(lambda _: [episode(n) for n in range(1, 31)]))
    pages = await pages_of(instance.client())
    assert ids(pages) == list(range(1, 31))
    assert [asked.query.get("page") for asked in instance.asked] == [None, "1", "2", "3"]


async def test_an_empty_list_is_one_empty_page() -> None:
    pages = await pages_of(sonarr(wanted(lambda _: [])).client())
    assert pages == [Page(1, 0, [], 0)]


async def test_a_list_that_shrinks_ends() -> None:
    def shrinking(asked: int) -> list[Any]:
        return [episode(n) for n in range(asked * 4, 31)]

    pages = await pages_of(sonarr(wanted(shrinking)).client())
    found = ids(pages)
    assert len(found) == len(set(found))
    assert len(pages) <= 4
    assert pages[-1].total < 30


async def test_a_list_that_grows_is_read_on() -> None:
    def growing(asked: int) -> list[Any]:
        return [episode(n) for n in range(1, 15 + 5 * asked)]

    pages = await pages_of(sonarr(wanted(growing)).client())
    assert ids(pages) == list(range(1, pages[-1].total + 1))


async def test_records_that_come_twice_are_given_once() -> None:
    def shifted(asked: int) -> list[Any]:
        return [episode(n) for n in range(100 - asked, 130 - asked)]

    found = ids(await pages_of(sonarr(wanted(shifted)).client()))
    assert len(found) == len(set(found))


async def test_a_total_that_is_never_reached_does_not_loop() -> None:
    def lying(request: Asked) -> dict[str, Any]:
        return {"totalRecords": 10**6, "records": [episode(n) for n in range(1, 11)]}

    instance = sonarr(lying)
    assert ids(await pages_of(instance.client())) == list(range(1, 11))
    assert len(instance.asked) == 3


@pytest.mark.parametrize("echo", [True, False])
async def test_a_page_size_that_the_server_lessens_is_honoured(echo: bool) -> None:
    everything = [episode(n) for n in range(1, 24)]
    instance = sonarr(wanted(lambda _: everything, most=4, echo=echo))
    assert ids(await pages_of(instance.client())) == list(range(1, 24))


async def test_malformed_records_are_counted_and_spare_the_page() -> None:
    records = [episode(1), {"title": "no id"}, episode(3), episode(4, tvdbId="x"), "x", None]
    pages = await pages_of(sonarr(wanted(lambda _: records)).client())
    assert ids(pages) == [1, 3]
    assert [page.malformed for page in pages] == [4]


async def test_a_page_of_malformed_records_is_not_the_end() -> None:
    records = [{"id": None}] * 10 + [episode(n) for n in range(1, 6)]
    assert ids(await pages_of(sonarr(wanted(lambda _: records)).client())) == [1, 2, 3, 4, 5]


async def test_an_episode_is_joined_with_its_series() -> None:
    record = episode(
        12,
        tvdbId=4005180,
        airDateUtc="2026-11-21T19:11:25Z",
        lastSearchTime="2026-11-22T15:42:54.395066Z",
    )
    [page] = await pages_of(sonarr(wanted(lambda _: [record]), "upgrade").client(), "upgrade")
    [entry] = page.entries
    assert entry == (
        *(12, "upgrade", 4005180, "Part 12", "quarry", 7, "The Quarry", 2, 12, 2009),
        *(1795288285000, True, True, 4, "/tv", "ended", "anime", (3, 9), "the-quarry"),
        *(1795362174395, None, None),
    )


async def test_nulls_and_missing_fields_survive() -> None:
    bare = {"id": 5, "title": None, "airDateUtc": None, "monitored": None, "lastSearchTime": ""}
    [page] = await pages_of(sonarr(wanted(lambda _: [bare])).client())
    [entry] = page.entries
    assert (entry.arr_id, entry.title, entry.series_id, entry.aired_at) == (5, "", None, None)
    assert (entry.slug, entry.tags, entry.arr_searched_at) == ("", (), None)


async def test_both_lists_share_one_download_of_the_series() -> None:
    instance = sonarr(wanted(lambda _: [episode(1)]))
    instance.answers["wanted/cutoff"] = instance.answers["wanted/missing"]
    client = instance.client()
    library = await client.library()
    for want in ("missing", "upgrade"):
        [page] = [page async for page in client.pages(want, library)]
        assert page.entries[0].series_title == "The Quarry"
    assert [asked.path for asked in instance.asked].count("series") == 1


async def test_the_total_costs_one_record() -> None:
    instance = sonarr(wanted(lambda _: [episode(n) for n in range(1, 31)]))
    assert await instance.client().total("missing") == 30
    [asked] = instance.asked
    assert asked.query["pageSize"] == "1"


async def test_movies_come_from_the_wanted_lists_since_5_6() -> None:
    film = movie(
        3,
        tmdbId=603,
        sortTitle="film three",
        digitalRelease="1999-03-31T00:00:00Z",
        isAvailable=True,
        path="/films/Film 3 (1999)",
        qualityProfileId=2,
        tags=[1],
    )
    instance = Instance(**{"wanted/missing": wanted(lambda _: [film])})
    [page] = await pages_of(instance.client("radarr", "5.6.0.8846"))
    [entry] = page.entries
    assert entry == (
        *(3, "missing", 603, "Film 3", "film three", None, None, None, None, 2001),
        *(922838400000, True, True, 2, "/films", None, None, (1,), "603", None, 922838400000, None),
    )


OLD_MOVIES = [
    movie(1, hasFile=False, isAvailable=True),
    movie(2, hasFile=False, isAvailable=False),
    movie(3, hasFile=False, monitored=False),
    movie(4, hasFile=False, year=0),
    movie(5, hasFile=True, movieFile={"qualityCutoffNotMet": True}),
    movie(6, hasFile=True, movieFile={"qualityCutoffNotMet": False}),
    movie(7, hasFile=True),
    {"id": "malformed"},
]


@pytest.mark.parametrize(("want", "expected"), [("missing", [1, 2]), ("upgrade", [5])])
async def test_before_5_6_the_lists_are_sieved_out_of_all_movies(
    want: str, expected: list[int]
) -> None:
    instance = Instance(movie=OLD_MOVIES)
    client = instance.client("radarr", "5.5.3.8819")
    pages = await pages_of(client, want)
    assert ids(pages) == expected
    assert (pages[-1].total, pages[-1].malformed) == (len(expected) + 1, 1)
    assert await client.total(want) == len(expected) + 1
    assert {asked.path for asked in instance.asked} == {"system/status", "movie"}


async def test_sieved_movies_come_in_pages() -> None:
    instance = Instance(movie=[movie(n, hasFile=False) for n in range(1, 3001)])
    pages = await pages_of(instance.client("radarr", "5.0.0.7997"))
    assert len(pages) > 1
    assert ids(pages) == list(range(1, 3001))
    assert pages[-1].total == 3000


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ({"releaseDate": "2020-01-05T00:00:00Z", "inCinemas": "2020-01-05T00:00:00Z"}, 18356),
        ({"minimumAvailability": "inCinemas", "inCinemas": "2020-01-05T00:00:00Z"}, 18356),
        ({"inCinemas": "2019-01-01T00:00:00Z", "digitalRelease": "2020-01-05T00:00:00Z"}, 18266),
        (
            {"physicalRelease": "2020-02-05T00:00:00Z", "digitalRelease": "2020-01-05T00:00:00Z"},
            18266,
        ),
        ({"inCinemas": "2020-01-05T00:00:00Z"}, 18356),
        ({"digitalRelease": "0001-01-01T00:00:00Z"}, None),
        ({"releaseDate": "2020-01-05T00:00:00Z"}, None),
        ({}, None),
    ],
)
async def test_a_movie_is_out_at_its_first_home_release_or_90_days_after_cinemas(
    dates: Any, day: int | None
) -> None:
    instance = Instance(**{"wanted/missing": wanted(lambda _: [movie(1, **dates)])})
    [page] = await pages_of(instance.client("radarr", "6.0.0.1"))
    assert page.entries[0].aired_at == (None if day is None else day * 86_400_000)
