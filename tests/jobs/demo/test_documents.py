"""The demo's replies against the OpenAPI documents and the recorded replies."""

from typing import Any

import httpx
import pytest

from tests.contract import contract_dir, faults, recorded
from tests.fakes.arr import FakeArr

SHARED = [
    "/api/v3/system/status",
    "/api/v3/health",
    "/api/v3/qualityprofile",
    "/api/v3/qualityprofile/{id}?4",
    "/api/v3/customformat",
    "/api/v3/tag",
    "/api/v3/tag/{id}?1",
    "/api/v3/indexer",
    "/api/v3/rootfolder",
    "/api/v3/diskspace",
    "/api/v3/wanted/missing",
    "/api/v3/wanted/cutoff",
    "/api/v3/command",
    "/api/v3/command/{id}?1001",
    "/api/v3/queue",
    "/api/v3/queue/details",
    "/api/v3/queue/status",
    "/api/v3/history",
    "/api/v3/history/since",
    "/ping",
]
SONARR = [
    *SHARED,
    "/api/v3/series",
    "/api/v3/series/{id}?1",
    "/api/v3/episode?seriesId=1",
    "/api/v3/episode?seriesId=1&includeEpisodeFile=true",
    "/api/v3/episode/{id}?1",
    "/api/v3/episodefile?seriesId=1",
    "/api/v3/wanted/cutoff?includeSeries=true&includeEpisodeFile=true&includeImages=true",
    "/api/v3/history?includeSeries=true&includeEpisode=true",
    "/api/v3/history/series?seriesId=1",
    "/api/v3/release?episodeId=1",
    "/api/v3/release?seriesId=1&seasonNumber=1",
    "/api/v3/release",
]
RADARR = [
    *SHARED,
    "/api/v3/movie",
    "/api/v3/movie/{id}?1",
    "/api/v3/moviefile?movieId=1&movieId=2&movieId=3",
    "/api/v3/history?includeMovie=true",
    "/api/v3/history/movie?movieId=1",
    "/api/v3/release?movieId=1",
]
OPEN = (
    "data",
    "fields",
    "mediaInfo",
    "customFormats",
    "statusMessages",
    "unmappedFolders",
    "items",
)
# What today's servers do not write any more, or only where there is something to write.
GONE = {
    *("isMono", "isMonoRuntime", "sqliteVersion", "packageVersion", "packageAuthor"),
    *("language", "languageCutoffNotMet", "errorMessage", "physicalReleaseNote", "seasonNumber"),
    *("completionMessage", "lastExecutionTime", "lastStartTime", "absoluteEpisodeNumber"),
    *(
        "nextAiring",
        "previousAiring",
        "releaseGroup",
        "sceneName",
        "mediaInfo",
        "collection",
        "episode",
        "overview",
        "specifications",
    ),
    *("inCinemas", "physicalRelease", "digitalRelease", "alternateTitles", "modifier", "url"),
    *("message", "exception", "started", "ended", "duration", "stateChangeTime", "isNewMovie"),
}


async def _busy(server: FakeArr, client: httpx.AsyncClient) -> None:
    """Commands, downloads and history to show."""
    for rate in ("fail_rate", "ignore_rate", ""):
        server.world.fail_rate = server.world.ignore_rate = 0.0
        setattr(server.world, rate or "fail_rate", float(bool(rate)))
        server.fill_queue(1)
        server.advance(130)
    server.fill_queue(2)
    server.world.active_indexers = 1
    body = {"name": "EpisodeSearch", "episodeIds": [1]}
    if server.application == "radarr":
        body = {"name": "MoviesSearch", "movieIds": [1]}
    await client.post("command", json=body)
    server.advance(5)


def _address(case: str) -> tuple[str, str]:
    """The path in the document, and the address that asks for it."""
    path, _, query = case.partition("?")
    return path, path.replace("{id}", query) if "{id}" in path else case


@pytest.mark.parametrize("case", SONARR)
@pytest.mark.parametrize("document", ["sonarr-4", "sonarr-5-develop-api-v3"])
async def test_a_demo_sonarr_answers_as_the_documents_say(
    document: str, case: str, living_room: FakeArr, sonarr: httpx.AsyncClient
) -> None:
    contract_dir()
    await _busy(living_room, sonarr)
    path, address = _address(case)
    reply = await sonarr.get(f"http://demo{address}")
    assert reply.status_code == 200
    assert faults(document, path, reply.json()) == []


@pytest.mark.parametrize("case", RADARR)
async def test_a_demo_radarr_answers_as_the_document_says(
    case: str, cinema: FakeArr, radarr: httpx.AsyncClient
) -> None:
    contract_dir()
    await _busy(cinema, radarr)
    path, address = _address(case)
    reply = await radarr.get(f"http://demo{address}")
    assert reply.status_code == 200
    assert faults("radarr-6", path, reply.json()) == []


@pytest.mark.parametrize("application", ["sonarr-4", "sonarr-5-develop-api-v3", "radarr-6"])
async def test_a_posted_command_is_answered_as_the_documents_say(
    application: str, sonarr: httpx.AsyncClient, radarr: httpx.AsyncClient
) -> None:
    contract_dir()
    client = radarr if application == "radarr-6" else sonarr
    reply = await client.post("command", json={"name": "RssSync"})
    assert faults(application, "/api/v3/command", reply.json(), "post") == []


def test_the_validation_notices_a_wrong_reply() -> None:
    contract_dir()
    wrong = {"records": [{"seriesId": "one", "hasFile": None}], "totalRecords": 1}
    assert len(faults("sonarr-4", "/api/v3/wanted/missing", wrong)) == 2
    assert faults("sonarr-4", "/api/v3/tag", {"id": 1}) != []


@pytest.mark.parametrize(
    ("application", "address", "recording"),
    [
        ("sonarr", "system/status", "pyarr/sonarr/system_status.json"),
        ("sonarr", "wanted/missing", "aiopyarr/sonarr/wantedmissing.json"),
        ("sonarr", "series/1", "pyarr/sonarr/series.json"),
        ("sonarr", "episode/{filed}", "aiopyarr/sonarr/episode.json"),
        ("sonarr", "episodefile?seriesId=1", "pyarr/sonarr/episodefile_series.json"),
        ("sonarr", "command/1001", "pyarr/sonarr/command.json"),
        ("sonarr", "queue/details", "aiopyarr/sonarr/queue-details.json"),
        ("sonarr", "queue", "pyarr/sonarr/queue.json"),
        ("sonarr", "history", "pyarr/sonarr/history.json"),
        ("sonarr", "diskspace", "pyarr/sonarr/diskspace.json"),
        ("sonarr", "rootfolder", "pyarr/sonarr/rootfolder_all.json"),
        ("sonarr", "tag", "pyarr/sonarr/tag_all.json"),
        ("sonarr", "indexer", "pyarr/sonarr/indexer_all.json"),
        ("radarr", "queue/status", "pyarr/radarr/queue_status.json"),
        ("radarr", "queue/details", "pyarr/radarr/queue_details.json"),
        ("radarr", "movie/{filed}", "pyarr/radarr/movie.json"),
        ("radarr", "moviefile?movieId={filed}", "aiopyarr/radarr/moviefile-list.json"),
        ("radarr", "history", "aiopyarr/radarr/history.json"),
        ("radarr", "health", "aiopyarr/common/health.json"),
        ("radarr", "qualityprofile", "aiopyarr/common/qualityprofile.json"),
        ("radarr", "command", "aiopyarr/common/commands.json"),
    ],
)
async def test_a_reply_has_the_keys_of_the_recorded_one(
    application: str,
    address: str,
    recording: str,
    living_room: FakeArr,
    cinema: FakeArr,
    sonarr: httpx.AsyncClient,
    radarr: httpx.AsyncClient,
) -> None:
    expected = _keys(recorded(recording))
    server, client = (living_room, sonarr) if application == "sonarr" else (cinema, radarr)
    await _busy(server, client)
    filed = next(item.id for item in server.world.items.values() if item.file)
    reply = await client.get(address.replace("{filed}", str(filed)))
    missing = expected - _keys(reply.json())
    assert {path for path in missing if not GONE & set(path.split("."))} == set()


def _keys(node: Any, prefix: str = "") -> set[str]:
    """Paths of all keys; `data`, `fields` and the like are open dictionaries and left alone."""
    if isinstance(node, list):
        return set().union(*(_keys(each, prefix) for each in node[:3])) if node else set()
    if not isinstance(node, dict):
        return set()
    found: set[str] = set()
    for name, value in node.items():
        found.add(f"{prefix}{name}")
        if name not in OPEN:
            found |= _keys(value, f"{prefix}{name}.")
    return found
