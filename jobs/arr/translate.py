"""Translates replies of the wire into the program's records."""

import re
from collections.abc import Iterable
from hashlib import sha256
from sys import intern

import msgspec
from msgspec import Raw

from jobs.arr.decoding import Malformed, decode, folder, moment, told
from jobs.arr.records import (
    Command,
    Download,
    GrabRecord,
    Health,
    Indexer,
    Profile,
    RootFolder,
    SeasonFacts,
    Series,
    Status,
    Tag,
)
from jobs.arr.replies import (
    CommandBody,
    CommandReply,
    FieldReply,
    HealthReply,
    HistoryReply,
    IndexerReply,
    ProfileReply,
    QueueReply,
    RootFolderReply,
    SeasonStatistics,
    SeriesReply,
    StatusReply,
    TagReply,
)
from jobs.net import Address
from models.searches.fates import Ending

# Commands over the API count as searches by a user; those of feeds and of the application do not.
OURS = "UserInvokedSearch"
LONGEST_ANCHOR = 200
# The end of the address that Prowlarr gives to an indexer in Sonarr and Radarr.
OF_PROWLARR = re.compile(r"/(\d{1,9})(?:/api)?/?\Z")
LONGEST_BASE = 500
ENDINGS = {
    "downloadfolderimported": "imported",
    "downloadfailed": "failed",
    "downloadignored": "ignored",
}


def status(reply: StatusReply) -> Status:
    return Status(
        (reply.app_name or "").lower(),
        reply.version or "",
        reply.instance_name or reply.app_name or "",
        reply.url_base or "",
        moment(reply.start_time),
        reply.app_data or "",
        reply.startup_path or "",
    )


def version_numbers(text: str | None) -> tuple[int, ...]:
    """A version as numbers: (4, 0, 17, 2952). It is (), older than anything, if there are none."""
    found = re.match(r"\d{1,9}(\.\d{1,9})*", text or "")
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def health(reply: HealthReply) -> Health:
    kind, anchor = (reply.type or "").lower(), _anchor(reply.wiki_url)
    return Health(reply.source or "", kind, told(reply.message), anchor)


def _anchor(wiki_url: Raw) -> str:
    """The part of an address after the #; "" without one, and for anything but a string."""
    try:
        return decode(wiki_url, str).partition("#")[2].lower()[:LONGEST_ANCHOR]
    except Malformed:
        return ""


def profile(reply: ProfileReply) -> Profile:
    scores = (reply.cutoff, reply.upgrade_allowed, reply.cutoff_format_score)
    content = f"{scores} {reply.min_format_score} {bytes(reply.items)!r}"
    return Profile(
        reply.id,
        reply.name or "",
        sha256(content.encode()).hexdigest()[:16],
        reply.upgrade_allowed is True,
        reply.cutoff_format_score or 0,
        max(1 if (least := reply.min_upgrade_format_score) is None else least, 1),
        sum(max(each.score or 0, 0) for each in reply.format_items or ()),
        tuple((each.format or 0, each.score) for each in reply.format_items or () if each.score),
    )


def series(reply: SeriesReply) -> Series:
    """A series; words that many series share are stored once."""
    return Series(
        reply.id,
        reply.title,
        reply.sort_title or reply.title or "",
        intern(reply.status) if reply.status else None,
        intern(reply.series_type) if reply.series_type else None,
        reply.quality_profile_id,
        intern(where) if (where := folder(reply.root_folder_path)) else None,
        reply.title_slug or "",
        reply.year or None,
        reply.tags or (),
        tuple(_seasons(reply)),
    )


def _seasons(series: SeriesReply) -> list[SeasonFacts]:
    found = []
    for season in series.seasons or ():
        facts = season.statistics or SeasonStatistics()
        ended = facts.next_airing is None and facts.previous_airing is not None
        count = facts.episode_count or 0
        found.append(SeasonFacts(series.id, season.season_number, count, ended))
    return found


def tag(reply: TagReply) -> Tag:
    return Tag(reply.id, reply.label or "")


def root_folder(reply: RootFolderReply) -> RootFolder:
    return RootFolder(
        reply.id, folder(reply.path) or "", reply.free_space, reply.accessible is not False
    )


def indexer(reply: IndexerReply) -> Indexer:
    place, number = _at_prowlarr(reply)
    return Indexer(
        reply.id,
        reply.name or "",
        bool(reply.enable_automatic_search),
        reply.priority or 0,
        place,
        number,
    )


def _at_prowlarr(reply: IndexerReply) -> tuple[str | None, int | None]:
    """The host and port, and the id, in a base address like http://prowlarr:9696/3/."""
    if reply.implementation not in ("Newznab", "Torznab"):
        return None, None
    base = settings(reply.fields, "baseUrl").get("baseUrl")
    found = OF_PROWLARR.search(base) if isinstance(base, str) and len(base) < LONGEST_BASE else None
    place = Address.of(str(base)).where if found else ""
    return (place, int(found[1])) if found and place else (None, None)


def settings(fields: Raw, *names: str) -> dict[str, object]:
    """These settings of an indexer, as JSON has them; others, which may be keys, stay unread."""
    try:
        told = msgspec.json.decode(fields, type=list[FieldReply]) if fields else []
        known = {each.name: each.value for each in told if each.name and each.value}
        return {name: msgspec.json.decode(known[name]) for name in names if name in known}
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return {}


def command(reply: CommandReply) -> Command:
    body = reply.body or CommandBody()
    season = None
    if body.series_id is not None and body.season_number is not None:
        season = (body.series_id, body.season_number)
    return Command(
        reply.id,
        reply.name or "",
        (reply.status or "").lower(),
        (reply.result or "").lower(),
        told(reply.message),
        moment(reply.queued),
        moment(reply.started),
        moment(reply.ended),
        told(reply.exception),
        body.item_ids or (),
        season,
    )


def grabs(replies: Iterable[HistoryReply], since_ms: int) -> list[GrabRecord]:
    """Grabs since then by searches of a user or the API; dates have whole seconds."""
    floor = since_ms // 1000 * 1000
    found = []
    for reply in replies:
        at, data = moment(reply.date), reply.data
        item = reply.item_id
        if at is None or at < floor or item is None or data is None:
            continue
        if (reply.event_type or "").lower() == "grabbed" and data.release_source == OURS:
            title = reply.source_title or ""
            found.append(GrabRecord(item, title, data.indexer or "", at, reply.download_id))
    return found


def endings(replies: Iterable[HistoryReply]) -> list[Ending]:
    """The events that end a download; their names are the same in both applications."""
    found = []
    for reply in replies:
        at, fate = moment(reply.date), ENDINGS.get((reply.event_type or "").lower())
        item = reply.item_id
        if at is not None and fate is not None and item is not None:
            title = reply.source_title or ""
            found.append(Ending(item, reply.download_id, title, fate, at))
    return found


def download(reply: QueueReply) -> Download:
    return Download(
        reply.item_id,
        reply.series_id,
        reply.season_number,
        reply.download_id,
        reply.title or "",
        reply.status or "",
        reply.tracked_download_status or "",
        reply.tracked_download_state or "",
    )
