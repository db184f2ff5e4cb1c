"""The releases that a demo server offers when it is asked what would be found."""

from datetime import UTC, datetime
from random import Random
from typing import Any, cast

from jobs.demo import releases, words
from jobs.demo.library import DAY_S, DemoItem, Episode, Movie
from jobs.demo.qualities import QUALITIES, RANK, quality_model
from jobs.demo.quotas import BYTES
from jobs.demo.releases import INDEXERS, DemoIndexer, stamp
from jobs.demo.searches import touch
from jobs.demo.wire import DemoReply, DemoRequest, failure
from jobs.demo.world import World

Document = dict[str, Any]
FORMATS = ((11, "Remaster", 25), (12, "x265 (HD)", -40), (13, "Repack", 5))
TOO_YOUNG = "Only 40 minutes old, minimum age is 60 minutes"
NO_SEEDERS = "Not enough seeders: 0. Minimum seeders: 1"


def index(world: World, request: DemoRequest) -> DemoReply:
    """Releases for one item, best first; without ids those of the feeds, as the servers do."""
    now = world.now()
    whole = _season(world, request)
    id = request.number(f"{world.traits.application.kind.name}Id")
    if id is None and whole is None:
        some = [item for item in list(world.items.values())[:3] if item.out(now)]
        return DemoReply(200, [each for item in some for each in _offers(world, [item], now)])
    items = whole if id is None else [world.items[id]] if id in world.items else []
    if not items:
        kind = world.traits.application.kind.name.capitalize()
        return failure(500, f"{kind} with ID {id} does not exist") if id else DemoReply(200, [])
    assert items is not None
    touch(world, items, now)
    return DemoReply(200, _offers(world, items, now) if items[0].out(now) else [])


def _season(world: World, request: DemoRequest) -> list[DemoItem] | None:
    """The episodes of a season; None unless both its series and its number are named."""
    series, number = request.number("seriesId"), request.number("seasonNumber")
    has_seasons = world.traits.application.kind.has_seasons
    if not has_seasons or series is None or number is None:
        return None
    known = world.library.series.get(series)
    return cast(list[DemoItem], known.season(number)) if known else []


def _offers(world: World, items: list[DemoItem], now: float) -> list[Document]:
    """Some that the profile wants, if a search would have found one, and some that it does not."""
    first = items[0]
    rng = Random(f"{world.seed}:offers:{first.id}:{first.attempts}")
    asked = INDEXERS[: world.active_indexers]
    if not asked:
        return []
    found = [item for item in items if world.grabbable(item, now) and world.luck(item, now)]
    wanted = rng.sample(first.profile.good, min(2, len(first.profile.good))) if found else []
    others = [quality for quality in QUALITIES if quality not in first.profile.good]
    bad = [(quality, _against(first, quality)) for quality in rng.sample(others, rng.randint(3, 6))]
    if found and rng.random() < 0.5:
        bad.append((wanted[0], NO_SEEDERS))
    if rng.random() < 0.3:
        bad.append((first.profile.good[0], TOO_YOUNG))
    offered = [(quality, "") for quality in wanted] + bad
    offered.sort(key=lambda each: RANK[each[0]], reverse=True)
    return [
        _document(world, items, quality, why, weight, rng, rng.choice(asked), now)
        for weight, (quality, why) in enumerate(offered)
    ]


def _against(item: DemoItem, quality: int) -> str:
    name = QUALITIES[quality].name
    if item.file is not None and RANK[quality] <= RANK[item.file.quality]:
        return f"Existing file on disk is of equal or higher preference: {name} v1"
    return f"{name} is not wanted in profile"


def _document(
    world: World, items: list[DemoItem], quality: int, why: str, weight: int, rng: Random,
    indexer: DemoIndexer, now: float,
) -> Document:  # fmt: skip
    item, group = items[0], rng.choice(words.GROUPS)
    pack = len(items) > 1
    is_new = why == TOO_YOUNG
    age = 2_400 if is_new else rng.randrange(2 * 3_600, _oldest(item, now))
    formats = [each for each in FORMATS if rng.random() < 0.2]
    size = int(BYTES[QUALITIES[quality].resolution] * rng.uniform(0.6, 1.8)) * len(items)
    torrent = indexer.protocol == "torrent"
    guid = f"https://indexer.example.invalid/details/{rng.getrandbits(48):012x}"
    document: Document = {
        "guid": guid,
        "quality": quality_model(quality, world.traits.dialect),
        "qualityWeight": RANK[quality] * 100 + 1,
        "age": age // DAY_S,
        "ageHours": age / 3_600,
        "ageMinutes": age / 60,
        "size": size,
        "indexerId": indexer.id,
        "indexer": indexer.name,
        "releaseGroup": group,
        "title": releases.named(item, quality, group, pack=pack),
        "sceneSource": False,
        "languages": [{"id": 1, "name": "English"}],
        "approved": not why,
        "temporarilyRejected": is_new,
        "rejected": bool(why) and not is_new,
        "rejections": [why] if why else [],
        "publishDate": stamp(now - age),
        "downloadUrl": f"{guid}/download?apikey=not-for-anybody",
        "infoUrl": guid,
        "downloadAllowed": True,
        "releaseWeight": weight,
        "customFormats": [{"id": id, "name": name} for id, name, _ in formats],
        "customFormatScore": sum(score for _, _, score in formats),
        "protocol": indexer.protocol,
    }
    if torrent:
        seeders = 0 if why == NO_SEEDERS else rng.randrange(1, 80)
        document |= {"seeders": seeders, "leechers": rng.randrange(9)}
    return document | _of_application(item, items)


def _oldest(item: DemoItem, now: float) -> int:
    """The age in seconds of a release from the day on which the item came out."""
    out = item.airs if isinstance(item, Episode) else cast(Movie, item).released
    return max(int(now - out), DAY_S) if out else 900 * DAY_S


def _of_application(item: DemoItem, items: list[DemoItem]) -> Document:
    if not isinstance(item, Episode):
        return {"movieTitles": [item.title], "movieRequested": True, "mappedMovieId": item.id} | {
            "indexerFlags": []
        }
    numbers = [each.number for each in items if isinstance(each, Episode)]
    whole = len(items) > 1
    return {
        "fullSeason": whole,
        "seasonNumber": item.season,
        "seriesTitle": item.series.title,
        "episodeNumbers": [] if whole else numbers,
        "absoluteEpisodeNumbers": [],
        "mappedSeasonNumber": item.season,
        "mappedEpisodeNumbers": numbers,
        "mappedSeriesId": item.series.id,
        "episodeRequested": True,
        "indexerFlags": 0,
        "isDaily": item.series.type == "daily",
        "special": item.season == 0,
        "airDate": datetime.fromtimestamp(item.airs, UTC).strftime("%Y-%m-%d"),
    }
