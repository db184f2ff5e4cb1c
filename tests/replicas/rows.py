"""The rows of the replicas as another program sees them, over a connection that is replaced."""

import time
from typing import Any

import psycopg

from models.database.locks import Lock

PATIENCE = 30.0
HOLDERS = """
    SELECT activity.application_name, locks.objid::bigint, activity.pid
    FROM pg_locks AS locks JOIN pg_stat_activity AS activity USING (pid)
    WHERE locks.locktype = 'advisory' AND locks.granted AND locks.classid = %s
"""
DUE = """
    UPDATE queues SET next_run_at = %s, last_moment_at = NULL, retry_at = NULL
    WHERE id NOT IN (SELECT queue_id FROM runs WHERE state = 'active' AND queue_id IS NOT NULL)
"""
UNDONE = "state IN ('sending', 'sent')"


class Rows:
    """For one thread."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._connection: psycopg.Connection[Any] | None = None

    def ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Asks again where the connection broke, while the server may be starting."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = psycopg.connect(self.address, autocommit=True)
                found = self._connection.execute(statement, values or None)
                return found.fetchall() if found.description else []
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def count(self, table: str, where: str = "true") -> int:
        return int(self.ask(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])

    def holders(self, lock: Lock) -> list[tuple[str, int, int]]:
        """Names of replicas, the second number of the lock, and their sessions' process ids."""
        return [(name, number, pid) for name, number, pid in self.ask(HOLDERS, int(lock))]

    def make_due(self, ago: float = 0.0) -> None:
        """Every queue without a run, as of so many seconds ago."""
        self.ask(DUE, int((time.time() - ago) * 1000))
        self.ask("SELECT pg_notify('vqs', 'schedule')")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
