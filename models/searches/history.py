"""The history of searches, found by what a person remembers of them."""

from datetime import datetime
from typing import NamedTuple

from peewee import ModelSelect, fn

from models.searches import GRABBED, Search, SearchItem, fates

PAGE = 50


class SearchFilter(NamedTuple):
    """What to show; a field that is None or "" filters nothing."""

    instance: int | None = None
    queue: int | None = None
    outcome: str | None = None
    fate: str | None = None
    text: str = ""


class FoundSearches(NamedTuple):
    """One page of history, and the number of searches on all pages."""

    searches: list[Search]
    total: int
    has_more: bool


def read(wanted: SearchFilter, page: int, at: datetime) -> FoundSearches:
    """One page of the history; `page` counts from 1, and fates are open or unknown as of `at`."""
    rows = Search.recent()
    if wanted.instance is not None:
        rows = rows.where(Search.instance == wanted.instance)
    if wanted.queue is not None:
        rows = rows.where(Search.queue == wanted.queue)
    if wanted.outcome is not None:
        rows = rows.where(Search.outcome == wanted.outcome)
    if wanted.fate is not None:
        rows = _ended(rows, wanted.fate, at)
    if wanted.text:
        rows = rows.where(Search.title.contains(wanted.text) | Search.release.contains(wanted.text))
    total = rows.order_by().count()
    found = shown(rows.limit(PAGE).offset((page - 1) * PAGE))
    return FoundSearches(found, total, page * PAGE < total)


def shown(searches: ModelSelect) -> list[Search]:
    """The rows for `searches/table.html`; `item_id` is set to one of the items of each search."""
    rows = list(searches)
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


def _ended(rows: ModelSelect, fate: str, at: datetime) -> ModelSelect:
    """The rows with this fate, in the terms that SQLite's partial index was made with."""
    grabs = rows.where(Search.outcome == GRABBED)
    if fate in fates.FATES:
        return grabs.where(Search.fate == fate)
    last = at - fates.FOLLOWED_FOR
    young = Search.created_at > last if fate == fates.OPEN else Search.created_at <= last
    return grabs.where(Search.fate.is_null(), young)
