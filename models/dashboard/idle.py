"""Whether anybody searches at all."""

from models.database import database
from models.database.locks import Lock


def why_idle() -> str:
    """Sentences where nothing can be written, or no replica on a server searches; else ""."""
    if database.obstacle or not database.is_server or database.holders(Lock.LEADER):
        return database.obstacle
    return f"No replica is searching now. {database.clock_fault}".strip()
