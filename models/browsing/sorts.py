"""The sorts of the backlog, each in the order of an index, so that no page sorts all of it."""

import operator
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Any, NamedTuple

from peewee import SQL, Case, Expression, Field, Ordering, fn

from models.backlog import Item
from models.backlog.eligibility import Reason

# The places of the turns: now, at a known moment, at none.
NOW, LATER, NEVER = 0, 1, 2
# Written so that no database takes the index items_waiting for it, which is slower here.
IS_TOLD = fn.COALESCE(Item.eligible_at, 0) > 0
RANK = Case(None, [(Item.reason == Reason.ELIGIBLE, NOW), (IS_TOLD, LATER)], NEVER)
# The other reasons end at a known moment or not, item by item.
RANKS = {
    Reason.ELIGIBLE: NOW,
    Reason.COOLDOWN: LATER,
    Reason.LEFT: NEVER,
    Reason.UNMONITORED: NEVER,
    Reason.DOWNLOADING: NEVER,
}
TITLE: dict[str, Any] = {
    "sort_title": Item.sort_title,
    "instance_id": Item.instance,
    "series_id": Item.series_id,
    "season": Item.season,
    "episode": Item.episode,
    "id": Item.id,
}
# The columns of each sort; an index of items begins with the reason and goes on with these.
SORTS: dict[str, dict[str, Any]] = {
    "title": TITLE,
    "released": {"aired_at": Item.aired_at, "id": Item.id},
    "searched": {"searched_at": Item.searched_at, "id": Item.id},
    "attempts": {"attempts": Item.attempts, "id": Item.id},
    "state": {"reason": Item.reason, **TITLE},
    "turn": {"rank": RANK, "eligible_at": Item.eligible_at, "id": Item.id},
}
USUAL = "title"


class Part(NamedTuple):
    """Items that an index holds in order: those of a reason for which `where` is true.

    `rank` is their place among the parts, where the sort has one.
    """

    reason: Reason
    where: tuple[Expression, ...] = ()
    rank: int = NOW

    def columns(self, sort: str) -> list[Any]:
        """What the parts are merged by, under the names of the sort."""
        own = {**SORTS[sort], "rank": SQL(str(self.rank))} if sort == "turn" else SORTS[sort]
        return [own[name].alias(name) for name in SORTS[sort]]


def parts(sort: str, reasons: Iterable[Reason], letter: str) -> Iterator[Part]:
    """The parts of the backlog that are merged into one list; a letter is for titles only."""
    for reason in reasons:
        if sort == "turn" and reason in RANKS:
            yield Part(reason, rank=RANKS[reason])
        elif sort == "turn":
            yield Part(reason, (IS_TOLD,), LATER)
            yield Part(reason, (Item.eligible_at.is_null(),), NEVER)
        elif letter and sort == "title":
            yield from (Part(reason, (each,)) for each in _ranges(letter))
        else:
            yield Part(reason)


def terms(
    sort: str, *, descending: bool, merged: bool = False, within: bool = False
) -> list[Ordering]:
    """The terms that sort; NULL is the smallest.

    Merged parts are sorted by the names of their columns. What is the same `within` a part is left
    out there.
    """
    found = []
    for name, column in SORTS[sort].items():
        if within and name in ("rank", "reason"):
            continue
        term = SQL(name) if merged else column
        may_be_null = isinstance(column, Field) and column.null
        if descending:
            found.append(term.desc(nulls="last") if may_be_null else term.desc())
        else:
            found.append(term.asc(nulls="first") if may_be_null else term.asc())
    return found


def begins_with(letter: str) -> Expression:
    """A condition for the items of a letter: "a" to "z", or "0" for all others."""
    return reduce(operator.or_, _ranges(letter))


def _ranges(letter: str) -> tuple[Expression, ...]:
    title = Item.sort_title
    if letter == "0":
        return title < "a", title >= chr(ord("z") + 1)
    return ((title >= letter) & (title < chr(ord(letter) + 1)),)
