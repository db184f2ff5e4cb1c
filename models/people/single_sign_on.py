"""Single sign-on: the accounts of people whom a trusted proxy has signed in."""

from datetime import datetime

from models.household import Household
from models.people import User, setup
from models.people.names import LONGEST_NAME, key_of

# Characters of several names, or of a placeholder that Caddy left: {http.reverse_proxy.…}.
NO_NAME = frozenset(",{}")


def person(name: str, role: str, at: datetime) -> User | None:
    """The account of exactly this name, created with `role` unless that is "none".

    A name that differs from an account's only in case gets none: the proxy may mean two people.
    The first account is never created so, as it would belong to the first visitor.
    """
    is_name = 0 < len(name) <= LONGEST_NAME and name.isprintable() and not NO_NAME & set(name)
    if setup.is_open() or not is_name:
        return None
    if user := User.named(name):
        return user if user.name == name and user.disabled_at is None else None
    if role == "none":
        return None
    return User.create(
        name=name,
        key=key_of(name),
        password_hash=None,
        role=role,
        time_zone=Household.current().time_zone,
        created_at=at,
    )
