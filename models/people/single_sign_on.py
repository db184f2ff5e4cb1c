"""People whom a trusted proxy has signed in: who they are here."""

from datetime import datetime

from models.household import Household
from models.people import User, setup
from models.people.names import LONGEST_NAME, key_of

# Of several names, or of a placeholder that Caddy could not fill in: {http.reverse_proxy.…}.
NO_NAME = frozenset(",{}")


def person(name: str, role: str, at: datetime) -> User | None:
    """The account of exactly that name; made with `role` on the first visit, unless it is "none".

    A name that differs from an account's in its capitals only is nobody's: to the proxy they may
    be two people. Never the first account, which would belong to the first visitor.
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
