"""What becomes of a release after it was grabbed: the rules, without table or network."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

FATES = {"imported": "imported", "failed": "download failed", "ignored": "download ignored"}
OPEN, UNKNOWN = "open", "unknown"
WORDS = FATES | {OPEN: "not imported yet", UNKNOWN: "not known"}

# Downloads of rare torrents take days; what has no end by then is not known, and stays so.
FOLLOWED_FOR = timedelta(days=14)
# By the age of the newest grab that is still open.
PACE = (
    (timedelta(hours=2), timedelta(minutes=15)),
    (timedelta(days=1), timedelta(hours=1)),
    (FOLLOWED_FOR, timedelta(hours=6)),
)
# An instance tells whole seconds, and is up to two ahead of us or behind before that is noticed.
CLOCKS_AGREE = timedelta(minutes=1)
# An item that a sync has met may have gone while that went on.
SYNC = timedelta(minutes=15)


class Ending(NamedTuple):
    """An event of an instance's history that ends a download; `at` is epoch ms by its own clock.

    `fate` is imported, failed or ignored. A season pack has one for each episode.
    """

    arr_id: int
    download_id: str | None
    release: str
    fate: str
    at: int


class Trace(NamedTuple):
    """A grab of one item as far as it is known."""

    grabbed_at: datetime
    fate: str | None
    fate_at: datetime | None


def pause(age: timedelta) -> timedelta | None:
    """The time between two looks at the history; None when nothing is worth a look any more."""
    return next((wait for until, wait in PACE if age < until), None)


def follows(before: str | None, told: str) -> bool:
    """Whether an event changes what is known: an import is final, the rest may yet be imported."""
    return before != "imported" and before != told


def together(fates: Iterable[str | None]) -> str | None:
    """A search's fate: imported with its first import, failed or ignored when all have ended so."""
    found = set(fates)
    if "imported" in found:
        return "imported"
    if not found or None in found:
        return None
    return "failed" if "failed" in found else "ignored"


def state(fate: str | None, grabbed_at: datetime, now: datetime) -> str:
    """The fate as it is shown: until it is known it is open, and after 14 days unknown."""
    return fate or (OPEN if now < grabbed_at + FOLLOWED_FOR else UNKNOWN)


def has_brought(trace: Trace, left_at: datetime, listed_at: datetime | None) -> bool:
    """Whether an item left the wanted list because of this grab.

    `listed_at` is when it was last seen there, if that is known. What was imported before that
    did not suffice (an upgrade below the cutoff), and what failed or was ignored brought nothing.
    """
    if not left_at - FOLLOWED_FOR <= trace.grabbed_at <= left_at:
        return False
    if trace.fate is None:
        return True
    last_seen = listed_at - SYNC if listed_at else None
    imported_at = trace.fate_at if trace.fate == "imported" else None
    return imported_at is not None and (last_seen is None or imported_at >= last_seen)
