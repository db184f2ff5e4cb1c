"""Advisory locks of the server: each belongs to a session, and is free when the session ends."""

from models.database import Database
from models.database.locks import Lock

# The server ends a session that keeps others waiting, as that of a process that stands still.
GUARDS = {
    "idle_in_transaction_session_timeout": "10s",
    # The server's own side of the connection: else it holds the locks of a cut network for hours.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "25000",
}
# The engine asks each second. Its locks are free this long after it stood still.
ENGINE_GUARDS = GUARDS | {"idle_session_timeout": "15s"}
HOLDERS = """
    SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class AdvisoryLocks(Database):
    """What the sessions of a server can lock; see `Lock`."""

    def guard(self, guards: dict[str, str]) -> None:
        """Sets these for this thread's session."""
        self.execute_sql(f"SELECT {calls_of(guards)}", values_of(guards))  # nosec B608 # only marks

    def try_lock(self, lock: Lock, number: int = 0, *, shared: bool = False) -> bool:
        """Takes the lock for this thread's session; a session may take a lock more than once."""
        kind = "_shared" if shared else ""
        query = f"SELECT pg_try_advisory_lock{kind}(%s, %s)"
        return bool(self.execute_sql(query, (lock, number)).fetchone()[0])

    def wait_for_lock(self, lock: Lock, number: int = 0) -> None:
        """Waits for the lock, which blocks the thread."""
        self.execute_sql("SELECT pg_advisory_lock(%s, %s)", (lock, number))

    def unlock(self, lock: Lock, number: int = 0) -> None:
        self.execute_sql("SELECT pg_advisory_unlock(%s, %s)", (lock, number))

    def lock_until_commit(self, lock: Lock, number: int = 0) -> None:
        """Takes the lock until the transaction ends; waits for it. Call inside a transaction."""
        self.execute_sql("SELECT pg_advisory_xact_lock(%s, %s)", (lock, number))

    def holders(self, lock: Lock) -> frozenset[int]:
        """The numbers of this lock that some session holds now."""
        return frozenset(number for (number,) in self.execute_sql(HOLDERS, (lock,)).fetchall())


def calls_of(guards: dict[str, str]) -> str:
    """What sets them, with marks for their names and values."""
    return ", ".join("set_config(%s, %s, false)" for _ in guards)


def values_of(guards: dict[str, str]) -> list[str]:
    return [word for pair in guards.items() for word in pair]
