"""People of the household, and their passwords."""

from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from peewee import SQL, BooleanField, ModelSelect, TextField

from models.database.fields import Table, UtcField
from models.household import Household
from models.people.names import key_of
from models.schedules.zones import zone_or_utc

ROLES = ("admin", "member", "viewer")
PASSWORD_LENGTHS = (12, 128)

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
# The hash of a password that nobody has; fixed, as making it would add 200 ms to each start.
NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$rqTKKib1oM/HSuafJODYQQ"
    "$5DjRmOr7qBpsHnlSjxD7M3HI2GYEImJS4fDnym0lZKw"
)


class User(Table):
    """A person.

    `key` is the name for comparing: names that differ in case are one person's.
    `password_hash` is None for people whom a proxy signs in.
    `refreshes` pages that hold no form load again every five minutes where script is off.
    `masked` pages show stand-ins for titles and addresses.
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
    refreshes = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])
    masked = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])
    password_changed_at = UtcField(null=True)

    class Meta:
        table_name = "users"

    @classmethod
    def first_administrator(cls) -> "User | None":
        """The administrator who can sign in and has been here longest."""
        able = cls.disabled_at.is_null()
        found: User | None = cls.select().where(cls.role == "admin", able).order_by(cls.id).first()
        return found

    @classmethod
    def named(cls, name: str) -> "User | None":
        return cls.get_or_none(cls.key == key_of(name))

    @classmethod
    def by_name(cls) -> ModelSelect:
        return cls.select().order_by(cls.key)

    @classmethod
    def administrators(cls) -> ModelSelect:
        """Administrators who may sign in."""
        return cls.by_name().where(cls.role == "admin", cls.disabled_at.is_null())

    def may(self, role: str) -> bool:
        """Whether the person has this role or a higher one; an unknown role may do nothing."""
        return self.role in ROLES[: ROLES.index(role) + 1]

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone; UTC if this system does not know it."""
        return zone_or_utc(self.time_zone)

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
    """The Argon2id hash (RFC 9106) of the peppered password: 200 ms and 64 MiB, not on the loop."""
    return HASHER.hash(household.peppered(password))


def password_fits(household: Household, password: str, stored: str | None) -> bool:
    """Whether the password is right. Takes one Argon2 call even without a user; not on the loop."""
    try:
        HASHER.verify(stored or NOBODYS_HASH, household.peppered(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether it was made with other parameters than today's, and should be renewed."""
    return HASHER.check_needs_rehash(stored)
