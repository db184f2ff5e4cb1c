"""The life of a command on the demo servers."""

from typing import Any

import httpx
import pytest

from tests.fakes.arr import FakeArr


async def _post(client: httpx.AsyncClient, name: str, **own: Any) -> dict[str, Any]:
    reply = await client.post("command", json={"name": name, **own})
    assert reply.status_code == 201, reply.text
    document: dict[str, Any] = reply.json()
    assert reply.headers["location"].endswith(f"/api/v3/command/{document['id']}")
    return document


async def _get(client: httpx.AsyncClient, id: int) -> dict[str, Any]:
    document: dict[str, Any] = (await client.get(f"command/{id}")).json()
    return document


async def test_a_search_is_queued_then_started_then_completed(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    posted = await _post(sonarr, "EpisodeSearch", episodeIds=[5])
    assert (posted["status"], posted["result"], posted["trigger"]) == (
        "queued",
        "unknown",
        "manual",
    )
    assert posted["body"]["episodeIds"] == [5]
    running = await _get(sonarr, posted["id"])
    title = living_room.world.items[5].label
    assert running["status"] == "started"
    assert running["message"] == f"Searching indexers for [{title}]. 3 active indexers"
    living_room.advance(4)
    ended = await _get(sonarr, posted["id"])
    assert (ended["status"], ended["result"]) == ("completed", "successful")
    assert ended["message"] == "Episode search completed. 0 reports downloaded."
    assert ended["duration"] == "00:00:04"
    assert (ended["started"], ended["ended"]) == ("2026-05-04T12:00:00Z", "2026-05-04T12:00:04Z")


@pytest.mark.parametrize(
    ("name", "own", "message"),
    [
        ("SeasonSearch", {"seriesId": 2, "seasonNumber": 1}, "Season search completed. 0"),
        ("seriessearch", {"SERIESID": 2}, "Series search completed. 0"),
        ("SeasonSearch", {"seriesId": 2, "seasonNumber": 99}, "Season search completed. 0"),
        ("MissingEpisodeSearch", {}, "Completed search for 140 episodes. 0"),
        ("CutoffUnmetEpisodeSearch", {}, "Completed search for 70 episodes. 0"),
    ],
)
async def test_every_search_of_a_sonarr_says_what_it_brought(
    living_room: FakeArr, sonarr: httpx.AsyncClient, name: str, own: Any, message: str
) -> None:
    posted = await _post(sonarr, name, **own)
    living_room.advance(60)
    ended = await _get(sonarr, posted["id"])
    assert ended["message"] == f"{message} reports downloaded."


async def test_a_movie_search_says_how_many_movies_it_searched(
    cinema: FakeArr, radarr: httpx.AsyncClient
) -> None:
    posted = await _post(radarr, "MoviesSearch", movieIds=[3, 4])
    cinema.advance(60)
    ended = await _get(radarr, posted["id"])
    assert ended["message"] == "Completed search for 2 movies. 0 reports downloaded."


async def test_an_equal_command_in_the_queue_answers_with_the_first_ones_id(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    first = await _post(sonarr, "EpisodeSearch", episodeIds=[5, 6])
    assert (await _post(sonarr, "episodesearch", episodeIds=[6, 5]))["id"] == first["id"]
    assert (await _post(sonarr, "EpisodeSearch", episodeIds=[5]))["id"] != first["id"]
    living_room.advance(60)
    assert (await _post(sonarr, "EpisodeSearch", episodeIds=[5, 6]))["id"] != first["id"]


async def test_three_workers_take_the_oldest_first(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    ids = [(await _post(sonarr, "EpisodeSearch", episodeIds=[id]))["id"] for id in range(1, 6)]
    states = [(await _get(sonarr, id))["status"] for id in ids]
    assert states == ["started", "started", "started", "queued", "queued"]
    living_room.advance(4)
    fourth = await _get(sonarr, ids[3])
    assert (fourth["status"], fourth["started"]) == ("started", "2026-05-04T12:00:04Z")
    living_room.advance(4)
    assert (await _get(sonarr, ids[4]))["status"] == "completed"


async def test_only_a_queued_command_can_be_cancelled(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    ids = [(await _post(sonarr, "EpisodeSearch", episodeIds=[id]))["id"] for id in range(1, 5)]
    assert (await sonarr.delete(f"command/{ids[0]}")).status_code == 409
    cancelled = await sonarr.delete(f"command/{ids[3]}")
    assert (cancelled.status_code, cancelled.content) == (200, b"")
    assert (await sonarr.get(f"command/{ids[3]}")).status_code == 404


async def test_message_and_result_are_forgotten_five_minutes_after_the_end(
    living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    posted = await _post(sonarr, "EpisodeSearch", episodeIds=[5])
    living_room.advance(4 + 300)
    assert [each["id"] for each in (await sonarr.get("command")).json()] == [posted["id"]]
    assert "message" in await _get(sonarr, posted["id"])
    living_room.advance(1)
    assert (await sonarr.get("command")).json() == []
    late = await _get(sonarr, posted["id"])
    assert (late["status"], late["result"]) == ("completed", "unknown")
    assert "message" not in late
    living_room.advance(86_400)
    assert (await sonarr.get(f"command/{posted['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("EpisodeSearch", {"episodeIds": [99999]}),
        ("EpisodeSearch", {"episodeIds": []}),
        ("EpisodeSearch", {"episodeId": [5]}),
        ("EpisodeSearch", {"body": {"episodeIds": [5]}}),
        ("SeasonSearch", {"seriesId": 999, "seasonNumber": 1}),
        ("SeriesSearch", {}),
    ],
)
async def test_a_search_for_nothing_known_fails(
    living_room: FakeArr, sonarr: httpx.AsyncClient, name: str, own: Any
) -> None:
    posted = await _post(sonarr, name, **own)
    living_room.advance(1)
    ended = await _get(sonarr, posted["id"])
    assert (ended["status"], ended["message"]) == ("failed", "Failed")
    assert ended["result"] == "unknown" and ended["exception"]


async def test_one_unknown_or_doubled_id_spoils_a_movie_search(
    cinema: FakeArr, radarr: httpx.AsyncClient
) -> None:
    for ids in ([3, 99999], [3, 3]):
        posted = await _post(radarr, "MoviesSearch", movieIds=ids)
        cinema.advance(60)
        assert (await _get(radarr, posted["id"]))["status"] == "failed"
    assert cinema.world.items[3].searched is None or cinema.world.items[3].attempts == 0


async def test_what_is_no_command_is_an_error_of_the_server(sonarr: httpx.AsyncClient) -> None:
    unknown = await sonarr.post("command", json={"name": "MoviesSearch", "movieIds": [1]})
    assert unknown.status_code == 500
    assert unknown.json()["message"] == "Sequence contains no matching element"
    wrong = await sonarr.post("command", json={"name": "EpisodeSearch", "episodeIds": ["5"]})
    assert wrong.status_code == 500
