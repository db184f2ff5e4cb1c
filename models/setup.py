"""The first run: who may make the first administrator, and that it happens once."""

import hmac
import re
import secrets
from datetime import datetime
from ipaddress import ip_address

from models.database import database
from models.house import House
from models.names import key_of
from models.settings import Settings
from models.users import User

# Headers that only a proxy writes, whatever it calls them.
FORWARDED = re.compile("forwarded|(client|real|connecting|user)-?ip|^x-original-|^via$|^remote-")


class SetupToken:
    """Whoever reads the log owns a fresh instance; on loopback nobody else can reach it."""

    def __init__(self, value: str, *, loopback: bool, from_file: bool = False) -> None:
        self.value = value
        self.loopback = loopback
        self.from_file = from_file

    @classmethod
    def of(cls, options: Settings) -> "SetupToken":
        if options.setup_token_file is not None:
            value = options.setup_token_file.read_text().strip()
            return cls(value, loopback=False, from_file=True)
        return cls(secrets.token_urlsafe(18), loopback=options.loopback)

    def is_needed(self, peer: str, host: str, headers: set[str]) -> bool:
        """Not if the socket, its peer and the asked host are loopback, with no proxy between."""
        if not self.loopback or any(FORWARDED.search(name) for name in headers):
            return True
        return not (_is_loopback(peer) and _is_loopback(host))

    def fits(self, typed: str) -> bool:
        return bool(self.value) and hmac.compare_digest(typed.encode(), self.value.encode())


def is_open() -> bool:
    """Only while nobody exists."""
    return not User.select().exists()


def make_administrator(
    *, name: str, password_hash: str, time_zone: str, at: datetime
) -> User | None:
    """None when somebody else was first: of two at the same time, one is made."""
    with database.atomic():
        if not is_open():
            return None
        House.update(time_zone=time_zone).execute()
        return User.create(
            name=name,
            key=key_of(name),
            password_hash=password_hash,
            password_changed_at=at,
            role="admin",
            time_zone=time_zone,
            created_at=at,
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
