"""The people of the household, and their passwords."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from peewee import ModelSelect, TextField

from models.database.fields import Table, UtcField
from models.household import Household
from models.people.names import key_of

ROLES = ("admin", "member", "viewer")
THEMES = ("auto", "light", "dark")
PASSWORD_LENGTHS = (12, 128)

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
# Of a password that nobody has; made once, for it costs 200 ms at every start.
NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$rqTKKib1oM/HSuafJODYQQ"
    "$5DjRmOr7qBpsHnlSjxD7M3HI2GYEImJS4fDnym0lZKw"
)


class User(Table):
    """`key` is the name as it is compared: case does not make two people.

    People whom a proxy signs in have no password here.
    """

    name = TextField()
    key = TextField(unique=True)
    password_hash = TextField(null=True)
    role = TextField()
    time_zone = TextField()
    created_at = UtcField()
    disabled_at = UtcField(null=True)
    signed_in_at = UtcField(null=True)
    theme = TextField(default="auto")
    password_changed_at = UtcField(null=True)

    class Meta:
        table_name = "users"

    @classmethod
    def named(cls, name: str) -> "User | None":
        return cls.get_or_none(cls.key == key_of(name))

    @classmethod
    def by_name(cls) -> ModelSelect:
        return cls.select().order_by(cls.key)

    @classmethod
    def administrators(cls) -> ModelSelect:
        """Those who may sign in."""
        return cls.by_name().where(cls.role == "admin", cls.disabled_at.is_null())

    def may(self, role: str) -> bool:
        """Whether theirs is this role or one above; a role that is none may nothing."""
        return self.role in ROLES[: ROLES.index(role) + 1]

    @property
    def may_change(self) -> bool:
        return self.may("member")

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"

    @property
    def has_password(self) -> bool:
        return self.password_hash is not None


def hash_password(household: Household, password: str) -> str:
    """Argon2id (RFC 9106) of the peppered password: 200 ms and 64 MiB, never on the loop."""
    return HASHER.hash(household.peppered(password))


def password_fits(household: Household, password: str, stored: str | None) -> bool:
    """Costs one Argon2 call whether or not there is such a user. Never on the event loop."""
    try:
        HASHER.verify(stored or NOBODYS_HASH, household.peppered(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Made with other parameters than today's, so to be made again while the password is known."""
    return HASHER.check_needs_rehash(stored)
