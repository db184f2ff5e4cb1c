"""Schedules: kind, zone, hours and jitter of a queue become moments. Pure: time is passed in."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise
from typing import NamedTuple

from models.schedules import kinds, words
from models.schedules.hours import Hours
from models.schedules.terms import Terms
from models.schedules.zones import change_between, zone_of


class Moment(NamedTuple):
    """A moment of a schedule.

    `at` is when the queue runs, UTC.
    `nominal` is `at` before the jitter was added, UTC.
    `note` is a sentence near a change of the clock, else "".
    """

    at: datetime
    nominal: datetime
    note: str


class Schedule(Terms):
    """The terms of a schedule, which it turns into moments."""

    @property
    def words(self) -> str:
        return words.of(self)

    def following(self, after: datetime, *, anchor: datetime, salt: int) -> datetime | None:
        """The first moment after `after`, UTC, with jitter; None if there is none.

        Kind `every` counts from `anchor`; `salt` (the queue's id) decides the jitter.
        """
        first = next(self.moments(after, anchor=anchor, salt=salt), None)
        return first.at if first else None

    def moments(self, after: datetime, *, anchor: datetime, salt: int) -> Iterator[Moment]:
        """All moments after `after`, in order, for the next ten years."""
        zone, hours, before = zone_of(self.time_zone), self.open_hours, after
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

    def runs_a_day(self, at: datetime, *, anchor: datetime, salt: int) -> float:
        """Runs a day, averaged over 28 days, or over four years if rare; 0 if it never runs."""
        return kinds.runs_a_day(self, at, anchor)

    def _shifted(
        self, nominal: datetime, limit: datetime | None, hours: Hours | None, salt: int
    ) -> datetime:
        """The moment with its jitter, but before the next moment and inside the hours."""
        if not self.jitter_minutes:
            return nominal
        text = f"{salt}:{int(nominal.timestamp())}".encode()
        number = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())
        latest = [nominal + timedelta(seconds=number % (self.jitter_minutes * 60))]
        ends = [limit, hours.next_end(nominal) if hours else None]
        latest += [end - timedelta(seconds=1) for end in ends if end]
        return max(nominal, min(latest))
