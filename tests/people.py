"""Accounts of the tests' people."""

from datetime import datetime

from models.database.fields import now
from models.household import Household
from models.people import User, hash_password
from models.people.names import key_of


def account(
    name: str,
    role: str = "admin",
    *,
    password: str | None = None,
    time_zone: str = "UTC",
    at: datetime | None = None,
) -> User:
    """An account made at `at`; nobody signs in to one without a password."""
    return User.create(
        name=name,
        key=key_of(name),
        password_hash="" if password is None else hash_password(Household.current(), password),
        role=role,
        time_zone=time_zone,
        created_at=at or now(),
    )
