"""Time zones: local times become moments, also in the two nights when the clock changes."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo | None:
    """The zone; None if this system has none of that name, or it is a folder such as "Europe"."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def zone_or_utc(name: str) -> ZoneInfo:
    """The zone; UTC if this system has none of that name, so that every page can tell a time."""
    return zone_of(name) or ZoneInfo("UTC")


def instants(local: datetime, zone: ZoneInfo) -> list[datetime]:
    """All moments, UTC, at which the clock shows the naive `local`.

    There are two when the clock goes back. A time that the clock skips is the end of the gap.
    """
    early, late = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early == late:
        return [early]
    return [early, late] if early < late else [_end_of_gap(late, early, zone)]


def note_of(local: datetime, zone: ZoneInfo) -> str:
    """The sentence about a local time on a night when the clock changes; else ""."""
    early, late = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early < late:
        return f"{local:%H:%M} comes twice as the clock goes back; it runs the first time."
    if early > late:
        return f"{local:%H:%M} is left out as the clock goes forward; it runs right after."
    return ""


def change_between(before: datetime, after: datetime, zone: ZoneInfo) -> str:
    """The sentence about a change of the clock between two moments; "" without one."""
    offsets = [moment.astimezone(zone).utcoffset() or timedelta() for moment in (before, after)]
    if offsets[0] == offsets[1]:
        return ""
    forward = offsets[1] > offsets[0]
    return f"The clock has gone {'forward' if forward else 'back'} before this."


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the clock goes forward, between these two moments."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
