"""Forms about people: first run, sign-in, invitations, roles, profiles and passwords."""

from functools import cache
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, StringConstraints, ValidationInfo, field_validator

from models.forms import Form, Line, Name, Printable, Stored, Trimmed
from models.people import User
from models.people.names import LONGEST_NAME
from models.people.passwords import LONGEST, SHORTEST, objection

Role = Literal["admin", "member", "viewer"]


def _hard_to_guess(password: str, others: ValidationInfo) -> str:
    """Refuses a password that is easy to guess, also from the name if the form has one."""
    if against := objection(password, others.data.get("name", "")):
        raise ValueError(against)
    return password


Password = Annotated[
    str,
    StringConstraints(min_length=SHORTEST, max_length=LONGEST),
    AfterValidator(_hard_to_guess),
]


def zone_name(name: str) -> str:
    """The name of a known time zone. Raises ValueError with a sentence for others."""
    if name not in available_timezones():
        raise ValueError("Choose a time zone from the list.")
    return name


def alike(again: str, others: ValidationInfo) -> str:
    """Refuses a second password that differs, unless the first is refused already."""
    if others.data.get("password", again) != again:
        raise ValueError("The two passwords are not the same.")
    return again


ZoneName = Annotated[Line, AfterValidator(zone_name)]


class NewPersonForm(Form):
    """A new person; the name comes first, as the password is checked against it."""

    name: Name
    password: Password
    password_again: str
    time_zone: ZoneName

    @field_validator("password_again")
    @classmethod
    def _typed_alike(cls, again: str, others: ValidationInfo) -> str:
        return alike(again, others)


class TokenForm(Form):
    """The setup token, for a first run whose address did not carry it."""

    setup_token: Line = ""


class AccountForm(NewPersonForm):
    """The first administrator."""

    setup_token: Line = ""


class Proven(Form):
    """A form that asks for one's own password; people without one leave it empty."""

    own_password: Annotated[str, StringConstraints(max_length=1000)] = ""


class ProofForm(Proven):
    """A form that asks for one's own password only."""


class CodeForm(Form):
    """A code: six digits of an authenticator, or a recovery code."""

    code: Annotated[str, Trimmed(min_length=6, max_length=40), Printable]


class PasswordForm(Proven):
    """A new password of one's own."""

    password: Password
    password_again: str

    @field_validator("password_again")
    @classmethod
    def _typed_alike(cls, again: str, others: ValidationInfo) -> str:
        return alike(again, others)


class InvitationForm(Proven):
    """An invitation; the name is optional, and only filled into the new person's form."""

    name: Annotated[str, Trimmed(max_length=LONGEST_NAME), Printable] = ""
    role: Role


class RoleForm(Stored, Proven):
    """A person's new role."""

    table = User
    translated = frozenset({"own_password"})

    role: Role


class DeletionForm(Proven):
    """A deletion; `heir` is the id of the person who gets what the deleted one owned."""

    heir: int


class ProfileForm(Stored):
    """What people set for themselves."""

    table = User

    name: Name
    time_zone: ZoneName
    theme: Literal["auto", "light", "dark"]
    refreshes: bool = False


class ThemeForm(Stored):
    """The theme alone, for the menu."""

    table = User

    theme: Literal["auto", "light", "dark"]


class SignInForm(Form):
    """A sign-in; any text is accepted, and a wrong one fails like a wrong password."""

    name: Annotated[str, StringConstraints(max_length=200)]
    password: Annotated[str, StringConstraints(max_length=1000)]
    next: str = "/"


@cache
def zones() -> dict[str, list[str]]:
    """Names of time zones by region, for a list."""
    regions: dict[str, list[str]] = {"UTC": ["UTC"]}
    for name in sorted(available_timezones()):
        region, _, place = name.partition("/")
        if place and region not in ("Etc", "posix", "right", "SystemV", "US"):
            regions.setdefault(region, []).append(name)
    return regions
