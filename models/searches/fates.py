"""What becomes of a grabbed release: the rules, without table or network."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

FATES = {"imported": "imported", "failed": "download failed", "ignored": "download ignored"}
OPEN, UNKNOWN = "open", "unknown"
WORDS = FATES | {OPEN: "not imported yet", UNKNOWN: "not known"}

# Downloads of rare torrents take days. A fate that is not known by then stays unknown.
FOLLOWED_FOR = timedelta(days=14)
# The age of the newest open grab, and how long to wait between two looks at the history.
PACE = (
    (timedelta(hours=2), timedelta(minutes=15)),
    (timedelta(days=1), timedelta(hours=1)),
    (FOLLOWED_FOR, timedelta(hours=6)),
)
# An instance tells whole seconds, and its clock may differ by two more before that is noticed.
CLOCKS_AGREE = timedelta(minutes=1)
# The longest a sync takes: an item seen in it may have left the list before it ended.
SYNC = timedelta(minutes=15)


class Ending(NamedTuple):
    """An event of an instance's history that ends a download.

    `fate` is imported, failed or ignored.
    `at` is in epoch ms of the instance's own clock.
    A season pack has one event for each episode.
    """

    arr_id: int
    download_id: str | None
    release: str
    fate: str
    at: int


class Trace(NamedTuple):
    """What is known of a grab of one item."""

    grabbed_at: datetime
    fate: str | None
    fate_at: datetime | None


def pause(age: timedelta) -> timedelta | None:
    """The time between two looks at the history; None when the grab is too old for another look."""
    return next((wait for until, wait in PACE if age < until), None)


def follows(before: str | None, told: str) -> bool:
    """Whether an event changes the fate: an import is final, others may still become imports."""
    return before != "imported" and before != told


def together(fates: Iterable[str | None]) -> str | None:
    """The fate of a search from those of its grabs.

    One import makes it imported; it is failed or ignored only when all its grabs have ended.
    """
    found = set(fates)
    if "imported" in found:
        return "imported"
    if not found or None in found:
        return None
    return "failed" if "failed" in found else "ignored"


def state(fate: str | None, grabbed_at: datetime, now: datetime) -> str:
    """The fate to show: "open" until it is known, "unknown" after 14 days."""
    return fate or (OPEN if now < grabbed_at + FOLLOWED_FOR else UNKNOWN)


def has_brought(trace: Trace, left_at: datetime, listed_at: datetime | None) -> bool:
    """Whether an item left the wanted list because of this grab.

    `listed_at` is when it was last seen on the list, if known. A release imported before that was
    not enough (an upgrade below the cutoff); a failed or ignored download brought nothing.
    """
    if not left_at - FOLLOWED_FOR <= trace.grabbed_at <= left_at:
        return False
    if trace.fate is None:
        return True
    last_seen = listed_at - SYNC if listed_at else None
    imported_at = trace.fate_at if trace.fate == "imported" else None
    return imported_at is not None and (last_seen is None or imported_at >= last_seen)
