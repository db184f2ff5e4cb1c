"""The people at their browsers are those of the views; the household has one of everything."""

import pytest

from models.database import Database
from models.database.fields import now
from models.people import User
from models.people.invitations import Invitation
from models.people.keys import ApiKey
from models.searches.runs import Run
from tests.jobs.conftest import certificate, client_of, serve
from tests.placed import a_backup
from tests.views.api.conftest import searched, unhurried
from tests.views.conftest import alices, bobs, finished_run, started, veras

__all__ = [
    "alices",
    "bobs",
    "certificate",
    "client_of",
    "finished_run",
    "furnished",
    "serve",
    "started",
    "unhurried",
    "veras",
]


@pytest.fixture
def furnished(
    db: Database, finished_run: Run, alice: User, bob: User, vera: User
) -> dict[str, object]:
    """One row of everything that has an address, for each parameter of an address."""
    invitation, token = Invitation.make(alice, "viewer", "Zoe", now())
    searched(finished_run)
    key, secret = ApiKey.make(alice, "Homepage", "write", now())
    ids = (finished_run.id, finished_run.queue_id, invitation.id, alice.id, key.id)
    assert set(ids) == {1}
    named = {"token": token, "name": "ended", "key": secret, "backup": a_backup(db)}
    return {"id": 1} | named
