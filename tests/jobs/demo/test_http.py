"""How the demo servers treat keys, paths and requests that do not bind."""

import httpx
import pytest

from jobs.demo import DEMO_KEY
from tests.fakes.arr import FakeArr


@pytest.mark.parametrize("path", ["system/status", "nothing/here", "../../api"])
async def test_without_the_key_every_api_path_is_401_and_empty(
    sonarr: httpx.AsyncClient, path: str
) -> None:
    reply = await sonarr.get(path, headers={"X-Api-Key": "wrong"})
    assert (reply.status_code, reply.content) == (401, b"")
    assert "x-application-version" not in reply.headers


async def test_a_key_in_the_query_hides_the_one_in_the_header(sonarr: httpx.AsyncClient) -> None:
    assert (await sonarr.get("tag?apikey=")).status_code == 401
    assert (await sonarr.get(f"tag?apikey={DEMO_KEY}", headers={"X-Api-Key": ""})).is_success


async def test_a_bearer_token_is_a_key(living_room: FakeArr) -> None:
    transport = httpx.ASGITransport(living_room)
    async with httpx.AsyncClient(transport=transport) as client:
        headers = {"Authorization": f"Bearer {DEMO_KEY}"}
        assert (await client.get("http://demo/api", headers=headers)).json()["current"] == "v3"


async def test_ping_needs_no_key(living_room: FakeArr) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(living_room)) as client:
        assert (await client.get("http://demo/ping")).json() == {"status": "OK"}
        assert (await client.head("http://demo/ping")).content == b""


async def test_each_application_names_itself_and_its_version(
    sonarr: httpx.AsyncClient, radarr: httpx.AsyncClient
) -> None:
    for client, name, version in ((sonarr, "Sonarr", "4.0.16."), (radarr, "Radarr", "6.")):
        reply = await client.get("system/status")
        assert reply.json()["appName"] == name
        assert reply.json()["version"].startswith(version)
        assert reply.headers["x-application-version"] == reply.json()["version"]
        assert reply.headers["content-type"] == "application/json; charset=utf-8"


async def test_the_date_header_is_the_clock_of_the_server(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    living_room.advance(61)
    reply = await sonarr.get("tag")
    assert reply.headers["date"] == "Mon, 04 May 2026 12:01:01 GMT"


async def test_paths_and_names_are_read_in_any_case(sonarr: httpx.AsyncClient) -> None:
    reply = await sonarr.get("Wanted/MISSING/?PAGESIZE=3&SortKey=SERIES.SORTTITLE")
    assert len(reply.json()["records"]) == 3
    assert reply.json()["sortKey"] == "series.sortTitle"


async def test_an_unknown_path_is_404_and_empty(sonarr: httpx.AsyncClient) -> None:
    for path in ("movie", "nothing", "http://demo/api/v9/tag", "http://demo/api/v3"):
        reply = await sonarr.get(path)
        assert (reply.status_code, reply.content) == (404, b"")


@pytest.mark.parametrize("path", ["series/99999", "episode/99999", "command/99999", "tag/77"])
async def test_an_unknown_id_is_404_with_a_problem_document(
    sonarr: httpx.AsyncClient, path: str
) -> None:
    reply = await sonarr.get(path)
    assert (reply.status_code, reply.json()["title"]) == (404, "Not Found")


async def test_a_path_outside_the_api_is_the_web_page(sonarr: httpx.AsyncClient) -> None:
    reply = await sonarr.get("http://demo//api/v3/tag")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/html")


async def test_a_wrong_method_is_405_and_says_which_are_right(sonarr: httpx.AsyncClient) -> None:
    reply = await sonarr.delete("command")
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, POST")


async def test_a_reader_that_takes_no_json_is_406(sonarr: httpx.AsyncClient) -> None:
    assert (await sonarr.get("tag", headers={"Accept": "text/html"})).status_code == 406


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("sortDirection=asc", "sortDirection"),
        ("monitored=1", "monitored"),
        ("pageSize=x", "pageSize"),
        ("page=99999999999", "page"),
    ],
)
async def test_a_value_that_does_not_bind_is_400_and_named(
    sonarr: httpx.AsyncClient, query: str, field: str
) -> None:
    reply = await sonarr.get(f"wanted/missing?{query}")
    assert reply.status_code == 400
    assert list(reply.json()["errors"]) == [field]


async def test_event_types_of_paged_history_are_numbers(sonarr: httpx.AsyncClient) -> None:
    assert (await sonarr.get("history?eventType=grabbed")).status_code == 400
    by_number = await sonarr.get("history?eventType=1&eventType=3")
    assert {each["eventType"] for each in by_number.json()["records"]} <= {
        "grabbed",
        "downloadFolderImported",
    }
    assert (await sonarr.get("history/since?eventType=grabbed")).is_success


async def test_a_body_that_is_no_json_is_refused(sonarr: httpx.AsyncClient) -> None:
    broken = await sonarr.post(
        "command", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert (broken.status_code, list(broken.json()["errors"])) == (400, ["$"])
    assert (await sonarr.post("command", data={"name": "RssSync"})).status_code == 415


async def test_episodes_are_asked_for_by_series_or_by_ids(sonarr: httpx.AsyncClient) -> None:
    assert len((await sonarr.get("episode?episodeIds=1&episodeIds=2")).json()) == 2
    assert (await sonarr.get("episode?episodeIds=1&episodeIds=99999")).status_code == 500
    nothing = await sonarr.get("episode")
    assert nothing.status_code == 400
    assert nothing.json()["content"] == "seriesId or episodeIds must be provided"
    season = await sonarr.get("episode?seriesId=1&seasonNumber=1")
    assert {each["seasonNumber"] for each in season.json()} == {1}


async def test_a_title_is_found_by_its_outside_id(
    sonarr: httpx.AsyncClient, radarr: httpx.AsyncClient
) -> None:
    series, movie = (await sonarr.get("series/2")).json(), (await radarr.get("movie/2")).json()
    by_tvdb = (await sonarr.get(f"series?tvdbId={series['tvdbId']}")).json()
    by_tmdb = (await radarr.get(f"movie?tmdbId={movie['tmdbId']}")).json()
    assert [each["id"] for each in by_tvdb + by_tmdb] == [2, 2]
