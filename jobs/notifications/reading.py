"""Reads what happened, and notes what each target is to be told of it."""

from collections.abc import Collection
from datetime import datetime, timedelta, tzinfo
from typing import Any

from jobs.notifications.news import Headline, names_and_demos, of
from jobs.notifications.texts import line
from models.database import database
from models.database.locks import Lock
from models.happenings import Happening
from models.household import Household
from models.notifications import NoticeTarget
from models.notifications.events import EVENTS
from models.notifications.outbox import Bookmark, Notice

# A transaction of so many stops the loop for a few milliseconds.
AT_ONCE = 25
# On a server a transaction that began earlier may end later, so that its event appears behind one
# with a higher number. A gap that is older was left by a transaction that did not come about.
GAPS_CLOSE_WITHIN = timedelta(minutes=1)


def read(at: datetime) -> bool:
    """Reads the next events, all or none of them; returns whether there may be more.

    One replica at a time reads, and the bookmark moves in the transaction that writes the notices.
    """
    with database.atomic():
        database.lock_until_commit(Lock.OUTBOX)
        mark = Bookmark.get_or_none(id=1)
        if mark is None:
            Bookmark.create(id=1, last=Happening.latest_id())
            return False
        rows = _without_gaps(list(Happening.after(mark.last, AT_ONCE)), mark.last, at)
        if not rows or not mark.move(rows[-1].id):
            return False
        if targets := list(NoticeTarget.told()):
            _note_all(rows, targets, at)
    return len(rows) == AT_ONCE


def _without_gaps(rows: list[Happening], last: int, at: datetime) -> list[Happening]:
    """The events up to the first gap that may still close."""
    for place, row in enumerate(rows):
        if row.id != last + 1 and abs(at - row.at) < GAPS_CLOSE_WITHIN:
            return rows[:place]
        last = row.id
    return rows


def _note_all(rows: list[Happening], targets: list[NoticeTarget], at: datetime) -> None:
    names, demos = names_and_demos()
    zone, notices = Household.current().zone, list[dict[str, Any]]()
    for row in rows:
        for headline in of(row, names):
            for target in targets:
                if notice := _notice(target, headline, row, demos, zone, at):
                    notices.append(notice)
                    if EVENTS[headline.event].rests or headline.wait:
                        # What comes next may be the same again, or its end.
                        _write(notices)
    _write(notices)


def _write(notices: list[dict[str, Any]]) -> None:
    if notices:
        Notice.insert_many(notices).execute()
        notices.clear()


def _notice(
    target: NoticeTarget,
    headline: Headline,
    row: Happening,
    demos: Collection[int],
    zone: tzinfo,
    at: datetime,
) -> dict[str, Any] | None:
    """What the target is told of it; None for nothing."""
    if row.at < target.created_at:
        return None
    when = target.wants(headline.event, headline.instance, demos)
    if headline.event == "reachable" and Notice.withdraw(target, "unreachable", headline.about):
        return None
    if when is None:
        return None
    rests = EVENTS[headline.event].rests
    if rests and Notice.was_told(target, headline.event, headline.about, row.at - rests):
        return None
    in_digest = when == "digest"
    return {
        "target": target,
        "event": headline.event,
        "about": headline.about,
        "at": row.at,
        "due_at": target.next_digest(at, zone) if in_digest else row.at + headline.wait,
        "in_digest": in_digest,
        "text": line(headline.text if target.says_titles else headline.bare),
        "path": headline.path,
    }
