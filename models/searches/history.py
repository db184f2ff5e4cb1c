"""The history of searches, found by what a person remembers of them."""

from datetime import datetime
from typing import NamedTuple

from peewee import SQL, ModelSelect, fn

from models.database.fields import UtcField
from models.searches import GRABBED, LOOKED, OUTCOMES, Search, SearchItem, fates
from models.searches.runs import Run

# In place of an outcome: the runs that were held or searched nothing.
HELD = "held"
FILTERS = (*OUTCOMES, LOOKED)


class SearchFilter(NamedTuple):
    """What to show; a field that is None or "" filters nothing.

    `outcome` is one of FILTERS, or HELD for runs instead of searches.
    `since` is the first moment shown, `until` the first that is not.
    `only_searches` leaves runs out.
    """

    instance: int | None = None
    queue: int | None = None
    outcome: str | None = None
    fate: str | None = None
    want: str | None = None
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    only_searches: bool = False

    @property
    def asks_of_searches(self) -> bool:
        """Whether it asks for what only a search has, so that no run without searches fits."""
        return self.instance is not None or bool(self.fate or self.want or self.text)

    @property
    def takes_runs(self) -> bool:
        if self.only_searches or self.asks_of_searches:
            return False
        return self.outcome in (None, HELD)

    @property
    def takes_searches(self) -> bool:
        return self.outcome != HELD


def searches(wanted: SearchFilter, at: datetime) -> ModelSelect:
    """The searches that fit, in no order; fates are open or unknown as of `at`."""
    rows = within(Search.select(), wanted)
    if wanted.outcome is not None:
        rows = rows.where(Search.outcome == wanted.outcome)
    if wanted.fate is not None:
        rows = _ended(rows, wanted.fate, at)
    if wanted.want is not None:
        rows = rows.where(Search.want == wanted.want)
    if wanted.text:
        rows = rows.where(Search.title.contains(wanted.text) | Search.release.contains(wanted.text))
    return rows


def within(rows: ModelSelect, wanted: SearchFilter) -> ModelSelect:
    """Searches of the instance, the queue and the days: the filters that have an index."""
    if wanted.instance is not None:
        rows = rows.where(Search.instance == wanted.instance)
    if wanted.queue is not None:
        rows = rows.where(Search.queue == wanted.queue)
    return _between(rows, Search.created_at, wanted)


def idle_runs(wanted: SearchFilter) -> ModelSelect:
    """The runs that fit and were held or searched nothing, in no order."""
    rows = Run.select().where(Run.IDLE)
    if wanted.queue is not None:
        rows = rows.where(Run.queue == wanted.queue)
    if wanted.outcome != HELD:
        # One that was held after its first searches stands with these.
        made = Search.select(SQL("1")).where(Search.run == Run.id)
        rows = rows.where(~fn.EXISTS(made))
    return _between(rows, Run.started_at, wanted)


def shown(found: ModelSelect) -> list[Search]:
    """The rows for `searches/table.html`; `item_id` is set to one of the items of each search."""
    return with_items(list(found))


def with_items(rows: list[Search]) -> list[Search]:
    """The same rows, each with the id of one of its items."""
    if not rows:
        return rows
    links = SearchItem.select(SearchItem.search, fn.MIN(SearchItem.item))
    ours = links.where(SearchItem.search.in_([row.id for row in rows]))
    items = dict(ours.group_by(SearchItem.search).tuples())
    for row in rows:
        row.item_id = items.get(row.id)
    return rows


def latest_grabs(limit: int) -> list[Search]:
    """The searches that grabbed something last, for `searches/grab.html`; one query by an index."""
    ours = SearchItem.select(fn.MIN(SearchItem.item)).where(SearchItem.search == Search.id)
    columns = [*Search._meta.sorted_fields, ours.alias("item_id")]
    rows = Search.select(*columns).where(Search.outcome == "grabbed")
    return list(rows.order_by(Search.created_at.desc(), Search.id.desc()).limit(limit))


def _between(rows: ModelSelect, moment: UtcField, wanted: SearchFilter) -> ModelSelect:
    if wanted.since is not None:
        rows = rows.where(moment >= wanted.since)
    return rows if wanted.until is None else rows.where(moment < wanted.until)


def _ended(rows: ModelSelect, fate: str, at: datetime) -> ModelSelect:
    """The rows with this fate, in the terms that SQLite's partial index was made with."""
    grabs = rows.where(Search.outcome == GRABBED)
    if fate in fates.FATES:
        return grabs.where(Search.fate == fate)
    last = at - fates.FOLLOWED_FOR
    young = Search.created_at > last if fate == fates.OPEN else Search.created_at <= last
    return grabs.where(Search.fate.is_null(), young)
