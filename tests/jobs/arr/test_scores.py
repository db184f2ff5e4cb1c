"""What the clients learn of custom-format scores."""

from typing import Any

from jobs.arr import Meter, Shelf
from jobs.arr.formats import way_to_score
from tests.fakes.arr import FakeArr
from tests.jobs.demo.test_client import client_of
from tests.jobs.net.raw import Instance


def profile(**told: Any) -> dict[str, Any]:
    return {"id": 4, "name": "HD", "upgradeAllowed": True, "items": []} | told


def episode(number: int, file: dict[str, Any] | None = None, **told: Any) -> dict[str, Any]:
    own = {"id": number, "seriesId": 7, "seasonNumber": 1, "episodeNumber": number}
    return own | ({"episodeFile": file} if file else {}) | {"monitored": True} | told


def file(number: int, score: int | None, **told: Any) -> dict[str, Any]:
    return {"id": number, "customFormatScore": score, "qualityCutoffNotMet": False} | told


async def test_a_profile_tells_what_a_better_release_must_score() -> None:
    items = [{"format": 1, "score": 1700}, {"format": 2, "score": -50}, {"format": 3, "score": 5}]
    scores = {"cutoffFormatScore": 900, "minUpgradeFormatScore": 20, "formatItems": items}
    [told] = await Instance(qualityprofile=[profile(**scores)]).client().profiles()
    assert (told.upgrades, told.cutoff_score, told.least_step) == (True, 900, 20)
    assert told.reach == 1705


async def test_an_older_profile_is_bettered_by_a_single_point() -> None:
    [told] = await Instance(qualityprofile=[profile(upgradeAllowed=False)]).client().profiles()
    assert (told.upgrades, told.cutoff_score, told.least_step, told.reach) == (False, 0, 1, 0)


async def test_a_series_files_are_read_with_their_episodes_in_one_request() -> None:
    replies = [
        episode(1, file(31, 120)),
        episode(2, file(31, 120)),
        episode(3, file(32, -10_000, qualityCutoffNotMet=True)),
        episode(4, file(33, 5), monitored=False),
        episode(5),
        episode(6, file(34, None)),
        {"id": "six"},
    ]
    ours = {"id": 7, "title": "Ours", "qualityProfileId": 4, "tags": [2], "titleSlug": "ours"}
    instance, meter = Instance(episode=replies, series=[ours]), Meter()
    client = instance.client()
    [[shelf]] = [some async for some in client.shelves(Meter())]
    scored = await client.scores([shelf], meter)
    assert [(each.entry.arr_id, each.file_id, each.score) for each in scored.files] == [
        (1, 31, 120),
        (3, 32, -10_000),
    ]
    assert [each.below_quality for each in scored.files] == [False, True]
    assert (scored.malformed, meter.bytes > 300) == (1, True)
    entry = scored.files[0].entry
    assert (entry.want, entry.series_title, entry.profile_id) == ("score", "Ours", 4)
    assert (entry.tags, entry.slug) == ((2,), "ours")
    _, asked = instance.asked
    assert asked.query == {"seriesId": "7", "includeEpisodeFile": "true"}


async def test_shelves_are_the_monitored_series_that_have_files() -> None:
    def series(number: int, files: int, **told: Any) -> dict[str, Any]:
        own = {"id": number, "title": f"Series {number}", "qualityProfileId": 4, "monitored": True}
        return own | {"statistics": {"episodeFileCount": files}} | told

    told = [series(1, 12), series(2, 0), series(3, 4, monitored=False)]
    client = Instance(series=told).client()
    found = [shelf async for shelves in client.shelves(Meter()) for shelf in shelves]
    assert [(shelf.arr_id, shelf.title, shelf.profile_id) for shelf in found] == [
        (1, "Series 1", 4)
    ]


async def test_movies_are_asked_for_by_their_own_ids_and_the_unknown_ones_left_out() -> None:
    server = FakeArr("radarr")
    async with client_of(server) as client:
        shelves = [shelf async for some in client.shelves(Meter()) for shelf in some]
        gone = Shelf(999_999, "Gone", 4, shelves[0].facts.replace("[1,", "[999999,", 1))
        scored = await client.scores([*shelves, gone], Meter())
    assert {each.entry.arr_id for each in scored.files} == {shelf.arr_id for shelf in shelves}
    assert len(shelves) > 5 and len({each.score for each in scored.files}) > 1
    asked = server.log[-1]
    assert asked.path.endswith("/moviefile")
    assert asked.query["movieId"] == sorted(asked.query["movieId"], key=int)


def formats(**told: Any) -> list[dict[str, Any]]:
    value = {"name": "value", "value": "repack", "label": "Expression", "helpText": "A regex"}
    one = {"implementation": "ReleaseTitleSpecification", "negate": False, "required": True}
    return [{"id": 1, "name": "Repack", "specifications": [one | {"fields": [value]} | told]}]


async def test_a_format_is_another_one_by_what_it_looks_for_and_not_by_its_words() -> None:
    async def meaning(told: list[dict[str, Any]]) -> str:
        return (await Instance(customformat=told).client().formats())[1]

    usual = await meaning(formats())
    words = {"fields": [{"name": "value", "value": "repack", "label": "Ausdruck"}]}
    assert await meaning(formats(**words, name="Other", order=7)) == usual
    assert await meaning(formats(negate=True)) != usual
    assert await meaning(formats(fields=[{"name": "value", "value": "proper"}])) != usual
    assert await meaning([{"id": 1, "name": "Repack", "specifications": []}]) != usual


async def test_a_way_to_score_changes_with_its_own_formats_alone() -> None:
    items = [{"format": 1, "score": 1700}, {"format": 2, "score": 0}]
    [told] = await Instance(qualityprofile=[profile(formatItems=items)]).client().profiles()
    usual = way_to_score(told, {1: "a", 2: "b"})
    assert way_to_score(told, {1: "a", 2: "other", 3: "c"}) == usual
    assert way_to_score(told, {1: "other", 2: "b"}) != usual
    assert way_to_score(told._replace(scores=((1, 1600),)), {1: "a", 2: "b"}) != usual


async def test_grabs_of_sufficient_quality_are_read_with_their_scores() -> None:
    def grab(**told: Any) -> dict[str, Any]:
        usual = {"seriesId": 7, "episodeId": 1, "date": "2026-05-04T12:00:00Z"}
        return usual | {"qualityCutoffNotMet": False, "customFormatScore": 5, "data": {}} | told

    records = [
        grab(data={"customFormatScore": "1800"}),
        grab(qualityCutoffNotMet=True),
        grab(customFormatScore=-10),
        grab(customFormatScore=None, data={"customFormatScore": "many"}),
        grab(date=None),
    ]
    page = {"totalRecords": 5, "records": records}
    meter = Meter()
    found = await Instance(history=page).client().scored_grabs(meter)
    assert [(each.shelf, each.score) for each in found] == [(7, 1800), (7, -10)]
    assert meter.bytes > 500
