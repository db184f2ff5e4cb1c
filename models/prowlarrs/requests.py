"""What anybody asked of the indexers, from Prowlarr's history, and which of it our searches did."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from peewee import (
    EXCLUDED,
    SQL,
    BigIntegerField,
    BooleanField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from models.backlog import Item
from models.database import database
from models.database.fields import MILLISECOND, Table, chunks
from models.prowlarrs import Prowlarr
from models.prowlarrs.indexers import Matches, ProwlarrIndexer
from models.searches import Search, SearchItem

# The longest window of a limit is a day; the cost of searches is measured over two.
KEPT = timedelta(days=2)
# What our own searches asked is kept longer, for the league table.
KEPT_OURS = timedelta(days=30)
CHUNK = 200
# How far apart the clocks may be when a request is found to be of a search.
LEEWAY = timedelta(seconds=2)
# A search is followed for half an hour; until then its requests may still come.
LONGEST = timedelta(minutes=45)


class PastRequest(NamedTuple):
    """A request of anybody to an indexer, as Prowlarr's history tells it.

    The fields are columns of `IndexerRequest`, but `indexer` is its id there.
    `took_ms` is how long it took.
    """

    number: int
    indexer: int
    kind: str
    at: int
    source: str
    successful: bool
    results: int
    took_ms: int
    season: int | None = None
    episode: int | None = None


class IndexerRequest(Table):
    """One request of anybody to an indexer, which counts against its limits.

    `number` is its id at Prowlarr, and `at` the moment by Prowlarr's clock, epoch ms.
    `kind` is query, rss or grab.
    `source` is the application that asked.
    `search` is the search of ours that it belongs to.
    `is_ambiguous` is True where it could belong to several; `search` is then the latest of them.
    """

    indexer = ForeignKeyField(ProwlarrIndexer, backref="requests", on_delete="CASCADE", index=False)
    number = IntegerField()
    kind = TextField()
    at = BigIntegerField()
    source = TextField()
    successful = BooleanField()
    results = IntegerField(default=0)
    took_ms = BigIntegerField(default=0)
    season = IntegerField(null=True)
    episode = IntegerField(null=True)
    search = ForeignKeyField(Search, null=True, on_delete="SET NULL")
    is_ambiguous = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])

    class Meta:
        table_name = "indexer_requests"
        indexes = (
            (("indexer", "at", "number"), True),
            # The windows are counted within it.
            (("indexer", "at", "kind", "search"), False),
        )

    @classmethod
    def keep(cls, prowlarr: Prowlarr, rows: Iterable[PastRequest]) -> None:
        """Writes rows of the history; those that are there already stay as they are."""
        ids = ProwlarrIndexer.numbers(prowlarr)
        found = [
            row._asdict() | {"indexer": ids[row.indexer]} for row in rows if row.indexer in ids
        ]
        for some in chunks(found, CHUNK):
            added = cls.insert_many(some)
            added.on_conflict(
                conflict_target=[cls.indexer, cls.at, cls.number],
                update={cls.kind: EXCLUDED.kind},
            ).execute()

    @classmethod
    def sweep(cls, prowlarr: Prowlarr, at: datetime) -> int:
        """Deletes rows that no window holds any more."""
        its = ProwlarrIndexer.select(ProwlarrIndexer.id).where(ProwlarrIndexer.prowlarr == prowlarr)
        ours = cls.search.is_null(False) | cls.is_ambiguous
        old = (cls.at < prowlarr.its_time(at - KEPT)) & ~ours
        older = cls.at < prowlarr.its_time(at - KEPT_OURS)
        return cls.delete().where(cls.indexer.in_(its), old | older).execute()


class SearchSpan(NamedTuple):
    """When a search of ours ran, by Prowlarr's clock in epoch ms, and what it was for.

    `numbers` are its episodes as (season, episode); a season's pack has (season, None) too.
    """

    search: int
    source: str
    began: int
    ended: int
    indexers: frozenset[int]
    numbers: frozenset[tuple[int | None, int | None]]

    def may_be(self, request: IndexerRequest) -> bool:
        """Whether the request can be of this search, by time, application, indexer and numbers."""
        told = request.season, request.episode
        return (
            self.began <= request.at <= self.ended
            and self.source == request.source.casefold()
            and request.indexer_id in self.indexers
            and (told == (None, None) or not self.numbers or told in self.numbers)
        )


def find_ours(prowlarr: Prowlarr, since: datetime, at: datetime) -> None:
    """Finds the search of each request since then; one that could be of several is ambiguous."""
    indexers = list(ProwlarrIndexer.with_prowlarrs().where(Prowlarr.id == prowlarr))
    since -= LONGEST
    began = attrgetter("began")
    spans = sorted(_spans(prowlarr, indexers, since - LONGEST, at), key=began)
    if not spans:
        return
    request = IndexerRequest
    rows = request.select().where(
        request.indexer.in_([each.id for each in indexers]),
        request.at >= prowlarr.its_time(since),
        request.kind == "query",
        request.search.is_null() | request.is_ambiguous,
    )
    longest = (LONGEST + 2 * LEEWAY) // MILLISECOND
    with database.atomic():
        for row in rows:
            first = bisect_left(spans, row.at - longest, key=began)
            near = spans[first : bisect_right(spans, row.at, key=began)]
            found = [span.search for span in near if span.may_be(row)]
            told = (found[-1], len(found) > 1) if found else (None, False)
            if (row.search_id, row.is_ambiguous) != told:
                row.change(search=told[0], is_ambiguous=told[1])


def _spans(
    prowlarr: Prowlarr, indexers: list[ProwlarrIndexer], since: datetime, at: datetime
) -> Iterable[SearchSpan]:
    of_instance: dict[int, set[int]] = {}
    for indexer, links in Matches.of(indexers).links.items():
        for link in links:
            if link.automatic:
                of_instance.setdefault(link.instance_id, set()).add(indexer)
    searches = list(
        Search.select()
        .where(Search.instance.in_(list(of_instance)), Search.created_at >= since, Search.cost > 0)
        .order_by(Search.id)
    )
    numbers = _numbers([each.id for each in searches])
    leeway = LEEWAY // MILLISECOND
    for search in searches:
        told = frozenset(numbers.get(search.id, ()))
        if search.is_pack:
            told |= {(season, None) for season, _ in told}
        # One that was cut short may have been finished hours later.
        ended = min(search.finished_at or at, search.created_at + LONGEST)
        yield SearchSpan(
            search.id,
            search.application.label.casefold(),
            prowlarr.its_time(search.created_at) - leeway,
            prowlarr.its_time(ended) + leeway,
            frozenset(of_instance[search.instance_id]),
            told,
        )


def _numbers(searches: list[int]) -> dict[int, set[tuple[int | None, int | None]]]:
    """The seasons and episodes of the searches; none of movies, nor of what is counted otherwise.

    Requests for daily series name a date, those for anime a number in all seasons together.
    """
    found: dict[int, set[tuple[int | None, int | None]]] = {}
    by_season = Item.series_type.is_null() | Item.series_type.not_in(("daily", "anime"))
    rows = (
        SearchItem.select(SearchItem.search, Item.season, Item.episode)
        .join(Item)
        .where(SearchItem.search.in_(searches), Item.season.is_null(False), by_season)
    )
    for search, season, episode in rows.tuples():
        found.setdefault(search, set()).add((season, episode))
    return found
