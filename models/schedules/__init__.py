"""When a queue runs: its kind, zone, hours and jitter become moments. Pure: time is passed in."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from models.schedules import kinds, words
from models.schedules.hours import Hours
from models.schedules.zones import change_between, zone_of

LONGEST_JITTER = 15

Clock = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Annotated[int, Field(ge=0, le=6)]


class Moment(NamedTuple):
    """`at` is when it runs, `nominal` what it was before the jitter; both UTC.

    `note` is '' but near a change of the clock.
    """

    at: datetime
    nominal: datetime
    note: str


class Schedule(BaseModel):
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
    def words(self) -> str:
        return words.of(self)

    @property
    def known_zone(self) -> bool:
        """Whether this system has the rules of its zone."""
        return zone_of(self.time_zone) is not None

    def following(self, after: datetime, *, anchor: datetime, salt: int) -> datetime | None:
        """The first moment strictly after `after`, UTC, jitter included; None if there is none.

        Kind every counts from `anchor`; `salt` (the queue's id) decides the jitter.
        """
        first = next(self.moments(after, anchor=anchor, salt=salt), None)
        return first.at if first else None

    def moments(self, after: datetime, *, anchor: datetime, salt: int) -> Iterator[Moment]:
        """All moments strictly after `after`, in order, for the next ten years."""
        zone, hours, before = zone_of(self.time_zone), self._hours, after
        since = after - timedelta(minutes=self.jitter_minutes)
        nominals = kinds.nominals(self, since.astimezone(UTC), anchor)
        for (nominal, note), (limit, _) in pairwise(chain(nominals, [(None, "")])):
            assert nominal is not None
            at = self._shifted(nominal, limit, hours, salt)
            if at > after:
                yield Moment(
                    at, nominal, note or (change_between(before, at, zone) if zone else "")
                )
                before = at

    def is_open(self, at: datetime) -> bool:
        """Inside its hours, by the clock of its zone; never, if that is unknown."""
        if self.hours is None:
            return True
        return self._hours is not None and self._hours.hold(at)

    def opens_at(self, at: datetime) -> datetime:
        """When its hours next begin: `at` itself while they last, a day later in a zone unknown."""
        if self.is_open(at):
            return at
        return self._hours.next_start(at) if self._hours else at + timedelta(days=1)

    def runs_a_day(self, at: datetime, *, anchor: datetime, salt: int) -> float:
        """The average of the next 28 days, of four years where a run is rarer; 0 for none."""
        return kinds.runs_a_day(self, at, anchor)

    @property
    def _hours(self) -> Hours | None:
        zone = zone_of(self.time_zone)
        return Hours.read(self.hours, zone) if self.hours and zone else None

    def _shifted(
        self, nominal: datetime, limit: datetime | None, hours: Hours | None, salt: int
    ) -> datetime:
        """With its jitter, but before the following moment and inside the hours."""
        if not self.jitter_minutes:
            return nominal
        text = f"{salt}:{int(nominal.timestamp())}".encode()
        number = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())
        latest = [nominal + timedelta(seconds=number % (self.jitter_minutes * 60))]
        ends = [limit, hours.next_end(nominal) if hours else None]
        latest += [end - timedelta(seconds=1) for end in ends if end]
        return max(nominal, min(latest))
