"""How many searches there are of each outcome, counted without reading all of them."""

from datetime import datetime
from typing import NamedTuple

from peewee import SQL, ModelSelect, fn

from models.searches import Search
from models.searches.history import FILTERS, HELD, SearchFilter, idle_runs, searches, within

# Counting ends here: what lies beyond is "more than".
MOST = 10_000
ALL = ""


class Counted(NamedTuple):
    """A number; `is_more` means that there are more, or may be."""

    number: int
    is_more: bool


def by_outcome(wanted: SearchFilter, at: datetime) -> dict[str, Counted]:
    """The counts by outcome under the other filters, with ALL, and HELD for runs.

    At most MOST rows are looked at for each outcome, or for all of them together where a filter
    has no index with the outcome. It takes some milliseconds: run it on the reader thread.
    """
    others = wanted._replace(outcome=None)
    by_index = others == SearchFilter(fate=others.fate, since=others.since, until=others.until)
    found = _by_index(others, at) if by_index else _by_rows(others, at)
    total = sum(each.number for each in found.values())
    is_more = total > MOST or any(each.is_more for each in found.values())
    found[ALL] = Counted(min(total, MOST) if by_index else total, is_more)
    if others.takes_runs:
        runs = idle_runs(others._replace(outcome=HELD))
        found[HELD] = _counted(runs.limit(MOST + 1).count())
    return found


def _counted(number: int) -> Counted:
    return Counted(min(number, MOST), number > MOST)


def _by_index(wanted: SearchFilter, at: datetime) -> dict[str, Counted]:
    rows = {outcome: searches(wanted._replace(outcome=outcome), at) for outcome in FILTERS}
    rows["sent"] = searches(wanted, at).where(Search.outcome.is_null())
    return {
        outcome: _counted(found.select(Search.id).limit(MOST + 1).count())
        for outcome, found in rows.items()
    }


def _by_rows(wanted: SearchFilter, at: datetime) -> dict[str, Counted]:
    """The counts among the latest searches of the indexed filters."""
    latest = _latest(wanted)
    is_more = latest.offset(MOST).limit(1).exists()
    near = Search.id.in_(latest.limit(MOST))
    rows = searches(wanted, at).where(near)
    kind = fn.COALESCE(Search.outcome, "sent")
    known = dict(rows.select(kind, fn.COUNT(Search.id)).group_by(SQL("1")).tuples())
    return {outcome: Counted(known.get(outcome, 0), is_more) for outcome in (*FILTERS, "sent")}


def _latest(wanted: SearchFilter) -> ModelSelect:
    return within(Search.select(Search.id), wanted).order_by(Search.created_at.desc())
