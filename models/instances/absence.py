"""Whether items that a reading of a wanted list did not hold have left the list."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from models.instances import WantedList

# An item missing from two readings this far apart has left, even if both were faulty.
AGAIN_AFTER = timedelta(minutes=10)
# A shorter list may well lose most of its items within a day.
FEWEST_TO_DOUBT = 20

Absent = tuple[int, datetime | None]


def has_collapsed(there: int, lost: int) -> bool:
    """Whether a list of `there` items lost more than half of them at once."""
    return there >= FEWEST_TO_DOUBT and lost * 2 > there


def settle(
    row: WantedList, absent: Iterable[Absent], there: int, at: datetime
) -> tuple[list[int], list[int]]:
    """Decides what one reading at `at` means, and writes it on the list's row.

    `absent` are the ids of items that it did not hold, each with the moment since when.
    `there` is how many items the list had before.
    Returns the ids of items that have left, and of items that are missing from now on.
    """
    unseen = dict(absent)
    new = [item_id for item_id, since in unseen.items() if since is None]
    doubted_at = row.doubted_at or at
    if has_collapsed(there, len(unseen)) and at - doubted_at < AGAIN_AFTER:
        again_at = doubted_at + AGAIN_AFTER
        row.change(doubted_at=doubted_at, doubted_from=row.doubted_from or there, again_at=again_at)
        return [], new
    if row.whole:
        gone = list(unseen)
    else:
        gone = [each for each, since in unseen.items() if since and at - since >= AGAIN_AFTER]
    waits = len(unseen) > len(gone)
    row.change(doubted_at=None, doubted_from=None, again_at=at + AGAIN_AFTER if waits else None)
    return gone, [] if row.whole else new
