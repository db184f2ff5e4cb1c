"""What the server tells every process: notices of other replicas, and what time it is."""

import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from models.database import Database, fields
from models.database.advisory import GUARDS, calls_of, values_of
from models.database.locks import Lock
from models.late import late

log = logging.getLogger(__name__)

CHANNEL = "vqs"
# What may have been missed while the connection was away.
ANYTHING = "anything"
# Seconds.
CLOCK_EVERY = 60.0
LONGEST_WAIT = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0
MOST_SKEW = timedelta(minutes=5)


class Hearing:
    """A thread with a connection of its own, made anew whenever it is lost.

    It holds SERVING shared, so that nobody moves the database away under a running process. Where
    that was done while it was away, nothing is served from here any more.
    """

    def __init__(self, database: Database, address: str, **options: Any) -> None:
        self._database = database
        psycopg = late("psycopg")
        self._connect = partial(psycopg.connect, address, autocommit=True, **options)
        self._error = psycopg.Error
        self._stopping, self._hears = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._live, name="hearing", daemon=True)
        self._thread.start()
        self._hears.wait(LONGEST_PAUSE)

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _live(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                with self._connect() as there:
                    there.execute(f"SELECT {calls_of(GUARDS)}", values_of(GUARDS))
                    self._database.is_elsewhere = not _may_serve(there)
                    if not self._database.is_elsewhere:
                        there.execute(f"LISTEN {CHANNEL}")
                        pause = FIRST_PAUSE
                        self._hear(there)
                        continue
            except self._error as error:
                reason = str(error).partition("\n")[0]
                log.warning("notices of the database are not heard for now: %s", reason)
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _hear(self, there: Any) -> None:
        self._hears.set()
        self._database.tell_listeners(ANYTHING)
        measured_at = float("-inf")
        while not self._stopping.is_set():
            if time.monotonic() - measured_at >= CLOCK_EVERY:
                self._database.learn_skew(follow_clock(there))
                measured_at = time.monotonic()
            for notice in there.notifies(timeout=LONGEST_WAIT, stop_after=1):
                self._database.tell_listeners(notice.payload)


def _may_serve(connection: Any) -> bool:
    query = "SELECT pg_try_advisory_lock_shared(%s, 0)"
    return bool(connection.execute(query, (Lock.SERVING,)).fetchone()[0])


def follow_clock(connection: Any) -> timedelta:
    """How far the server's clock is ahead of ours; from now on, ours follows it."""
    began = time.monotonic()
    (told,) = connection.execute("SELECT clock_timestamp()").fetchone()
    halfway = (began + time.monotonic()) / 2
    skew: timedelta = told.astimezone(UTC) - datetime.now(UTC)
    fields.follow(told.astimezone(UTC), halfway)
    return skew
