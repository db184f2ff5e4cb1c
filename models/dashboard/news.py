"""What ended since a page was last looked at: a few short notes."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple, Self

from peewee import fn

from models.happenings import Happening
from models.queues import Queue
from models.searches import SearchItem

# Rows looked through, latest first: a page that slept for long says little of all that.
LATEST = 40
SHOWN = 3


class NewsNote(NamedTuple):
    """A note: `words`, then a title that leads to `address`; `sign` is the name of an icon."""

    tone: str
    sign: str
    words: str
    title: str
    address: str


class News(NamedTuple):
    """The latest notes, and how many more there were."""

    shown: list[NewsNote]
    more: int

    @classmethod
    def after(cls, since: datetime) -> Self | None:
        """What grabbed, was imported or ended after `since`, oldest first; None for nothing."""
        rows = Happening.select().where(Happening.kind.in_(list(NOTES)))
        latest = rows.order_by(Happening.id.desc()).limit(LATEST)
        new = [row for row in latest if row.at > since and _matters(row)][::-1]
        if not new:
            return None
        items, queues = _items(new), _queues(new)
        notes = [_note(row, items, queues) for row in new[-SHOWN:]]
        return cls(notes, len(new) - len(notes))


# For each kind of event: tone, sign and words.
NOTES = {
    "search-ended": ("success", "found", "Grabbed"),
    "grab-imported": ("success", "success", "Imported"),
    "grab-failed": ("error", "error", "Download failed"),
    "run-ended": ("notice", "check", "Run ended"),
    "run-held": ("warning", "pause", "Run held"),
}


def _matters(row: Happening) -> bool:
    return row.kind != "search-ended" or _details(row).get("outcome") == "grabbed"


def _note(row: Happening, items: dict[int, int], queues: dict[int, str]) -> NewsNote:
    tone, sign, words = NOTES[row.kind]
    details = _details(row)
    if row.kind.startswith("run-"):
        name = queues.get(row.queue, "a queue that was deleted")
        return NewsNote(tone, sign, f"{words}:", name, f"/runs/{details['run']}")
    item = items.get(row.search)
    return NewsNote(
        tone,
        sign,
        f"{words}:",
        str(details.get("title", "")),
        f"/items/{item}" if item else "/searches",
    )


def _details(row: Happening) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row.details)
    return found


def _items(rows: Iterable[Happening]) -> dict[int, int]:
    """The first item of each search."""
    link, ids = SearchItem, [row.search for row in rows if row.search]
    found = link.select(link.search, fn.MIN(link.item).alias("first")).where(link.search.in_(ids))
    return {row.search_id: row.first for row in found.group_by(link.search) if row.first}


def _queues(rows: Iterable[Happening]) -> dict[int, str]:
    ids = [row.queue for row in rows if row.queue]
    return {queue.id: queue.name for queue in Queue.select().where(Queue.id.in_(ids))}
