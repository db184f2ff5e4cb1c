"""The clocks of people: local times to moments, and the two nights when they differ."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo | None:
    """None when this system has no such zone; a folder of zones, "Europe", is none either."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def instants(local: datetime, zone: ZoneInfo) -> list[datetime]:
    """Every moment, UTC, at which the clock shows a naive `local`.

    Two when the clock goes back; what it skips when it goes forward is the end of the gap.
    """
    early, late = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early == late:
        return [early]
    return [early, late] if early < late else [_end_of_gap(late, early, zone)]


def note_of(local: datetime, zone: ZoneInfo) -> str:
    """What is odd about this local time; '' on all other days."""
    early, late = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early < late:
        return f"{local:%H:%M} comes twice as the clock goes back; it runs the first time."
    if early > late:
        return f"{local:%H:%M} is left out as the clock goes forward; it runs right after."
    return ""


def change_between(before: datetime, after: datetime, zone: ZoneInfo) -> str:
    """Whether the clock of the zone was changed between the two."""
    offsets = [moment.astimezone(zone).utcoffset() or timedelta() for moment in (before, after)]
    if offsets[0] == offsets[1]:
        return ""
    forward = offsets[1] > offsets[0]
    return f"The clock has gone {'forward' if forward else 'back'} before this."


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the clock is put forward, between these two moments."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
