"""The searches that were made, found by what a person remembers of them."""

from typing import NamedTuple

from models.searches import Search

PAGE = 50


class Filter(NamedTuple):
    """What is None or empty filters nothing."""

    instance: int | None = None
    queue: int | None = None
    outcome: str | None = None
    text: str = ""


class Found(NamedTuple):
    """One page of history, and how many searches there are on all pages."""

    searches: list[Search]
    total: int
    has_more: bool


def read(wanted: Filter, page: int) -> Found:
    """`page` counts from 1."""
    rows = Search.recent()
    if wanted.instance is not None:
        rows = rows.where(Search.instance == wanted.instance)
    if wanted.queue is not None:
        rows = rows.where(Search.queue == wanted.queue)
    if wanted.outcome is not None:
        rows = rows.where(Search.outcome == wanted.outcome)
    if wanted.text:
        rows = rows.where(Search.title.contains(wanted.text) | Search.release.contains(wanted.text))
    total = rows.order_by().count()
    shown = list(rows.limit(PAGE).offset((page - 1) * PAGE))
    return Found(shown, total, page * PAGE < total)
