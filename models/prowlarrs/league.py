"""The league table: what each indexer did for our searches."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from peewee import Case, ModelSelect, fn

from models.database import database
from models.instances import Instance
from models.prowlarrs.indexers import IndexerLink
from models.prowlarrs.requests import KEPT_OURS, IndexerRequest
from models.searches import Search
from models.searches.grabs import Grab


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


def answers_of(*, surely: bool) -> ModelSelect:
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
    each = answers_of(surely=True).alias("answers")
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
