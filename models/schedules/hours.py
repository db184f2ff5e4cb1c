"""The hours of the day in which a queue may run; each window of them may cross midnight."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from models.schedules.zones import instants

DAY_MINUTES = 24 * 60


class Window(NamedTuple):
    """A window as minutes of the day, by the clock of the zone; `until` is excluded."""

    begin: int
    until: int
    zone: ZoneInfo

    @classmethod
    def read(cls, window: tuple[str, str], zone: ZoneInfo) -> Self:
        """Reads two times such as "22:00"."""
        return cls(*bounds(window), zone)

    def hold(self, at: datetime) -> bool:
        """Whether `at` is inside; an ended window does not begin again when the clock goes back."""
        local = at.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        if local.fold and minute < self.until:
            end = datetime.combine(local.date(), clock_of(self.until))
            if len(instants(end, self.zone)) > 1:
                return False
        return within(minute, self.begin, self.until)

    def next_start(self, at: datetime) -> datetime:
        """The next start after `at`. It begins on no day when the clock skips it entirely."""
        return next(start for start in self._after(at, self.begin) if self.hold(start))

    def next_end(self, at: datetime) -> datetime:
        return self._after(at, self.until)[0]

    def _after(self, at: datetime, minute: int) -> list[datetime]:
        today = at.astimezone(self.zone).date()
        days = [today + timedelta(days=ahead) for ahead in range(5)]
        found = [
            moment
            for day in days
            for moment in instants(datetime.combine(day, clock_of(minute)), self.zone)
        ]
        return [moment for moment in found if moment > at]


class Hours:
    """The windows of a day; there is at least one, and no two overlap."""

    def __init__(self, windows: Sequence[Window]) -> None:
        self._windows = windows

    def hold(self, at: datetime) -> bool:
        return any(each.hold(at) for each in self._windows)

    def next_start(self, at: datetime) -> datetime:
        return min(each.next_start(at) for each in self._windows)

    def next_end(self, at: datetime) -> datetime:
        """The next end after `at` of a window."""
        return min(each.next_end(at) for each in self._windows)


def bounds(window: tuple[str, str]) -> tuple[int, int]:
    """A window such as ("22:00", "07:00") as minutes of the day."""
    return minute_of(window[0]), minute_of(window[1])


def within(minute: int, begin: int, until: int) -> bool:
    if begin < until:
        return begin <= minute < until
    return minute >= begin or minute < until


def minute_of(text: str) -> int:
    """The minute of the day of "HH:MM"."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def clock_of(minute: int) -> time:
    return time(*divmod(minute, 60))
