"""Whether anybody searches at all, where several replicas share one database."""

from models.database import database
from models.database.locks import Lock


def why_idle() -> str:
    """Sentences for a server on which no replica searches; else ""."""
    if not database.is_server or database.holders(Lock.LEADER):
        return ""
    return f"No replica is searching now. {database.clock_fault}".strip()
