"""The people of the household, and their passwords."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from peewee import TextField

from models.fields import Table, UtcField
from models.house import House
from models.names import key_of

ROLES = ("admin", "member", "viewer")
PASSWORD_LENGTHS = (12, 128)

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
# Of a password that nobody has; made once, for it costs 200 ms at every start.
NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$rqTKKib1oM/HSuafJODYQQ"
    "$5DjRmOr7qBpsHnlSjxD7M3HI2GYEImJS4fDnym0lZKw"
)


class User(Table):
    """`key` is the name as it is compared: case does not make two people."""

    name = TextField()
    key = TextField(unique=True)
    password_hash = TextField()
    role = TextField()
    time_zone = TextField()
    created_at = UtcField()
    disabled_at = UtcField(null=True)
    signed_in_at = UtcField(null=True)

    class Meta:
        table_name = "users"

    @classmethod
    def named(cls, name: str) -> "User | None":
        return cls.get_or_none(cls.key == key_of(name))

    @property
    def may_change(self) -> bool:
        return self.role != "viewer"

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


def hash_password(house: House, password: str) -> str:
    """Argon2id (RFC 9106) of the peppered password: 200 ms and 64 MiB, never on the loop."""
    return HASHER.hash(house.peppered(password))


def password_fits(house: House, password: str, stored: str | None) -> bool:
    """Costs one Argon2 call whether or not there is such a user. Never on the event loop."""
    try:
        HASHER.verify(stored or NOBODYS_HASH, house.peppered(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None
