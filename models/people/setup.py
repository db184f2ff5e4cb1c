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
PURPOSE = "vqs/setup/1"


class SetupToken:
    """The token that a person needs to set up a new installation.

    It is asked for at every address, as a proxy or port forwarder may look like this machine.
    A browser that has shown it gets a visitor id that says so for an hour, to every replica
    that has the same token.
    """

    def __init__(self, value: str, *, from_file: bool = False) -> None:
        self.value = value
        self.from_file = from_file

    @classmethod
    def of(cls, options: Environment) -> "SetupToken":
        if options.setup_token_file is not None:
            return cls(options.setup_token_file.read_text().strip(), from_file=True)
        return cls(secrets.token_urlsafe(18))

    def fits(self, typed: str) -> bool:
        return bool(self.value) and hmac.compare_digest(typed.encode(), self.value.encode())

    def holders_id(self, at: datetime) -> str:
        """A new visitor id, for a browser that has shown the token."""
        name = f"{secrets.token_urlsafe(32)}.{int((at + HELD_FOR).timestamp())}"
        return f"{name}.{self._proof(name)}"

    def is_held_by(self, visitor_id: str, at: datetime) -> bool:
        name, _, proof = visitor_id.rpartition(".")
        if not self.value or not hmac.compare_digest(proof.encode(), self._proof(name).encode()):
            return False
        return at.timestamp() < int(name.rpartition(".")[2])

    def _proof(self, name: str) -> str:
        """An HMAC, so that only whoever has the token can make such an id."""
        return hmac.new(self.value.encode(), f"{PURPOSE}.{name}".encode(), "sha256").hexdigest()


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
