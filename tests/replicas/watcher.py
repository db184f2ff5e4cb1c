"""Looks at the rows all the time while replicas are killed: what shows only meanwhile."""

import threading
import time
from collections.abc import Iterable

from models.database.locks import Lock
from tests.replicas.rows import UNDONE, Rows

PAUSE = 0.05
TWICE = f"SELECT instance_id FROM searches WHERE {UNDONE} GROUP BY instance_id HAVING count(*) > 1"
GOING_ON = "SELECT DISTINCT owner FROM runs WHERE state = 'active' AND owner = ANY(%s)"


class Watcher(threading.Thread):
    """`twice` are the samples in which two searches of an instance were without an outcome.

    `ended` are the seconds until the runs of a dead replica had ended, `led` those without leader.
    """

    def __init__(self, address: str) -> None:
        super().__init__(name="watcher", daemon=True)
        self.rows = Rows(address)
        self.samples = self.twice = 0
        self.ended: list[float] = []
        self.led: list[float] = []
        self.leaders = 0
        self._dead: dict[int, float] = {}
        self._with_runs: set[int] = set()
        self._lock = threading.Lock()
        self._done = threading.Event()

    def died(self, owners: Iterable[int], at: float) -> None:
        """Their runs are to be ended; `at` by the monotonic clock."""
        with self._lock:
            self._dead |= dict.fromkeys(owners, at)

    def run(self) -> None:
        since: float | None = None
        while not self._done.wait(PAUSE):
            self.samples += 1
            self.twice += len(self.rows.ask(TWICE))
            self._look_for_ends()
            if not self.rows.holders(Lock.REPLICA):
                self._wait_for_anybody()
                since = None
            leaders = len(self.rows.holders(Lock.LEADER))
            self.leaders = max(self.leaders, leaders)
            if leaders and since is not None:
                self.led.append(time.monotonic() - since)
            since = None if leaders else since or time.monotonic()

    def stop(self) -> None:
        self._done.set()
        self.join(60)

    @property
    def unended(self) -> set[int]:
        """The dead whose runs have not ended."""
        with self._lock:
            return set(self._with_runs)

    def _wait_for_anybody(self) -> None:
        """While all are starting, nobody is there who could be late."""
        with self._lock:
            self._dead = dict.fromkeys(self._dead, time.monotonic())

    def _look_for_ends(self) -> None:
        with self._lock:
            if not self._dead:
                return
            going_on = {owner for (owner,) in self.rows.ask(GOING_ON, list(self._dead))}
            now = time.monotonic()
            for owner in self._with_runs - going_on:
                self.ended.append(now - self._dead.pop(owner))
            for owner in [owner for owner, at in self._dead.items() if now - at > 60]:
                if owner not in going_on:
                    del self._dead[owner]
            self._with_runs = going_on
