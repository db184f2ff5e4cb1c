"""The first run: who may create the first administrator, only once."""

import hmac
import secrets
from datetime import datetime, timedelta

from models.database import database
from models.environment import Environment
from models.household import Household
from models.people import User
from models.people.names import key_of

HELD_FOR = timedelta(hours=1)


class SetupToken:
    """The token that a person needs to set up a new installation.

    It is asked for at every address, as a proxy or port forwarder may look like this machine.
    A browser that has shown it is remembered by its visitor id for an hour, in memory only.
    """

    def __init__(self, value: str, *, from_file: bool = False) -> None:
        self.value = value
        self.from_file = from_file
        self._holders: dict[str, datetime] = {}

    @classmethod
    def of(cls, options: Environment) -> "SetupToken":
        if options.setup_token_file is not None:
            return cls(options.setup_token_file.read_text().strip(), from_file=True)
        return cls(secrets.token_urlsafe(18))

    def fits(self, typed: str) -> bool:
        return bool(self.value) and hmac.compare_digest(typed.encode(), self.value.encode())

    def hand_to(self, visitor_id: str, at: datetime) -> None:
        self._holders[visitor_id] = at + HELD_FOR

    def is_held_by(self, visitor_id: str, at: datetime) -> bool:
        until = self._holders.get(visitor_id)
        return until is not None and at < until


def is_open() -> bool:
    """Whether there are no people yet."""
    return not User.select().exists()


def make_administrator(
    *, name: str, password_hash: str, time_zone: str, at: datetime
) -> User | None:
    """Creates the first administrator; None if another caller was first, even at the same time."""
    with database.atomic():
        # A write before the read: a second caller waits here, and then sees the first one.
        Household.update(id=Household.id).execute()
        if not is_open():
            return None
        Household.update(time_zone=time_zone).execute()
        return User.create(
            name=name,
            key=key_of(name),
            password_hash=password_hash,
            password_changed_at=at,
            role="admin",
            time_zone=time_zone,
            created_at=at,
        )
