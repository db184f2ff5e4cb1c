"""Counts how instances answer, from the requests that are sent anyway."""

from contextlib import suppress
from datetime import datetime
from functools import partial

from peewee import IntegrityError

from jobs.clock import Clock
from jobs.net import Noted
from models.database import database
from models.instances.health import SLOW_SECONDS, Answers, HalfHour, half_hour
from models.metrics.counting import COUNTS


class HealthCounts:
    """Keeps the counts in memory until they are written, so that a request costs no write."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: dict[tuple[int, datetime], Answers] = {}

    def of(self, instance_id: int) -> Noted:
        """What a connection to the instance calls after each request."""
        return partial(self._note, instance_id)

    def write(self) -> None:
        """Adds what was counted to the rows. A full disk loses it, as pages can do without."""
        counts, self._counts = self._counts, {}
        # An instance may be deleted by another replica just now.
        if counts:
            with suppress(IntegrityError):
                database.if_writable(HalfHour.add, counts=counts)

    def _note(self, instance_id: int, seconds: float | None, status: int | None) -> None:
        COUNTS.request(instance_id, seconds, status)
        if seconds is None:
            one = Answers(silent=1)
        else:
            one = Answers(1, int(seconds > SLOW_SECONDS), 0, round(seconds * 1000))
        key = instance_id, half_hour(self._clock.now())
        self._counts[key] = self._counts.get(key, Answers()).plus(one)
