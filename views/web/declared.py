"""Keeps rows that a file declares from being deleted."""

from starlette.exceptions import HTTPException

from models.files.declared import stays
from models.instances import Instance
from models.queues import Queue


def must_not_be_declared(row: Instance | Queue) -> None:
    """Raises HTTPException 403 with a sentence that names the file."""
    if why := stays(row):
        raise HTTPException(403, why)
