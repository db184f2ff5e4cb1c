"""What a schedule is made of: its kind, times, days, zone and hours."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from models.schedules.hours import Hours
from models.schedules.zones import zone_of

LONGEST_JITTER = 15

Clock = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Annotated[int, Field(ge=0, le=6)]


class Terms(BaseModel):
    """A zone or an expression that this system cannot follow is kept, and has no moments."""

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
        """Whether this system has the rules of its zone."""
        return zone_of(self.time_zone) is not None

    def is_open(self, at: datetime) -> bool:
        """Inside its hours, by the clock of its zone; never, if that is unknown."""
        if self.hours is None:
            return True
        return self.open_hours is not None and self.open_hours.hold(at)

    def opens_at(self, at: datetime) -> datetime:
        """When its hours next begin: `at` itself while they last, a day later in a zone unknown."""
        if self.is_open(at):
            return at
        return self.open_hours.next_start(at) if self.open_hours else at + timedelta(days=1)

    @property
    def open_hours(self) -> Hours | None:
        zone = zone_of(self.time_zone)
        return Hours.read(self.hours, zone) if self.hours and zone else None
