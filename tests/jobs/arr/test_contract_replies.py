"""What the clients decode is what the documents, the contract and recorded servers say."""

import json
import re
import types
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
import pytest

from jobs.arr import Command
from jobs.arr.decoding import decode, decode_each
from jobs.arr.radarr import MovieCommand, MovieHistory, MovieInQueue
from jobs.arr.releases import ReleaseReply
from jobs.arr.replies import (
    EpisodeFileReply,
    EpisodeReply,
    FormatItemReply,
    GrabData,
    HealthReply,
    IndexerReply,
    MovieFileReply,
    MovieReply,
    PagedReply,
    ProfileReply,
    SeriesReply,
    SeriesStatistics,
    StatusReply,
    TagReply,
)
from jobs.arr.sonarr import EpisodeCommand, EpisodeHistory, EpisodeInQueue
from jobs.arr.translate import command as translated
from jobs.arr.translate import settings
from tests.contract import contract_dir
from tests.jobs.net.raw import Instance

SONARR = ("sonarr-4", "sonarr-5-develop-api-v3")
RADARR = ("radarr-6",)
BOTH = (*SONARR, *RADARR)

# The body of a command and the data of a grab are in no document, only in the contract.
SCHEMAS: list[tuple[type[msgspec.Struct], str, tuple[str, ...], set[str]]] = [
    (StatusReply, "SystemResource", BOTH, set()),
    (HealthReply, "HealthResource", BOTH, set()),
    (ProfileReply, "QualityProfileResource", BOTH, set()),
    (TagReply, "TagResource", BOTH, set()),
    (IndexerReply, "IndexerResource", BOTH, set()),
    (EpisodeCommand, "CommandResource", SONARR, set()),
    (MovieCommand, "CommandResource", RADARR, set()),
    (EpisodeHistory, "HistoryResource", SONARR, set()),
    (MovieHistory, "HistoryResource", RADARR, set()),
    (EpisodeInQueue, "QueueResource", SONARR, set()),
    (MovieInQueue, "QueueResource", RADARR, {"seriesId", "seasonNumber"}),
    (PagedReply, "EpisodeResourcePagingResource", SONARR, set()),
    (PagedReply, "MovieResourcePagingResource", RADARR, set()),
    (EpisodeReply, "EpisodeResource", SONARR, set()),
    (SeriesReply, "SeriesResource", SONARR, set()),
    (MovieReply, "MovieResource", RADARR, set()),
    (MovieFileReply, "MovieFileResource", RADARR, set()),
    (EpisodeFileReply, "EpisodeFileResource", SONARR, set()),
    (FormatItemReply, "ProfileFormatItemResource", BOTH, set()),
    (SeriesStatistics, "SeriesStatisticsResource", SONARR, set()),
    (ReleaseReply, "ReleaseResource", BOTH, set()),
]

# Sonarr's documents say an object, but it sends a string.
MISDESCRIBED = frozenset({"wikiUrl"})

RECORDED: list[tuple[str, type[msgspec.Struct]]] = [
    ("aiopyarr/common/system-status.json", StatusReply),
    ("pyarr/sonarr/system_status.json", StatusReply),
    ("aiopyarr/common/health.json", HealthReply),
    ("pyarr/sonarr/health.json", HealthReply),
    ("aiopyarr/common/tag.json", TagReply),
    ("pyarr/sonarr/tag_all.json", TagReply),
    ("aiopyarr/common/qualityprofile.json", ProfileReply),
    ("pyarr/common/qualityprofileall.json", ProfileReply),
    ("pyarr/sonarr/quality_profile_all.json", ProfileReply),
    ("aiopyarr/common/indexer.json", IndexerReply),
    ("pyarr/sonarr/indexer_all.json", IndexerReply),
    ("pyarr/radarr/indexer_all.json", IndexerReply),
    ("aiopyarr/common/command.json", EpisodeCommand),
    ("aiopyarr/common/commands.json", EpisodeCommand),
    ("pyarr/sonarr/command.json", EpisodeCommand),
    ("pyarr/sonarr/command_all.json", EpisodeCommand),
    ("aiopyarr/sonarr/wantedmissing.json", EpisodeReply),
    ("aiopyarr/sonarr/wantedmissing-extended.json", EpisodeReply),
    ("pyarr/sonarr/wanted_missing.json", EpisodeReply),
    ("pyarr/sonarr/wanted_missing_extended.json", EpisodeReply),
    ("aiopyarr/sonarr/episode.json", EpisodeReply),
    ("pyarr/sonarr/episode.json", EpisodeReply),
    ("aiopyarr/sonarr/series.json", SeriesReply),
    ("pyarr/sonarr/series_all.json", SeriesReply),
    ("aiopyarr/sonarr/episodefile.json", EpisodeFileReply),
    ("pyarr/sonarr/episodefile_series.json", EpisodeFileReply),
    ("aiopyarr/radarr/moviefile-list.json", MovieFileReply),
    ("pyarr/radarr/moviefiles.json", MovieFileReply),
    ("aiopyarr/sonarr/history.json", EpisodeHistory),
    ("pyarr/sonarr/history.json", EpisodeHistory),
    ("aiopyarr/radarr/history.json", MovieHistory),
    ("aiopyarr/radarr/history-movie.json", MovieHistory),
    ("pyarr/radarr/movie_history.json", MovieHistory),
    ("aiopyarr/sonarr/queue-details.json", EpisodeInQueue),
    ("aiopyarr/radarr/queue-details.json", MovieInQueue),
    ("pyarr/radarr/queue_details.json", MovieInQueue),
    ("aiopyarr/radarr/movie.json", MovieReply),
    ("aiopyarr/radarr/movie-list.json", MovieReply),
    ("pyarr/radarr/movie.json", MovieReply),
    ("pyarr/radarr/movie_all.json", MovieReply),
    ("aiopyarr/sonarr/release.json", ReleaseReply),
    ("aiopyarr/radarr/release.json", ReleaseReply),
    ("pyarr/sonarr/release.json", ReleaseReply),
]


@pytest.mark.parametrize(("shape", "schema", "documents", "elsewhere"), SCHEMAS)
def test_each_field_is_in_the_schemas_with_its_type(
    shape: type[msgspec.Struct], schema: str, documents: tuple[str, ...], elsewhere: set[str]
) -> None:
    for name in documents:
        schemas = json.loads((contract_dir() / "openapi" / f"{name}.json").read_text())
        schemas = schemas["components"]["schemas"]
        properties = schemas[schema]["properties"]
        for field in msgspec.structs.fields(shape):
            if field.encode_name not in elsewhere or field.encode_name in properties:
                described = properties[field.encode_name]
                if field.encode_name in MISDESCRIBED:
                    continue
                assert kind(field.type) == schema_kind(described, schemas), (name, field)


def kind(annotation: Any) -> str:
    """The JSON type that a field's type takes."""
    if get_origin(annotation) in (Union, types.UnionType):
        [annotation] = [each for each in get_args(annotation) if each is not type(None)]
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return "object"
    plain = {int: "integer", float: "number", str: "string", bool: "boolean"}
    return plain.get(annotation, "array")


def schema_kind(described: Any, schemas: Any) -> str:
    if "$ref" in described:
        described = schemas[described["$ref"].rpartition("/")[2]]
    found: str = described["type"]
    return found


@pytest.mark.parametrize(("path", "shape"), RECORDED)
def test_recorded_replies_decode(path: str, shape: type[msgspec.Struct]) -> None:
    body = (contract_dir() / "recorded" / path).read_bytes()
    value = json.loads(body)
    if isinstance(value, dict) and "records" in value:
        records: list[Any] = list(decode(body, PagedReply).records)
    else:
        records = [json.dumps(each).encode() for each in _listed(value)]
    decoded, malformed = decode_each(records, shape)
    assert (len(decoded), malformed) == (len(records), 0)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_recorded_commands_of_old_servers_do_not_tell_reports() -> None:
    body = (contract_dir() / "recorded" / "aiopyarr/common/command.json").read_bytes()
    command = translated(decode(body, EpisodeCommand))
    assert (command.finished, command.failed, command.reports) == (True, False, None)
    assert command.queued == 1638216196000


def contract() -> str:
    return (contract_dir() / "contract.md").read_text()


def example(beginning: str) -> Any:
    """The JSON example of the contract that begins so."""
    for block in re.findall(r"```json\n(.*?)```", contract(), re.DOTALL):
        if block.lstrip().startswith(beginning):
            return json.loads(block)
    raise AssertionError(beginning)


async def test_the_contracts_wanted_record_is_read() -> None:
    page = example('{ "page"')
    page["totalRecords"] = 1
    series = page["records"][0].pop("series")
    instance = Instance(**{"wanted/missing": page, "series": [series]})
    [found] = [found async for found in instance.client().pages("missing")]
    [entry] = found.entries
    assert (entry.arr_id, entry.external_id, entry.title) == (740, 4005180, "The Frozen River")
    assert (entry.series_id, entry.series_title) == (21, "Ordinary in Quarry")
    assert (entry.season, entry.episode, entry.year) == (1, 6, 2026)
    assert (entry.aired_at, entry.arr_searched_at) == (1795288285000, None)
    assert (entry.profile_id, entry.tags, entry.slug) == (1, (3,), "ordinary-in-quarry")
    assert (entry.series_status, entry.series_type) == ("continuing", "standard")


async def test_the_contracts_command_is_read() -> None:
    instance = Instance(command=example('{ "name": "EpisodeSearch"'))
    command = await instance.client().search(597)
    assert command == Command(
        id=1001,
        name="EpisodeSearch",
        status="completed",
        result="successful",
        message="Episode search completed. 1 reports downloaded.",
        queued=1795362174000,
        started=1795362174000,
        ended=1795362179000,
        exception="",
        arr_ids=(597,),
        season=None,
    )
    assert command.reports == 1


def test_each_closing_message_of_the_contract_tells_its_reports() -> None:
    messages = re.findall(r'"([^"\n]* N (?:reports|…)[^"\n]*)"', contract())
    assert len(messages) >= 4
    for message in messages:
        whole = message.replace(" N …", " N reports downloaded.").replace(" N ", " 3 ")
        body = json.dumps({"id": 1, "message": whole}).encode()
        assert translated(decode(body, EpisodeCommand)).reports == 3, message


def test_each_property_that_no_document_has_is_in_the_contract() -> None:
    text = contract()
    for name in ("episodeIds", "movieIds", "seriesId", "seasonNumber"):
        assert f'"{name}":' in text
    for field in msgspec.structs.fields(GrabData):
        assert field.encode_name in text


def test_what_may_hold_keys_is_decoded_nowhere() -> None:
    shapes = {shape for shape, *_ in SCHEMAS} | {GrabData}
    fields = {each.encode_name: each for shape in shapes for each in msgspec.structs.fields(shape)}
    keys = {"downloadUrl", "guid", "nzbInfoUrl", "infoUrl", "magnetUrl", "commentUrl"}
    assert not fields.keys() & keys
    # The settings of an indexer are read by name: what is not asked for stays as it came.
    assert fields["fields"].type is msgspec.Raw
    told = [{"name": "baseUrl", "value": "http://x/1/"}, {"name": "apiKey", "value": "a key"}]
    raw = msgspec.Raw(msgspec.json.encode(told))
    assert settings(raw, "baseUrl") == {"baseUrl": "http://x/1/"}
