"""The figures as they are told: read at most every ten seconds, and kept in memory."""

import asyncio
from datetime import datetime, timedelta

from peewee import PeeweeException

from models.database import LostConnection, database
from models.environment import Environment
from models.instances import Instance
from models.metrics import Samples
from models.metrics.counting import CODE_CLASSES, COUNTS, REQUEST_SECONDS
from models.metrics.histograms import Histogram
from models.metrics.household import household_samples, labels_of
from models.parts.backups import latest_backup
from models.version import VERSION

FRESH_FOR = timedelta(seconds=10)


class MetricsBoard:
    """Keeps what was last read of the database."""

    def __init__(self, options: Environment) -> None:
        self._options = options
        self._lock = asyncio.Lock()
        self._names: dict[int, tuple[str, str]] = {}
        self._read_at: datetime | None = None
        self._leads = False
        self._known: Samples | None = None

    async def samples(self, at: datetime, *, leads: bool) -> Samples:
        """The figures of this replica, and while it leads those of the household."""
        async with self._lock:
            if self._is_old(at) or leads != self._leads:
                await self._read(at, leads)
        found = Samples()
        found.tell("vqs_build_info", 1, VERSION)
        found.tell("vqs_leader", float(leads))
        found.tell("vqs_database_up", float(self._read_at is not None))
        self._count(found)
        if self._known is not None:
            found.join(self._known)
        return found

    def _is_old(self, at: datetime) -> bool:
        return self._read_at is None or not self._read_at <= at < self._read_at + FRESH_FOR

    async def _read(self, at: datetime, leads: bool) -> None:
        """Reads anew. While the database does not answer, old figures are not told."""
        self._leads = leads
        try:
            self._names, self._known = await database.aside(self._figures, at, leads)
            self._read_at = at
        except (PeeweeException, LostConnection):
            self._read_at = self._known = None

    def _figures(
        self, at: datetime, leads: bool
    ) -> tuple[dict[int, tuple[str, str]], Samples | None]:
        names = {each.id: labels_of(each) for each in Instance.select()}
        if not leads:
            return names, None
        return names, household_samples(at, latest_backup(self._options, at))

    def _count(self, found: Samples) -> None:
        """What the process counted, of instances that are there."""
        found.tell("vqs_run_duration_seconds", COUNTS.runs)
        for number, labels in self._names.items():
            for code in CODE_CLASSES:
                times = COUNTS.requests.get((number, code), 0)
                found.tell("vqs_requests_total", times, *labels, code)
            waits = COUNTS.waits.get(number) or Histogram.empty(REQUEST_SECONDS)
            found.tell("vqs_request_duration_seconds", waits, *labels)
