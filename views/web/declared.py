"""Keeps rows that a file declares from being deleted."""

from starlette.exceptions import HTTPException

from models.files.declared import Declarable, stays


def must_not_be_declared(row: Declarable) -> None:
    """Raises HTTPException 403 with a sentence that names the file."""
    if why := stays(row):
        raise HTTPException(403, why)
