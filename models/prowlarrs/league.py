"""The league table: what each indexer did for our searches, and which one has gone silent."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from peewee import Case, ModelSelect, fn

from models import happenings
from models.database import database
from models.instances import Instance
from models.prowlarrs import Prowlarr
from models.prowlarrs.indexers import IndexerLink, ProwlarrIndexer
from models.prowlarrs.requests import KEPT_OURS, IndexerRequest
from models.searches import Search
from models.searches.grabs import Grab
from models.yields.intervals import wilson

# An indexer that gave less often before cannot be said to have gone silent.
GAVE_ENOUGH = 5
# How likely an indexer that is well may be to have such a silent stretch in its whole past.
CHANCE = 0.001


class LeagueRow(NamedTuple):
    """What one indexer did for the searches of one kind on one instance, in 30 days.

    `asked` counts searches that sent it a request, `answered` those that got an answer, `had`
    those whose answer held a release.
    `grabbed` and `imported` count searches, too. `waited_ms` is the time of all its requests.
    """

    indexer: int
    instance: int
    kind: str
    asked: int = 0
    answered: int = 0
    had: int = 0
    waited_ms: int = 0
    grabbed: int = 0
    imported: int = 0

    @property
    def mean_ms(self) -> int:
        """How long it took for one search."""
        return self.waited_ms // self.asked if self.asked else 0


class League(NamedTuple):
    """The places by the id of the indexer, and how many requests could be of several searches."""

    places: dict[int, list[LeagueRow]]
    ambiguous: dict[int, int]
    instances: dict[int, Instance]

    @classmethod
    def at(cls, now: datetime) -> "League":
        found = {(each.indexer, each.instance, each.kind): each for each in _asked(now)}
        for key, grabbed, imported in _grabbed(now, {key[0] for key in found}):
            place = found.get(key, LeagueRow(*key))
            found[key] = place._replace(
                grabbed=place.grabbed + grabbed, imported=place.imported + imported
            )
        instances = {each.id: each for each in Instance.by_name()}
        places: dict[int, list[LeagueRow]] = {}
        for key in sorted(found):
            if key[1] in instances:
                places.setdefault(key[0], []).append(found[key])
        rows = IndexerRequest.select(IndexerRequest.indexer, fn.COUNT(IndexerRequest.id))
        unclear = rows.where(IndexerRequest.is_ambiguous).group_by(IndexerRequest.indexer)
        return cls(places, dict(unclear.tuples()), instances)


def _answers(*, surely: bool) -> ModelSelect:
    """What each search got from each indexer: whether it answered, had something, and its time.

    `surely`: only by requests that can be of no other search.
    """
    request = IndexerRequest
    answered = fn.MAX(Case(None, [(request.successful, 1)], 0))
    had = fn.MAX(Case(None, [(request.results > 0, 1)], 0))
    return (
        request.select(
            request.indexer.alias("indexer"),
            request.search.alias("search"),
            answered.alias("answered"),
            had.alias("had"),
            fn.SUM(request.took_ms).alias("took"),
            fn.MIN(request.at).alias("at"),
        )
        .where(request.search.is_null(False), ~request.is_ambiguous | (not surely))
        .group_by(request.indexer, request.search)
    )


def _asked(now: datetime) -> Iterable[LeagueRow]:
    each = _answers(surely=True).alias("answers")
    columns = (each.c.indexer, Search.instance, Search.kind)
    rows = (
        Search.select(
            *columns,
            fn.COUNT(Search.id),
            fn.SUM(each.c.answered),
            fn.SUM(each.c.had),
            fn.SUM(each.c.took),
        )
        .join(each, on=(each.c.search == Search.id))
        .where(Search.created_at > now - KEPT_OURS, Search.instance.is_null(False))
        .group_by(*columns)
    )
    for indexer, instance, kind, *counts in database.execute(rows).fetchall():
        yield LeagueRow(indexer, instance, kind, *(int(count) for count in counts))


def _grabbed(now: datetime, indexers: set[int]) -> Iterable[tuple[tuple[int, int, str], int, int]]:
    """Searches that grabbed from an indexer, and those whose grab was imported, by place."""
    known = _names(indexers)
    imported = Case(None, [(Grab.fate == "imported", Grab.search)], None)
    rows = (
        Grab.select(
            Grab.instance,
            Grab.indexer,
            Search.kind,
            fn.COUNT(Grab.search.distinct()),
            fn.COUNT(imported.distinct()),
        )
        .join(Search)
        .where(Grab.grabbed_at > now - KEPT_OURS, Grab.instance.is_null(False))
        .group_by(Grab.instance, Grab.indexer, Search.kind)
    )
    for instance, name, kind, taken, arrived in database.execute(rows).fetchall():
        if indexer := known.get((instance, name)):
            yield (indexer, instance, kind), taken, arrived


def _names(indexers: set[int]) -> dict[tuple[int, str], int]:
    """The indexers by instance and the name that each has there."""
    return {
        (link.instance_id, link.name): indexer
        for indexer, links in IndexerLink.matches().links.items()
        for link in links
        if indexer in indexers
    }


def quiet_for(gave: Sequence[bool]) -> int:
    """For how many searches an indexer has been silent; 0 while that may be chance.

    `gave` says of each search, the oldest first, whether the indexer had something. Silence is a
    stretch at the end that is less than `CHANCE` likely to be anywhere in its past: after each
    time that it gave, such a stretch could have begun.
    """
    quiet = next((number for number, each in enumerate(reversed(gave)) if each), len(gave))
    given = sum(gave)
    usual = wilson(given, len(gave) - quiet)
    if given < GAVE_ENOUGH or usual is None:
        return 0
    # By the least that its past allows, as it may have been lucky.
    return quiet if given * (1 - usual.low) ** quiet < CHANCE else 0


def silences(prowlarr: Prowlarr) -> dict[int, tuple[int, int]]:
    """Which indexers of a Prowlarr are silent: for how many searches, and when the first was.

    The moments are by Prowlarr's clock, epoch ms. It reads 30 days of searches. A request that
    could be of several counts for the latest: else searches that overlap would hide a silence.
    """
    each = _answers(surely=False).alias("answers")
    its = ProwlarrIndexer.select(ProwlarrIndexer.id).where(ProwlarrIndexer.prowlarr == prowlarr)
    rows = (
        Search.select(each.c.indexer, each.c.at, each.c.had)
        .join(each, on=(each.c.search == Search.id))
        .where(each.c.indexer.in_(its), Search.state == "done")
        .order_by(each.c.at, Search.id)
    )
    found: dict[int, list[tuple[int, bool]]] = {}
    for indexer, at, had in database.execute(rows).fetchall():
        found.setdefault(indexer, []).append((at, bool(had)))
    quiet = {indexer: quiet_for([had for _, had in past]) for indexer, past in found.items()}
    return {each: (many, found[each][-many][0]) for each, many in quiet.items() if many}


def note_silences(prowlarr: Prowlarr, found: Mapping[int, tuple[int, int]], now: datetime) -> None:
    """Writes which indexers of a Prowlarr are silent, where that has changed.

    That one has gone silent, or gives something again, is an event.
    """
    for row in ProwlarrIndexer.select().where(ProwlarrIndexer.prowlarr == prowlarr):
        quiet, at = found.get(row.id, (0, None))
        since = None if at is None else prowlarr.our_time(at)
        if (row.silent_searches, row.silent_since) == (quiet, since):
            continue
        told = {"name": row.name, "prowlarr": prowlarr.name}
        was_silent = row.silent_since is not None
        with database.atomic():
            row.change(silent_searches=quiet, silent_since=since)
            if since and not was_silent:
                happenings.note("indexer-silent", now, told | {"searches": quiet})
            elif was_silent and not since:
                happenings.note("indexer-well", now, told)


def silent_on(instance_id: int | None) -> list[str]:
    """The names of the silent indexers that searches on the instance ask."""
    silent = ProwlarrIndexer.silent()
    if instance_id is None or not silent:
        return []
    links = IndexerLink.matches().links
    return [
        each.name
        for each in silent
        if any(link.automatic and link.instance_id == instance_id for link in links[each.id])
    ]
