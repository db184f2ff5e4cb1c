"""The terms of a schedule: kind, times, days, zone and hours."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from models.schedules.hours import Hours
from models.schedules.zones import zone_of

LONGEST_JITTER = 15

Clock = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Annotated[int, Field(ge=0, le=6)]


class Terms(BaseModel):
    """The terms of a schedule; an unknown zone or cron expression is kept, but has no moments."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["every", "daily", "weekly", "cron"] = "every"
    every_minutes: int = 120
    times: tuple[Clock, ...] = ()
    weekdays: tuple[Weekday, ...] = ()
    cron: str = ""
    time_zone: str
    hours: tuple[Clock, Clock] | None = None
    jitter_minutes: Annotated[int, Field(ge=0, le=LONGEST_JITTER)] = 0
    catch_up: bool = True

    @property
    def known_zone(self) -> bool:
        """Whether this system knows its time zone."""
        return zone_of(self.time_zone) is not None

    def is_open(self, at: datetime) -> bool:
        """Whether `at` is inside its hours, by its own clock; never in an unknown zone."""
        if self.hours is None:
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
        return Hours.read(self.hours, zone) if self.hours and zone else None
