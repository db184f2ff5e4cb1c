"""The terms of a schedule: kind, times, days, zone and hours."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from models.schedules.hours import Hours, Window, bounds, within
from models.schedules.zones import zone_of

LONGEST_JITTER = 15
MOST_WINDOWS = 4

Clock = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Annotated[int, Field(ge=0, le=6)]


def _windows(hours: Any) -> Any:
    """The windows of a day. Older rows hold one pair of times, or null."""
    if hours is None:
        return ()
    return (hours,) if len(hours) == 2 and isinstance(hours[0], str) else hours


Windows = Annotated[
    tuple[tuple[Clock, Clock], ...], BeforeValidator(_windows), Field(max_length=MOST_WINDOWS)
]


class Terms(BaseModel):
    """The terms of a schedule; an unknown zone or cron expression is kept, but has no moments.

    `hours` are the windows of a day in which it may run; without any, the whole day.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["every", "daily", "weekly", "cron"] = "every"
    every_minutes: int = 120
    times: tuple[Clock, ...] = ()
    weekdays: tuple[Weekday, ...] = ()
    cron: str = ""
    time_zone: str
    hours: Windows = ()
    jitter_minutes: Annotated[int, Field(ge=0, le=LONGEST_JITTER)] = 0
    catch_up: bool = True

    @property
    def known_zone(self) -> bool:
        """Whether this system knows its time zone."""
        return zone_of(self.time_zone) is not None

    def is_open(self, at: datetime) -> bool:
        """Whether `at` is inside its hours, by its own clock; never in an unknown zone."""
        if not self.hours:
            return True
        return self.open_hours is not None and self.open_hours.hold(at)

    def opens_at(self, at: datetime) -> datetime:
        """When its hours next begin: `at` if it is inside them; a day later in an unknown zone."""
        if self.is_open(at):
            return at
        return self.open_hours.next_start(at) if self.open_hours else at + timedelta(days=1)

    @property
    def open_hours(self) -> Hours | None:
        zone = zone_of(self.time_zone)
        if not self.hours or zone is None:
            return None
        return Hours([Window.read(each, zone) for each in self.hours])

    def is_allowed(self, minute: int) -> bool:
        """Whether a minute of the day is inside its hours."""
        return not self.hours or any(within(minute, *bounds(each)) for each in self.hours)
